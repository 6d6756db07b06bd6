"""Who is known, in which teams and domain, and for which purposes."""

from dataclasses import replace

import pytest

from meshwright.access import Policies, Principal, policies_of, service_of
from meshwright.access.principals import Members, Principals, parse_principals, with_services
from meshwright.access.taxonomy import parse_purposes
from meshwright.errors import PolicyRejected, UnknownPrincipal
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

PEOPLE = """
data_protection = ["office"]
[teams.desk]
domain = "sales"
purposes = ["fraud", "analytics"]
[teams.planning]
domain = "supply_chain"
purposes = ["churn"]
[teams.office]
[users.ana]
teams = ["planning", "desk"]
purposes = ["marketing"]
[users.ben]
domain = "robotics"
teams = ["desk"]
person = "benjamin"
[users.eve]
[users.dora]
teams = ["office"]
[services."sales.bot"]
domain = "sales"
purposes = ["fraud", "analytics"]
"""


@pytest.fixture
def known(texts: PolicyTexts) -> Principals:
    return parse_principals(PEOPLE, parse_purposes(texts.purposes))


def test_people_have_the_purposes_of_all_their_teams_and_the_domain_of_the_first_or_their_own(
    known: Principals,
) -> None:
    ana, ben, eve = (known.find(name) for name in ("ana", "ben", "eve"))

    assert Principal(
        "user", "ana", "supply_chain", ("planning", "desk"), ("analytics", "churn", "fraud", "marketing")
    ) == (ana)
    assert ("robotics", "benjamin", ("analytics", "fraud")) == (ben.domain, ben.person, ben.purposes)
    assert Principal("user", "eve", "") == eve


def test_people_and_services_are_found_by_their_kind(known: Principals) -> None:
    assert ("service", "sales", ("analytics", "fraud"), ()) == (
        (found := known.find("sales.bot", "service")).kind,
        found.domain,
        found.purposes,
        found.teams,
    )
    for name, kind in (("sales.bot", "user"), ("ana", "service")):
        with pytest.raises(UnknownPrincipal, match=f"no {kind} '{name}'"):
            known.find(name, "user" if kind == "user" else "service")


def test_a_token_s_teams_count_instead_of_the_file_s_as_far_as_the_mesh_knows_them(known: Principals) -> None:
    ana, ben = known.member("ana", ["desk", "root", "desk"]), known.member("ben", ["planning"])

    assert ("sales", ("desk",), ("analytics", "fraud", "marketing"), True) == (
        ana.domain,
        ana.teams,
        ana.purposes,
        ana.claimed,
    )
    assert ("robotics", ("planning",), ("churn",), "benjamin") == (ben.domain, ben.teams, ben.purposes, ben.person)
    assert ("", (), ("marketing",)) == ((bare := known.member("ana", [])).domain, bare.teams, bare.purposes)
    with pytest.raises(UnknownPrincipal, match="no user 'anna'; did you mean 'ana'"):
        known.member("anna", ["desk"])


def test_only_exactly_the_record_that_the_mesh_has_is_known(known: Principals) -> None:
    ana, bot, claimed = known.find("ana"), known.find("sales.bot", "service"), known.member("ana", ["desk"])

    assert all(known.knows(each) for each in (ana, bot, claimed))
    assert not known.knows(replace(ana, teams=("desk",)))
    assert not known.knows(replace(ana, purposes=("fraud",)))
    assert not known.knows(replace(ana, kind="service"))
    assert not known.knows(replace(bot, kind="user"))
    assert not known.knows(replace(claimed, claimed=False))
    assert not known.knows(replace(claimed, purposes=(*claimed.purposes, "churn")))
    assert not known.knows(replace(claimed, name="mallory"))
    assert not known.knows(Principal("user", "mallory", "sales", claimed=True))


def test_people_work_in_their_own_domain_and_in_those_of_their_teams(known: Principals) -> None:
    ana, ben, eve = (known.find(name) for name in ("ana", "ben", "eve"))

    assert [True, True, False] == [known.works_in(ana, each) for each in ("sales", "supply_chain", "robotics")]
    assert [True, False, True] == [known.works_in(ben, each) for each in ("sales", "supply_chain", "robotics")]
    assert not any(known.works_in(who, "") for who in (ana, ben, eve, known.find("dora")))
    assert not known.works_in(replace(eve, teams=("gone",)), "sales")


