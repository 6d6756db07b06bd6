"""The whole life of a small mesh whose classified cells are canaries: built, broken, served, read and asked."""

import io
import logging
import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import polars as pl
from canaries import Log, Surface, of_answer, of_folder
from company import Company
from planning import plan_demand
from servers import served_at
from shop import Answer, Shop, end_process, forget_domains

from meshwright_catalog.workspace import workspace_app

PEOPLE = """
[users.bea]
teams = ["sales-team"]
[teams.planning]
domain = "planning"
purposes = ["analytics", "operations"]
[users.pia]
teams = ["planning"]
[users.eve]
purposes = ["analytics"]
[teams.data-office]
domain = "office"
[users.dora]
teams = ["data-office"]
"""
HEAD = "order_id,email,phone,note,quantity\n"
FORMS = ("application/vnd.apache.arrow.stream", "application/vnd.apache.parquet", "text/csv", "application/json")
SOURCE = "orders.csv"
DERIVED = "planning/demand/v1"


@dataclass
class Life:
    """A workspace, everything that it said and wrote, and which values are where."""

    company: Company
    drawn: Iterator[str]
    secrets: set[str] = field(default_factory=set[str])
    published: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    surfaces: list[Surface] = field(default_factory=list[Surface])
    owners_rows: int = 0
    cut_rows: int = -1

    def row(self, number: str, quantity: str) -> dict[str, str]:
        """Make a row of canaries."""
        one, two, three = (next(self.drawn) for _ in range(3))
        self.secrets |= {one, two, three}
        return {"order_id": number, "email": f"{one}@example.com", "phone": two, "note": three, "quantity": quantity}

    def source(self, rows: Sequence[dict[str, str]]) -> None:
        """Hand a file over."""
        lines = "".join(",".join(row.values()) + "\n" for row in rows)
        (self.company.root / SOURCE).write_text(HEAD + lines, encoding="utf-8")

    def mesh(self, *arguments: str, code: int | None = 0, allowed: Iterable[str] = ()) -> str:
        """Run a command and keep what it says."""
        forget_domains()
        found, said = self.company.run(*arguments)
        end_process()
        assert code in (None, found), said
        self.surfaces.append(Surface(f"mesh {' '.join(arguments[:3])}", said.encode(), frozenset(allowed)))
        return said

    def tokens_of(self, *columns: str) -> frozenset[str]:
        """List the canaries of published columns."""
        return frozenset(row[column].partition("@")[0] for row in self.published for column in columns)

    def change(self, old: str, new: str) -> str:
        """Change the product's module; give what it was."""
        (module,) = (self.company.root / "domains" / "sales").glob("*/orders.py")
        text = module.read_text(encoding="utf-8")
        assert old in text
        module.write_text(text.replace(old, new), encoding="utf-8")
        return text

    def module(self, text: str) -> None:
        """Write the product's module."""
        (module,) = (self.company.root / "domains" / "sales").glob("*/orders.py")
        module.write_text(text, encoding="utf-8")


