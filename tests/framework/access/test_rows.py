"""Row policies: who sees which rows, and what is denied because it cannot be told."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from meshwright.access import Decision, Policies, explain, permitted_rows
from meshwright.access.rows.recheck import allowed_rows
from meshwright.dtypes import polars_type
from meshwright.errors import AccessDenied
from meshwright.read import ReadQuery, Shape, raw_columns, read, read_batches
from meshwright.rejected import rejected_spec
from meshwright.spec import ColumnSpec, DecimalType, ListType, ScalarType, Spec

Decide = Callable[..., Decision]
Rows = Sequence[dict[str, Any]]

EU, US = 'resource.region == "EU"', 'resource.region == "US"'
PRODUCT = 'Mesh::Product::"sales.customers"'


def column(name: str, kind: Any, *classes: str, nullable: bool = False) -> ColumnSpec:
    return ColumnSpec(name=name, type=kind, nullable=nullable, classes=classes)


NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
TEXT = ScalarType(kind="string")
SPEC = Spec(
    id="sales.customers",
    version="1.0.0",
    owner="desk",
    purpose="fraud",
    columns=(
        column("customer_id", TEXT),
        column("region", TEXT),
        column("email", TEXT, "pii.contact.email"),
        column("amount", ScalarType(kind="integer")),
        column("note", TEXT, nullable=True),
        column("paid", DecimalType(precision=30, scale=2)),
        column("placed_at", ScalarType(kind="timestamp")),
        column("tags", ListType(items=column("item", TEXT)), nullable=True),
    ),
)
BASE: dict[str, Any] = {
    "customer_id": "C1",
    "region": "EU",
    "email": "ana@x.de",
    "amount": 1,
    "note": None,
    "paid": Decimal("1.50"),
    "placed_at": datetime(2026, 1, 1, tzinfo=UTC),
    "tags": ["new"],
}


def rule(when: str, effect: str = "permit", scope: str = f"resource in {PRODUCT}", who: str = "principal") -> str:
    """Write a row policy; its id tells it from others."""
    name = f"r{hashlib.sha256(repr((when, effect, scope, who)).encode()).hexdigest()[:12]}"
    condition = f" when {{ {when} }}" if when else ""
    head = f'@id("{name}") @why("who sells there") {effect}'
    return f'{head}({who}, action == Mesh::Action::"see_row", {scope}){condition};\n'


MANY = 30_000
"""So many rows that Polars works on them in pieces."""


def frame(*rows: dict[str, Any], spec: Spec = SPEC) -> pl.LazyFrame:
    schema = {c.name: polars_type(c.type) for c in spec.columns}
    return pl.LazyFrame([{name: {**BASE, **row}.get(name) for name in schema} for row in rows], schema=schema)


@pytest.fixture
def ruled(policies: Policies, decided: Decide) -> Decide:
    """Decide for ana, who reads for churn, with more policies in the product's file."""

    def decide_with(*texts: str, central: str = "", spec: Spec = SPEC, at: datetime = NOW) -> Decision:
        own = policies.products["sales.customers"] + "".join(texts)
        known = replace(policies, products={"sales.customers": own}, central=policies.central + central)
        return decided("ana", "churn", known, spec, at)

    return decide_with


def ids(found: pl.LazyFrame) -> list[str]:
    return found.collect()["customer_id"].to_list()


def regions(decision: Decision, spec: Spec = SPEC) -> str:
    """Name the rows of three regions that are shown."""
    rows = frame(*({"customer_id": region, "region": region} for region in ("EU", "US", "AP")), spec=spec)
    return " ".join(ids(read(rows, spec, decision)))


def test_a_row_policy_may_list_its_one_action(ruled: Decide) -> None:
    listed = rule('resource.region == "EU"').replace("action == ", "action in [").replace('see_row"', 'see_row"]')

    assert "EU" == regions(ruled(listed))


@pytest.mark.parametrize(
    ("rules", "shown"),
    [("", "all"), (rule(""), "all"), (rule(EU), "limited"), (rule(EU, "forbid"), "none"), (rule("resource"), "none")],
)
def test_a_decision_tells_whether_rows_are_limited(ruled: Decide, rules: str, shown: str) -> None:
    assert shown == ruled(rules).rows_shown


