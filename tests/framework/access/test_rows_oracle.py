"""Row filters of random policies on random rows, against Cedar's own decision about every single row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import cedarpy
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from meshwright.access import AccessRequest, Decision, Policies, decide, permitted_rows
from meshwright.dtypes import polars_type
from meshwright.errors import MeshError
from meshwright.read import ReadQuery, read
from meshwright.spec import ColumnSpec, DecimalType, ListType, ScalarType, Spec

pytestmark = pytest.mark.slow

NOW = "2026-07-01T12:00:00.000Z"
TEXTS = ["EU", "US", "E", "", "a*b", "ab", 'q"\\', "ä\n.", "EU.x"]
MOMENTS = [
    datetime(2026, 7, 1, 12, tzinfo=UTC),
    datetime(2026, 7, 1, 12, 0, 0, 999, tzinfo=UTC),
    datetime(2026, 7, 1, 11, 59, 59, 999999, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999500, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
]
COMPUTED = ["context.now", 'context.now.offset(duration("-1h"))', "context.now.toDate()", 'datetime("2026-07-01")']
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(TEXTS),
    "integer": st.sampled_from([-(2**63), -1, 0, 1, 5, 2**63 - 1]),
    "boolean": st.booleans(),
    "decimal": st.sampled_from([Decimal(each) for each in ("-1.5", "0", "0.01", "1.5", "922337203685477.58")]),
    "timestamp": st.sampled_from(MOMENTS),
    "date": st.sampled_from([date(2026, 7, 1), date(2026, 7, 2), date(1, 1, 1), date(9999, 12, 31)]),
    "list": st.lists(st.sampled_from(["EU", "US", "a*b"]), max_size=3),
}
KINDS = {"s": "string", "i": "integer", "b": "boolean", "n": "decimal", "m": "timestamp", "d": "date", "l": "list"}


def column(name: str, kind: str, *, nullable: bool) -> ColumnSpec:
    if kind == "decimal":
        return ColumnSpec(name=name, type=DecimalType(precision=18, scale=2), nullable=nullable)
    if kind == "list":
        items = ColumnSpec(name="item", type=ScalarType(kind="string"))
        return ColumnSpec(name=name, type=ListType(items=items), nullable=nullable)
    return ColumnSpec.model_validate({"name": name, "type": {"kind": kind}, "nullable": nullable})


REQUIRED = tuple(column(name, kind, nullable=False) for name, kind in KINDS.items())
OPTIONAL = tuple(column(f"{name}_or_null", kind, nullable=True) for name, kind in KINDS.items())
SPEC = Spec(id="sales.customers", version="1.0.0", owner="desk", purpose="fraud", columns=(*REQUIRED, *OPTIONAL))
SCHEMA = {c.name: polars_type(c.type) for c in SPEC.columns}


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def moment(value: datetime) -> str:
    return f'datetime("{value.replace(tzinfo=None).isoformat(timespec="milliseconds")}Z")'


@st.composite
def literals(draw: DrawFn, kind: str) -> str:
    if kind in ("timestamp", "date"):
        return draw(st.sampled_from([*COMPUTED, *(moment(each) for each in MOMENTS)]))
    value = draw(CELLS[kind])
    if kind == "decimal":
        return f'decimal("{value:.2f}")'
    if kind == "string":
        return quoted(value)
    return {True: "true", False: "false"}[value] if kind == "boolean" else str(value)


@st.composite
def patterns(draw: DrawFn) -> str:
    parts = draw(st.lists(st.sampled_from(["*", "\\*", "E", "a", "b", ".", "ä", "\\n", "U"]), max_size=4))
    return '"' + "".join(parts) + '"'


@st.composite
def atoms(draw: DrawFn, name: str, kind: str) -> str:
    """Compare one column that is there."""
    it, same = f"resource.{name}", f"resource.{name[0]}"
    value = draw(literals(kind)) if kind != "list" else ""
    words = ", ".join(quoted(each) for each in draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=2)))
    found = [f"{it} == {value}", f"{value} != {it}", f"{it} == {same}", f"[{value}].contains({it})"]
    if kind == "list":
        found = [f"{it}.contains({quoted('EU')})", f"{it}.containsAll([{words}])", f"{it}.containsAny([{words}])"]
        found += [f"[{words}].containsAny({it})", f"[{words}].containsAll({it})", f"{it}.isEmpty()"]
    elif kind == "string":
        found += [f"{it} like {draw(patterns())}"] * 3
    elif kind == "boolean":
        found += [it]
    elif kind == "decimal":
        op = draw(st.sampled_from(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"]))
        found += [f"{it}.{op}({value})", f"{value}.{op}({it})"]
    else:
        op = draw(st.sampled_from(["<", "<=", ">", ">="]))
        found += [f"{it} {op} {value}", f"{value} {op} {it}"]
    return draw(st.sampled_from(found))


@st.composite
def conditions(draw: DrawFn, depth: int = 3) -> str:
    shape = draw(st.sampled_from(["atom", "atom", "known", "optional", "and", "or", "not", "if"])) if depth else "atom"
    if shape in ("and", "or"):
        op = "&&" if shape == "and" else "||"
        return f"({draw(conditions(depth - 1))} {op} {draw(conditions(depth - 1))})"
    if shape == "not":
        return f"!({draw(conditions(depth - 1))})"
    if shape == "if":
        parts = [draw(conditions(depth - 1)) for _ in range(3)]
        return f"(if {parts[0]} then {parts[1]} else {parts[2]})"
    if shape == "known":
        return draw(st.sampled_from(KNOWN))
    kind = draw(st.sampled_from(list(KINDS)))
    if shape == "atom":
        return f"({draw(atoms(kind, KINDS[kind]))})"
    name = f"{kind}_or_null"
    inner = draw(atoms(name, KINDS[kind]))
    there, required = f"resource has {name}", inner.replace(name, kind)
    forms = [f"{there} && {inner}", there, f"{there} && !({inner})", f"resource has {kind} && {required}"]
    forms += [f"!({there} && {inner})", f"if {there} then {inner} else true"]
    return f"({draw(st.sampled_from(forms))})"


KNOWN = [
    'principal in Mesh::Team::"desk"',
    'principal in Mesh::Team::"planning"',
    'context.purpose in Mesh::Purpose::"analytics"',
    'context.now < datetime("2026-07-02")',
    'resource in Mesh::Domain::"sales"',
    'resource in [Mesh::Domain::"sales", Mesh::Domain::"other"]',
    "resource is Mesh::Row",
    "resource in principal.domain",
    "true",
]


@st.composite
def policies_text(draw: DrawFn) -> list[str]:
    found: list[str] = []
    for number in range(draw(st.integers(1, 4))):
        effect = draw(st.sampled_from(["permit", "permit", "forbid"]))
        who = draw(st.sampled_from(["principal", "principal", 'principal in Mesh::Team::"desk"']))
        when = draw(st.sampled_from(["when", "when", "unless"]))
        scope = draw(st.sampled_from(["resource in", "resource is Mesh::Row in"])) + ' Mesh::Product::"sales.customers"'
        head = f'@id("row{number}") @why("w") {effect}({who}, action == Mesh::Action::"see_row", {scope})'
        found.append(f"{head} {when} {{ {draw(conditions())} }};")
    return found


@st.composite
def tables(draw: DrawFn) -> list[dict[str, Any]]:
    """Draw rows that keep the contract, and some that lack a value which it promises."""
    rows: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 6))):
        row: dict[str, Any] = {c.name: draw(CELLS[c.type.kind]) for c in REQUIRED}
        row |= {c.name: draw(st.none() | CELLS[c.type.kind]) for c in OPTIONAL}
        rows.append(row | dict.fromkeys(draw(st.lists(st.sampled_from(list(KINDS)), max_size=1)) * draw(st.booleans())))
    return rows


def said(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"__extn": {"fn": "decimal", "arg": f"{value:.2f}"}}
    if isinstance(value, datetime):
        whole = value.replace(microsecond=value.microsecond // 1000 * 1000, tzinfo=None)
        return {"__extn": {"fn": "datetime", "arg": whole.isoformat(timespec="milliseconds") + "Z"}}
    if isinstance(value, date):
        return {"__extn": {"fn": "datetime", "arg": value.isoformat()}}
    return value


def uid(kind: str, name: str) -> dict[str, str]:
    return {"type": f"Mesh::{kind}", "id": name}


def entity(kind: str, name: str, attributes: Mapping[str, Any], *parents: dict[str, str]) -> dict[str, Any]:
    return {"uid": uid(kind, name), "attrs": dict(attributes), "parents": list(parents)}


def cedars_answer(texts: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Ask Cedar about one row after the other, for ana of the desk who reads for churn; an error is a denial."""
    sales = uid("Domain", "sales")
    product = uid("Product", "sales.customers")
    facts = [
        entity("Team", "desk", {}, sales),
        entity("Purpose", "churn", {}, uid("Purpose", "analytics")),
        entity("User", "ana", {"domain": {"__entity": sales}}, sales, uid("Team", "desk")),
        entity("Product", "sales.customers", {}, sales),
    ]
    for number, row in enumerate(rows):
        there = {name: said(value) for name, value in row.items() if value is not None}
        facts.append(entity("Row", str(number), there, product))
    context = {"now": {"__extn": {"fn": "datetime", "arg": NOW}}, "purpose": {"__entity": uid("Purpose", "churn")}}
    asked = {"principal": uid("User", "ana"), "action": uid("Action", "see_row"), "context": context}
    requests = [{**asked, "resource": uid("Row", str(number))} for number in range(len(rows))]
    answers = cedarpy.is_authorized_batch(requests, "\n".join(texts), json.dumps(facts))
    return [each.allowed and not each.diagnostics.errors for each in answers]


