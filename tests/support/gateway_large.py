"""A large table, and a process that serves it: `gateway_large.py FOLDER ROWS DISTINCT` writes, `FOLDER` alone serves.

It prints its address and the tokens of who reads masked and who reads in the clear as one line of JSON, and serves
until its input ends.
"""

import json
import sys
from pathlib import Path

import polars as pl
from gateway_lake import ORDERS, ORDERS_CEDAR, STAMPED, scalar, serving

from meshwright.spec import Spec

LARGE = Spec(
    id=ORDERS.id,
    version="1.0.0",
    owner=ORDERS.owner,
    purpose=ORDERS.purpose,
    columns=(
        scalar("id", "integer"),
        scalar("email", "string", "pii.contact.email"),
        scalar("phone", "string", "pii.contact"),
        scalar("amount", "number"),
    ),
)


def piece(start: int, rows: int, distinct: int) -> pl.DataFrame:
    """Make rows with two classified columns of 22 bytes."""
    number = pl.int_range(start, start + rows, dtype=pl.Int64, eager=True).alias("id")
    person = (pl.col("id") * 7919 % distinct).cast(pl.String).str.zfill(12)
    return pl.DataFrame([number]).select(
        "id",
        email=pl.concat_str(person, pl.lit("@x.example")),
        phone=pl.concat_str(pl.lit("+49 221 55"), person),
        amount=pl.col("id") / 8,
    )


def write(folder: Path, rows: int, distinct: int) -> None:
    """Write the table in files of a million rows."""
    table = folder / "lake" / LARGE.domain / LARGE.product / "v1"
    options = {"commit_properties": STAMPED}
    for start in range(0, rows, 1_000_000):
        rows_of = piece(start, min(rows - start, 1_000_000), distinct)
        rows_of.write_delta(str(table), mode="append", delta_write_options=options)


def main(folder: Path) -> None:
    """Serve the table."""
    with serving(folder) as served:
        served.register(LARGE, ORDERS_CEDAR)
        tokens = {who: served.headers(who)["Authorization"] for who in ("ana", "ben")}
        sys.stdout.write(json.dumps({"url": served.url, **tokens}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    else:
        main(Path(sys.argv[1]))
