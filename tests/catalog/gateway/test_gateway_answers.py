"""What the gateway answers: the same cells in every form, what the headers say, and what is streamed compressed."""

import base64
import csv
import hashlib
import hmac
import io
import json
import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from gateway_lake import ARROW, CENTRAL, CLASSES, ORDERS, ORDERS_CEDAR, PRINCIPALS, PURPOSES, ROWS, Served, frame

from meshwright.access import policies_of
from meshwright.mesh import Mesh
from meshwright.ports import PolicyTexts

PARQUET = "application/vnd.apache.parquet"
NO_ROW = """
@id("sales.orders.rows") @why("the desk sees its rows")
permit(
  principal in Mesh::Team::"order-desk", action == Mesh::Action::"see_row", resource in Mesh::Product::"sales.orders"
);
"""


def test_rows_are_masked_as_the_policies_say_and_equal_a_slow_reference(lake: Served) -> None:
    scope = hmac.new(bytes.fromhex("ab" * 32), b"meshwright/token/supply_chain/analytics", hashlib.sha256).hexdigest()

    def token(text: str | None) -> str | None:
        if text is None:
            return None
        made = hmac.new(scope.encode(), f"string\x1f{text}".encode(), hashlib.sha256)
        return f"tok1_k1_{made.hexdigest()[:32]}"

    expected = [
        {name: value for name, value in row.items() if name != "margin"}
        | {"email": token(row["email"] and row["email"].lower()), "born": row["born"].replace(month=1, day=1)}
        | {"place": row["place"] and {**row["place"], "phone": token(row["place"]["phone"])}}
        for row in ROWS
    ]

    assert expected == lake.rows().to_dicts()


def test_who_sees_the_clear_gets_the_cells_as_they_are(lake: Served) -> None:
    found = lake.rows({"purpose": "operations"}, "ana")

    assert frame().drop("margin").equals(found, null_equal=True)


@pytest.mark.parametrize("who", ["ana", "ben"])
@pytest.mark.parametrize(
    "body", [{}, {"columns": ["order_no"], "limit": 0}, {"filter": {"op": "is_null", "column": "email"}}]
)
def test_every_form_holds_the_same_cells(lake: Served, who: str, body: dict[str, Any]) -> None:
    arrow = lake.rows(body, who)
    answers = {accept: lake.ask(body, who, Accept=accept) for accept in (PARQUET, "text/csv", "application/json")}

    assert {200} == {answer.status_code for answer in answers.values()}
    assert arrow.equals(pl.read_parquet(io.BytesIO(answers[PARQUET].content)), null_equal=True)
    assert [plain(row) for row in arrow.to_dicts()] == answers["application/json"].json()
    assert [flat(row) for row in arrow.to_dicts()] == list(csv.DictReader(io.StringIO(answers["text/csv"].text)))
    assert arrow.columns == next(csv.reader(io.StringIO(answers["text/csv"].text)))


