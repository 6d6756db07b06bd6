"""A mesh lives its whole life with values that can be told anywhere; nobody finds one that was not theirs to see."""

import base64
import gzip
import io
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import polars as pl
import pytest
import tantivy
from canaries import Log, Surface, arrow_of, leaks, of_answer, of_folder, tokens
from living import DERIVED, Life, lived

pytestmark = pytest.mark.slow  # servers and processes of their own: the default suite has ten minutes

DRAWN = tokens(20261124)


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with lived(tmp_path_factory.mktemp("life"), DRAWN) as found:
        yield found


def test_nobody_gets_a_value_that_is_not_theirs_to_see(life: Life) -> None:
    assert [] == leaks(life.surfaces, life.secrets)


def test_the_life_was_a_whole_one(life: Life) -> None:
    seen = {surface.name for surface in life.surfaces}
    files = {name.rpartition("/")[2] for name in seen}

    assert len(life.surfaces) > 150
    assert {"events.ndjson", "catalog.db", "log", "v1.odcs.yaml"} <= files
    assert any("_delta_log" in name for name in seen)
    assert any(name.endswith("(index)") for name in seen)
    assert any("orders__rejected" in name for name in seen)
    assert any("outbox" in name for name in seen)
    assert any(name.endswith("(rows)") for name in seen)
    assert {"receiver", "a stream that is cut", "break glass", "mesh lineage verify", "mesh check --pii"} <= seen
    assert 0 < life.cut_rows < len(life.published)


def test_what_failed_and_what_was_granted_is_in_the_events_and_the_audit(life: Life) -> None:
    told = b"".join(each.content for each in life.surfaces if each.name.endswith("events.ndjson"))
    audit = b"".join(each.content for each in life.surfaces if each.name == "/api/v1/audit")

    assert b'"eventType":"FAIL"' in told.replace(b" ", b"")
    assert b"dataQualityAssertions" in told
    assert all(word in audit for word in (b"grant.approved", b"grant.revoked", b"grant.glass-broken"))


def test_a_product_made_of_anothers_holds_what_its_build_may_see_and_tokens_for_the_rest(life: Life) -> None:
    derived = [each for each in life.surfaces if each.name.startswith(f"lake/{DERIVED}") and "(rows)" in each.name]
    bare = [Surface(each.name, each.content) for each in derived]

    assert life.tokens_of("phone") == {token for _, token in leaks(bare, life.secrets)}
    assert all(each.content.count(b"'tok1_") == len(life.published) for each in derived)


def test_who_may_see_a_value_gets_it(life: Life) -> None:
    whole = [Surface(each.name, each.content) for each in life.surfaces if each.allowed]

    assert life.tokens_of("email", "phone") == {token for _, token in leaks(whole, life.secrets)}
    assert life.owners_rows == len(life.published)


def answer(kind: str, body: bytes, header: tuple[str, str] = ("X", ""), *, status: int = 200) -> Surface:
    said = dict([("Content-Type", kind), header])
    return of_answer("planted", httpx.Response(status, headers=said, content=body))


def among_lawful_cells(token: str, folder: Path) -> list[Surface]:
    place = folder / "lake" / "finance"
    place.mkdir(parents=True)
    rows = {"id": [1, 2], "contact": [{"phone": "lawful", "notes": ["x"]}, {"phone": "lawful", "notes": [token]}]}
    pl.DataFrame(rows).write_parquet(place / "a.parquet", statistics=False)
    return list(of_folder(folder, lawful={"lake/finance": frozenset({"lawful"})}))


def in_file(name: str, make: Callable[[str], bytes], own: tuple[str, ...] = ()) -> Callable[[str, Path], list[Surface]]:
    def plant(token: str, folder: Path) -> list[Surface]:
        file = folder / name.replace("TOKEN", token)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(make(token))
        return list(of_folder(folder, own=own))

    return plant


def a_page_of_a_database(token: str, folder: Path, *, deleted: bool) -> list[Surface]:
    with closing(sqlite3.connect(folder / "catalog.db")) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("CREATE TABLE facts (text)")
        database.execute("INSERT INTO facts VALUES (?)", (token,))
        if deleted:
            database.execute("DELETE FROM facts")
        database.commit()
    return list(of_folder(folder))


def an_index(token: str, folder: Path) -> list[Surface]:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False)
    index = tantivy.Index(builder.build(), path=str(folder))
    writer = index.writer(15_000_000)
    writer.add_document(tantivy.Document(text=f"a {token} word"))
    writer.commit()
    writer.wait_merging_threads()
    return list(of_folder(folder.parent))


def parquet(token: str, *, statistics: bool) -> bytes:
    sink = io.BytesIO()
    pl.DataFrame({"email": [token]}).write_parquet(sink, statistics=statistics)
    return sink.getvalue()