def test_a_rule_that_reads_a_column_which_the_contract_has_not_is_refused(ruled: Decide) -> None:
    less = SPEC.model_copy(update={"columns": tuple(c for c in SPEC.columns if c.name != "region")})

    with pytest.raises(AccessDenied, match="reads column 'region', which these rows do not have"):
        permitted_rows(frame(BASE), less, ruled(rule(EU)).rows)


def test_without_a_row_policy_every_row_is_shown(ruled: Decide) -> None:
    assert None is ruled().rows
    assert "EU US AP" == regions(ruled())


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ([rule('resource.region == "EU"')], "EU"),
        ([rule('resource.region == "EU"'), rule('resource.region like "A*"')], "EU AP"),
        ([rule(""), rule('resource.region == "EU"', "forbid")], "US AP"),
        ([rule('resource.region == "EU"', "forbid")], ""),
        ([rule("", who='principal in Mesh::Team::"planning"')], ""),
        ([rule("", who='principal in Mesh::Team::"desk"')], "EU US AP"),
        ([rule('context.purpose == Mesh::Purpose::"fraud"')], ""),
        ([rule('context.purpose in Mesh::Purpose::"analytics"')], "EU US AP"),
        ([rule('resource.region == "EU" || context.now < datetime("2026-07-01T12:00:00.001Z")')], "EU US AP"),
        ([rule("", scope=f"resource is Mesh::Row in {PRODUCT}")], "EU US AP"),
        ([rule("resource in principal.domain")], "EU US AP"),
        ([rule('resource in Mesh::Domain::"other"')], ""),
        ([rule('resource.region == "EU" && resource.region == "US"')], ""),
        ([rule(f'if resource in Mesh::Domain::"sales" then {EU} else {US}')], "EU"),
        ([rule(f'if resource in Mesh::Domain::"other" then {EU} else {US}')], "US"),
        ([rule(f"if {EU} then resource.amount == 1 else {US}")], "EU US"),
    ],
)
def test_with_a_row_policy_each_row_needs_a_permit_and_a_forbid_beats_it(
    ruled: Decide, written: list[str], shown: str
) -> None:
    assert shown == regions(ruled(*written))


def test_a_central_row_policy_governs_the_products_in_its_scope(ruled: Decide) -> None:
    everywhere = rule('!(resource has region) || resource.region != "US"', scope="resource")
    of_sales = rule('resource.region == "AP"', "forbid", scope='resource in Mesh::Domain::"sales"')
    elsewhere = rule('resource.nothing == "US"', "forbid", scope='resource in Mesh::Domain::"other"')

    assert "EU AP" == regions(ruled(central=everywhere))
    assert "EU" == regions(ruled(central=everywhere + of_sales))
    assert "EU US AP" == regions(ruled(central=elsewhere))


def test_a_central_policy_may_ask_for_a_column_that_a_product_has_not(ruled: Decide) -> None:
    text = rule("", scope="resource") + rule('resource has vip && resource.vip == "y"', "forbid", scope="resource")

    assert "EU US AP" == regions(ruled(central=text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (rule('resource.regoin == "EU"'), "unknown column 'regoin'; did you mean 'region'?"),
        (rule('resource has regoin && resource.regoin == "EU"', "forbid"), "unknown column 'regoin'"),
        (rule("resource.amount == 1.5"), "is no Cedar policy"),
        (rule('resource.amount == "1"'), "not compatible"),
        (rule('resource.note == "x"'), "optional attribute `note`"),
        (rule("resource.amount + 1 == 2"), "`+` cannot be filtered by"),
        (rule("resource.amount * 2 < 9223372036854775807"), "`*` cannot be filtered by"),
        (rule('context.purpose == Mesh::Purpose::"fraud" && -resource.amount == 1'), "`neg` cannot be filtered by"),
        (rule('resource in Mesh::Domain::"other" && resource.amount - 1 == 1'), "`-` cannot be filtered by"),
        (rule('resource.placed_at.offset(duration("1d")) < context.now'), "is computed from what is no duration"),
        (rule('resource has tags && resource.tags == ["new"]'), "column 'tags' is list"),
        (rule('[resource.region].contains("EU")'), "`Set` cannot be filtered by|column 'region' is string"),
        (rule('{a: resource.region}.a == "EU"'), "cannot be filtered by"),
        (rule('resource.placed_at.offset(duration("9ms")) < context.now'), "leaves something that cannot be filtered"),
        (rule(f"resource == {PRODUCT}"), "cannot be filtered by"),
        (rule("", scope='resource == Mesh::Row::"1"'), "does not say whose rows"),
        (rule("", scope="resource"), "does not say whose rows it is about"),
        (rule("", scope="resource is Mesh::Row"), "does not say whose rows it is about"),
        (rule("", scope='resource in Mesh::Product::"sales.custmers"'), "does not say whose rows it is about"),
        (rule("", scope='resource in Mesh::Domain::"sales"'), "does not say whose rows it is about"),
        (rule("").replace('== Mesh::Action::"see_row"', 'in [Mesh::Action::"see_row", Mesh::Action::"read"]'), "mixes"),
    ],
)
def test_a_row_policy_that_cannot_be_filtered_by_denies_its_product(ruled: Decide, text: str, problem: str) -> None:
    decision = ruled(text)

    assert not decision.read
    assert any(each in decision.problem for each in problem.split("|")), decision.problem