def build(life: Life) -> None:
    """Make the mesh, publish with rows that fail, and fail to publish in two ways."""
    life.source(
        [
            {
                "order_id": f"O-{n}",
                "email": f"a{n}b@example.com",
                "phone": f"+49 221 551{n}",
                "note": "x y",
                "quantity": str(n),
            }
            for n in range(1, 9)
        ]
    )
    life.mesh("init", "--name", "shop", "--me", "ana")
    life.mesh("new", "product", "sales.orders", "--from", SOURCE)
    life.change("note: str", 'note: Annotated[str, Pii("contact")]')
    classes = life.company.root / "policies" / "classes.toml"
    classes.write_text(
        classes.read_text(encoding="utf-8").replace("[classes.pii]\n", "[classes.pii]\nbreak_glass = true\n"),
        encoding="utf-8",
    )
    people = life.company.root / "policies" / "principals.toml"
    people.write_text(people.read_text(encoding="utf-8") + PEOPLE, encoding="utf-8")
    grant = ("--level", "clear", "--purpose", "operations")
    life.mesh("access", "allow", "sales-team", "sales.orders", "--class", "pii.contact.email", *grant)
    token = ("--class", "pii.contact.phone", "--level", "token", "--purpose", "analytics")
    life.mesh("access", "allow", "planning", "sales.orders", *token)
    life.published = [life.row(f"O-{n}", str(n)) for n in range(1, 9)]
    rejected = [life.row("O-99", "9"), life.row("O-99", "9"), life.row("O-9", "many")]
    life.source([*life.published, *rejected])
    derive(life)
    life.mesh("contracts", "write")
    life.mesh("check", code=None)
    life.mesh("build")
    people.write_text('data_protection = ["data-office"]\n' + people.read_text(encoding="utf-8"), encoding="utf-8")
    life.source([*life.published, *rejected, life.row("O-50", "50")])
    kept = life.change("return Order.conform(rows)", "return Order.conform(rows.with_columns(email=rows_of(rows)))")
    raising = "\n\ndef rows_of(rows):\n    import polars as pl\n\n    def fail(value):\n        raise ValueError(value)\n\n    return pl.col('email').map_elements(fail, return_dtype=pl.String)\n"  # noqa: E501
    life.change("@product(owner", raising + "\n\n@product(owner")
    life.mesh("build", code=1)
    life.module(kept)
    limited = 'quantity: Annotated[int, Lt(40), OnFail("error")]\n\n\n@product'
    life.change("quantity: int\n\n\n@product", limited)
    life.change("from typing import Annotated", "from typing import Annotated\n\nfrom annotated_types import Lt")
    life.change("from meshwright import ", "from meshwright import OnFail, ")
    life.mesh("build", code=1)
    life.module(kept)
    life.source([*life.published, *rejected])


def derive(life: Life) -> None:
    """Let a second domain make a product of the first's: phones in the clear, addresses as tokens, and no notes."""

    def run(arguments: tuple[str, ...]) -> Answer:
        return Answer(0, life.mesh(*arguments), "")

    email = 'email: Annotated[str, Pii("contact.email"), Level("token")]'
    phone = 'phone: Annotated[str, Pii("contact.phone")]'
    pseudonym = 'email: Annotated[str, Pii("pseudonym")]'
    plan_demand(Shop(life.company.root, run), port=f"{email}\n    {phone}", contract=f"{pseudonym}\n    {phone}")
    for what, level in (("pii.contact.email", "token"), ("pii.contact.phone", "clear")):
        wish = ("--class", what, "--level", level, "--purpose", "analytics")
        life.mesh("access", "allow", "planning.demand", "sales.orders", *wish)


def command(life: Life) -> None:
    """Ask by command, as everybody."""
    cell = life.published[0]["email"]
    for who in ("pia", "eve", "bea"):
        ask = ("--as", who, "--purpose", "analytics")
        life.mesh("read", "sales.orders", *ask, code=None)
        life.mesh("read", "sales.orders", "--where", f"email={cell}", *ask, code=None)
        life.mesh("read", "sales.orders", "-c", "email", "--level", "email=clear", *ask, code=None)
        life.mesh("read", "sales.orders__rejected", *ask, code=None)
        for words in (
            ("show", "sales.orders"),
            ("lineage", "sales.orders.email"),
            ("access", "explain", "sales.orders"),
        ):
            life.mesh(*words, "--as", who, code=None)
    life.mesh("search", "orders")
    life.mesh("plan", code=None)
    life.mesh("doctor", code=None)
    life.mesh("access", "test", code=None)
    life.mesh("audit", "verify", "--as", "dora", code=None)


