"""A receiver of lineage events on loopback that may be slow, fussy or gone, and the events to send it."""

import gzip
import json
import os
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from meshwright.events import RunFacts
from meshwright.spec import ColumnSpec, ScalarType, Spec

AT = datetime(2026, 11, 20, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:1"


def run(number: int = 0) -> RunFacts:
    """State a run that its number tells from others."""
    column = ColumnSpec(name="order_id", type=ScalarType(kind="string"), classes=("pii.customer",))
    return RunFacts(
        mesh="thenar",
        spec=Spec(id="sales.orders", version="1.0.0", columns=(column,)),
        place="/lake/sales/orders/v1",
        run_id=f"00000000-0000-7000-8000-{number:012d}",
        started_at=AT,
        inputs={},
        versions={"meshwright": "0.1.0", "polars": "2.1.0"},
    )


@dataclass
class Receiver:
    """What a receiver was sent, and what it answers."""

    url: str = ""
    status: int = 201
    delay: float = 0.0
    events: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)

    @property
    def runs(self) -> list[int]:
        """Give the numbers of the runs whose events were taken, in order."""
        return [int(e["run"]["runId"][-12:]) for e in self.events]


@contextmanager
def listening() -> Generator[Receiver]:
    """Start a receiver, and stop it."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            event = json.loads(body)
            time.sleep(receiver.delay)
            status = 400 if event.get("run", {}).get("runId") in receiver.refuse else receiver.status
            if status < 300:
                receiver.events.append(event)
                receiver.headers.append({**self.headers, "path": self.path})
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def leave_unconfigured(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Forget every setting of openlineage-python, and work in a folder that holds none."""
    for name in [name for name in os.environ if name.startswith("OPENLINEAGE")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)
