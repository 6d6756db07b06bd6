"""For whom a smallest request asks."""

from datetime import datetime

from meshwright.access import AccessRequest, Policies, decide
from meshwright.spec import Spec


def test_a_service_asks_for_itself_and_a_person_for_their_team(
    policies: Policies, customers: Spec, now: datetime
) -> None:
    service = policies.principals.find("sales.customers", "service")
    person = policies.principals.find("ben")
    loner = policies.principals.find("eve")

    asked = [decide(AccessRequest(who, "fraud", now, customers), policies).grantee for who in (service, person, loner)]

    assert ["sales.customers", "planning", "<team>"] == asked
