"""What the gateway refuses: before a row is read, in words that repeat no value, and alike for what is hidden."""

import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from gateway_lake import ORDERS, ROWS, Served, scalar

from meshwright.spec import Spec

SECRET = Spec(id="sales.forecasts", version="1.0.0", owner="order-desk", purpose="operations", columns=(scalar("id"),))


def count(function: str = "count", **more: Any) -> dict[str, Any]:
    return {"aggregate": {"of": [{"name": "x", "function": function, **more}]}}


def test_a_hidden_product_answers_as_one_that_nobody_registered(lake: Served) -> None:
    lake.register(SECRET, "")
    asked = [
        lake.ask({"product": name}, X_Request_ID="5a3e5a3e5a3e5a3e5a3e5a3e5a3e5a3e")
        for name in (SECRET.id, "sales.nothing")
    ]
    hidden, unknown = ({k: v for k, v in each.headers.items() if k != "date"} for each in asked)

    assert (404, asked[1].content, unknown) == (asked[0].status_code, asked[0].content, hidden)
    assert ["denied", "denied"] == [event[0] for event in lake.account.events]


def test_a_major_version_that_is_not_there_is_told_by_the_newest_and_of_a_hidden_product_nothing(lake: Served) -> None:
    lake.register(SECRET, "")

    missing, hidden, unknown = (
        lake.ask({"product": name, "major": 9}) for name in (ORDERS.id, SECRET.id, "sales.nothing")
    )

    assert (404, "The product has no such major version: the newest is 1.") == (
        missing.status_code,
        missing.json()["detail"],
    )
    assert (404, hidden.content) == (unknown.status_code, unknown.content)
    assert ["denied"] * 2 == [event[0] for event in lake.account.events]


def test_a_name_that_is_no_product_is_not_found_either(lake: Served) -> None:
    for name in ("Sales.Orders", "sales.orders%2e%2e", "sales.orders ", "_delta_log", "a" * 300, "sales.orders%00"):
        assert lake.ask({"product": name}).status_code in (404, 422), name


def test_what_is_not_granted_is_denied_with_the_smallest_request_that_would_do(lake: Served) -> None:
    answer = lake.ask({"columns": ["order_no", "margin"]})
    problem = answer.json()

    assert (403, "application/problem+json") == (answer.status_code, answer.headers["Content-Type"])
    assert (["margin"], 403) == (problem["columns"], problem["status"])
    assert all("sales.orders --columns margin --level token" in ask for ask in problem["asks"])
    assert 1 == len(problem["asks"])
    assert [("denied", "sales.orders", 0)] == [(e[0], e[1].product, e[1].version) for e in lake.account.events]


@pytest.mark.parametrize(
    "body",
    [
        {"purpose": "fraud"},
        {"purpose": ""},
        {"levels": {"email": "clear"}},
        {"filter": {"op": "is_null", "column": "margin"}},
        {"order_by": [{"column": "margin"}], "limit": 1},
        {"aggregate": {"by": ["margin"], "of": [{"name": "n", "function": "count"}]}},
        count("max", column="email"),
        count("min", column="born"),
        count("sum", column="margin"),
        count("count", column="margin"),
    ],
)
def test_hidden_and_masked_columns_give_nothing_away(lake: Served, body: dict[str, Any]) -> None:
    answer = lake.ask(body)

    assert 403 == answer.status_code, answer.text
    assert ["denied"] == [event[0] for event in lake.account.events]


