"""Read one product through a gateway, batch by batch, and print rows, seconds, seconds of work and memory as JSON.

`python -m benchmarks.reader URL PRODUCT`, the token in MESH_TOKEN; a process of its own, so that its memory is that of
one read.
"""

import json
import os
import sys
from time import perf_counter, process_time

from benchmarks.streams import peak_mb

from meshwright.io.gateway import HttpGateway
from meshwright.query import ReadRequest

WARM = 5
"""Short reads before the one that is timed: a process that reads for the first time loads what reading takes."""


def main(url: str, product: str) -> None:
    """Read to the end; first bytes are those after which the schema is known."""
    gateway = HttpGateway(url, token=lambda: os.environ["MESH_TOKEN"])
    for _ in range(WARM):
        with gateway.read(product, ReadRequest(purpose="analytics", limit=1)) as warm:
            list(warm.batches)
    started, worked, rows = perf_counter(), process_time(), 0
    with gateway.read(product, ReadRequest(purpose="analytics")) as stream:
        first = perf_counter() - started
        for batch in stream.batches:
            rows += batch.height
    found = {"rows": rows, "seconds": perf_counter() - started, "cpu": process_time() - worked, "first": first}
    print(json.dumps(found | {"mb": peak_mb(os.getpid())}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