def plain(value: Any) -> Any:
    """Write a cell as JSON has it."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    found: Any = value
    if hasattr(found, "items"):
        return {str(name): plain(each) for name, each in found.items()}
    return [plain(each) for each in found] if hasattr(found, "append") else str(found)


def flat(row: Mapping[str, Any]) -> dict[str, str]:
    """Write a row as CSV has it: nested cells as JSON, and nothing for a null."""

    def text(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).lower()
        nested = isinstance(value, Mapping | list)
        return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":")) if nested else str(plain(value))

    return {name: text(value) for name, value in row.items()}


def test_null_and_no_text_are_told_apart_in_csv(lake: Served) -> None:
    lake.publish(frame([{**ROWS[0], "order_no": ""}, {**ROWS[0], "order_no": None}]))

    answer = lake.ask({"columns": ["order_no", "paid"]}, Accept="text/csv").text

    assert 'order_no,paid\n"",true\n,true\n' == answer


@pytest.mark.parametrize("who", ["ana", "ben"])
def test_our_own_client_writes_the_csv_that_the_gateway_answers(published: Served, tmp_path: Path, who: str) -> None:
    token = published.headers(who)["Authorization"].removeprefix("Bearer ")
    mesh = Mesh.open(catalog=published.url, token=token, purpose="analytics")

    assert len(ROWS) == mesh.view("sales.orders").write(str(tmp_path / "orders.csv"))
    assert published.ask({}, who, Accept="text/csv").content == (tmp_path / "orders.csv").read_bytes()


@pytest.mark.parametrize(("policy", "told", "seen"), [("", "all", len(ROWS)), (NO_ROW, "none", 0)])
def test_our_own_client_is_told_which_rows_are_shown(published: Served, policy: str, told: str, seen: int) -> None:
    published.register(policies=ORDERS_CEDAR + policy, version=0)
    token = published.headers("ben")["Authorization"].removeprefix("Bearer ")
    view = Mesh.open(catalog=published.url, token=token, purpose="analytics").view("sales.orders")

    assert (told, seen) == (view.rows, view.frame.collect().height)


def test_no_rows_have_a_schema_in_every_form(lake: Served) -> None:
    none = {"filter": {"op": "eq", "column": "order_no", "value": "no such"}}
    columns = [c.name for c in ORDERS.columns if c.name != "margin"]

    assert (columns, 0) == (lake.rows(none).columns, lake.rows(none).height)
    assert columns == pl.read_parquet(io.BytesIO(lake.ask(none, Accept=PARQUET).content)).columns
    assert ",".join(columns) + "\n" == lake.ask(none, Accept="text/csv").text
    assert [] == lake.ask(none, Accept="application/json").json()


def test_the_headers_say_which_version_which_rules_and_which_levels(lake: Served) -> None:
    lake.publish()
    said = lake.ask(
        {"columns": ["email", "born", "größe", "place"]}, X_Request_ID="5a3e5a3e5a3e5a3e5a3e5a3e5a3e5a3e"
    ).headers

    assert ("1", "1.2.0", "all", "k1 supply_chain/analytics") == (
        said["Mesh-Version"],
        said["Mesh-Contract"],
        said["Mesh-Rows"],
        said["Mesh-Scope"],
    )
    assert {"email": "token", "born": "coarse", "größe": "clear", "place": "token"} == json.loads(said["Mesh-Levels"])
    assert ("5a3e5a3e5a3e5a3e5a3e5a3e5a3e5a3e", "no-store", ARROW) == (
        said["X-Request-ID"],
        said["Cache-Control"],
        said["Content-Type"],
    )
    assert (64, "Accept, Accept-Encoding") == (len(said["Mesh-Policies"]), said["Vary"])
    assert "Mesh-Scope" not in lake.ask({"columns": ["order_no"]}).headers


def test_tokens_join_where_the_scope_is_said_to_be_the_same(lake: Served) -> None:
    asked = {"columns": ["order_no", "email"]}
    both = ORDERS_CEDAR + (
        '@id("sales.orders.desk-token") @why("counted") permit(principal in Mesh::Team::"order-desk", '
        'action == Mesh::Action::"see_token", resource in Mesh::Class::"pii.contact");'
    )
    lake.register(ORDERS, both)
    answers = [
        lake.ask({**asked, "levels": {"email": "token"}, "purpose": purpose}, who)
        for who, purpose in (("ben", "analytics"), ("ben", "operations"), ("ana", "analytics"), ("ben", "analytics"))
    ]
    scopes = [answer.headers["Mesh-Scope"] for answer in answers]
    tokens = [pl.read_ipc_stream(answer.content)["email"].to_list() for answer in answers]

    assert ["k1 supply_chain/analytics", "k1 supply_chain/operations", "k1 sales/analytics", scopes[0]] == scopes
    assert [True] * 4 == [
        (scopes[0] == scope) == (tokens[0] == found) for scope, found in zip(scopes, tokens, strict=True)
    ]


def test_a_domain_of_any_letters_is_said_in_a_header(lake: Served) -> None:
    renamed = PRINCIPALS.replace('domain = "supply_chain"', 'domain = "größe & \\n mehr"')
    lake.policies[0] = policies_of(PolicyTexts(CLASSES, PURPOSES, renamed, CENTRAL))

    assert "k1 gr%C3%B6%C3%9Fe%20%26%20%0A%20mehr/analytics" == lake.ask().headers["Mesh-Scope"]


def gunzip(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=31).decompress(data)


def unzstd(data: bytes) -> bytes:
    arrow: Any = import_module("pyarrow")
    return bytes(arrow.input_stream(io.BytesIO(data), "zstd").read())


@pytest.mark.parametrize(("encoding", "unpack"), [("gzip", gunzip), ("zstd", unzstd)])
@pytest.mark.parametrize("accept", [ARROW, "application/json", "text/csv"])
def test_an_answer_is_compressed_as_asked(
    lake: Served, encoding: str, unpack: Callable[[bytes], bytes], accept: str
) -> None:
    plain_answer = lake.ask(Accept=accept)
    with httpx.stream(
        "POST",
        f"{lake.url}/api/v1/products/sales.orders/read",
        json={"purpose": "analytics"},
        headers=lake.headers(Accept=accept) | {"Accept-Encoding": encoding},
        trust_env=False,
    ) as packed:
        raw = b"".join(packed.iter_raw())

    assert encoding == packed.headers["Content-Encoding"]
    assert "Content-Encoding" not in plain_answer.headers
    assert plain_answer.content == unpack(raw)


@pytest.mark.parametrize("codec", ["zstd", "lz4"])
def test_arrow_buffers_are_compressed_when_the_media_type_asks_for_it(lake: Served, codec: str) -> None:
    lake.publish(pl.concat([frame()] * 50))
    wish = f'{ARROW}; codecs="{codec}"'
    packed = lake.ask(Accept=wish, Accept_Encoding="gzip")

    assert (wish, None) == (packed.headers["Content-Type"], packed.headers.get("Content-Encoding"))
    assert lake.rows().equals(pl.read_ipc_stream(packed.content), null_equal=True)
    assert len(packed.content) < len(lake.ask().content)


@pytest.mark.parametrize("codec", ["", 'codecs="zstd"; '])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"columns": ["place", "email"], "limit": 40},
        {"filter": {"op": "ge", "column": "quantity", "value": 9}},
        {"filter": {"op": "is_null", "column": "email"}},
        {"filter": {"op": "eq", "column": "order_no", "value": "no such"}},
        {"order_by": [{"column": "quantity"}], "limit": 3},
        {"aggregate": {"by": ["email"], "of": [{"name": "n", "function": "count"}]}},
        {"limit": 0},
    ],
)
def test_tokens_as_dictionaries_are_the_tokens(lake: Served, body: dict[str, Any], codec: str) -> None:
    lake.publish(pl.concat([frame()] * 5).with_columns(email=pl.concat_str("email", pl.int_range(60) // 7)))
    lake.limit(batch_rows=7)
    wish = f'{ARROW}; {codec}dictionaries="tokens"'

    answer = lake.ask(body, Accept=wish)
    found = import_module("pyarrow").ipc.open_stream(answer.content).read_all()

    assert wish == answer.headers["Content-Type"]
    assert lake.rows(body).equals(plainly(found), null_equal=True)


def plainly(table: Any) -> pl.DataFrame:
    """Write out what stands for values in dictionaries, by Arrow's own means."""
    columns = [column.cast(column.type.value_type) if "indices" in str(column.type) else column for column in table]
    return pl.DataFrame(import_module("pyarrow").table(columns, table.column_names))