@pytest.mark.parametrize(
    "body",
    [
        {"version": 0, "as_of": "2026-11-20T00:00:00Z"},
        {"as_of": "2026-11-20T00:00:00"},
        {"as_of": "2027-11-20T00:00:00Z"},
        {"version": -1},
        {"limit": -1},
        {"columns": ["Email"]},
        {"columns": ["email "]},
        {"columns": ['order_no" OR "1']},
        {"columns": ["ana@beispiel.example"]},
        {"filter": {"op": "regex", "column": "order_no", "value": ".*"}},
        {"filter": {"op": "eq", "column": "quantity", "value": "1 OR 1=1"}},
        {"filter": {"op": "eq", "column": "born", "value": "person7"}},
        {"filter": {"op": "starts_with", "column": "quantity", "value": "1"}},
        {"filter": {"op": "lt", "column": "photo", "value": "1"}},
        {"filter": {"op": "or", "of": []}},
        {"aggregate": {"of": []}},
        {"aggregate": {"by": ["tags"], "of": [{"name": "n", "function": "count"}]}},
        {"aggregate": {"of": [{"name": "^.*$", "function": "count"}]}},
        {"columns": ["order_no"], **count()},
        {"sql": "select 1"},
        count("quantile", column="quantity"),
    ],
)
def test_what_cannot_be_asked_is_refused_without_an_echo(lake: Served, body: dict[str, Any]) -> None:
    answer = lake.ask(body)

    assert (422, "application/problem+json") == (answer.status_code, answer.headers["Content-Type"]), answer.text
    for typed in ("1 OR 1=1", "person7", "ana@", "select", 'OR "1', "regex"):
        assert typed not in answer.text
    assert [] == lake.account.events


def nots(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {"op": "is_null", "column": "order_no"}
    for _ in range(levels):
        found = {"op": "not", "of": found}
    return found


@pytest.mark.parametrize(
    "asked",
    [
        {"op": "is_in", "column": "order_no", "values": [f"O-{n}" for n in range(1_999)]},
        {"op": "and", "of": [{"op": "not", "of": {"op": "is_null", "column": "order_no"}}] * 666},
        nots(50),
    ],
    ids=range(3),
)
def test_as_much_as_the_page_says_is_answered(lake: Served, asked: dict[str, Any]) -> None:
    answer = lake.ask({"filter": asked, "columns": ["order_no"]})

    assert 200 == answer.status_code, answer.text
    assert (0 if asked["op"] == "not" else 12) == pl.read_ipc_stream(answer.content).height


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"order_by": [{"column": "order_no"}]}, "an order needs a limit of at most 100000 rows"),
        ({"order_by": [{"column": "order_no"}], "limit": 100_001}, "an order needs a limit of at most 100000 rows"),
        ({"limit": 10**12}, "the limit is more than 1000000000 rows (leave it out to read every row)"),
        ({"columns": [f"c{n}" for n in range(1001)]}, "more than 1000 columns are named"),
        (
            {"filter": {"op": "or", "of": [{"op": "is_in", "column": "order_no", "values": ["v999"] * 1000}] * 3}},
            "the filter has more than 2000 conditions and literals",
        ),
        (
            {"filter": {"op": "is_in", "column": "order_no", "values": ["v999"] * 2000}},
            "the filter has more than 2000 conditions and literals",
        ),
        (
            {"filter": {"op": "and", "of": [{"op": "is_null", "column": "order_no"}] * 2000}},
            "the filter has more than 2000 conditions and literals",
        ),
        ({"filter": nots(51)}, "the filter has more than 50 levels of conditions"),
    ],
    ids=range(8),
)
def test_what_is_more_than_one_read_may_take_is_a_bad_request(lake: Served, body: dict[str, Any], says: str) -> None:
    answer = lake.ask(body)

    assert (400, "application/problem+json") == (answer.status_code, answer.headers["Content-Type"]), answer.text
    assert says == answer.json()["detail"]
    assert [] == lake.account.events


def posted(lake: Served, body: str, **headers: str) -> httpx.Response:
    address = f"{lake.url}/api/v1/products/sales.orders/read"
    return httpx.post(address, content=body, headers={**lake.headers(), **headers}, trust_env=False, timeout=60)


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(each["where"], each["problem"]) for each in answer.json()["errors"]]