def decided(texts: Sequence[str], known: Policies) -> Decision:
    """Decide for the same reader, with the texts as the product's row policies."""
    own = known.products["sales.customers"] + "\n".join(texts)
    known = replace(known, products={"sales.customers": own})
    decision = decide(AccessRequest(known.principals.find("ana"), "churn", datetime.fromisoformat(NOW), SPEC), known)
    assert "" == decision.problem
    assert decision.rows is not None
    return decision


def shown_rows(rows: Sequence[Mapping[str, Any]], decision: Decision) -> list[bool]:
    """Say of each row whether the filter shows it."""
    frame = pl.LazyFrame(list(rows), schema=SCHEMA).with_row_index("#")
    shown = permitted_rows(frame, SPEC, decision.rows).collect()["#"].to_list()
    return [number in shown for number in range(len(rows))]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=200)
def test_the_filter_shows_the_rows_that_cedar_allows(policies: Policies, data: st.DataObject) -> None:
    texts, rows = data.draw(policies_text()), data.draw(tables())

    expected = cedars_answer(texts, rows)
    decision = decided(texts, policies)

    assert decision.rows is not None
    for row, cedar, ours in zip(rows, expected, shown_rows(rows, decision), strict=True):
        lacks_what_is_read = any(row[name] is None for name in KINDS if name in decision.rows.columns)
        assert cedar >= ours
        assert lacks_what_is_read or cedar == ours


