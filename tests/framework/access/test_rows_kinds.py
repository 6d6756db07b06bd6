"""Each kind of condition once, against Cedar; and conditions of a kind that Cedar's answer should never have."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from meshwright.access import AccessRequest, Decision, Policies, PolicyReference, RowCondition, decide, explain
from meshwright.access.rows import row_rule
from meshwright.access.rows.expressions import row_filter
from meshwright.access.rows.recheck import allowed_rows
from meshwright.dtypes import polars_type
from meshwright.errors import PolicyRejected
from meshwright.spec import ColumnSpec, DecimalType, ListType, ScalarType, Spec

TEXTS = ColumnSpec(name="item", type=ScalarType(kind="string"))
SPEC = Spec(
    id="sales.customers",
    version="1.0.0",
    owner="desk",
    purpose="fraud",
    columns=(
        ColumnSpec(name="s", type=ScalarType(kind="string")),
        ColumnSpec(name="i", type=ScalarType(kind="integer")),
        ColumnSpec(name="b", type=ScalarType(kind="boolean")),
        ColumnSpec(name="n", type=DecimalType(precision=18, scale=4)),
        ColumnSpec(name="m", type=ScalarType(kind="timestamp")),
        ColumnSpec(name="d", type=ScalarType(kind="date")),
        ColumnSpec(name="l", type=ListType(items=TEXTS)),
        ColumnSpec(name="o", type=ScalarType(kind="string"), nullable=True),
    ),
)
MOMENT = datetime(2026, 1, 1, 0, 0, 0, 500_000, UTC)
CELLS: list[tuple[Any, ...]] = [
    ("EU", 1, True, Decimal("1.5"), MOMENT, date(2026, 1, 1), ["EU"], None),
    ("a*b", -1, False, Decimal("0.0001"), MOMENT, date(2025, 12, 31), [], "x"),
    ("ä\n.b", 2**63 - 1, True, Decimal(-9), MOMENT, date(1, 1, 1), ["a", "EU"], ""),
    ("", -(2**63), False, Decimal(0), MOMENT, date(9999, 12, 31), ["a", "a"], "y"),
]
ROWS: list[dict[str, Any]] = [dict(zip("sibnmdlo", cells, strict=True)) for cells in CELLS]
CONDITIONS = [
    'resource.s == "EU"',
    '"EU" != resource.s',
    "resource.s == resource.s",
    'resource.s like "a\\**"',
    'resource.s like "*b"',
    'resource.s like "ä*.b"',
    'resource.s like "ä*b"',
    'resource.s like "E"',
    'resource.s like ""',
    "resource.i < 1",
    "resource.i <= 1",
    "resource.i > -1",
    "resource.i >= 9223372036854775807",
    "resource.b",
    "!resource.b",
    "resource.b == true",
    'resource.n.lessThan(decimal("0.0001"))',
    'resource.n.lessThanOrEqual(decimal("0.0001"))',
    'resource.n.greaterThan(decimal("0.0001"))',
    'decimal("0.0001").greaterThanOrEqual(resource.n)',
    'resource.n == decimal("1.5")',
    'resource.m > datetime("2026-01-01T00:00:00.499Z")',
    'resource.m == datetime("2026-01-01T01:00:00.500+0100")',
    'resource.m < context.now.offset(duration("-180d"))',
    "resource.m < context.now.toDate()",
    "resource.d < resource.m",
    'resource.d == datetime("2026-01-01")',
    'resource.l.contains("EU")',
    'resource.l.containsAll(["a", "EU"])',
    'resource.l.containsAny(["a", "z"])',
    '["a", "z"].containsAny(resource.l)',
    '["a", "z"].containsAll(resource.l)',
    "resource.l.isEmpty()",
    '["EU", ""].contains(resource.s)',
    "[1, -1].contains(resource.i)",
    '[decimal("1.5")].contains(resource.n)',
    "resource has o",
    'resource has o && resource.o == "x"',
    '!(resource has o && resource.o == "x")',
    'if resource has o then resource.o like "*" else resource.i == 1',
    'resource.i == 1 || resource.s == "" && resource.b == false',
    '(resource.i == 1 || resource.s == "") && resource.b == false',
    'resource in Mesh::Product::"sales.customers" && resource.i == 1',
    'resource in [Mesh::Domain::"other", Mesh::Domain::"sales"] && resource.i == 1',
    "resource in principal.domain && resource is Mesh::Row && resource.i == 1",
    'Mesh::Team::"planning" in Mesh::Domain::"supply_chain" && resource.i == 1',
    'Mesh::Class::"pii.contact.email" in Mesh::Class::"pii" && resource.i == 1',
    '(if context.purpose in Mesh::Purpose::"analytics" then ["EU"] else ["a*b"]).contains(resource.s)',
]


def policy(when: str, effect: str = "permit", scope: str = 'resource in Mesh::Product::"sales.customers"') -> str:
    name = f"{effect}{abs(len(when))}"
    return f'@id("{name}") @why("w") {effect}(principal, action == Mesh::Action::"see_row", {scope}) when {{ {when} }};'


def decided(policies: Policies, now: datetime, own: str, central: str = "") -> Decision:
    products = {SPEC.id: policies.products[SPEC.id] + own}
    known = replace(policies, products=products, central=policies.central + central)
    return decide(AccessRequest(known.principals.find("ana"), "churn", now, SPEC), known)


def shown(*conditions: RowCondition) -> list[bool]:
    frame = pl.DataFrame(ROWS, schema={c.name: polars_type(c.type) for c in SPEC.columns})
    return frame.select(row_filter(conditions, SPEC)).to_series().to_list()


@pytest.mark.parametrize("when", CONDITIONS)
def test_every_kind_of_condition_filters_as_cedar_decides(policies: Policies, now: datetime, when: str) -> None:
    decision = decided(policies, now, policy(when))
    assert "" == decision.problem
    assert decision.rows is not None

    cedar = allowed_rows(decision.rows.asked, ROWS)

    assert cedar == shown(*decision.rows.conditions)
    if 'like "E"' not in when:
        assert any(cedar)


def left(effect: Any, node: dict[str, Any]) -> RowCondition:
    return RowCondition(PolicyReference("x"), effect, json.dumps(node), "")


def column(name: str) -> dict[str, Any]:
    return {".": {"left": {"Var": "resource"}, "attr": name}}


def test_what_has_no_answer_is_no_permit_and_a_forbid() -> None:
    """No policy that passes the check leaves this: `o` may be null, and `has` is not asked."""
    unasked = {"==": {"left": column("o"), "right": {"Value": "x"}}}
    everything = left("permit", {"Value": True})

    assert [False, True, False, False] == shown(left("permit", unasked))
    assert [False, False, True, True] == shown(everything, left("forbid", unasked))


@pytest.mark.parametrize(
    "node",
    [
        {"unknown": [{"Value": "resource"}]},
        {"Value": "true"},
        {"has": {"left": {"Var": "principal"}, "attr": "s"}},
        {"==": {"left": {"Var": "resource"}, "right": {"Value": 1}}},
        {"==": {"left": column("s"), "right": {"Value": {"__entity": {"type": "Mesh::Team", "id": "desk"}}}}},
        {"==": {"left": column("i"), "right": {"+": {"left": {"Value": 1}, "right": {"Value": 1}}}}},
        {"==": {"left": column("m"), "right": {"datetime": [{"Value": "soon"}]}}},
        {"==": {"left": column("m"), "right": {"offset": [column("m"), {"duration": [{"Value": "1ms"}]}]}}},
        {"==": {"left": column("n"), "right": {"decimal": [{"Value": "many"}]}}},
        {"like": {"left": column("i"), "pattern": ["Wildcard"]}},
        {"contains": {"left": {"Value": "EU"}, "right": column("s")}},
        {"==": {"left": column("n"), "right": {"unknown": {"__extn": {"fn": "decimal", "arg": "1.5"}}}}},
        {"getTag": {"left": column("s"), "right": {"Value": "x"}}},
        {"&&": {"left": {"Value": True}}},
        {"&&": {}, "||": {}},
        {"Slot": "?resource"},
    ],
)
@pytest.mark.parametrize("effect", ["permit", "forbid"])
def test_an_answer_of_another_kind_denies(
    policies: Policies, now: datetime, monkeypatch: pytest.MonkeyPatch, node: dict[str, Any], effect: str
) -> None:
    """Cedar's partial evaluation is experimental: whatever it should come to answer, nothing is guessed."""
    known = replace(policies, products={SPEC.id: policies.products[SPEC.id] + policy("resource.b", effect)})

    def answer(_: object) -> dict[str, Any]:
        return {f"{effect}10": node}

    monkeypatch.setattr("meshwright.access.rows.rule.residuals", answer)

    with pytest.raises(PolicyRejected):
        row_rule(AccessRequest(known.principals.find("ana"), "churn", now, SPEC), known)
    decision = decide(AccessRequest(known.principals.find("ana"), "churn", now, SPEC), known)
    assert (False, {}) == (decision.read, decision.columns)