def a_trace(token: str) -> list[Surface]:
    log, logger = Log(), logging.getLogger("planted")
    logger.addHandler(log)
    try:
        raise ValueError(token)
    except ValueError:
        logger.exception("it failed")
    return [log.surface()]


ARROW = "application/vnd.apache.arrow.stream"
PLANTS: dict[str, Callable[[str, Path], list[Surface]]] = {
    "rows as JSON": lambda t, _: [answer("application/json", json.dumps([{"a": t}]).encode())],
    "rows as CSV": lambda t, _: [answer("text/csv", f"a\n{t}\n".encode())],
    "rows as Arrow, packed": lambda t, _: [answer(ARROW, arrow_of({"a": [t] * 50}, "zstd"))],
    "rows as Parquet": lambda t, _: [answer("application/vnd.apache.parquet", parquet(t, statistics=False))],
    "a refusal": lambda t, _: [answer("application/problem+json", t.upper().encode(), status=422)],
    "a header": lambda t, _: [answer("text/csv", b"", ("Mesh-Levels", t))],
    "a stream that was cut": lambda t, _: [Surface("cut", f'order_id,phone\nO-1,{t}\n"cut'.encode())],
    "an answer as Marquez gives it": lambda t, _: [answer("application/json", json.dumps({"graph": [t]}).encode())],
    "a picture of lineage": lambda t, _: [answer("text/html", f"<svg><text x='1'>{t}</text></svg>".encode())],
    "an event of the audit": lambda t, _: [answer("application/json", json.dumps({"facts": {"filter": t}}).encode())],
    "an event as it is received": lambda t, _: [Surface("receiver", b"/api/v1/lineage\n" + json.dumps([t]).encode())],
    "a packed answer": lambda t, _: [answer("text/csv", gzip.compress(t.encode()), ("Content-Encoding", "gzip"))],
    "a page": lambda t, _: [answer("text/html", f"<td title='{t}'>".encode())],
    "a line of the log": lambda t, _: [Surface("log", f"WARNING cell {t[::-1]}".encode())],
    "a trace in the log": lambda t, _: a_trace(t),
    "what a command says": lambda t, _: [Surface("mesh read", f"error: {t}".encode())],
    "metrics": lambda t, _: [Surface("metrics", f'reads{{who="{t}"}} 1'.encode())],
    "a lineage event": in_file("events.ndjson", lambda t: json.dumps({"facets": {"sql": t}}).encode()),
    "an event that waits": in_file("outbox/1.json.gz", lambda t: gzip.compress(t.encode())),
    "a page of the database": lambda t, at: a_page_of_a_database(t, at, deleted=False),
    "a free page of the database": lambda t, at: a_page_of_a_database(t, at, deleted=True),
    "the search index": lambda t, at: an_index(t, made(at / "catalog.index")),
    "a temporary file": in_file("tmp/spill", lambda t: t.encode("utf-16-le")),
    "the log of a table": in_file("_delta_log/0.json", lambda t: json.dumps({"add": {"stats": t}}).encode()),
    "a checkpoint": in_file("_delta_log/0.checkpoint.parquet", lambda t: parquet(t, statistics=False)),
    "statistics in a footer": in_file("v1/part.parquet", lambda t: parquet(t, statistics=True), own=("v1/",)),
    "rows of a product of another domain": in_file(
        "lake/finance/revenue/v1/a.parquet", lambda t: parquet(t, statistics=False), own=("lake/sales/",)
    ),
    "a cell of a product that may hold others": among_lawful_cells,
    "a file's name": in_file("email=TOKEN/part", lambda t: b""),
    "base64": lambda t, _: [Surface("x", base64.b64encode(b"xy" + t.encode() + b"z"))],
    "hexadecimal": lambda t, _: [Surface("x", t.encode().hex().upper().encode())],
}


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.mark.parametrize("where", PLANTS)
def test_a_planted_leak_is_found(where: str, tmp_path: Path) -> None:
    token, other = next(DRAWN), next(DRAWN)
    found = leaks(PLANTS[where](token, tmp_path), [token, other])

    assert {token} == {each for _, each in found}


def test_there_are_plants_for_every_kind_of_surface() -> None:
    assert len(PLANTS) >= 31


def test_a_cell_that_a_derived_product_may_hold_is_no_leak(tmp_path: Path) -> None:
    token, other = next(DRAWN), next(DRAWN)
    (tmp_path / "a.parquet").write_bytes(parquet(token, statistics=False))

    assert [] == leaks(of_folder(tmp_path, lawful={"a.parquet": frozenset({token})}), [token, other])
    assert [("a.parquet (rows)", token)] == leaks(of_folder(tmp_path, lawful={"b": frozenset({token})}), [token, other])