QUERIES: list[dict[str, Any]] = [
    {},
    {"filter": {"op": "ge", "column": "i", "value": 1}},
    {"filter": {"op": "starts_with", "column": "s", "value": "E"}, "order_by": [{"column": "s"}]},
    {"order_by": [{"column": "i", "descending": True}], "limit": 2},
    {"aggregate": {"of": [{"name": "rows", "function": "count"}, {"name": "most", "function": "max", "column": "n"}]}},
    {"aggregate": {"by": ["b"], "of": [{"name": "sum", "function": "sum", "column": "i"}]}},
    {"filter": {"op": "eq", "column": "nothing", "value": 1}},
    {"columns": ["l_or_null", "m"], "limit": 1},
]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_rows_that_are_left_out_change_no_answer_and_no_error(policies: Policies, data: st.DataObject) -> None:
    decision = decided(data.draw(policies_text()), policies)
    rows, others = data.draw(tables()), data.draw(tables())
    query = ReadQuery.model_validate(data.draw(st.sampled_from(QUERIES)))

    shown = shown_rows(rows, decision)
    alone = [row for row, seen in zip(rows, shown, strict=True) if seen]
    hidden = [row for row, seen in zip(others, shown_rows(others, decision), strict=True) if not seen]

    assert answer(alone, decision, query) == answer(rows, decision, query)
    assert answer(alone, decision, query) == answer([*hidden, *alone], decision, query)


def answer(rows: Sequence[Mapping[str, Any]], decision: Decision, query: ReadQuery) -> str | list[Any]:
    """Give the rows, or the text of the error."""
    try:
        return read(pl.LazyFrame(list(rows), schema=SCHEMA), SPEC, decision, query).collect().to_dicts()
    except MeshError as error:
        return f"{type(error).__name__}: {error}"
