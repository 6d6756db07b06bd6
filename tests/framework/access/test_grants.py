"""What grants permit in a decision, and what may not be asked for."""

import shlex
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from made_grants import NOW, granted

from meshwright.access import AccessRequest, Decision, Policies, decide, explain, lint, policies_of
from meshwright.access.decide import decide_as_if
from meshwright.access.grants.asking import Asker, asked
from meshwright.access.grants.reach import reached
from meshwright.access.grants.standing import in_force
from meshwright.access.grants.statements import statements_of
from meshwright.errors import GrantRejected, PolicyRejected
from meshwright.grants import Grant, GrantRequest
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

CENTRAL = """
@id("u") permit(principal, action == Mesh::Action::"see_clear", resource) unless { resource.classified };
"""
FORBID = (
    '@id("f") @why("no") forbid(principal, action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii.name");'
)


def decided(policies: Policies, spec: Spec, *grants: Grant, who: str = "ben", purpose: str = "churn") -> Decision:
    return decide(AccessRequest(policies.principals.find(who), purpose, NOW, spec, grants), policies)


def test_a_decision_names_the_grants_that_decided_and_explains_them(staffed: Policies, customers: Spec) -> None:
    decision = decided(staffed, customers, granted(cls="pii.contact"), granted("g2", cls="pii.birth_date"))

    assert ("clear", "clear", "token") == tuple(decision.column(c).level for c in ("email", "born", "address.street"))
    assert {"g1", "g2"} == set(decision.grants)
    assert ("email", "clear, or token", "grant:g1", "to call back") in explain(decision).rows
    assert () == decided(staffed, customers).grants


def test_a_grant_counts_for_its_holder_purpose_and_product_alone(staffed: Policies, customers: Spec) -> None:
    grant = granted(cls="pii.contact")
    other = customers.model_copy(update={"id": "sales.people"})
    both = staffed.with_product(other, staffed.text("sales.customers").replace("sales.customers", "sales.people"))

    assert "token" == decided(staffed, customers, grant, purpose="analytics").column("email").level
    assert not decided(staffed, customers, grant, who="eve", purpose="marketing").read
    assert "token" == decided(both, other, grant).column("email").level


def test_attack_25_two_grants_together_open_no_more_than_either(staffed: Policies, customers: Spec) -> None:
    one, two = granted(cls="pii.name"), granted("g2", cls="export-controlled")
    by_name = granted("g3", columns=("both",))

    assert "hidden" == decided(staffed, customers, one, two).column("both").level
    assert "clear" == decided(staffed, customers, by_name).column("both").level
    assert ("g3",) == decided(staffed, customers, by_name).grants


def test_attack_25_a_forbid_beats_a_grant_and_stops_the_request(staffed: Policies, customers: Spec) -> None:
    forbidden = replace(staffed, central=staffed.central + FORBID)
    wanted = request(cls="pii.name", level="clear")

    assert "clear" != decided(forbidden, customers, granted(cls="pii.name")).column("aliases").level
    with pytest.raises(GrantRejected, match=r"nothing more would be shown|forbids it"):
        ask(forbidden, customers, wanted)
    with pytest.raises(GrantRejected, match=r"another policy forbids it: mesh\.secret\.never"):
        ask(staffed, customers, request(cls="secret", level="token"))


def test_attack_26_a_policy_cannot_take_the_id_of_a_grant(staffed: Policies, customers: Spec) -> None:
    taken = replace(staffed, central=staffed.central + FORBID.replace('"f"', '"grant:g1:see_clear"'))

    assert "an id that begins with 'grant:' is of a grant" in " ".join(map(str, lint(taken, [customers])))
    assert not decided(taken, customers, granted(cls="pii.contact")).read


def test_a_team_s_grant_is_its_members_and_a_service_s_its_own(staffed: Policies, customers: Spec) -> None:
    team, service = granted(grantee="team:planning", teams=()), granted("g2", grantee="service:ben", teams=())
    ben = staffed.principals.find("ben")

    assert (team,) == in_force((team, service), ben, customers, staffed, NOW)
    assert () == in_force((team,), staffed.principals.find("ana"), customers, staffed, NOW)


@pytest.mark.parametrize(
    ("grantee", "who", "opened"),
    [
        ("user:eve", "eve", True),
        ("user:eve", "ana", False),
        ("team:planning", "ben", True),
        ("team:desk", "ben", False),
        ("team:eve", "eve", False),
        ("service:supply_chain.parts", "supply_chain.parts", True),
        ("service:supply_chain.other", "supply_chain.parts", False),
        ("user:supply_chain.parts", "supply_chain.parts", False),
    ],
)
def test_a_grant_lets_its_holder_and_nobody_else_find_read_and_see(
    staffed: Policies, customers: Spec, grantee: str, who: str, *, opened: bool
) -> None:
    """The domain's own policies are gone, and what the grant permits is decided as if it were in force for anybody."""
    parts = customers.model_copy(update={"id": "supply_chain.parts"})
    policies = replace(staffed.with_product(parts, ""), products={}, central=CENTRAL)
    asker = replace(policies.principals.find(who, "service" if "." in who else "user"), purposes=("churn",))
    known = policies.principals
    users, services = {**known.users, asker.name: asker}, {**known.services, asker.name: asker}
    policies = replace(policies, principals=replace(known, users=users, services=services))
    request = AccessRequest(asker, "churn", NOW, customers)

    def seen(*grants: Grant) -> tuple[bool, bool, str, str]:
        found = decide_as_if(request, policies, grants)
        return found.discover, found.read, found.column("email").level, found.column("born").level

    closed = (False, False, "hidden", "hidden")
    every = granted(grantee=grantee, cls="pii.contact", level="token")
    late = every.model_copy(update={"until": NOW})
    assert ((True, True, "token", "hidden") if opened else closed) == seen(every)
    assert closed == seen(late)