def test_data_protection_is_who_is_known_in_its_teams_also_by_a_token(known: Principals) -> None:
    dora, eve = known.find("dora"), known.member("eve", ["office"])

    assert [True, True, False] == [known.protects_data(each) for each in (dora, eve, known.find("eve"))]
    assert not known.protects_data(replace(dora, purposes=("fraud",)))
    service = Principal("service", "sales.bot", "sales", ("office",))
    assert not replace(known, services={"sales.bot": service}).protects_data(service)


def test_the_domain_and_data_protection_know_a_product_s_policies(known: Principals) -> None:
    people = [known.find(name) for name in ("ana", "ben", "dora", "eve")]

    assert [True, True, True, False] == [known.knows_policies(each, "sales") for each in people]
    assert [True, False, True, False] == [known.knows_policies(each, "supply_chain") for each in people]


def test_where_newest_tokens_are_known_an_older_one_protects_no_data(known: Principals) -> None:
    before, now = known.member("eve", ["office"]), known.member("eve", [])

    def protects(*newest: Principal) -> bool:
        return replace(known, claimed=Members({each.name: each for each in newest})).protects_data(before)

    assert [True, False, False] == [protects(before), protects(now), protects()]
    assert not replace(known, claimed=Members({})).protects_data(known.find("dora"))


def test_a_product_s_service_reads_for_its_purpose_in_its_domain_and_for_none_without_one(customers: Spec) -> None:
    aimless = customers.model_copy(update={"purpose": ""})

    assert Principal("service", "sales.customers", "sales", (), ("fraud",)) == service_of(customers)
    assert () == service_of(aimless).purposes


def test_a_declared_service_keeps_its_own_record(known: Principals, customers: Spec) -> None:
    bot = customers.model_copy(update={"id": "sales.bot", "purpose": "marketing"})

    found = with_services(known, [bot, customers]).services

    assert (known.services["sales.bot"], service_of(customers)) == (found["sales.bot"], found["sales.customers"])


def test_who_is_declared_is_the_same_whichever_products_lie_beside_it(known: Principals, customers: Spec) -> None:
    bot = customers.model_copy(update={"id": "sales.bot"})
    beside = with_services(with_services(known, [customers]), [bot, customers.model_copy(update={"id": "sales.leads"})])

    assert {"sales.customers", "sales.leads", "sales.bot"} == set(beside.services)
    assert known == beside.declared


def test_a_policy_file_without_people_knows_nobody(texts: PolicyTexts, customers: Spec) -> None:
    policies: Policies = policies_of(replace(texts, principals=""), [customers])

    assert ({}, {"sales.customers"}, frozenset()) == (
        policies.principals.users,
        set(policies.principals.services),
        policies.principals.data_protection,
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[services."sales.bot"]\nteams = ["desk"]', "unknown setting 'teams'"),
        ('[services."sales.bot"]\npurposes = ["frud"]', "unknown purpose 'frud'"),
        ('[services."Sales"]', "is not a valid name"),
        ("[teams.Desk]", "is not a valid name"),
        ('[teams.desk]\nowner = "ana"', "unknown setting 'owner'"),
        ("[teams.desk]\ndomain = 1", "'domain' is no text"),
        ("[users.ana]\nperson = 1", "'person' is no text"),
        ('[users.ana]\npurposes = ["frud"]', "unknown purpose 'frud'"),
        ('[users.ana]\nteams = "desk"', "'teams' is no list of texts"),
        ("[users.ana]\nteams = [1]", "'teams' is no list of texts"),
        ("[people.ana]", "unknown table 'people'"),
        ("users = 1", "is no table of tables"),
        ("[users]\nana = 1", "is no table of tables"),
    ],
)
def test_a_record_that_means_nothing_is_refused(texts: PolicyTexts, text: str, problem: str) -> None:
    with pytest.raises(PolicyRejected) as rejected:
        parse_principals(text, parse_purposes(texts.purposes))

    assert problem in str(rejected.value)