@pytest.mark.parametrize(
    "kind",
    [
        ScalarType(kind="number"),
        ScalarType(kind="binary"),
        DecimalType(precision=18, scale=5),
        ListType(items=column("item", ScalarType(kind="integer"))),
    ],
)
@pytest.mark.parametrize("central", [True, False])
def test_a_column_whose_type_cedar_has_not_denies_also_a_policy_that_only_asks_for_it(
    ruled: Decide, kind: Any, *, central: bool
) -> None:
    spec = SPEC.model_copy(update={"columns": (*SPEC.columns, column("score", kind))})
    scope = "resource" if central else f"resource in {PRODUCT}"
    text = rule("resource has score && resource.score == 1", "forbid", scope=scope)

    decision = ruled(central=text, spec=spec) if central else ruled(text, spec=spec)

    assert "column 'score' is" in decision.problem


@pytest.mark.parametrize("name", ["*", "^.*$", "__entity", "a\u0007b", "a\nb"])
def test_a_column_with_an_unsafe_name_is_none_to_row_policies(ruled: Decide, name: str) -> None:
    spec = SPEC.model_copy(update={"columns": (*SPEC.columns, column(name, TEXT))})

    quoted = name.replace("\n", "\\n").replace("\u0007", "\\u{7}")
    decision = ruled(rule(f'resource["{quoted}"] == "x"'), spec=spec)

    assert "has a name that row policies cannot say" in decision.problem


@pytest.mark.parametrize("effect", ["permit", "forbid"])
@pytest.mark.parametrize(
    "when", ["9223372036854775807 + 1 == 2", 'resource.region == "EU" && resource.amount == 9223372036854775807 + 1']
)
def test_a_row_policy_that_fails_while_it_is_decided_denies(ruled: Decide, effect: str, when: str) -> None:
    """Cedar itself skips such a forbid, and would show the row."""
    decision = ruled(rule(""), rule(when, effect))

    assert (False, None) == (decision.read, decision.rows)
    assert decision.problem.startswith("the policies cannot be obeyed: ")


def test_a_row_policy_reads_columns_that_the_reader_may_not_see(ruled: Decide) -> None:
    decision = ruled(rule('resource.email like "*@x.de"'))
    rows = frame({"customer_id": "C1"}, {"customer_id": "C2", "email": "ben@y.fr"})

    found = read(rows, SPEC, decision).collect()

    assert "hidden" == decision.column("email").level
    assert (["C1"], False) == (found["customer_id"].to_list(), "email" in found.columns)


def test_a_row_without_a_value_that_is_read_is_hidden_whatever_the_policy_says(ruled: Decide) -> None:
    rows = frame({"customer_id": "C1"}, {"customer_id": "C2", "region": None})

    permits, forbids = rule("", "permit"), rule('resource.region == "US"', "forbid")

    assert ["C1"] == ids(read(rows, SPEC, ruled(permits, forbids)))
    assert ["C1"] == ids(read(rows, SPEC, ruled(rule('resource.amount == 1 || resource.region == "EU"'))))
    assert ["C1", "C2"] == ids(read(rows, SPEC, ruled(permits)))


