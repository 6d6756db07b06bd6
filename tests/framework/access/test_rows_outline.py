"""A row policy's condition is told without the literals that its hidden columns are held against."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from meshwright.access import Decision, Policies, PolicyReference, explain
from meshwright.access.telling import told
from meshwright.spec import ColumnSpec, DecimalType, ListType, ScalarType, Spec

Decide = Callable[..., Decision]
TEXT = ScalarType(kind="string")
EMAIL = "pii.contact.email"


def column(name: str, kind: object = TEXT, *classes: str) -> ColumnSpec:
    return ColumnSpec.model_validate({"name": name, "type": kind, "classes": classes})


SPEC = Spec(
    id="sales.customers",
    version="1.0.0",
    owner="desk",
    purpose="fraud",
    columns=(
        column("region"),
        column("email", TEXT, EMAIL),
        column("age", ScalarType(kind="integer"), "pii"),
        column("vip", ScalarType(kind="boolean"), "pii"),
        column("born", ScalarType(kind="timestamp"), "pii.birth_date"),
        column("paid", DecimalType(precision=10, scale=2), "pii"),
        column("aliases", ListType(items=column("item", TEXT, EMAIL))),
    ),
)
CONDITIONS = {
    'resource.email == "ada@x.de"': "resource.email == <String>",
    '["ada@x.de", "bob@x.de"].contains(resource.email)': "[<String>].contains(resource.email)",
    'resource.email like "*@secret.de"': "resource.email like <String>",
    "resource.age < 1207": "resource.age < <Long>",
    "resource.vip == true": "resource.vip == <Boolean>",
    'resource.born < datetime("1907-01-01")': "resource.born < datetime(<String>)",
    'resource.paid.lessThan(decimal("1207.5"))': "resource.paid.lessThan(decimal(<String>))",
    'resource.aliases.contains("ada@x.de")': "resource.aliases.contains(<String>)",
    'resource.aliases.containsAny(["ada@x.de", "bob@x.de"])': "resource.aliases.containsAny([<String>])",
    'resource.region == "EU" && !(resource.email == "ada@x.de")': (
        'resource.region == "EU" && !(resource.email == <String>)'
    ),
    'if resource.email == "ada@x.de" then resource.region == "EU" else resource.age == 1207': (
        'if resource.email == <String> then resource.region == "EU" else resource.age == <Long>'
    ),
    'resource.region == "EU"': 'resource.region == "EU"',
}


@pytest.fixture
def limited(policies: Policies, decided: Decide) -> Callable[..., Decision]:
    """Decide about a product with one row policy; ben, for churn, sees tokens of what is personal."""

    def decide_with(condition: str, who: str = "ben", purpose: str = "churn") -> Decision:
        scope = 'resource in Mesh::Product::"sales.customers"'
        text = f'permit(principal, action == Mesh::Action::"see_row", {scope}) when {{ {condition} }};\n'
        own = policies.products["sales.customers"] + f'@id("rows") @why("planning sees its own") {text}'
        known = replace(policies, products={"sales.customers": own})
        return decided(who, purpose, known, SPEC)

    return decide_with


def where(decision: Decision) -> str:
    """The one condition."""
    assert decision.rows is not None, decision.problem
    (condition,) = decision.rows.conditions
    return condition.text


@pytest.mark.parametrize("condition", CONDITIONS)
def test_whom_a_condition_limits_is_told_types_in_the_place_of_what_hidden_columns_are_held_against(
    limited: Callable[..., Decision], condition: str
) -> None:
    decision = limited(condition)

    assert _plain(CONDITIONS[condition]) == _plain(where(decision))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_product_s_domain_is_told_the_whole_condition(limited: Callable[..., Decision], condition: str) -> None:
    decision = limited(condition, "ana", "analytics")

    assert _plain(condition) == _plain(where(decision))


@pytest.mark.parametrize(
    ("condition", "told_as"),
    [
        ("resource.born < context.now", "resource.born<datetime<String>"),
        (
            'resource.born < context.now.offset(duration("-9d"))',
            "resource.born<datetime<String>.offsetduration<String>",
        ),
        ('principal.domain == Mesh::Domain::"x" || resource.age > 3', "!resource.age<=<Long>"),
    ],
)
def test_what_reader_and_time_settle_is_told_by_its_type_too(
    limited: Callable[..., Decision], condition: str, told_as: str
) -> None:
    decision = limited(condition)

    assert told_as == _plain(where(decision))


def test_every_way_of_telling_says_the_same_and_keeps_why(limited: Callable[..., Decision]) -> None:
    decision = limited('resource.email == "ada@x.de"')
    texts = (str(explain(decision)), repr(explain(decision).as_json()), told(decision).model_dump_json())

    for text in texts:
        assert "ada@x.de" not in text
        assert "resource.email==<String>" in _plain(text)
        assert "planning sees its own" in text


def test_what_filters_the_rows_stays_whole(limited: Callable[..., Decision]) -> None:
    theirs, whole = limited('resource.email == "ada@x.de"'), limited('resource.email == "ada@x.de"', "ana", "analytics")

    assert theirs.rows is not None
    assert whole.rows is not None
    assert whole.rows.conditions[0].residual == theirs.rows.conditions[0].residual
    assert PolicyReference("rows", "planning sees its own") == theirs.rows.conditions[0].policy


def test_somebody_of_elsewhere_who_sees_the_column_clear_is_told_its_literal(
    policies: Policies, decided: Decide
) -> None:
    scope = 'resource in Mesh::Product::"sales.customers"'
    clear = f'permit(principal, action == Mesh::Action::"see_clear", resource in Mesh::Class::"{EMAIL}");\n'
    rows = f'permit(principal, action == Mesh::Action::"see_row", {scope}) when {{ resource.email == "ada@x.de" }};\n'
    own = policies.products["sales.customers"] + f'@id("rows") @why("w") {rows}@id("clear") @why("w") {clear}'

    decision = decided("ben", "churn", replace(policies, products={"sales.customers": own}), SPEC)

    assert _plain('resource.email == "ada@x.de"') == _plain(where(decision))


def _plain(text: str) -> str:
    """Leave out what Cedar writes in another way: brackets and blanks."""
    return "".join(c for c in text if c not in "() \n")
