"""Time decisions beside Cedar itself, and masked streams beside raw ones: `scripts/bench access`."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from unittest import mock

import cedarpy
import polars as pl
from benchmarks.deciding import COLUMNS, Asked, ask
from benchmarks.streams import streams

from meshwright import __version__
from meshwright.access import cedar, decide

PAGE = Path(__file__).parent / "access.md"
HEAD = """# What deciding and masking cost

`scripts/bench access` measures again, and `--write` writes this page. No test asserts a time.

"""
TAIL = """
CPU is the work of server and client together: other work on the machine moves it less than it moves the seconds.
The aims are at most 1.5 and 2 times the raw stream, first bytes in 50 ms, 512 MB in the server, 256 MB in the client.
The client asks for tokens as dictionaries, so that one that repeats is sent once, and finding the token of each value
takes about 30 ns. Where no value repeats, a token is an HMAC of about 230 ns: two columns of 10,000,000 are 4.6 s of
work, more than the whole raw stream, and tokens are nearly twice as long on the wire as the addresses they stand for.
First bytes are counted from the client's call, in a process that has read a few rows before.
"""


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and with `--write` keep what was measured."""
    parser = argparse.ArgumentParser(prog="scripts/bench access", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of each stream (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each stream (default: %(default)s)")
    parser.add_argument("--products", type=int, default=2_000, help="products of ten columns (default: %(default)s)")
    parser.add_argument("--grants", type=int, default=2_000, help="grants in force (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=2_000, help="decisions to time (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write benchmarks/access.md")
    asked = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    lines = [*decisions(ask(asked.products, asked.grants, asked.questions), asked.products, asked.grants), "\n"]
    with tempfile.TemporaryDirectory() as folder:
        lines += streams(Path(folder).resolve(), asked.rows, asked.rounds)
    lines.append(_described(load))
    text = "".join(lines)
    print(text, end="")
    if asked.write:
        PAGE.write_text(HEAD + text + TAIL, encoding="utf-8")


def decisions(asked: Asked, products: int, grants: int) -> list[str]:
    """Decide all questions once cold and once warm, then ask Cedar the same; give lines of Markdown."""
    cold = [_seconds(lambda r=r: decide(r, asked.policies)) for r in asked.requests]
    again = [_seconds(lambda r=r: decide(r, asked.policies)) for r in asked.requests]
    caught = [_noted(lambda r=r: decide(r, asked.policies)) for r in asked.requests]
    calls = sum(map(len, caught)) / len(caught)
    head = "| decisions | a second | p50 ms | p95 ms |\n|---|---:|---:|---:|\n"
    return [
        head,
        _row("the first time a product is asked for", cold),
        _row("again: another question, the same policies", again),
        _row("Cedar alone, policies and facts already read", _raw(caught)),
        f"\n{len(asked.requests):,} questions about {products:,} products, {products * COLUMNS:,} columns, ",
        f"{grants:,} grants. ",
        f"A decision asks Cedar {calls:.1f} times, for all its columns at once.\n",
    ]


def _noted(call: Callable[[], object]) -> list[tuple[Any, ...]]:
    """Give all that one decision asks of Cedar."""
    caught: list[tuple[Any, ...]] = []

    def noting(*arguments: Any) -> list[cedar.Answer]:
        caught.append(arguments)
        return cedar.ask(*arguments)

    with mock.patch.object(sys.modules["meshwright.access.decide"], "ask", noting):
        call()
    return caught


def _raw(caught: Sequence[Sequence[tuple[Any, ...]]]) -> list[float]:
    """Ask Cedar for each decision what it was asked, with everything read before the clock starts."""
    schema = cedarpy.Schema.from_str(cedar.SCHEMA.replace("<row>", ""))
    found: list[float] = []
    for asked in caught:
        ready = [
            (
                [cedar.request_of(question) for question in questions],
                cedarpy.PolicySet.from_json_str(cedar.policies_json(policies)),
                cedarpy.Entities.from_json_str(cedar.entities_json([*fixed, *more]), schema),
            )
            for questions, policies, fixed, more in asked
        ]
        found.append(_seconds(lambda r=ready: [cedarpy.is_authorized_batch(*each, schema) for each in r]))
    return found


def _row(name: str, times: Sequence[float]) -> str:
    slow = quantiles(times, n=20)[-1] * 1000
    return f"| {name} | {len(times) / sum(times):,.0f} | {median(times) * 1000:.2f} | {slow:.2f} |\n"


def _seconds(call: Callable[[], object]) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started


def _described(load: float) -> str:
    versions = f"meshwright {__version__}, polars {pl.__version__}, Python {platform.python_version()}"
    return f"{versions}, {os.cpu_count()} cores, a load of {load:.1f} from other work at the start.\n"


if __name__ == "__main__":
    main(sys.argv[1:])
