"""What each change of a contract means for its readers: one row a change."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from meshwright.compat import changes, needed_version, version_problem
from meshwright.spec import ColumnSpec, RuleSpec, SlaSpec, Spec

HOUR = timedelta(hours=1)


def column(name: str = "a", kind: Mapping[str, Any] | str = "string", **facts: Any) -> ColumnSpec:
    limits = {k: facts.pop(k) for k in list(facts) if k in LIMITS}
    shape = {"kind": kind} if isinstance(kind, str) else dict(kind)
    return ColumnSpec.model_validate({"name": name, "type": shape, "constraints": limits, **facts})


LIMITS = ("ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length", "pattern", "values", "allow_nan")


def spec(*columns: ColumnSpec, **facts: Any) -> Spec:
    said: dict[str, Any] = {"id": "sales.orders", "version": "1.4.2", **facts}
    return Spec(columns=(column("id", key=True), *columns), **said)


def sla(**levels: Any) -> Spec:
    return spec(sla=SlaSpec(**levels))


def rule(expression: str = "pl.col('a') > 0", **facts: Any) -> RuleSpec:
    return RuleSpec.model_validate({"name": "positive", "columns": ("a",), "expression": expression, **facts})


def struct(*fields: ColumnSpec) -> dict[str, Any]:
    return {"kind": "struct", "fields": fields}


def items(of: ColumnSpec) -> dict[str, Any]:
    return {"kind": "list", "items": of}


def vector(length: int) -> dict[str, Any]:
    return {"kind": "vector", "length": length}


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"kind": "decimal", "precision": precision, "scale": scale}


INTEGER = "integer"
REFERENCE = {"product": "rnd.parts", "column": "id"}
ELSEWHERE = REFERENCE | {"column": "n"}
TEXTS, NUMBERS = items(column("item")), items(column("item", INTEGER))
X, MAYBE_X, XY = struct(column("x")), struct(column("x", nullable=True)), struct(column("x"), column("y"))
COLUMN_TABLE: list[tuple[ColumnSpec | None, ColumnSpec | None, str, str, str]] = [
    # old, new, path, kind, rule; the numbers are the rows of the change rules in the design's reference
    (column(), None, "a", "breaking", "column-removed"),  # 3
    (None, column(nullable=True), "a", "compatible", "column-added"),  # 6
    (None, column(), "a", "compatible", "column-added"),  # 7
    (column("a"), column("b"), "a", "breaking", "column-renamed"),  # 8
    (column(kind="string"), column(kind=INTEGER), "a", "breaking", "type-changed"),  # 15
    (column(kind=decimal(9, 2)), column(kind=decimal(18, 2)), "a", "breaking", "type-changed"),  # 16
    (column(kind=INTEGER), column(kind="number"), "a", "breaking", "type-changed"),  # 17
    (column(kind=decimal(9, 2)), column(kind=decimal(9, 3)), "a", "breaking", "type-changed"),  # 19
    (column(nullable=True), column(), "a", "compatible", "required-tightened"),  # 24
    (column(), column(nullable=True), "a", "breaking", "required-loosened"),  # 25
    (column(), column(references=REFERENCE), "a", "compatible", "reference-added"),  # 30
    (column(references=REFERENCE), column(), "a", "breaking", "reference-removed"),
    (column(references=REFERENCE), column(references=ELSEWHERE), "a", "breaking", "reference-changed"),
    (column(min_length=1), column(min_length=2), "a", "compatible", "length-tightened"),  # 31
    (column(), column(max_length=2), "a", "compatible", "length-tightened"),
    (column(kind=INTEGER, ge=0), column(kind=INTEGER, ge=1), "a", "compatible", "range-tightened"),
    (column(kind=INTEGER, ge=0), column(kind=INTEGER, gt=0), "a", "compatible", "range-tightened"),
    (column(kind=INTEGER), column(kind=INTEGER, lt=9), "a", "compatible", "range-tightened"),
    (column(kind=INTEGER, le=9), column(kind=INTEGER, le=8), "a", "compatible", "range-tightened"),
    (column(min_length=2), column(min_length=1), "a", "breaking", "length-loosened"),  # 32
    (column(max_length=2), column(max_length=3), "a", "breaking", "length-loosened"),
    (column(max_length=2), column(), "a", "breaking", "length-loosened"),
    (column(kind=INTEGER, ge=0), column(kind=INTEGER, ge=-1), "a", "breaking", "range-loosened"),
    (column(kind=INTEGER, gt=0), column(kind=INTEGER, ge=0), "a", "breaking", "range-loosened"),
    (column(kind=INTEGER, lt=9), column(kind=INTEGER, le=9), "a", "breaking", "range-loosened"),
    (column(kind=INTEGER, le=9), column(kind=INTEGER), "a", "breaking", "range-loosened"),
    (column(kind=decimal(9, 2), le="9.5"), column(kind=decimal(9, 2), le="10"), "a", "breaking", "range-loosened"),
    (column(kind="date", ge="2026-01-31"), column(kind="date", ge="2025-12-31"), "a", "breaking", "range-loosened"),
    (column(kind=INTEGER), column(kind=INTEGER, multiple_of=2), "a", "compatible", "multiple-tightened"),  # 33
    (column(kind=INTEGER, multiple_of=2), column(kind=INTEGER, multiple_of=6), "a", "compatible", "multiple-tightened"),
    (column(kind=INTEGER, multiple_of=6), column(kind=INTEGER, multiple_of=4), "a", "breaking", "multiple-loosened"),
    (column(kind=INTEGER, multiple_of=6), column(kind=INTEGER), "a", "breaking", "multiple-loosened"),
    (column(), column(pattern="x"), "a", "compatible", "pattern-tightened"),  # 34
    (column(pattern="x"), column(), "a", "breaking", "pattern-loosened"),
    (column(pattern="x"), column(pattern="x|y"), "a", "breaking", "pattern-changed"),
    (column(values=("x",)), column(values=("x", "y")), "a", "breaking", "values-loosened"),  # 35
    (column(values=("x",)), column(), "a", "breaking", "values-loosened"),
    (column(values=("x", "y")), column(values=("y",)), "a", "compatible", "values-tightened"),  # 36
    (column(), column(values=("y",)), "a", "compatible", "values-tightened"),
    (column(kind=vector(3)), column(kind=vector(4)), "a", "breaking", "type-changed"),  # 38
    (column(kind=TEXTS), column(kind=NUMBERS), "a.item", "breaking", "type-changed"),
    (column(kind=X), column(kind=MAYBE_X), "a.x", "breaking", "required-loosened"),  # 40
    (column(kind=X), column(kind=XY), "a.y", "compatible", "column-added"),
    (column(kind=X, nullable=True), column(kind=X), "a", "compatible", "required-tightened"),  # 41
    (column(kind="number", unit="N"), column(kind="number", unit="mN"), "a", "breaking", "unit-changed"),  # 43
    (column(kind="number"), column(kind="number", unit="mN"), "a", "breaking", "unit-changed"),
    (column(entity="order"), column(entity="customer"), "a", "breaking", "entity-changed"),  # 44
    (column(), column(description="New words."), "a", "cosmetic", "description-changed"),  # 46
    (column(), column(classes=("commercial",)), "a", "breaking", "class-raised"),  # 53, 55
    (column(classes=("pii.contact",)), column(), "a", "breaking", "class-lowered"),  # 54
    (column(kind="number"), column(kind="number", allow_nan=True), "a", "breaking", "nan-loosened"),
    (column(kind="number", allow_nan=True), column(kind="number"), "a", "compatible", "nan-tightened"),
    (column(kind="timestamp"), column(kind="timestamp", event_time=True), "a", "compatible", "event-time-added"),
    (column(kind="timestamp", known_at=True), column(kind="timestamp"), "a", "breaking", "known-at-changed"),
    (column(on_fail="warn"), column(on_fail="quarantine"), "a", "compatible", "on-fail-tightened"),
    (column(), column(on_fail="warn"), "a", "breaking", "on-fail-loosened"),
]  # fmt: skip
SPEC_TABLE: list[tuple[Spec, Spec, str, str, str]] = [
    (spec(), spec(column(key=True)), "", "breaking", "key-changed"),  # 27, 28, 29
    (spec(rules=()), spec(rules=(rule(),)), "positive", "compatible", "rule-added"),  # 47
    (spec(rules=(rule(),)), spec(), "positive", "breaking", "rule-removed"),  # 48
    (spec(rules=(rule(),)), spec(rules=(rule(severity="warn"),)), "positive", "breaking", "rule-severity-loosened"),
    (spec(rules=(rule(severity="warn"),)), spec(rules=(rule(),)), "positive", "compatible", "rule-severity-tightened"),
    (spec(rules=(rule(),)), spec(rules=(rule("pl.col('a') > -1"),)), "positive", "breaking", "rule-changed"),  # 49
    (spec(rules=(rule(),)), spec(rules=(rule(description="Why."),)), "positive", "cosmetic", "description-changed"),
    (spec(on_fail="quarantine"), spec(on_fail="warn"), "", "breaking", "on-fail-loosened"),
    (spec(on_fail="warn"), spec(on_fail="error"), "", "compatible", "on-fail-tightened"),
    (sla(latency=HOUR), sla(latency=2 * HOUR), "sla.latency", "breaking", "sla-loosened"),  # 50
    (sla(latency=HOUR), sla(latency=HOUR / 2), "sla.latency", "compatible", "sla-tightened"),
    (sla(retention=2 * HOUR), sla(retention=HOUR), "sla.retention", "breaking", "sla-loosened"),  # 51
    (sla(retention=HOUR), spec(), "sla.retention", "breaking", "sla-loosened"),
    (sla(frequency=HOUR), sla(frequency=2 * HOUR), "sla.frequency", "breaking", "sla-loosened"),
    (sla(availability=0.99), sla(availability=0.9), "sla.availability", "breaking", "sla-loosened"),
    (spec(), sla(availability=0.9), "sla.availability", "compatible", "sla-tightened"),
    (spec(), spec(partition_by=("id",)), "partition_by", "cosmetic", "partition-changed"),  # 60
    (spec(), spec(owner="other"), "owner", "cosmetic", "owner-changed"),  # 61
    (spec(), spec(id="sales.other"), "", "breaking", "id-changed"),  # 65
    (spec(), spec(purpose="other"), "purpose", "cosmetic", "purpose-changed"),
    (spec(), spec(description="New."), "description", "cosmetic", "description-changed"),
    (spec(), spec(tags=("gold",)), "tags", "cosmetic", "tags-changed"),  # 69
    (
        spec(column("a"), column("b", INTEGER)), spec(column("b", INTEGER), column("a")),
        "", "cosmetic", "order-changed",
    ),  # 13
    (spec(column(values=("x", "y"))), spec(column(values=("y", "x"))), "", "cosmetic", "other-changed"),
]  # fmt: skip


def table(part: ColumnSpec | None) -> Spec:
    return spec(part) if part else spec()


@pytest.mark.parametrize(("old", "new", "path", "kind", "name"), COLUMN_TABLE)
def test_a_change_of_a_column_is_judged(
    old: ColumnSpec | None, new: ColumnSpec | None, path: str, kind: str, name: str
) -> None:
    found = changes(table(old), table(new))

    judged = [(c.path, c.kind, c.rule) for c in found if c.rule != "column-added" or name == "column-added"]
    assert [(path, kind, name)] == judged


@pytest.mark.parametrize(("old", "new", "path", "kind", "name"), SPEC_TABLE)
def test_a_change_of_a_contract_is_judged(old: Spec, new: Spec, path: str, kind: str, name: str) -> None:
    found = [(c.path, c.kind, c.rule) for c in changes(old, new)]

    assert (path, kind, name) == found[0]


@pytest.mark.parametrize("one", [old for old, *_ in SPEC_TABLE] + [table(old) for old, *_ in COLUMN_TABLE])
def test_what_did_not_change_is_no_change(one: Spec) -> None:
    assert () == changes(one, one)
    assert version_problem(one, one) is None


def test_a_rename_is_guessed_from_type_and_unit() -> None:
    (change, _) = changes(spec(column("torque", "number", unit="N.m")), spec(column("moment", "number", unit="N.m")))

    assert "column 'torque' is gone; renamed to 'moment'?" == change.text


def test_breaking_changes_come_first() -> None:
    found = changes(spec(column(), owner="a"), spec(column("b", INTEGER), owner="b"))

    assert ["breaking", "compatible", "cosmetic"] == [c.kind for c in found]


@pytest.mark.parametrize(
    ("new", "needed"),
    [
        (spec(), "2.0.0"),
        (spec(column(), column("b")), "1.5.0"),
        (spec(column(description="New.")), "1.4.3"),
        (spec(column()), "1.4.2"),
    ],
)
def test_the_version_says_what_changed(new: Spec, needed: str) -> None:
    old = spec(column())

    assert needed == needed_version(old.version, changes(old, new))
    assert (needed == "1.4.2") == (version_problem(old, new) is None)
    assert version_problem(old, new.model_copy(update={"version": needed})) is None


def test_a_version_that_hides_a_change_is_told_the_right_one() -> None:
    problem = version_problem(spec(column()), spec(version="1.9.0"))

    assert "version 1.9.0 hides what changed since 1.4.2: make it 2.0.0" == problem


def test_a_version_does_not_go_back() -> None:
    assert "version 1.4.1 is older than 1.4.2" == version_problem(spec(), spec(version="1.4.1"))