def test_a_dictionary_brings_each_token_once(lake: Served) -> None:
    lake.publish(pl.concat([frame()] * 4000))
    lake.limit(batch_rows=1000)
    body = {"columns": ["email"]}

    plain_answer, coded = lake.ask(body), lake.ask(body, Accept=f'{ARROW}; dictionaries="tokens"')
    reader = import_module("pyarrow").ipc.open_stream(coded.content)
    batches = list(reader)

    assert {3} == {len(batch.column(0).dictionary) for batch in batches}
    assert 1 == reader.stats.num_dictionary_batches < len(batches)
    assert len(coded.content) < len(plain_answer.content) / 5


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 5},
        {"filter": {"op": "eq", "column": "quantity", "value": 9}},
        {"filter": {"op": "eq", "column": "born", "value": "1981-01-01"}, "limit": 2},
    ],
)
def test_a_dictionary_holds_no_token_of_a_row_that_is_not_shown(lake: Served, body: dict[str, Any]) -> None:
    lake.publish(frame().with_columns(email=pl.concat_str(pl.lit("p"), pl.int_range(12), pl.lit("@x.de"))))

    answer = lake.ask({"columns": ["email"], **body}, Accept=f'{ARROW}; dictionaries="tokens"')
    (batch,) = import_module("pyarrow").ipc.open_stream(answer.content)

    assert sorted(lake.rows({"columns": ["email"], **body})["email"]) == sorted(batch.column(0).dictionary.to_pylist())