def test_values_that_cedar_cannot_say_hide_their_rows(ruled: Decide) -> None:
    decision = ruled(
        rule('resource.paid.greaterThan(decimal("0.0"))'), rule('resource has tags && resource.tags.contains("x")')
    )
    rows = frame(
        {"customer_id": "C1"},
        {"customer_id": "C2", "paid": Decimal("922337203685477.59")},
        {"customer_id": "C3", "tags": ["x", None]},
        {"customer_id": "C4", "tags": None},
    )

    assert ["C1", "C4"] == ids(read(rows, SPEC, decision))


def test_a_time_counts_to_the_millisecond_below(ruled: Decide) -> None:
    decision = ruled(rule('resource.placed_at <= datetime("2026-01-01T00:00:00Z")'))
    late = datetime(2026, 1, 1, 0, 0, 0, 999, UTC)
    rows = frame({"placed_at": late}, {"customer_id": "C2", "placed_at": late.replace(microsecond=1000)})

    assert ["C1"] == ids(read(rows, SPEC, decision))


def test_extreme_times_fail_nothing_and_are_hidden(ruled: Decide) -> None:
    decision = ruled(rule('resource.placed_at < datetime("2026-01-01T00:00:00Z")'))
    least = pl.lit(-(2**63) + 1).cast(pl.Datetime("us", "UTC")).alias("placed_at")

    assert [] == ids(read(frame({}).with_columns(least), SPEC, decision))


def test_rows_that_lack_a_column_of_the_rule_are_denied(ruled: Decide) -> None:
    decision = ruled(rule('resource.region == "EU"'))
    present = SPEC.model_copy(update={"columns": tuple(c for c in SPEC.columns if c.name != "region")})
    older = frame({}).drop("region")

    for spec in (SPEC, present):
        with pytest.raises(AccessDenied, match="reads column 'region', which these rows do not have"):
            read(older, spec, decision, ReadQuery(columns=("customer_id",)))
    with pytest.raises(AccessDenied, match="reads column 'region', which is Int64"):
        read(older.with_columns(region=pl.lit(1, pl.Int64)), SPEC, decision)


def test_rejected_rows_follow_the_rule_of_their_product(ruled: Decide) -> None:
    spec = rejected_spec(SPEC)
    decision = ruled(rule('resource.region == "EU" && resource has note && resource.note like "*"'), spec=spec)
    rows = frame(
        {"customer_id": "C1", "note": "x"},
        {"customer_id": "C2", "note": "x", "region": "US"},
        {"customer_id": "C3", "note": None},
        {"customer_id": "C4", "note": "x", "region": None},
        spec=spec,
    )

    assert "" == decision.problem
    assert ["C1"] == ids(read(rows, spec, decision))


def test_a_filter_that_shows_what_cedar_would_not_is_found_before_a_row_is_shown(ruled: Decide) -> None:
    """Stands for a change of Cedar's experimental answers: what is left of the policy says more than the policy."""
    decision = ruled(rule('resource.region == "EU"'))
    assert decision.rows is not None
    wider = replace(decision.rows.conditions[0], residual='{"Value": true}')
    tampered = replace(decision, rows=replace(decision.rows, conditions=(wider,)))
    rows = frame({"region": "EU"}, {"region": "US"})

    with pytest.raises(AccessDenied, match="disagree: no row is shown"):
        read(rows, SPEC, tampered)
    assert 1 == permitted_rows(rows, SPEC, decision.rows, recheck=0).collect().height


def test_what_cedar_is_asked_about_rows_names_reader_and_purpose_and_no_row(ruled: Decide) -> None:
    asked = ruled(rule('resource.region == "EU"')).rows
    assert asked is not None

    request = json.loads(asked.asked.request)

    assert {"principal", "context"} == set(request)
    assert {"type": "Mesh::User", "id": "ana"} == request["principal"]
    assert "sales.customers" == asked.asked.product


