"""The memory of a server that streams more than it may hold, in a process of its own."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

LARGE = Path(__file__).parents[2] / "support" / "gateway_large.py"
ROWS = 5_000_000
BOUND_MB = 512


def peak_mb(pid: int) -> int:
    """Tell the most that a process held in memory so far."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def read(said: dict[str, str], who: str, body: dict[str, Any], accept: str) -> int:
    """Read an answer to its end, and count its bytes."""
    headers = {"Authorization": said[who], "Accept": accept, "Accept-Encoding": "identity"}
    address = f"{said['url']}/api/v1/products/sales.orders/read"
    asked = {"purpose": "analytics", **body}
    with httpx.stream("POST", address, json=asked, headers=headers, timeout=300, trust_env=False) as response:
        assert 200 == response.status_code
        return sum(len(part) for part in response.iter_raw())


@pytest.mark.slow
def test_a_server_streams_sorts_and_counts_more_than_it_holds(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(LARGE), str(tmp_path), str(ROWS), "100000"], check=True)
    command = [sys.executable, str(LARGE), str(tmp_path)]
    count = {"aggregate": {"by": ["id"], "of": [{"name": "n", "function": "count"}]}}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = json.loads(server.stdout.readline())
        began = peak_mb(server.pid)
        sizes = [
            read(said, "ben", {}, "application/vnd.apache.arrow.stream"),
            read(said, "ana", {}, "application/json"),
            read(said, "ben", {}, "application/vnd.apache.parquet"),
        ]
        streamed = peak_mb(server.pid)
        sizes += [
            read(said, "ben", {"order_by": [{"column": "email"}], "limit": 20_000}, "text/csv"),
        ]
        headers = {"Authorization": said["ben"]}
        address = f"{said['url']}/api/v1/products/sales.orders/read"
        grouped = httpx.post(
            address, json={"purpose": "analytics", **count}, headers=headers, timeout=300, trust_env=False
        )
        peak = peak_mb(server.pid)
        server.communicate()

    assert all(size > 1_000_000 for size in sizes), sizes
    assert 400 == grouped.status_code
    assert streamed < BOUND_MB, f"{began} MB before, {streamed} MB after streams"
    assert peak < BOUND_MB + 128, f"{began} MB before, {peak} MB after an order and groups"
