"""One small mesh that the tests of access and reading share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from meshwright.access import AccessRequest, Decision, Policies, decide, policies_of
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, ListType, ScalarType, Spec, StructType

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

CLASSES = """
[classes.pii]
[classes."pii.name"]
coarse = "initial"
[classes."pii.contact"]
[classes."pii.contact.email"]
token = "email"
coarse = "domain"
[classes."pii.birth_date"]
coarse = "year"
[classes.export-controlled]
[classes.secret]
"""
PURPOSES = """
[purposes.analytics]
[purposes.churn]
parent = "analytics"
[purposes.fraud]
[purposes.marketing]
"""
PRINCIPALS = """
[teams.desk]
domain = "sales"
purposes = ["fraud", "analytics"]
[teams.planning]
domain = "supply_chain"
purposes = ["analytics"]
[users.ana]
teams = ["desk"]
[users.ben]
teams = ["planning"]
[users.eve]
purposes = ["marketing"]
"""
CENTRAL = """
@id("mesh.domain.discover") @why("own domain")
permit(principal, action == Mesh::Action::"discover", resource) when { resource in principal.domain };
@id("mesh.domain.read") @why("own domain")
permit(principal, action == Mesh::Action::"read", resource) when { resource in principal.domain };
@id("mesh.unclassified.clear") @why("unclassified")
permit(principal, action == Mesh::Action::"see_clear", resource) unless { resource.classified };
@id("mesh.secret.never") @why("secrets are never served")
forbid(
  principal,
  action in [Mesh::Action::"see_clear", Mesh::Action::"see_coarse", Mesh::Action::"see_token"],
  resource in Mesh::Class::"secret"
);
"""
OWN = """
@id("sales.customers.discover") @why("planning finds it")
permit(
  principal in Mesh::Team::"planning",
  action == Mesh::Action::"discover",
  resource == Mesh::Product::"sales.customers"
);
@id("sales.customers.read") @why("planning reads it")
permit(
  principal in Mesh::Team::"planning",
  action == Mesh::Action::"read",
  resource == Mesh::Product::"sales.customers"
) when { context.purpose in Mesh::Purpose::"analytics" };
@id("sales.customers.token") @why("planning joins on tokens")
permit(principal in Mesh::Team::"planning", action == Mesh::Action::"see_token", resource in Mesh::Class::"pii")
when { context.purpose in Mesh::Purpose::"analytics" };
@id("sales.customers.clear") @why("the desk handles fraud")
permit(principal in Mesh::Team::"desk", action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii")
when { context.purpose == Mesh::Purpose::"fraud" && context.now < datetime("2026-12-31T00:00:00Z") };
@id("sales.customers.coarse") @why("the desk groups for fraud")
permit(principal in Mesh::Team::"desk", action == Mesh::Action::"see_coarse", resource in Mesh::Class::"pii")
when { context.purpose == Mesh::Purpose::"fraud" };
"""

Decide = Callable[..., Decision]


def text(name: str, *classes: str, nullable: bool = True) -> ColumnSpec:
    return ColumnSpec(name=name, type=ScalarType(kind="string"), classes=classes, nullable=nullable)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def customers() -> Spec:
    address = StructType(fields=(text("street", "pii"), text("country")))
    contact = ColumnSpec(name="item", type=StructType(fields=(text("mail", "pii.contact.email"), text("kind"))))
    return Spec(
        id="sales.customers",
        version="1.0.0",
        owner="desk",
        purpose="fraud",
        columns=(
            text("customer_id", nullable=False),
            text("email", "pii.contact.email"),
            ColumnSpec(name="born", type=ScalarType(kind="date"), classes=("pii.birth_date",), nullable=True),
            text("both", "pii.name", "export-controlled"),
            text("password", "secret"),
            ColumnSpec(name="address", type=address, nullable=True),
            ColumnSpec(name="contacts", type=ListType(items=contact), nullable=True),
            ColumnSpec(name="aliases", type=ListType(items=text("item", "pii.name")), nullable=True),
        ),
    )


@pytest.fixture
def texts() -> PolicyTexts:
    return PolicyTexts(CLASSES, PURPOSES, PRINCIPALS, CENTRAL, {"sales.customers": OWN})


@pytest.fixture
def policies(texts: PolicyTexts, customers: Spec) -> Policies:
    return policies_of(texts, [customers])


@pytest.fixture
def staffed(texts: PolicyTexts, customers: Spec) -> Policies:
    """The small mesh with somebody of data protection, and a second person at the desk."""
    people = 'data_protection = ["office"]\n' + texts.principals + '[teams.office]\ndomain = "office"\n'
    people += '[users.bob]\nteams = ["desk"]\n[users.dora]\nteams = ["office"]\n'
    return policies_of(replace(texts, principals=people), [customers])


@pytest.fixture
def decided(policies: Policies, customers: Spec) -> Decide:
    """Decide for a user of the small mesh, with other policies or another contract where given."""

    def decide_for(
        user: str, purpose: str, by: Policies = policies, spec: Spec = customers, at: datetime = NOW
    ) -> Decision:
        return decide(AccessRequest(by.principals.find(user), purpose, at, spec), by)

    return decide_for
