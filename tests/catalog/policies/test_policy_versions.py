"""Policies are versions: one that newly shows personal data waits for data protection, and going back is one step."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from policy_desk import CLEAR, DAN, DORA, DORA_TOO, FINN, FINN_TOO, PRODUCT, READ, SAL, TOKEN, Desk, see
from sqlalchemy import event

from meshwright.access import Principal
from meshwright.audit import AuditQuery
from meshwright.errors import DataProtectionOnly, ForeignDomain, NotYourDecision, UnknownPolicyVersion, UnknownProduct
from meshwright.io.catalog import HttpRegistry
from meshwright.spec import ColumnSpec, Registration, ScalarType
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.policies.models import PolicyVersionRow


def test_policies_that_show_no_clear_personal_data_decide_at_once(desk: Desk) -> None:
    first, again, changed = desk.hands_in(TOKEN), desk.hands_in(TOKEN), desk.hands_in(READ)

    assert [(1, False), (1, False), (2, False)] == [(r.policy_version, r.waiting) for r in (first, again, changed)]
    assert ([(1, "replaced"), (2, "in force")], "hidden") == (desk.states(), desk.level())


def test_clear_personal_data_waits_and_the_policies_before_go_on_to_decide(desk: Desk, dora: EmbeddedRegistry) -> None:
    desk.hands_in(TOKEN)
    receipt, again = desk.hands_in(CLEAR), desk.hands_in(CLEAR)

    assert [(2, True), (2, True)] == [(r.policy_version, r.waiting) for r in (receipt, again)]
    assert ([(1, "in force"), (2, "waiting")], "token") == (desk.states(), desk.level())
    assert [(PRODUCT, 2)] == [(v.product, v.number) for v in dora.policy_review.pending()]

    approved = dora.policy_review.approve(PRODUCT, 2)

    assert ("in force", "user:dora", "service:sales.deploy") == (approved.state, approved.approver, approved.author)
    assert ([(1, "replaced"), (2, "in force")], "clear") == (desk.states(), desk.level())
    assert ((), False) == (tuple(dora.policy_review.pending()), desk.hands_in(CLEAR).waiting)


def test_the_first_policies_decide_without_clear_personal_data_until_they_are_approved(
    desk: Desk, dora: EmbeddedRegistry
) -> None:
    receipt = desk.hands_in(CLEAR + see("token", name="token"))

    assert (True, "token") == (receipt.waiting, desk.level())
    dora.policy_review.approve(PRODUCT, 1)
    assert "clear" == desk.level()


def test_the_policy_that_decided_is_found_by_the_hash_that_an_answer_names(
    desk: Desk, ana: EmbeddedRegistry, gate: PolicyGate
) -> None:
    desk.hands_in(READ)
    desk.hands_in(TOKEN)
    entry = ana.find(PRODUCT)
    assert entry is not None
    named = gate.decide(ana.principal, "operations", entry).policies

    assert [2] == [v.number for v in ana.policy_review.versions(PRODUCT) if v.decides == named]


def test_a_narrower_version_replaces_one_that_waits(desk: Desk, dora: EmbeddedRegistry) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    desk.hands_in(READ)

    assert ([(1, "replaced"), (2, "dropped"), (3, "in force")], "hidden") == (desk.states(), desk.level())
    with pytest.raises(UnknownPolicyVersion):
        dora.policy_review.approve(PRODUCT, 2)


def test_a_second_major_version_with_the_same_policies_does_not_wait(desk: Desk, dora: EmbeddedRegistry) -> None:
    desk.hands_in(CLEAR)
    dora.policy_review.approve(PRODUCT, 1)

    assert (False, "clear") == (desk.hands_in(CLEAR, "2.0.0").waiting, desk.level(2))


def test_going_back_is_one_step_and_a_build_does_not_undo_it(desk: Desk, ana: EmbeddedRegistry) -> None:
    desk.hands_in(READ)
    desk.hands_in(TOKEN)

    back = ana.policy_review.roll_back(PRODUCT)
    receipt = desk.hands_in(TOKEN)

    assert (2, 1, False) == (receipt.policy_version, receipt.decides, receipt.waiting)
    assert (1, "in force", "hidden") == (back.number, back.state, desk.level())
    assert [(1, "in force"), (2, "withdrawn")] == desk.states()
    assert ("in force", "token") == (ana.policy_review.roll_back(PRODUCT, 2).state, desk.level())
    with pytest.raises(UnknownPolicyVersion):
        ana.policy_review.roll_back(PRODUCT, 9)


def test_what_somebody_left_to_go_forward_again_decides_at_once_when_it_is_built(
    desk: Desk, ana: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    dora.policy_review.approve(PRODUCT, 2)
    ana.policy_review.roll_back(PRODUCT)
    forward = ana.policy_review.roll_back(PRODUCT, 2)
    dora.policy_review.approve(PRODUCT, forward.number)

    assert "clear" == desk.level()
    receipt = desk.hands_in(TOKEN)

    assert (4, 4, False, "token") == (receipt.policy_version, receipt.decides, receipt.waiting, desk.level())
    assert [(1, "replaced"), (2, "withdrawn"), (3, "replaced"), (4, "in force")] == desk.states()


def test_going_back_to_clear_personal_data_waits_for_another_person(
    desk: Desk, ana: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    finn = ana.acting_as(FINN)
    desk.hands_in(CLEAR)
    dora.policy_review.approve(PRODUCT, 1)
    desk.hands_in(TOKEN)

    back = finn.policy_review.roll_back(PRODUCT)
    assert back == finn.policy_review.roll_back(PRODUCT)
    desk.hands_in(TOKEN)

    assert (3, "waiting", "token") == (back.number, back.state, desk.level())
    with pytest.raises(NotYourDecision):
        finn.policy_review.approve(PRODUCT, 3)
    dora.policy_review.approve(PRODUCT, 3)
    desk.hands_in(TOKEN)
    assert "clear" == desk.level()


@pytest.mark.parametrize("who", [FINN, FINN_TOO, SAL], ids=["owning team", "another name", "domain"])
def test_attack_25_whoever_is_of_the_owner_s_side_does_not_approve_what_a_service_registered(
    desk: Desk, ana: EmbeddedRegistry, who: Principal
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)

    with pytest.raises(NotYourDecision):
        ana.acting_as(who).policy_review.approve(PRODUCT, 2)
    assert ([(1, "in force"), (2, "waiting")], "token") == (desk.states(), desk.level())


def test_attack_25_handing_the_product_to_another_team_makes_nobody_a_stranger_to_it(
    desk: Desk, ana: EmbeddedRegistry
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR, owner="planning")

    with pytest.raises(NotYourDecision):
        ana.acting_as(FINN).policy_review.approve(PRODUCT, 2)
    assert "token" == desk.level()


def test_attack_25_nobody_approves_their_own_rollback_under_another_name(
    desk: Desk, ana: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    desk.hands_in(CLEAR)
    dora.policy_review.approve(PRODUCT, 1)
    desk.hands_in(TOKEN)
    dora.policy_review.roll_back(PRODUCT)

    for name in (DORA, DORA_TOO):
        with pytest.raises(NotYourDecision):
            ana.acting_as(name).policy_review.approve(PRODUCT, 3)
    assert "token" == desk.level()
    assert "in force" == ana.acting_as(DAN).policy_review.approve(PRODUCT, 3).state


def test_attack_25_over_http_the_owner_s_side_does_not_approve_either(
    desk: Desk, client: TestClient, bearer: Callable[[str], dict[str, str]]
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    approval = f"/api/v1/products/{PRODUCT}/policies/approval?number=2"
    sides = {name: client.post(approval, headers=bearer(name)) for name in ("finn", "finn-office", "sal", "ana")}
    level = desk.level()

    assert dict.fromkeys(sides, 403) == {name: answer.status_code for name, answer in sides.items()}
    assert ["its owning team or its domain does not approve" in sides[n].text for n in sides] == [True] * 3 + [False]
    assert ("token", 200) == (level, client.post(approval, headers=bearer("dora")).status_code)


def test_nobody_else_approves_goes_back_or_looks(desk: Desk, ana: EmbeddedRegistry, ben: EmbeddedRegistry) -> None:
    desk.hands_in(READ)
    desk.hands_in(CLEAR)

    with pytest.raises(DataProtectionOnly):
        ana.policy_review.approve(PRODUCT, 2)
    with pytest.raises(UnknownProduct):
        ben.policy_review.versions(PRODUCT)
    with pytest.raises(UnknownProduct):
        ben.policy_review.roll_back(PRODUCT)
    assert ([], [2]) == (list(ben.policy_review.pending()), [v.number for v in ana.policy_review.pending()])


def test_who_finds_a_product_of_another_domain_is_told_of_no_version_of_its_policies(
    desk: Desk, ben: EmbeddedRegistry
) -> None:
    desk.hands_in(READ.replace('principal in Mesh::Team::"order-desk"', "principal"))

    with pytest.raises(NotYourDecision, match="are told to its domain and to data protection"):
        ben.policy_review.versions(PRODUCT)


def test_versions_are_told_with_as_few_questions_to_the_database_however_many_there_are(
    desk: Desk, ana: EmbeddedRegistry
) -> None:
    asked = list[str]()

    def counted(_connection: object, _cursor: object, text: str, *_: object) -> None:
        asked.append(text)

    def told() -> tuple[int, int]:
        asked.clear()
        return len(ana.policy_review.versions(PRODUCT)), len(asked)

    event.listen(ana.catalog.engine, "before_cursor_execute", counted)
    desk.hands_in(READ)
    few, questions = told()
    for turn in range(6):
        desk.hands_in(f"{READ}// {turn}\n")
    many, also = told()

    assert (1, 7) == (few, many)
    assert questions == also


def test_people_register_nothing(ana: EmbeddedRegistry, orders: Registration) -> None:
    with pytest.raises(ForeignDomain):
        EmbeddedRegistry(ana.catalog, ana.principal).register(orders)
    with pytest.raises(ForeignDomain):
        EmbeddedRegistry(ana.catalog, Principal("service", "supply_chain.deploy", "supply_chain")).register(orders)


def test_each_change_of_policies_is_in_the_audit(desk: Desk, dora: EmbeddedRegistry) -> None:
    desk.hands_in(READ)
    desk.hands_in(CLEAR)
    dora.policy_review.approve(PRODUCT, 2)
    desk.hands_in(READ)
    desk.ana.policy_review.roll_back(PRODUCT)

    events = [(e.kind, e.principal, e.facts["version"]) for e in dora.audit(AuditQuery()).records]
    assert [
        ("policy.in_force", "service:sales.deploy", 1),
        ("policy.waiting", "service:sales.deploy", 2),
        ("policy.approved", "user:dora", 2),
        ("policy.in_force", "service:sales.deploy", 3),
        ("policy.waiting", "user:ana", 4),
    ] == events


def test_a_catalog_from_before_versions_keeps_deciding_as_it_did(desk: Desk, ana: EmbeddedRegistry) -> None:
    desk.hands_in(READ + see("clear"))
    with ana.catalog.change(ana.principal) as visit:
        for row in visit.session.query(PolicyVersionRow):
            visit.session.delete(row)
    before = desk.level()

    receipt = desk.hands_in(TOKEN)

    assert (2, False, "token") == (receipt.policy_version, receipt.waiting, desk.level())
    assert ("hidden", [(1, "replaced"), (2, "in force")]) == (before, desk.states())


def test_over_http_the_same_is_decided(
    desk: Desk, served: str, sign: Callable[[str], str], client: TestClient, bearer: Callable[[str], dict[str, str]]
) -> None:
    desk.hands_in(READ)
    remote = {name: HttpRegistry(served, token=sign(name)).policy_review for name in ("ana", "ben", "dora")}
    body = desk.make(PRODUCT, policies=READ).model_dump_json()
    assert 403 == client.put(f"/api/v1/products/{PRODUCT}", content=body, headers=bearer("ana")).status_code
    desk.hands_in(CLEAR)

    assert [2] == [v.number for v in remote["dora"].pending()]
    with pytest.raises(NotYourDecision):
        remote["ana"].approve(PRODUCT, 2)
    assert "in force" == remote["dora"].approve(PRODUCT, 2).state
    assert [2, 1] == [v.number for v in remote["ana"].versions(PRODUCT)]
    assert (1, "in force") == ((back := remote["ana"].roll_back(PRODUCT)).number, back.state)
    with pytest.raises(UnknownPolicyVersion):
        remote["dora"].approve(PRODUCT, 2)
    with pytest.raises(UnknownProduct):
        remote["ben"].roll_back(PRODUCT)


ROWS_BY_REGION = """
@id("sales.orders.rows") @why("not from there")
permit(principal, action == Mesh::Action::"see_row", resource in Mesh::Product::"sales.orders")
when { resource.region != "PT" };
"""
ROWS_BY_ID = """
@id("sales.orders.rows") @why("ours")
permit(principal, action == Mesh::Action::"see_row", resource in Mesh::Product::"sales.orders")
when { resource.id == "N" };
"""
FORBID = see("token", name="stop").replace("permit(", "forbid(")


@pytest.mark.parametrize("taken", [READ, TOKEN + FORBID], ids=["a permit is gone", "a forbid is new"])
def test_attack_19_what_the_newest_major_takes_back_is_taken_back_from_the_older(desk: Desk, taken: str) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(TOKEN, "2.0.0")
    before = desk.level(1)

    desk.hands_in(taken, "2.0.0")

    assert ("token", "hidden", "hidden") == (before, desk.level(1), desk.level(2))


def test_a_registration_says_what_it_takes_from_an_older_major_and_how_that_is_given_back(
    desk: Desk, ana: EmbeddedRegistry
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(TOKEN, "2.0.0")
    taken = desk.hands_in(READ, "2.0.0").older
    again = desk.hands_in(TOKEN, "2.0.0").older
    kept = desk.level(1), desk.level(2)
    ana.policy_review.roll_back(PRODUCT, taken[0].before)

    (one,) = taken
    assert (1, "", f"mesh access rollback {PRODUCT} --to {one.before}") == (
        one.major,
        one.problem,
        str(one).partition("; back, once the newest major permits it again: ")[2],
    )
    assert ((), ("hidden", "token"), "token") == (again, kept, desk.level(1))


def test_going_back_on_an_older_major_says_what_the_newest_takes_of_it_at_once(
    desk: Desk, ana: EmbeddedRegistry
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(TOKEN, "2.0.0")
    (taken,) = desk.hands_in(READ, "2.0.0").older

    back = ana.policy_review.roll_back(PRODUCT, taken.before)

    assert ("replaced", "hidden") == (back.state, desk.level(1))
    assert [(1, taken.before)] == [(each.major, each.before) for each in back.older]


def test_what_waits_for_an_older_major_is_told_as_the_newest_leaves_it(desk: Desk, dora: EmbeddedRegistry) -> None:
    desk.hands_in(READ)
    desk.hands_in(CLEAR)
    desk.hands_in(READ, "2.0.0")

    (waiting,) = dora.policy_review.pending()
    approved = dora.policy_review.approve(PRODUCT, waiting.number)

    assert waiting.change is not None
    assert (True, ()) == (waiting.change.narrowed, waiting.change.gains)
    assert ("hidden", [1]) == (desk.level(1), [each.major for each in approved.older])


def test_a_registration_says_that_an_older_major_is_read_by_nobody_since_a_row_policy_reads_a_newer_column(
    desk: Desk,
) -> None:
    desk.hands_in(TOKEN)
    newer = desk.makes(TOKEN + ROWS_BY_REGION, "2.0.0")
    region = ColumnSpec(name="region", type=ScalarType(kind="string"))
    spec = newer.spec.model_copy(update={"columns": (*newer.spec.columns, region)})
    receipt = desk.ana.register(newer.model_copy(update={"spec": spec}))

    assert [1] == [each.major for each in receipt.older]
    assert "nobody reads it: " in str(receipt.older[0])
    assert "unknown column 'region'" in str(receipt.older[0])


def test_attack_19_a_row_policy_of_the_newest_major_shows_no_other_rows_of_the_older(desk: Desk) -> None:
    ours, theirs = (ROWS_BY_ID.replace("N", number) for number in "12")
    desk.hands_in(READ + ours)

    (older,) = desk.hands_in(READ + theirs, "2.0.0").older

    (entry,) = [desk.ana.find(PRODUCT, 1)]
    assert entry is not None
    assert ours.strip() in entry.policies
    assert "today.rows" in entry.policies
    assert (1, "") == (older.major, older.problem)


def test_attack_19_an_older_major_that_is_built_again_opens_nothing_that_was_taken_back(desk: Desk) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(READ, "2.0.0")

    desk.hands_in(TOKEN)

    assert "hidden" == desk.level(1)


def test_attack_19_going_back_on_the_newest_major_reaches_the_older(desk: Desk, ana: EmbeddedRegistry) -> None:
    desk.hands_in(READ)
    desk.hands_in(READ, "2.0.0")
    desk.hands_in(TOKEN, "2.0.0")
    desk.hands_in(TOKEN)
    before = desk.level(1)

    ana.policy_review.roll_back(PRODUCT)

    assert ("token", "hidden") == (before, desk.level(1))


def test_an_older_major_keeps_what_the_newest_states_and_gets_nothing_more(desk: Desk, dora: EmbeddedRegistry) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(TOKEN + see("coarse", name="more"), "2.0.0")
    kept = desk.level(1), desk.states()
    desk.hands_in(TOKEN + see("clear", name="clear"), "2.0.0")
    dora.policy_review.approve(PRODUCT, 3)

    assert ("token", [(1, "in force"), (2, "in force")]) == kept
    assert ("token", "clear") == (desk.level(1), desk.level(2))
