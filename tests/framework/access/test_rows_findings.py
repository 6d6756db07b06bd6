"""What a check and a policy test say of row policies."""

from dataclasses import replace
from datetime import datetime

import pytest

from meshwright.access import AccessRequest, Finding, Policies, decide, lint
from meshwright.access.cases import run_policy_tests
from meshwright.access.rows.cases import seen_of
from meshwright.spec import ColumnSpec, DecimalType, ScalarType, Spec

HEAD = '@id("rows") @why("w") {effect}(principal, action == Mesh::Action::"see_row", {scope}) when {{ {when} }};\n'
OWN = 'resource in Mesh::Product::"sales.customers"'


def rule(when: str, effect: str = "permit", scope: str = OWN) -> str:
    return HEAD.format(effect=effect, scope=scope, when=when)


@pytest.fixture
def spec(customers: Spec) -> Spec:
    more = (
        ColumnSpec(name="region", type=ScalarType(kind="string")),
        ColumnSpec(name="paid", type=DecimalType(precision=18, scale=2)),
        ColumnSpec(name="at", type=ScalarType(kind="timestamp")),
        ColumnSpec(name="day", type=ScalarType(kind="date")),
    )
    return customers.model_copy(update={"columns": (*customers.columns, *more)})


def found(policies: Policies, spec: Spec, own: str = "", central: str = "") -> list[Finding]:
    products = {spec.id: policies.products[spec.id] + own}
    return list(lint(replace(policies, products=products, central=policies.central + central), [spec]))


def test_a_row_policy_that_can_be_obeyed_brings_no_finding(policies: Policies, spec: Spec) -> None:
    assert [] == found(policies, spec, rule('resource.region == "EU" && resource has email && resource.email like "*"'))
    assert [] == found(policies, spec, central=rule('resource has tenant && resource.tenant == "x"', scope="resource"))


@pytest.mark.parametrize(
    ("own", "central", "problem"),
    [
        (rule('resource.regoin == "EU"'), "", "unknown column 'regoin'; did you mean 'region'?"),
        (rule("resource.address has street"), "", "column 'address' is struct, which row policies cannot compare"),
        (
            "",
            rule('resource.tenant == "x"', scope="resource"),
            "`tenant` on entity type `Mesh::Row` not found",
        ),
        ("", rule("true", scope='resource in Mesh::Product::"sales.custmers"'), "unknown product 'sales.custmers'"),
        ("", rule("true", scope='resource in Mesh::Domain::"slaes"'), "unknown domain 'slaes'"),
        (rule("true", scope='resource in Mesh::Product::"sales.leads"'), "", "does not say whose rows it is about"),
    ],
)
def test_a_row_policy_that_misses_its_rows_is_an_error(
    policies: Policies, spec: Spec, own: str, central: str, problem: str
) -> None:
    errors = [finding for finding in found(policies, spec, own, central) if finding.severity == "error"]

    assert any(problem in str(each) for each in errors), errors


def test_forbids_alone_are_a_warning_because_they_hide_every_row(policies: Policies, spec: Spec) -> None:
    (finding,) = found(policies, spec, rule('resource.region == "EU"', "forbid"))

    both = rule("true") + rule('resource.region == "EU"', "forbid").replace('"rows"', '"but"')

    assert [] == found(policies, spec, both)
    assert ("warning", "rows leaves no row of sales.customers to anybody") == (finding.severity, finding.problem)


CASES = """
product: sales.customers
cases:
  - name: ana sees Europe
    principal: ana
    purpose: churn
    rows:
      seen:
        - {region: EU, paid: 1.50, at: 2026-01-01T00:00:00Z, day: 2026-01-01}
        - {region: EU, paid: "1.50", at: "2026-01-01", day: "2026-01-01", customer_id: C1}
      hidden:
        - {region: US, paid: 1.50, at: 2026-01-01T00:00:00Z, day: 2026-01-01}
        - {region: EU, paid: 1.51, at: 2026-01-01T00:00:00Z, day: 2026-01-01}
        - {region: EU, paid: 1.50, at: 2026-01-01T00:00:00.001Z, day: 2026-01-01}
        - {region: EU, paid: 1.50, at: 2026-01-01T00:00:00Z, day: 2026-01-02}
        - {}
"""
EUROPE = (
    'resource.region == "EU" && resource.paid.lessThanOrEqual(decimal("1.5"))'
    ' && resource.at <= datetime("2026-01-01") && resource.day <= datetime("2026-01-01")'
)


def failures(text: str, policies: Policies, spec: Spec, now: datetime, own: str = "") -> list[str]:
    known = replace(policies, products={spec.id: policies.products[spec.id] + own})
    return [each.problem for each in run_policy_tests(text, spec, known, now)[1]]


def test_a_policy_test_states_rows_that_are_seen_and_hidden(policies: Policies, spec: Spec, now: datetime) -> None:
    assert [] == failures(CASES, policies, spec, now, rule(EUROPE))


def test_a_row_that_is_seen_or_hidden_otherwise_is_a_failure(policies: Policies, spec: Spec, now: datetime) -> None:
    (wrong,) = failures(CASES, policies, spec, now, rule('resource.region != "EU"'))
    (ungoverned,) = failures(CASES, policies, spec, now)
    (unreadable,) = failures(CASES.replace("ana", "eve"), policies, spec, now, rule("true"))

    assert "rows: seen 1 is hidden; rows: seen 2 is hidden; rows: hidden 1 is seen" == wrong
    assert 5 == ungoverned.count("is seen")
    assert "rows: seen 1 is hidden; rows: seen 2 is hidden" == unreadable


def test_examples_that_are_seen_are_counted_and_one_that_is_no_row_is_not(
    policies: Policies, spec: Spec, now: datetime
) -> None:
    own = policies.products[spec.id] + rule('resource.region == "EU"')
    known = replace(policies, products={spec.id: own})
    decision = decide(AccessRequest(known.principals.find("ana"), "churn", now, spec), known)
    rows = [{"region": "EU"}, {"region": "US"}, {"region": "EU", "regoin": "EU"}, {"region": "EU", "paid": "much"}]

    assert 1 == seen_of(rows, decision, spec)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{regoin: EU}", "has no column 'regoin'; did you mean 'region'?"),
        ("{region: 1}", "column 'region' is string"),
        ("{paid: much}", "column 'paid' is decimal"),
        ("{at: soon}", "column 'at' is timestamp"),
        ("{day: [1]}", "column 'day' is date"),
    ],
)
def test_an_example_that_is_no_row_of_the_product_is_a_failure(
    policies: Policies, spec: Spec, now: datetime, row: str, problem: str
) -> None:
    text = CASES.partition("      seen:")[0] + f"      hidden: [{row}]\n"

    (failure,) = failures(text, policies, spec, now, rule("true"))

    assert problem in failure
