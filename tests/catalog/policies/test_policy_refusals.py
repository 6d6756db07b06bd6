"""Data protection refuses a version for good: its domain is told who and why, and no way leads back to it."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from policy_desk import CLEAR, DAN, DORA, FINN, FINN_TOO, PRODUCT, READ, SAL, TOKEN, Desk, see

from meshwright.access import Principal
from meshwright.audit import AuditQuery, verify
from meshwright.errors import (
    DataProtectionOnly,
    GrantRejected,
    MeshError,
    NotYourDecision,
    UnknownPolicyVersion,
    UnknownProduct,
)
from meshwright.io.catalog import HttpRegistry
from meshwright.registry import PolicyRefusal
from meshwright_catalog.audit import records
from meshwright_catalog.embedded import EmbeddedRegistry

WHY = "the desk works with order numbers"
REFUSAL = PolicyRefusal(number=2, by="user:dora", reason=WHY)
REFUSED = [(1, "in force"), (2, "refused")]
TEST = "tests:\n- {}\n"


@pytest.fixture
def refused(desk: Desk, dora: EmbeddedRegistry) -> Desk:
    """Hand in tokens, then what newly shows addresses, which is refused."""
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    dora.policy_review.refuse(PRODUCT, 2, WHY)
    return desk


def told(registry: EmbeddedRegistry) -> list[tuple[int, PolicyRefusal | None]]:
    """Give what somebody reads of the versions that wait, and of those that were refused."""
    return [(version.number, version.refusal) for version in registry.policy_review.pending()]


def test_a_refused_version_never_decides_and_the_one_before_goes_on(desk: Desk, dora: EmbeddedRegistry) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)

    answer = dora.policy_review.refuse(PRODUCT, 2, f" {WHY} ")

    assert ("refused", REFUSAL, "") == (answer.state, answer.refusal, answer.approver)
    assert answer.decided_at is not None
    assert (REFUSED, "token") == (desk.states(), desk.level())


def test_a_first_version_that_is_refused_goes_on_without_clear_personal_data(
    desk: Desk, dora: EmbeddedRegistry
) -> None:
    desk.hands_in(CLEAR + see("token", name="token"))
    dora.policy_review.refuse(PRODUCT, 1, WHY)
    receipt = desk.hands_in(CLEAR + see("token", name="token"))

    assert (1, False, "token") == (receipt.policy_version, receipt.waiting, desk.level())
    assert [(1, "refused")] == desk.states()


def test_the_domain_is_told_who_refused_and_why_until_it_hands_in_another(
    refused: Desk, ana: EmbeddedRegistry, ben: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    deploys = ana.acting_as(Principal("service", "sales.deploy", "sales"))
    before = [told(each) for each in (ana, deploys, ben, dora)]
    refused.hands_in(READ)

    assert [[(2, REFUSAL)], [(2, REFUSAL)], [], []] == before
    assert [] == told(ana)
    assert [None, REFUSAL, None] == [version.refusal for version in ana.policy_review.versions(PRODUCT)]


def test_going_back_to_the_text_in_force_answers_a_refusal_and_the_refused_text_opens_it_again(
    refused: Desk, ana: EmbeddedRegistry
) -> None:
    refused.hands_in(TOKEN)
    answered = told(ana)
    refused.hands_in(CLEAR)

    assert ([], [(2, REFUSAL)]) == (answered, told(ana))


@pytest.mark.parametrize(
    "changes",
    [{}, {"version": "1.1.0"}, {"version": "2.0.0"}, {"tests": TEST}],
    ids=["the same again", "a minor version", "a major version", "other tests"],
)
def test_attack_25_a_refused_text_does_not_wait_again_and_the_build_is_told(
    refused: Desk, dora: EmbeddedRegistry, changes: dict[str, str]
) -> None:
    receipt = refused.hands_in(CLEAR, **changes)

    assert (2, False, REFUSAL) == (receipt.policy_version, receipt.waiting, receipt.refusal)
    assert (REFUSED, []) == (refused.states(), told(dora))
    assert "clear" not in {refused.level(1), refused.level(int(changes.get("version", "1")[0]))}


def test_another_text_waits_as_its_own_version_and_tells_of_the_refusal_before_it(
    refused: Desk, dora: EmbeddedRegistry
) -> None:
    receipt = refused.hands_in(CLEAR + "// with a reason\n")

    (waiting,) = dora.policy_review.pending()
    assert waiting.change is not None
    assert (3, True, None) == (receipt.policy_version, receipt.waiting, receipt.refusal)
    assert ((3, None), REFUSAL) == ((waiting.number, waiting.refusal), waiting.change.refused_before)
    dora.policy_review.approve(PRODUCT, 3)
    refused.hands_in(CLEAR + see("clear", team="planning", name="more"))
    (after,) = dora.policy_review.pending()
    assert after.change is not None
    assert after.change.refused_before is None


def test_a_refused_text_that_opens_nothing_any_more_decides_at_once(refused: Desk, dora: EmbeddedRegistry) -> None:
    refused.hands_in(CLEAR + see("clear", team="planning", name="more"))
    dora.policy_review.approve(PRODUCT, 3)

    receipt = refused.hands_in(CLEAR)

    assert (4, False, None) == (receipt.policy_version, receipt.waiting, receipt.refusal)
    assert [(1, "replaced"), (2, "refused"), (3, "replaced"), (4, "in force")] == refused.states()


def test_a_refused_version_is_neither_approved_nor_refused_again(refused: Desk, dora: EmbeddedRegistry) -> None:
    said = f"no version 2 that waits: it was refused by user:dora because: {WHY}"

    with pytest.raises(UnknownPolicyVersion, match=said):
        dora.policy_review.approve(PRODUCT, 2)
    with pytest.raises(UnknownPolicyVersion, match=said):
        dora.acting_as(DAN).policy_review.refuse(PRODUCT, 2, "once more")
    assert (REFUSED, "token") == (refused.states(), refused.level())


def test_nobody_goes_back_to_a_refused_version(refused: Desk, ana: EmbeddedRegistry, dora: EmbeddedRegistry) -> None:
    for registry in (ana, dora):
        with pytest.raises(
            UnknownPolicyVersion, match=f"not go back to version 2: it was refused by user:dora because: {WHY}"
        ):
            registry.policy_review.roll_back(PRODUCT, 2)
    with pytest.raises(UnknownPolicyVersion, match="nothing to go back to: no version of major 1 decided before 1"):
        ana.policy_review.roll_back(PRODUCT)
    assert (REFUSED, "token") == (refused.states(), refused.level())


def test_going_back_to_clear_personal_data_may_be_refused_and_is_not_asked_again(
    desk: Desk, ana: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    desk.hands_in(CLEAR)
    dora.policy_review.approve(PRODUCT, 1)
    desk.hands_in(TOKEN)
    back = ana.policy_review.roll_back(PRODUCT)

    dora.policy_review.refuse(PRODUCT, back.number, WHY)

    with pytest.raises(
        UnknownPolicyVersion, match=f"its text is that of version 3, refused by user:dora because: {WHY}"
    ):
        ana.policy_review.roll_back(PRODUCT, 1)
    assert ([(1, "replaced"), (2, "in force"), (3, "refused")], "token") == (desk.states(), desk.level())


def test_attack_25_who_may_not_approve_does_not_refuse(
    desk: Desk, ana: EmbeddedRegistry, ben: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    desk.hands_in(CLEAR)
    dora.policy_review.approve(PRODUCT, 1)
    desk.hands_in(TOKEN)
    dora.policy_review.roll_back(PRODUCT)
    problems: dict[str, type[MeshError]] = {}
    for who in (FINN, FINN_TOO, SAL, DORA, ana.principal, ben.principal):
        with pytest.raises(MeshError) as caught:
            ana.acting_as(who).policy_review.refuse(PRODUCT, 3, WHY)
        problems[who.name] = type(caught.value)

    sides = dict.fromkeys(("finn", "finn-office", "sal", "dora"), NotYourDecision)
    assert {**sides, "ana": DataProtectionOnly, "ben": DataProtectionOnly} == problems
    assert (3, "waiting") == desk.states()[-1]
    assert "refused" == ana.acting_as(DAN).policy_review.refuse(PRODUCT, 3, WHY).state


@pytest.mark.parametrize("reason", ["", "  ", "no\x1b[2J", "n" * 501], ids=["none", "blank", "control", "long"])
def test_a_refusal_says_why_in_words(desk: Desk, dora: EmbeddedRegistry, reason: str) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)

    with pytest.raises(GrantRejected):
        dora.policy_review.refuse(PRODUCT, 2, reason)
    assert [(1, "in force"), (2, "waiting")] == desk.states()


def test_a_refusal_is_an_event_of_the_audit_s_chain_without_its_words(refused: Desk, dora: EmbeddedRegistry) -> None:
    last = dora.audit(AuditQuery()).records[-1]
    with dora.catalog.visit(dora.principal) as visit:
        chain = list(records(visit.session))

    named = last.facts["version"], last.facts["author"]
    assert ("policy.refused", "user:dora", PRODUCT) == (last.kind, last.principal, last.product)
    assert (2, "service:sales.deploy") == named
    assert () == verify(chain, [dora.audit_head()]).breaks
    assert WHY not in repr(chain)
    assert "token" == refused.level()


def test_over_http_the_same_is_refused_and_told(desk: Desk, served: str, sign: Callable[[str], str]) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    remote = {name: HttpRegistry(served, token=sign(name)) for name in ("ana", "dora", "ben", "sal", "sales.deploy")}
    reviews = {name: registry.policy_review for name, registry in remote.items()}

    with pytest.raises(NotYourDecision):
        reviews["ana"].refuse(PRODUCT, 2, WHY)
    with pytest.raises(NotYourDecision, match="its owning team or its domain does not refuse its policies"):
        reviews["sal"].refuse(PRODUCT, 2, WHY)
    with pytest.raises(GrantRejected, match="a refusal says why"):
        reviews["dora"].refuse(PRODUCT, 2, "")
    with pytest.raises(UnknownProduct):
        reviews["dora"].refuse("sales.nothing", 2, WHY)
    with pytest.raises(UnknownPolicyVersion, match="no version 3 that waits, but version 2 does"):
        reviews["dora"].refuse(PRODUCT, 3, WHY)
    assert REFUSAL == reviews["dora"].refuse(PRODUCT, 2, WHY).refusal
    assert [(2, REFUSAL)] == [(v.number, v.refusal) for v in reviews["ana"].pending()]
    with pytest.raises(UnknownPolicyVersion, match=f"refused by user:dora because: {WHY}"):
        reviews["dora"].approve(PRODUCT, 2)
    receipt = remote["sales.deploy"].register(desk.makes(CLEAR))
    assert (REFUSAL, "token") == (receipt.refusal, desk.level())


@pytest.mark.parametrize("query", ["", "?number=", "?number=0", "?number=3", "?number=2&number=3"])
def test_over_http_nothing_is_refused_that_is_not_named(
    desk: Desk, client: TestClient, bearer: Callable[[str], dict[str, str]], query: str
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    path = f"/api/v1/products/{PRODUCT}/policies/refusal{query}"

    answer = client.post(path, headers=bearer("dora"), json={"note": WHY})

    assert answer.status_code in (400, 404, 422)
    assert [(1, "in force"), (2, "waiting")] == desk.states()