def test_a_grant_to_read_permits_to_find_and_read_and_one_of_a_level_that_too() -> None:
    read, level = statements_of([granted(level="read")]), statements_of([granted("g2", columns=("born",))])

    assert [("grant:g1:discover", ("discover",)), ("grant:g1:read", ("read",))] == [(p.id, p.actions) for p in read]
    assert ["discover", "read", "see_clear"] == [action for p in level for action in p.actions]
    assert {"permit"} == {p.effect for p in (*read, *level)}
    assert {("User", "ben"), ("Product", "sales.customers")} == read[0].entities
    assert {*read[0].entities, ("Column", "sales.customers/born")} == level[2].entities


def test_a_time_without_a_zone_opens_nothing(staffed: Policies, customers: Spec) -> None:
    request = AccessRequest(staffed.principals.find("ben"), "churn", NOW.replace(tzinfo=None), customers, (granted(),))

    assert not decide(request, staffed).read


def test_the_smallest_request_does_when_it_is_granted(staffed: Policies, customers: Spec) -> None:
    """Follow what explain says, request by request, until nothing more can be asked for."""
    grants: list[Grant] = []
    for number in range(20):
        asks = explain(decided(staffed, customers, *grants)).asks
        if not asks:
            break
        words = shlex.split(asks[0])
        options = dict(zip(words[4::2], words[5::2], strict=True))
        wanted = request(
            level=options["--level"],
            cls=options.get("--class", ""),
            columns=tuple(c for c in (options.get("--columns"),) if c),
        )
        grant = ask(staffed, customers, wanted, f"g{number}")
        grants.append(granted(**grant.model_dump(exclude={"acts", "id"}), name=grant.id))
    final = decided(staffed, customers, *grants)

    assert {"clear"} == {column.level for path, column in final.columns.items() if path != "password"}
    assert len({g.what for g in grants}) == len(grants) > 3


def test_the_smallest_request_of_a_column_opens_no_other(staffed: Policies, customers: Spec) -> None:
    columns = decided(staffed, customers, granted(level="read", cls="")).columns
    asks = {path: shlex.split(column.ask) for path, column in columns.items() if column.classes and column.ask}

    opened = {
        path: [
            leaf.path for leaf in reached(granted(cls="", columns=(words[words.index("--columns") + 1],)), customers)
        ]
        for path, words in asks.items()
    }

    assert {path: [path] for path in asks} == opened
    assert {"address.street", "contacts.item.mail"} <= {*asks}


def request(**wanted: Any) -> GrantRequest:
    usual = {"product": "sales.customers", "purpose": "churn", "until": NOW + timedelta(days=30), "reason": "to call"}
    return GrantRequest.model_validate({**usual, **wanted})


def ask(policies: Policies, spec: Spec, wanted: GrantRequest, name: str = "g1") -> Grant:
    return asked(wanted, Asker(policies.principals.find("ben"), spec, policies, NOW, name))


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"level": "clear", "cls": "pii.contact.mail"}, "did you mean 'pii.contact.email'"),
        ({"level": "clear", "columns": ("emial",)}, "column 1 of those named is not there; did you mean 'email'"),
        ({"level": "clear", "columns": ("email", "customer_id")}, "'customer_id' is unclassified"),
        ({"level": "read", "cls": "pii"}, "`read` is for all that is unclassified"),
        ({"level": "token", "cls": "pii", "purpose": "fraud"}, "ben does not have the purpose 'fraud'"),
        ({"level": "token", "cls": "pii", "until": NOW}, "until is over already"),
        ({"level": "token", "cls": "pii", "until": NOW + timedelta(days=366)}, "lasts at most 365 days"),
        ({"level": "token", "cls": "pii", "reason": "\u202eevil"}, "the reason has characters that cannot be shown"),
        ({"level": "clear", "cls": "export-controlled"}, "have other classes, too"),
    ],
)
def test_what_cannot_be_granted_is_refused_with_what_to_do(
    staffed: Policies, customers: Spec, wanted: dict[str, Any], problem: str
) -> None:
    with pytest.raises(GrantRejected, match=problem.replace("(", r"\(")):
        ask(staffed, customers, request(**wanted))


@pytest.mark.parametrize("setting", ["grant_days = 0", 'confirm_days = "9"', "break_glass = 1", "grant_days = true"])
def test_what_a_class_says_of_grants_is_checked(texts: PolicyTexts, setting: str) -> None:
    with pytest.raises(PolicyRejected, match=setting.split(maxsplit=1)[0]):
        policies_of(replace(texts, classes=texts.classes.replace("[classes.pii]", f"[classes.pii]\n{setting}")))
