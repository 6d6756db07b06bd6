"""A masked stream beside the stream of the same columns unclassified, through one server: seconds and memory."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
DISTINCT = {"some": "100,000 distinct addresses", "all": "every address another"}
HEAD = (
    "| stream of two token columns | masked s | raw s | ratio | ratios of the rounds | CPU s | raw CPU s | ratio "
    "| first bytes ms | raw ms | client MB |\n|---|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|\n"
)
_TOLD = ("seconds", "cpu", "first")


@dataclass(frozen=True)
class Server:
    """A process that serves."""

    url: str
    pid: int
    token: str


def peak_mb(pid: int) -> float:
    """Tell the most that a process held in memory so far, in megabytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


def cpu_s(pid: int) -> float:
    """Tell for how long a process was at work so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def streams(folder: Path, rows: int, rounds: int) -> Iterator[str]:
    """Write tables, serve them, and read each masked and raw in turns; give lines of Markdown."""
    with _server(folder, rows) as server:
        before = peak_mb(server.pid)
        yield HEAD
        for name, words in DISTINCT.items():
            pairs = [(_read(server, f"sales.{name}_raw"), _read(server, f"sales.{name}_masked")) for _ in range(rounds)]
            yield _row(words, pairs)
        most = peak_mb(server.pid)
        yield f"\nServer: {before:,.0f} MB before the first read, at most {most:,.0f} MB after the last. "
    yield f"{rows:,} rows, {rounds} rounds.\n"


def _row(words: str, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    seconds, work, first = ([median(each[n][name] for each in pairs) for n in (1, 0)] for name in _TOLD)
    ratios = [masked["seconds"] / raw["seconds"] for raw, masked in pairs]
    works = [masked["cpu"] / raw["cpu"] for raw, masked in pairs]
    client = max(masked["mb"] for _, masked in pairs)
    cells = [
        words,
        *(f"{s:.1f}" for s in seconds),
        f"{median(ratios):.2f}",
        f"{min(ratios):.2f} to {max(ratios):.2f}",
        *(f"{s:.1f}" for s in work),
        f"{median(works):.2f}",
        *(f"{s * 1000:.0f}" for s in first),
        f"{client:,.0f}",
    ]
    return f"| {' | '.join(cells)} |\n"


@contextmanager
def _server(folder: Path, rows: int) -> Iterator[Server]:
    command = [sys.executable, "-m", "benchmarks.served", str(folder), str(rows)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=_environment(), stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        yield Server(**json.loads(process.stdout.readline()))
        process.communicate()


def _read(server: Server, product: str) -> dict[str, Any]:
    """Read a product in a process of its own; `cpu` is the work of server and client together."""
    before = cpu_s(server.pid)
    command = [sys.executable, "-m", "benchmarks.reader", server.url, product]
    environment = _environment() | {"MESH_TOKEN": server.token}
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout  # noqa: S603
    found: dict[str, Any] = json.loads(said)
    return found | {"cpu": found["cpu"] + cpu_s(server.pid) - before}


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "tests/support")}