JSON = {"Content-Type": "application/json"}
OPERATORS = "eq, ne, lt, le, gt, ge, is_in, is_null, starts_with, and, or, not"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"purpose":"analytics","limit":1,"limit":9}', ("body.limit", "stands twice in one object; write it once")),
        (
            '{"purpose":"analytics","filter":{"op":"is_null","column":"born","column":"email"}}',
            ("body.column", "stands twice in one object; write it once"),
        ),
        (
            '{"purpose":"analytics","levels":{"jo@example.com":"token","jo@example.com":"clear"}}',
            ("body.?", "stands twice in one object; write it once"),
        ),
        ('{"purpose": analytics}', ("body", "is no JSON from character 13 on")),
        ('{"purpose":"analytics","limit":' + "9" * 5000 + "}", ("body", "is no whole number")),
        ("", ("body", "is missing")),
        ("[1]", ("body", "is no object; write {...}")),
    ],
    ids=range(7),
)
def test_a_body_that_does_not_mean_one_thing_is_refused(lake: Served, body: str, expected: tuple[str, str]) -> None:
    answer = posted(lake, body, **JSON)

    assert (422, "application/problem+json") == (answer.status_code, answer.headers["Content-Type"])
    assert [expected] == faults(answer)
    assert [] == lake.account.events


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}])
def test_a_body_that_is_not_said_to_be_json_is_refused_with_the_header_to_send(
    lake: Served, headers: dict[str, str]
) -> None:
    answer = posted(lake, '{"purpose":"analytics"}', **headers)

    assert 422 == answer.status_code
    assert [("body", "is not said to be JSON; send Content-Type: application/json")] == faults(answer)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"filter": {"op": "regex", "column": "born"}}, ("body.filter", f"has another op than these: {OPERATORS}")),
        ({"filter": {"column": "born"}}, ("body.filter", "needs op, which says what it is")),
        ({"filter": "born > 3"}, ("body.filter", "is no object; write {...}")),
        (
            {"filter": {"op": "eq", "column": "born", "value": ["person7"]}},
            (
                "body.filter.eq.value",
                "is no literal; write a text, a number, true or false, or a date or time as text",
            ),
        ),
        ({"levels": {"born": "ana"}}, ("body.levels.born", "is none of hidden, token, coarse or clear")),
        ({"columns": "born"}, ("body.columns", "is no list; write [...]")),
        ({"limit": "7"}, ("body.limit", "is no whole number")),
        ({"limit": -7}, ("body.limit", "is less than 0")),
        ({"as_of": "person7"}, ("body.as_of", "is no time; write 2026-01-31T12:00:00Z")),
        ({"as_of": 1_795_000_000}, ("body.as_of", "is no time; write 2026-01-31T12:00:00Z")),
        ({"as_of": 1.795e9}, ("body.as_of", "is no time; write 2026-01-31T12:00:00Z")),
        ({"as_of": "1795000000"}, ("body.as_of", "is no time; write 2026-01-31T12:00:00Z")),
        ({"as_of": "2026-11-20"}, ("body.as_of", "is no time; write 2026-01-31T12:00:00Z")),
        ({"as_of": "2026-11-20T00:00:00"}, ("body.as_of", "has no time zone; write 2026-01-31T12:00:00Z")),
        ({"purpose": ["ana"]}, ("body.purpose", "is no text; write it in quotes")),
        ({"purpose": "a" * 201}, ("body.purpose", "has more than 200 characters")),
        ({"aggregate": {"of": []}}, ("body.aggregate.of", "has fewer than 1 items")),
        ({"sql": "select"}, ("body.sql", "is not known here; leave it out")),
    ],
    ids=range(18),
)
def test_a_field_that_is_wrong_is_told_in_a_plain_sentence(
    lake: Served, body: dict[str, Any], expected: tuple[str, str]
) -> None:
    answer = lake.ask(body)

    assert 422 == answer.status_code
    assert [expected] == faults(answer)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ([], "no column is named (leave `columns` out to see all that are shown)"),
        (["order_no", "born", "order_no"], "column 'order_no' is named twice (name each once)"),
        (["jo@example.com"] * 2, "there is no column of that name to be read"),
    ],
)
def test_no_column_and_one_twice_are_refused(lake: Served, columns: list[str], says: str) -> None:
    answer = lake.ask({"columns": columns})

    assert (422, says) == (answer.status_code, answer.json()["detail"])
    assert [] == lake.account.events


def test_a_filter_that_is_nested_a_million_deep_harms_nobody(lake: Served) -> None:
    deep = '{"op":"not","of":' * 100_000 + '{"op":"is_null","column":"order_no"}' + "}" * 100_000
    answer = posted(lake, f'{{"purpose":"analytics","filter":{deep}}}', **JSON)

    assert (422, [("body", "is nested too deeply; write fewer levels")]) == (answer.status_code, faults(answer))
    assert 12 == lake.rows().height