def test_a_place_that_was_not_settled_is_refused() -> None:
    place = {"in": {"left": {"Var": "resource"}, "right": column("s")}}

    with pytest.raises(PolicyRejected, match="`in` cannot be filtered by"):
        shown(left("permit", place))


def test_a_number_under_another_name_than_value_is_refused() -> None:
    other = {"unknown": {"__extn": {"fn": "decimal", "arg": "1.5"}}}

    with pytest.raises(PolicyRejected, match="`unknown` cannot be filtered by"):
        shown(left("permit", {"==": {"left": column("n"), "right": other}}))


@pytest.mark.parametrize("effect", ["permit", "forbid"])
def test_a_central_policy_that_fails_before_any_row_denies(policies: Policies, now: datetime, effect: str) -> None:
    overflow = policy("9223372036854775807 + 1 == 2", effect, "resource")

    assert "fails while it is decided" in decided(policies, now, policy("true"), overflow).problem


def test_cedar_is_not_believed_where_it_skips_a_forbid_that_fails(policies: Policies, now: datetime) -> None:
    rule = decided(policies, now, policy("true") + policy('resource.s == "EU"', "forbid")).rows
    assert rule is not None

    assert [True, False] == allowed_rows(rule.asked, [{"s": "US"}, {"s": None}])


def test_what_is_settled_is_left_out_of_the_words(policies: Policies, now: datetime) -> None:
    both = 'resource.s == "EU" && principal in Mesh::Team::"desk" && !(principal in Mesh::Team::"planning")'

    ((_, where, _, _),) = explain(decided(policies, now, policy(both))).limits

    assert '(resource.s) == "EU"' == where
