"""Read one product through a gateway, batch by batch, and print rows, seconds and memory as JSON.

`python -m benchmarks.reader URL PRODUCT`, the token in MESH_TOKEN; a process of its own, so that its memory is that of
one read.
"""

import json
import os
import sys
from time import perf_counter

import pyarrow as pa
from benchmarks.streams import peak_mb

from meshwright.io.gateway import HttpGateway
from meshwright.query import ReadRequest


def main(url: str, product: str) -> None:
    """Read to the end; first bytes are those after which the schema is known."""
    gateway = HttpGateway(url, token=lambda: os.environ["MESH_TOKEN"])
    with gateway.read(product, ReadRequest(purpose="analytics", limit=1)) as warm:
        list(warm.batches)
    started, rows = perf_counter(), 0
    with gateway.read(product, ReadRequest(purpose="analytics")) as stream:
        first = perf_counter() - started
        for batch in stream.batches:
            rows += batch.height
    taken = perf_counter() - started
    peak = peak_mb(os.getpid())
    print(json.dumps({"rows": rows, "seconds": taken, "first": first, "mb": peak, "arrow": pa.__version__}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