def ask(life: Life, url: str) -> None:
    """Ask over HTTP: rows in each form, with filters that fail, and everything else that a catalog says."""
    emails = life.tokens_of("email")
    cell, note = life.published[0]["email"], life.published[0]["note"]
    bodies: list[dict[str, Any]] = [
        {},
        {"filter": {"op": "eq", "column": "email", "value": cell}},
        {"filter": {"op": "lt", "column": "quantity", "value": cell}},
        {"filter": {"op": "starts_with", "column": "note", "value": note}},
        {"columns": ["note"]},
        {"columns": [cell]},
        {"order_by": [{"column": "phone"}], "limit": 3},
        {"aggregate": {"by": ["email"], "of": [{"name": "n", "function": "count"}]}},
        {"version": 0},
    ]
    for who in ("bea", "pia", "eve"):
        with httpx.Client(base_url=url, headers=head(life, who), trust_env=False, timeout=60) as client:
            for purpose in ("operations", "analytics"):
                allowed = emails if (who, purpose) == ("bea", "operations") else frozenset[str]()
                for at, body in enumerate(bodies):
                    for form in FORMS if at == 0 else FORMS[3:]:
                        reply = client.post(read(), json={"purpose": purpose, **body}, headers={"Accept": form})
                        life.surfaces.append(of_answer(f"read {who} {purpose} {at} {form}", reply, allowed))
                        if allowed and at == 0 and form == FORMS[0]:
                            life.owners_rows = pl.read_ipc_stream(io.BytesIO(reply.content)).height
            for path in paths(cell):
                life.surfaces.append(of_answer(f"{who} {path[:40]}", client.get(path)))
            cookie = head(life, who)["Authorization"].split()[1]
            for page in ("/", "/?q=orders", "/products/sales.orders", "/access"):
                given = client.get(page, headers={"Cookie": f"{COOKIE}={cookie}"})
                life.surfaces.append(of_answer(f"page {who} {page}", given))
            until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
            wanted = {"product": "sales.orders", "cls": "pii.contact.email", "level": "token", "purpose": "analytics"}
            asked = client.post("/api/v1/access/requests", json={**wanted, "until": until, "reason": "to count"})
            life.surfaces.append(of_answer(f"request {who}", asked))
            life.surfaces.append(of_answer(f"event {who}", client.post("/api/v1/lineage", json={"producer": cell})))
    with httpx.Client(base_url=url, headers=head(life, "dora"), trust_env=False, timeout=60) as client:
        for path in (
            "/api/v1/audit",
            "/api/v1/audit/head",
            "/api/v1/policies/pending",
            "/api/v1/access/grants?which=owned",
        ):
            life.surfaces.append(of_answer(f"dora {path}", client.get(path)))


COOKIE = "mesh_token"


def head(life: Life, who: str) -> dict[str, str]:
    """Sign somebody in."""
    forget_domains()
    code, token = life.company.run("token", who)
    assert code == 0, token
    return {"Authorization": f"Bearer {token.strip()}"}


def read(product: str = "sales.orders") -> str:
    """Give the address that rows are read at."""
    return f"/api/v1/products/{product}/read"


def paths(cell: str) -> list[str]:
    """List what else is told of a product."""
    own = [
        f"/api/v1/products/sales.orders{tail}" for tail in ("", "/contract", "/versions", "/access?purpose=analytics")
    ]
    lineage = [f"/api/v1/lineage{tail}?product=sales.orders" for tail in ("", "/impact")]
    return [*own, *lineage, "/api/v1/search?q=orders", "/api/v1/products", f"/api/v1/lineage?product={cell}"]


@contextmanager
def served(root: Path) -> Generator[str]:
    """Serve a workspace with the server that people start."""
    with application_served(root) as (url, _):
        yield url


@contextmanager
def application_served(root: Path) -> Generator[tuple[str, Any]]:
    """Serve a workspace with the server that people start; give its address and the application."""
    app, _ = workspace_app(root, None, None, lambda: datetime.now(UTC))
    with served_at(app) as url:
        yield url, app


@contextmanager
def lived(folder: Path, drawn: Iterator[str]) -> Generator[Life]:
    """Let a mesh live in a folder, and collect what it said and left behind, its logs and temporary files included."""
    root, temporary, log = folder / "ws", folder / "tmp", Log()
    root.mkdir()
    temporary.mkdir()
    logger, level, before = logging.getLogger(), logging.getLogger().level, tempfile.tempdir
    logger.addHandler(log)
    logger.setLevel(logging.DEBUG)
    tempfile.tempdir = str(temporary)
    import living_access as more  # it stands upon this module

    life = Life(Company(root, 0, 0, {}), drawn)
    try:
        build(life)
        command(life)
        with application_served(root) as (url, app):
            ask(life, url)
            life.mesh("build", "--force", code=None)
            more.grant(life, url, app)
        more.send(life)
        more.look(life)
        life.surfaces.append(log.surface())
        made = {f"lake/{DERIVED}": life.tokens_of("phone")}
        life.surfaces += of_folder(root, but=frozenset({SOURCE}), own=("lake/sales/",), lawful=made)
        life.surfaces += of_folder(temporary)
        yield life
    finally:
        tempfile.tempdir = before
        logger.removeHandler(log)
        logger.setLevel(level)
        forget_domains()
