"""An approval is of what it was said of: a column that gets another class since is approved anew."""

from typing import Any

import pytest
from gateway_lake import ORDERS, ORDERS_CEDAR
from granting import CLASSES, Desk
from sqlalchemy import update

from meshwright.spec import Spec
from meshwright_catalog.database import writing
from meshwright_catalog.grants.models import GrantActRow

HEALTH = CLASSES + '[classes."pii.health"]\n'
EMAIL: dict[str, Any] = {"columns": ["email"], "level": "clear"}


def with_classes(name: str, *classes: str) -> Spec:
    columns = tuple(c.model_copy(update={"classes": classes}) if c.name == name else c for c in ORDERS.columns)
    return ORDERS.model_copy(update={"columns": columns})


def reclassify(desk: Desk, name: str, *classes: str) -> None:
    """Let the owner's build say that a column is of these classes."""
    desk.classes(HEALTH)
    desk.served.publish(spec=with_classes(name, *classes))
    desk.served.register(with_classes(name, *classes), ORDERS_CEDAR)


@pytest.mark.parametrize("wanted", [EMAIL, {"columns": ["born", "email"], "level": "clear"}])
def test_a_grant_of_a_column_that_gets_another_class_waits_for_new_approvals(
    desk: Desk, wanted: dict[str, Any]
) -> None:
    grant = desk.granted(**wanted)
    before = desk.sees_emails()
    reclassify(desk, "email", "pii.contact.email", "pii.health")
    during = desk.sees_emails(), desk.status(grant)
    half = desk.say("ana", grant, "approve").json()["waits_for"]
    both = desk.say("dora", grant, "approve").json()["status"]

    assert (True, (False, "waiting")) == (before, during)
    assert (["data protection"], "active") == (half, both)
    assert desk.sees_emails()


def test_an_old_grant_whose_column_gets_another_class_is_suspended(desk: Desk) -> None:
    grant = desk.granted(days=80, **EMAIL)
    desk.later(days=20)
    reclassify(desk, "email", "pii.contact.email", "pii.health")

    assert "suspended" == desk.status(grant)


def test_a_token_of_another_class_is_approved_anew_by_the_owner_alone(desk: Desk) -> None:
    grant = desk.granted(by=("ana",), columns=["margin"], level="token")
    reclassify(desk, "margin", "commercial", "pii.health")
    during = desk.status(grant)

    assert ("waiting", "active") == (during, desk.say("ana", grant, "approve").json()["status"])


def test_a_grant_stays_when_a_column_it_does_not_name_or_the_rest_of_the_contract_changes(desk: Desk) -> None:
    grant = desk.granted(**EMAIL)
    reclassify(desk, "quantity", "commercial")

    assert "active" == desk.status(grant)
    assert desk.sees_emails()


def test_a_grant_of_a_class_opens_what_comes_below_it_later(desk: Desk) -> None:
    grant = desk.granted(cls="pii", level="clear")
    reclassify(desk, "email", "pii.contact.email", "pii.health")

    assert "active" == desk.status(grant)
    assert desk.sees_emails()


def test_what_was_approved_before_classes_were_noted_counts_as_it_did(desk: Desk) -> None:
    grant = desk.granted(**EMAIL)
    with writing(desk.served.app.state.catalog.engine) as session:
        session.execute(update(GrantActRow).values(classes=None))
    reclassify(desk, "email", "pii.contact.email", "pii.health")

    assert "active" == desk.status(grant)