@pytest.mark.parametrize("accept", ["", ARROW, f'{ARROW}; dictionaries="values"', "text/csv", PARQUET])
def test_dictionaries_are_given_to_none_but_who_asks(lake: Served, accept: str) -> None:
    answer = lake.ask({"columns": ["email"]}, Accept=accept)

    assert "dictionaries" not in answer.headers["Content-Type"]
    if ARROW in answer.headers["Content-Type"]:
        assert pl.Schema({"email": pl.String}) == pl.read_ipc_stream(answer.content).schema


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", ARROW),
        ("*/*", ARROW),
        ("application/*", ARROW),
        ("text/*", "text/csv; charset=utf-8; header=present"),
        ("application/json", "application/json"),
        ("text/html, application/json;q=0.9, text/csv;q=0.5", "application/json"),
        (f"{ARROW};q=0, */*;q=0.1", PARQUET),
        ('APPLICATION/JSON; charset="utf-8, q=1"', "application/json"),
    ],
)
def test_the_form_is_the_one_that_accept_prefers(lake: Served, accept: str, given: str) -> None:
    assert given == lake.ask({"limit": 1}, Accept=accept).headers["Content-Type"]


def test_a_form_that_nobody_writes_is_not_acceptable(lake: Served) -> None:
    answer = lake.ask(Accept="image/png")

    assert (406, "application/problem+json") == (answer.status_code, answer.headers["Content-Type"])
    assert [] == lake.account.events


def test_an_order_gives_the_first_rows_and_a_filter_works_on_what_is_seen(lake: Served) -> None:
    lake.limit(batch_rows=5)
    order = {"columns": ["order_no"], "order_by": [{"column": "größe", "descending": True}], "limit": 3}
    token = lake.rows({"columns": ["email"], "limit": 1})["email"][0]

    assert ["O-11", "O-10", "O-9"] == lake.rows(order)["order_no"].to_list()
    assert 0 == lake.rows({"filter": {"op": "eq", "column": "email", "value": "person0@beispiel.example"}}).height
    assert 4 == lake.rows({"filter": {"op": "eq", "column": "email", "value": token}}).height


def test_groups_are_counted_by_what_is_seen_and_small_ones_left_out(lake: Served) -> None:
    lake.limit(batch_rows=5, smallest_group=4)
    of = [{"name": "orders", "function": "count"}, {"name": "worth", "function": "sum", "column": "price_eur"}]
    asked = {"aggregate": {"by": ["email"], "of": of}, "order_by": [{"column": "orders"}]}
    answer = lake.ask(asked)
    found = pl.read_ipc_stream(answer.content)

    assert [4, 4] == found["orders"].to_list()  # the third customer has three orders
    assert all(value.startswith("tok1_") for value in found["email"])
    assert {"email": "token", "orders": "clear", "worth": "clear"} == json.loads(answer.headers["Mesh-Levels"])
    assert [4, 4] == lake.rows({**asked, "purpose": "operations"}, "ana")["orders"].to_list()  # she sees no margin


def test_a_browser_without_words_on_compression_gets_plain_bytes_and_gzip_ends_soundly(lake: Served) -> None:
    answer = lake.ask(Accept="text/csv", Accept_Encoding="gzip;q=0.5, identity;q=0.8")
    packed = lake.ask(Accept="text/csv", Accept_Encoding="br, gzip")

    assert "Content-Encoding" not in answer.headers
    assert ("gzip", answer.text) == (packed.headers["Content-Encoding"], packed.text)