@pytest.mark.parametrize(("depth", "status"), [(49, 200), (60, 400), (400, 422)])
def test_a_deep_filter_is_answered_or_refused(lake: Served, depth: int, status: int) -> None:
    condition: dict[str, Any] = {"op": "is_null", "column": "order_no"}
    for _ in range(depth):
        condition = {"op": "not", "of": condition}

    answer = lake.ask({"filter": condition})

    assert status == answer.status_code
    assert depth < 50 or "levels" in answer.text


def test_groups_beyond_the_cap_are_refused_before_the_first_byte(lake: Served) -> None:
    lake.limit(groups=3)
    answer = lake.ask({"aggregate": {"by": ["order_no"], "of": [{"name": "n", "function": "count"}]}})

    assert (400, "failed") == (answer.status_code, lake.account.outcomes()[0][3])
    assert "more than 3 groups" in answer.json()["detail"]


def test_without_a_token_nothing_is_said_of_any_product(lake: Served) -> None:
    asked = [
        httpx.post(
            f"{lake.url}/api/v1/products/{name}/read", json={"purpose": "analytics"}, trust_env=False, timeout=60
        )
        for name in ("sales.orders", "sales.nothing")
    ]

    assert [401, 401] == [answer.status_code for answer in asked]
    assert asked[0].content == asked[1].content


@pytest.mark.parametrize(
    "place",
    [
        "{root}/../elsewhere/sales/orders/v1",
        "{outside}/sales/orders/v1",
        "file://{root}/sales/orders/v1",
        "file:///etc/sales/orders/v1",
        "s3://other/sales/orders/v1",
        "{root}/supply_chain/../sales/../secret/sales/orders/v1",
    ],
)
def test_attack_29_a_table_that_is_registered_outside_of_the_roots_is_not_opened(
    lake: Served, place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outside = tmp_path / "outside"
    shutil.copytree(lake.root / "sales", outside / "sales")
    lake.register(table=place.format(root=lake.root, outside=outside))

    answer = lake.ask()

    assert 503 == answer.status_code
    assert "lies in none of the roots that this catalog reads" in answer.json()["detail"]
    assert str(tmp_path) not in answer.text
    assert "the table of sales.orders cannot be read: sales.orders: lies outside of the roots of this catalog" in (
        caplog.text
    )


def test_attack_29_links_lead_neither_out_of_the_root_nor_to_another_product(lake: Served, tmp_path: Path) -> None:
    other = ORDERS.model_copy(update={"id": "supply_chain.parts"})
    (lake.root / "supply_chain").mkdir()
    (lake.root / "supply_chain" / "parts").symlink_to(lake.root / "sales" / "orders")
    lake.register(other, "")

    assert 503 == lake.ask({"product": "supply_chain.parts"}).status_code


def test_attack_29_a_log_that_names_files_elsewhere_is_not_followed(lake: Served) -> None:
    table = Path(lake.table())
    (log,) = (table / "_delta_log").glob("*.json")
    data = next(table.glob("*.parquet"))
    moved = lake.root / "moved.parquet"
    data.rename(moved)
    kept = log.read_text()
    for path in (str(moved), f"file://{moved}", "../../../moved.parquet", f"a/../../../../{moved.name}"):
        log.write_text(kept.replace(data.name, path))
        assert 503 == lake.ask().status_code, path
    log.write_text(kept)
    data.symlink_to(moved)

    assert 503 == lake.ask().status_code


def test_no_refusal_holds_a_cell(lake: Served) -> None:
    Path(next(Path(lake.table()).glob("*.parquet"))).write_bytes(b"PAR1 person1@beispiel.example PAR1")
    answer = lake.ask(who="ana", body={"purpose": "operations"})

    assert 503 == answer.status_code
    assert "person" not in answer.text
    assert "failed" == lake.account.outcomes()[0][3]
    assert all(str(row["margin"]) not in json.dumps(str(lake.account.events)) for row in ROWS)