def test_only_the_first_rows_are_asked_of_cedar(ruled: Decide, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counting(question: Any, rows: list[dict[str, Any]]) -> list[bool]:
        asked.append(len(rows))
        return allowed_rows(question, rows)

    monkeypatch.setattr("meshwright.access.rows.recheck.allowed_rows", counting)
    decision = ruled(rule('resource.region == "EU"'))
    rows = frame(*({"customer_id": str(n), "region": "EU" if n % 2 else "US"} for n in range(500)))

    permitted_rows(rows, SPEC, decision.rows, recheck=7)
    permitted_rows(rows, SPEC, decision.rows)
    permitted_rows(rows, SPEC, ruled(rule("")).rows, recheck=3)

    assert [7, 100, 3] == asked


def test_a_value_that_cedar_cannot_read_is_no_permission_and_no_message(ruled: Decide) -> None:
    asked = ruled(rule('resource.region == "EU"')).rows
    assert asked is not None

    assert [False, False] == allowed_rows(asked.asked, [{"region": "EU"}, {"region": 2**70}])


def test_equal_rules_have_equal_digests_and_another_rule_another(ruled: Decide) -> None:
    one, same = ruled(rule('resource.region == "EU"')), ruled(rule('resource.region == "EU"'))
    other = ruled(rule('resource.region == "US"'))

    assert (one, one.digest()) == (same, same.digest())
    assert one.rows != other.rows


def test_a_rule_is_the_same_later_and_does_not_tell_what_cedar_is_asked(ruled: Decide, now: datetime) -> None:
    early, late = (ruled(rule('resource.region == "EU"'), at=now + timedelta(hours=n)) for n in (0, 1))

    assert early.rows is not None
    assert late.rows is not None
    assert early.rows.asked != late.rows.asked
    assert (early, early.digest(), repr(early.rows)) == (late, late.digest(), repr(late.rows))


def test_the_explanation_names_the_rule_that_limits_rows(ruled: Decide) -> None:
    shown = rule('principal in Mesh::Team::"desk" && resource.region == "EU"')
    others = rule("resource.amount == 1", who='principal in Mesh::Team::"planning"')

    some, none = explain(ruled(shown, others)), explain(ruled(others))

    ((what, where, _, why),) = some.limits
    assert ("shown", '(resource.region) == "EU"') == (what, where)
    assert "who sells there" == why
    assert f"rows shown where {where}" in str(some)
    assert "shown" == some.as_json()["limits"][0]["rows"]
    assert (("hidden", "true", "", "no policy permits any row"),) == none.limits
    assert () == explain(ruled()).limits


def test_a_table_in_pieces_shows_the_same_rows(ruled: Decide) -> None:
    decision = ruled(rule('resource.email like "*@x.de"'))
    rows = [{"customer_id": str(n), "email": "a@x.de" if n % 3 else "b@y.fr"} for n in range(20)]
    query = ReadQuery.model_validate({"columns": ["customer_id"], "limit": 9})
    table = frame(*rows).select(raw_columns(SPEC, decision, query)).collect()

    found = read_batches(table.iter_slices(4), table.schema, Shape(SPEC, decision, query))

    assert ids(read(frame(*rows), SPEC, decision, query)) == ids(pl.concat(found.pieces).lazy())


def test_a_date_is_its_midnight_in_utc(ruled: Decide) -> None:
    spec = SPEC.model_copy(update={"columns": (*SPEC.columns, column("day", ScalarType(kind="date")))})
    decision = ruled(rule('resource.day >= datetime("2026-07-01T00:00:00Z")'), spec=spec)
    rows = frame({"day": date(2026, 7, 1)}, {"customer_id": "C2", "day": date(2026, 6, 30)}, spec=spec)

    assert ["C1"] == ids(read(rows, spec, decision))


@pytest.mark.parametrize(("rules", "seen"), [((rule(""),), MANY), ((rule(""), rule("", "forbid")), 0)])
@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_many_rows_are_all_shown_or_none_where_the_rule_asks_nothing_of_a_row(
    ruled: Decide, rules: tuple[str, ...], seen: int, engine: Any
) -> None:
    decision = ruled("".join(rules))
    rows = frame(BASE).collect().sample(MANY, with_replacement=True, seed=1).lazy()

    assert seen == permitted_rows(rows, SPEC, decision.rows).collect(engine=engine).height
    assert seen == permitted_rows(rows, SPEC, decision.rows).select(pl.len()).collect(engine=engine).item()
