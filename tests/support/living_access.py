"""More of a mesh's life: grants that come and go, glass that is broken, a stream that is cut, events that are sent."""

import subprocess
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
from canaries import Surface, of_answer
from living import COOKIE, FORMS, Life, head, read

from meshwright_catalog.gateway.gateway import Gateway

PHONE = "pii.contact.phone"
MARQUEZ = (
    "/namespaces",
    "/namespaces/sales/datasets",
    "/namespaces/sales/datasets/sales.orders",
    "/namespaces/sales/datasets/sales.orders/versions",
    "/jobs",
    "/search?q=orders",
    "/tags",
    "/lineage?nodeId=dataset:sales:sales.orders",
    "/column-lineage?nodeId=dataset:sales:sales.orders",
)


@contextmanager
def receiver(life: Life) -> Generator[str]:
    """Receive lineage events over HTTP; what comes is a surface of its own."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            life.surfaces.append(Surface("receiver", f"{self.path}\n{self.headers}".encode() + body))
            self.send_response(201)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def send(life: Life) -> None:
    """Build with a receiver of events, and with one that is not there; look at what waits, and at what was told."""
    settings = life.company.root / "mesh.toml"
    before = settings.read_text(encoding="utf-8")
    with receiver(life) as url:
        settings.write_text(_sending(before, url), encoding="utf-8")
        life.mesh("build", "--force")
        life.mesh("build", "sales.orders", "--force", code=None)
    settings.write_text(_sending(before, "http://127.0.0.1:9"), encoding="utf-8")
    life.mesh("build", "--force", code=None)
    life.mesh("doctor", code=None)
    settings.write_text(before, encoding="utf-8")


def _sending(settings: str, url: str) -> str:
    return f'{settings}\n[env.dev.lineage]\ntransport = {{ type = "http", url = "{url}" }}\n'


def look(life: Life) -> None:
    """Run the commands that read rows to judge them, or compare what somebody may see."""
    for line in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "before")):
        identity = ("-c", "user.name=ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *line], cwd=life.company.root, check=True, capture_output=True)
    life.mesh("lineage", "verify", code=None)
    life.mesh("check", "--pii", code=None)
    declared = life.change('email: Annotated[str, Pii("contact.email")]', "email: str")
    life.mesh("check", "--pii", code=1)
    life.mesh("build", "--force", code=1)
    life.module(declared)
    token = ("--class", PHONE, "--level", "token", "--purpose", "operations")
    life.mesh("access", "allow", "planning", "sales.orders", *token)
    life.mesh("access", "diff", "HEAD", code=None)
    life.mesh("access", "who-can", "sales.orders", "--as", "bea", code=None)
    life.mesh("access", "coverage", code=None)


def grant(life: Life, url: str, app: Any) -> None:
    """Let somebody ask and be approved, and read; then let it end, in each way that it can."""
    phones = life.tokens_of("phone")
    with _client(life, url, "pia") as pia, _client(life, url, "dora") as dora, _client(life, url, "bea") as bea:
        owners = (bea, dora)
        _read(life, pia, "before any grant")
        first = _granted(life, pia, owners, timedelta(days=3))
        _read(life, pia, "with a grant", phones, must=True)
        _tell(life, bea.post(f"/api/v1/access/grants/{first}/revoke", json={"note": "done"}), "revoke", must=200)
        _read(life, pia, "after it was revoked")
        _granted(life, pia, owners, timedelta(seconds=6))
        _read(life, pia, "with a short grant", phones, must=True)
        time.sleep(6)
        _read(life, pia, "after it ended")
        urgent = {"product": "sales.orders", "cls": PHONE, "purpose": "analytics", "reason": "a hand caught somebody"}
        broken = pia.post("/api/v1/access/break-glass", json=urgent)
        _tell(life, broken, "break glass", must=201)
        _read(life, pia, "with broken glass", phones, must=True)
        _tell(
            life, bea.post(f"/api/v1/access/grants/{broken.json()['grant']['id']}/revoke", json={"note": ""}), "close"
        )
        cut(life, app, pia, (bea, dora))
        for who in (pia, bea, dora):
            pages = ("/access", "/products/sales.orders/lineage", "/products/sales.orders/lineage?columns=sales.orders")
            marquez = (f"/marquez/api/v1{tail}" for tail in MARQUEZ)
            kept = ("/api/v1/access/grants", "/api/v1/access/requests", "/api/v1/audit", "/api/v1/access/orphans")
            for path in (*pages, *marquez, *kept):
                _tell(life, who.get(path), path)


def cut(life: Life, app: Any, reader: httpx.Client, owners: tuple[httpx.Client, httpx.Client]) -> None:
    """Take a grant away while rows are on their way; who reads gets what was granted until then."""
    given = _granted(life, reader, owners, timedelta(days=1))
    whole: Gateway = app.state.gateway
    asked: list[int] = []

    def decide(*facts: Any) -> Any:
        asked.append(1)
        if len(asked) == 3:
            answer = owners[0].post(f"/api/v1/access/grants/{given}/revoke", json={"note": "now"})
            _tell(life, answer, "revoke while it streams", must=200)
        return whole.decide(*facts)

    app.state.gateway = replace(
        whole, decide=decide, limits=replace(whole.limits, recheck_seconds=0, batch_rows=1, streams_each=4)
    )
    got, sound = b"", True
    wanted = {"purpose": "analytics", "columns": ["order_id", "phone"]}
    try:
        with reader.stream("POST", read(), json=wanted, headers={"Accept": "text/csv"}) as answer:
            for part in answer.iter_bytes():
                got += part
    except httpx.HTTPError:
        sound = False
    app.state.gateway = whole
    cells = frozenset(token for token in life.tokens_of("phone") if token.encode() in got)
    life.surfaces.append(Surface("a stream that is cut", got, cells))
    life.cut_rows = len(cells) if not sound or got.endswith(b'"cut') else -1


def _granted(life: Life, who: httpx.Client, owners: tuple[httpx.Client, httpx.Client], span: timedelta) -> str:
    until = (datetime.now(UTC) + span).isoformat()
    wanted = {"product": "sales.orders", "cls": PHONE, "level": "clear", "purpose": "analytics"}
    asked = who.post("/api/v1/access/requests", json={**wanted, "until": until, "reason": "to call back"})
    _tell(life, asked, "request", must=201)
    found: str = asked.json()["grant"]["id"]
    for owner in owners:
        _tell(life, owner.post(f"/api/v1/access/requests/{found}/approve", json={"note": "yes"}), "approve", must=200)
    return found


def _read(
    life: Life, who: httpx.Client, when: str, allowed: frozenset[str] = frozenset(), *, must: bool = False
) -> None:
    for form in FORMS:
        answer = who.post(read(), json={"purpose": "analytics"}, headers={"Accept": form})
        surface = of_answer(f"read {when} {form}", answer, allowed)
        life.surfaces.append(surface)
        assert not must or all(token.encode() in surface.content for token in allowed), (when, form)


def _tell(life: Life, answer: httpx.Response, name: str, must: int | None = None) -> None:
    assert must in (None, answer.status_code), answer.text
    life.surfaces.append(of_answer(name, answer))


def _client(life: Life, url: str, who: str) -> httpx.Client:
    headers = head(life, who)
    headers["Cookie"] = f"{COOKIE}={headers['Authorization'].split()[1]}"
    return httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60)
