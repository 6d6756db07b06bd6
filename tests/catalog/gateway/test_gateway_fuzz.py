"""Whatever a body holds, a read is answered, or refused as the caller's mistake, and soon."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gateway_lake import NO_TLS, ORDERS, Served, serving
from hypothesis import example, given, settings
from hypothesis import strategies as st

SOON_S = 60
"""What hangs takes longer by orders of magnitude; what is slow on a busy machine does not."""

COLUMNS = (*(column.name for column in ORDERS.columns), "place.city", "place.phone")
LITERALS = (
    *("1e9999999", "-1e9999999", "1e-9999999", "sNaN", "-Infinity", "0.00000000001", "9" * 60, "1_0"),
    *("0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30"),
    *(2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**70, 10**28, 10**40, 10**4299, 1e308, 5e-324, -0.0),
    *("", "\0", "\ud800", "𐏿", "%", "^.*$", "tok1_", "' OR 1=1 --"),
)
OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge")

names = st.sampled_from(COLUMNS) | st.sampled_from(("", "place", "place.", ".", "place.city.x", "*", "^.*$", "\0"))
literals = (
    st.sampled_from(LITERALS) | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
)
few = st.lists(names, max_size=4)


def _one(column: str, op: str, value: Any) -> dict[str, Any]:
    return {"op": op, "column": column, **({"values": value} if op == "is_in" else {"value": value})}


conditions = st.recursive(
    st.builds(_one, names, st.sampled_from((*OPERATORS, "starts_with", "regex")), literals)
    | st.builds(_one, names, st.just("is_in"), st.lists(literals, max_size=4))
    | st.fixed_dictionaries({"op": st.just("is_null"), "column": names}),
    lambda inner: (
        st.fixed_dictionaries({"op": st.sampled_from(("and", "or")), "of": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"op": st.just("not"), "of": inner})
    ),
    max_leaves=6,
)
figures = st.fixed_dictionaries(
    {"name": names | st.just("n"), "function": st.sampled_from(("count", "sum", "mean", "min", "max", "median"))},
    optional={"column": names},
)
anything = st.recursive(literals, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))
numbers = st.integers(-1, 3) | st.integers() | st.sampled_from((10**6, 10**9, 2**31, 2**62, 2**63, 2**70, 10**4000))
KNOWN = {
    "purpose": st.sampled_from(("analytics", "operations", "fraud", "")),
    "columns": few,
    "levels": st.dictionaries(names, st.sampled_from(("hidden", "token", "coarse", "clear", "raw")), max_size=3),
    "filter": conditions,
    "order_by": st.lists(st.fixed_dictionaries({"column": names, "descending": st.booleans()}), max_size=3),
    "limit": numbers,
    "aggregate": st.fixed_dictionaries({"by": few, "of": st.lists(figures, max_size=3)}),
    "major": numbers,
    "version": numbers,
    "as_of": st.sampled_from(LITERALS) | st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
}
mostly_right = st.fixed_dictionaries({}, optional=KNOWN).map(lambda body: {"purpose": "analytics", **body})
half_right = st.fixed_dictionaries({}, optional={name: known | anything for name, known in KNOWN.items()})
bodies = mostly_right | half_right | st.dictionaries(st.sampled_from(tuple(KNOWN)) | st.text(), anything)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve twelve orders to everything here."""
    with serving(tmp_path_factory.mktemp("fuzzed")) as served:
        served.publish()
        served.publish()
        served.register()
        yield served


@pytest.fixture(scope="module")
def client(lake: Served) -> Iterator[httpx.Client]:
    """Keep a connection to it, on which an answer has its time."""
    headers = lake.headers(Content_Type="application/json")
    with httpx.Client(base_url=lake.url, headers=headers, trust_env=False, verify=NO_TLS, timeout=SOON_S) as connected:
        yield connected


def read(client: httpx.Client, body: Any) -> httpx.Response:
    """Send a body as it is, surrogates and all; an answer that is cut raises."""
    return client.post(
        "/api/v1/products/sales.orders/read", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )


@given(body=bodies)
@settings(max_examples=80)
@example(body={"purpose": "analytics", "filter": _one("price_eur", "gt", "1e9999999")})
@example(body={"purpose": "analytics", "version": 10**9})
@example(body={"purpose": "analytics", "version": 2**63})
@example(body={"purpose": "analytics", "version": 2**70})
@example(body={"purpose": "analytics", "major": 2**70})
def test_no_body_is_the_servers_fault(client: httpx.Client, body: Any) -> None:
    answer = read(client, body)

    assert answer.status_code < 429, (answer.text, body)


@pytest.mark.slow
@pytest.mark.timeout(600)
@given(body=bodies)
@settings(max_examples=2_000)
def test_no_body_of_many_is_the_servers_fault(client: httpx.Client, body: Any) -> None:
    answer = read(client, body)

    assert answer.status_code < 429, (answer.text, body)


def _nested(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {"op": "is_null", "column": "order_no"}
    for _ in range(levels):
        found = {"op": "not", "of": found}
    return found


def _many(op: str, each: int, of: int) -> dict[str, Any]:
    inner = [{"op": op, "of": [_one("order_no", "eq", "x")] * each}] * of
    return {"op": "and", "of": inner}


GIANTS: dict[str, dict[str, Any]] = {
    "a version of the far future": {"version": 10**9},
    "a version beyond 63 bits": {"version": 2**63},
    "a time before the table": {"as_of": "0001-01-01T00:00:00Z"},
    "a limit beyond 64 bits": {"limit": 2**70},
    "the largest limit": {"limit": 10**9},
    "one column a thousand times": {"columns": ["order_no"] * 1000},
    "a column name of a megabyte": {"columns": ["x" * 2**20]},
    "a path of a thousand steps": {"columns": [".".join(["place"] * 1000)]},
    "levels of many names": {"levels": {f"c{n}": "token" for n in range(999)}},
    "an order by one column many times": {"order_by": [{"column": "order_no"}] * 999, "limit": 5},
    "literals of the most": {"filter": _one("order_no", "is_in", [f"{n:03}{'x' * 3_000}" for n in range(999)])},
    "numbers of the most": {"filter": _one("quantity", "is_in", [10**4000] * 999)},
    "conditions of the most": {"filter": _many("or", 90, 10)},
    "the deepest that is taken": {"filter": _nested(45)},
    "deeper than is taken": {"filter": _nested(500)},
    "a beginning of megabytes": {"filter": _one("order_no", "starts_with", "x" * 3 * 2**20)},
    "a text of megabytes": {"filter": _one("email", "eq", "@" * 3 * 2**20)},
    "a figure many times": {"aggregate": {"of": [{"name": f"n{n}", "function": "count"} for n in range(50)]}},
    "groups by one column many times": {
        "aggregate": {"by": ["order_no"] * 900, "of": [{"name": "n", "function": "count"}]}
    },
}


@pytest.mark.parametrize("body", GIANTS.values(), ids=GIANTS)
def test_what_is_huge_is_answered_soon_or_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    answer = read(client, {"purpose": "analytics", **body})

    assert answer.status_code in (200, 400, 404, 410, 422), answer.text
