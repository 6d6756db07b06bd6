"""The server whose streams are timed, in a process of its own: `python -m benchmarks.served FOLDER ROWS`.

It writes each table, serves two products over the same rows, one classified and one not, prints its address, its
process and the reader's token as one line of JSON, and serves until its input ends.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
from gateway_lake import ORDERS_CEDAR, STAMPED, scalar, serving

from meshwright.spec import Spec

ADDRESSES = {"some": 100_000, "all": 0}
"""How many distinct values a classified column has; 0: every row another."""
PIECE = 1_000_000


def spec_of(name: str, *, classified: bool) -> Spec:
    """Describe a table with two columns of 22 bytes, classified or not."""
    classes = ("pii.contact.email",) if classified else ()
    columns = (scalar("id", "integer"), scalar("email", "string", *classes), scalar("other", "string", *classes))
    product = f"sales.{name}_{'masked' if classified else 'raw'}"
    return Spec(id=product, version="1.0.0", owner="order-desk", purpose="operations", columns=columns)


def piece(start: int, rows: int, distinct: int) -> pl.DataFrame:
    """Make rows; the two columns repeat in orders of their own."""
    number = pl.int_range(start, start + rows, dtype=pl.Int64, eager=True).alias("id")
    addresses = [(pl.col("id") * step % (distinct or 10**10)).cast(pl.String).str.zfill(12) for step in (7919, 104_729)]
    email, other = (pl.concat_str(address, pl.lit("@x.example")) for address in addresses)
    return pl.DataFrame([number]).select("id", email=email, other=other)


def write(lake: Path, rows: int) -> None:
    """Write the tables in files of a million rows; the unclassified ones are copies."""
    options = {"commit_properties": STAMPED}
    for name, distinct in ADDRESSES.items():
        masked, raw = (lake / "sales" / spec_of(name, classified=c).product / "v1" for c in (True, False))
        for start in range(0, rows, PIECE):
            rows_of = piece(start, min(rows - start, PIECE), distinct)
            rows_of.write_delta(str(masked), mode="append", delta_write_options=options)
        shutil.copytree(masked, raw)


def main(folder: Path) -> None:
    """Serve the tables that another process wrote, so that this one's memory is that of serving."""
    with serving(folder) as served:
        for name in ADDRESSES:
            for classified in (True, False):
                spec = spec_of(name, classified=classified)
                served.register(spec, ORDERS_CEDAR.replace("sales.orders", spec.id))
        said = {"url": served.url, "pid": os.getpid(), "token": served.headers("ben")["Authorization"].split()[1]}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]) / "lake", int(sys.argv[3]))
    else:
        subprocess.run([sys.executable, "-m", "benchmarks.served", "write", *sys.argv[1:3]], check=True)  # noqa: S603
        main(Path(sys.argv[1]))
