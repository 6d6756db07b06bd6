"""A contract that takes a class from personal data is a version that waits: its columns keep the class meanwhile."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from policy_desk import CLEAR, DORA, PRODUCT, READ, TOKEN, Desk, see
from sqlalchemy import update

from meshwright.access import Principal
from meshwright.audit import AuditQuery
from meshwright.errors import NotYourDecision, UnknownPolicyVersion
from meshwright.markers import RevealLevel
from meshwright.mesh.elsewhere import Remote
from meshwright.registry import ClassesTaken, PolicyVersion, Receipt, SearchQuery, WhoCanQuery
from meshwright.spec import ColumnSpec, ColumnType, ListType, ScalarType, StructType
from meshwright_catalog.database import writing
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.models import RegistrationRow
from meshwright_catalog.policies.sights import sights

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EMAIL = "pii.contact.email"
TEXT = ScalarType(kind="string")
TAKEN = (ClassesTaken(column="email", classes=(EMAIL,)),)


def col(name: str, *classes: str, kind: ColumnType = TEXT) -> ColumnSpec:
    return ColumnSpec(name=name, type=kind, classes=classes)


@dataclass
class Contracts:
    """A product whose contract changes."""

    desk: Desk

    def hands_in(self, *columns: ColumnSpec, text: str = TOKEN, version: str = "1.0.0", table: int = 0) -> Receipt:
        made = self.desk.makes(text, version)
        spec = made.spec.model_copy(update={"columns": (col("id"), *columns)})
        return self.desk.ana.register(made.model_copy(update={"spec": spec, "delta_version": table}))

    def level(self, path: str = "email", major: int = 1) -> RevealLevel:
        """Tell what the order desk sees."""
        entry = self.desk.ana.acting_as(Principal("service", PRODUCT, "sales")).find(PRODUCT, major)
        assert entry is not None
        return self.desk.gate.decide(self.desk.ana.principal, "operations", entry).column(path).level


@pytest.fixture
def contracts(desk: Desk) -> Contracts:
    return Contracts(desk)


def waiting(dora: EmbeddedRegistry) -> list[PolicyVersion]:
    return [each for each in dora.policy_review.pending() if each.state == "waiting"]


def test_attack_03_a_class_that_a_contract_drops_stays_until_data_protection_approves(
    contracts: Contracts, dora: EmbeddedRegistry
) -> None:
    contracts.hands_in(col("email", EMAIL))
    dropped, again = contracts.hands_in(col("email")), contracts.hands_in(col("email"), col("note"))

    assert [(2, True, TAKEN), (2, True, TAKEN)] == [(r.policy_version, r.waiting, r.takes) for r in (dropped, again)]
    assert ("token", "clear") == (contracts.level(), contracts.level("note"))

    approved = dora.policy_review.approve(PRODUCT, 2)
    built = contracts.hands_in(col("email"))

    assert ("in force", TAKEN, "clear") == (approved.state, approved.takes, contracts.level())
    assert (2, False, ()) == (built.policy_version, built.waiting, built.takes)


def test_those_who_decide_are_told_which_class_goes_and_who_would_see_the_column(
    contracts: Contracts, dora: EmbeddedRegistry
) -> None:
    contracts.hands_in(col("email", EMAIL))
    contracts.hands_in(col("email"))

    [version] = waiting(dora)

    assert version.change is not None
    assert (TAKEN, (), "") == (version.takes, version.change.opens, version.change.difference)
    assert [("email",)] == [gain.columns for gain in version.change.gains if "user:ana" in gain.principals]
    assert not any("user:eve" in gain.principals for gain in version.change.gains)


def test_search_and_the_contract_that_is_told_have_the_class_while_it_waits(
    contracts: Contracts, dora: EmbeddedRegistry, ana: EmbeddedRegistry
) -> None:
    contracts.hands_in(col("email", EMAIL))
    contracts.hands_in(col("email"))
    kept = ana.search(SearchQuery()).hits[0].classes
    entry = ana.find(PRODUCT)
    dora.policy_review.approve(PRODUCT, 2)

    assert entry is not None
    assert ((EMAIL,), (EMAIL,), ()) == (kept, entry.spec.columns[1].classes, ana.search(SearchQuery()).hits[0].classes)


def test_a_refused_drop_keeps_the_class_for_good(contracts: Contracts, dora: EmbeddedRegistry) -> None:
    contracts.hands_in(col("email", EMAIL))
    contracts.hands_in(col("email"))
    dora.policy_review.refuse(PRODUCT, 2, "it is an address")

    again = contracts.hands_in(col("email"), version="1.1.0")

    assert (2, False, TAKEN) == (again.policy_version, again.waiting, again.takes)
    assert again.refusal is not None
    assert ("token", []) == (contracts.level(), waiting(dora))


def test_more_classes_than_were_refused_are_another_version(contracts: Contracts, dora: EmbeddedRegistry) -> None:
    phone = col("phone", "pii.contact")
    contracts.hands_in(col("email", EMAIL), phone)
    contracts.hands_in(col("email"), phone)
    dora.policy_review.refuse(PRODUCT, 2, "it is an address")

    more = contracts.hands_in(col("email"), col("phone"))

    assert (3, True) == (more.policy_version, more.waiting)
    assert ("token", "token") == (contracts.level(), contracts.level("phone"))


def test_a_class_that_comes_back_takes_back_the_version_that_waits(
    contracts: Contracts, desk: Desk, dora: EmbeddedRegistry
) -> None:
    contracts.hands_in(col("email", EMAIL))
    contracts.hands_in(col("email"))
    back = contracts.hands_in(col("email", EMAIL))

    assert (1, False, ()) == (back.policy_version, back.waiting, back.takes)
    assert ([(1, "in force"), (2, "dropped")], []) == (desk.states(), waiting(dora))


def test_going_back_brings_the_class_back_and_a_build_does_not_undo_it(
    contracts: Contracts, desk: Desk, ana: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    contracts.hands_in(col("email", EMAIL))
    contracts.hands_in(col("email"))
    dora.policy_review.approve(PRODUCT, 2)

    back = ana.policy_review.roll_back(PRODUCT)
    built = contracts.hands_in(col("email"))

    assert (1, "in force", "token") == (back.number, back.state, contracts.level())
    assert (2, False, [(1, "in force"), (2, "withdrawn")]) == (built.policy_version, built.waiting, desk.states())

    forth = ana.policy_review.roll_back(PRODUCT, 2)

    assert ("waiting", TAKEN, "token") == (forth.state, forth.takes, contracts.level())
    dora.policy_review.approve(PRODUCT, forth.number)
    assert ("clear", False) == (contracts.level(), contracts.hands_in(col("email")).waiting)


def test_going_back_two_versions_brings_every_class_back(
    contracts: Contracts, ana: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    contracts.hands_in(col("email", EMAIL), text=READ)
    contracts.hands_in(col("email"), text=READ)
    dora.policy_review.approve(PRODUCT, 2)
    contracts.hands_in(col("email"), text=TOKEN)

    ana.policy_review.roll_back(PRODUCT, 1)
    built = contracts.hands_in(col("email"), text=TOKEN)

    assert ("hidden", 3, False) == (contracts.level(), built.policy_version, built.waiting)


def test_attack_03_a_new_major_version_beside_the_old_is_no_way_around(
    contracts: Contracts, dora: EmbeddedRegistry
) -> None:
    contracts.hands_in(col("email", EMAIL))
    receipt = contracts.hands_in(col("email"), version="2.0.0")

    assert (True, TAKEN) == (receipt.waiting, receipt.takes)
    assert ("token", "token") == (contracts.level(), contracts.level(major=2))
    dora.policy_review.approve(PRODUCT, 2)
    assert ("token", "clear") == (contracts.level(), contracts.level(major=2))


def test_attack_03_a_column_that_went_has_its_class_when_it_comes_again(contracts: Contracts) -> None:
    contracts.hands_in(col("email", EMAIL))
    gone = contracts.hands_in(col("note", kind=ScalarType(kind="number")))
    again = contracts.hands_in(col("email"))

    assert (False, True, TAKEN) == (gone.waiting, again.waiting, again.takes)
    assert "token" == contracts.level()


def test_attack_03_a_column_that_comes_as_personal_data_of_its_type_goes_may_be_a_new_name_of_it(
    contracts: Contracts, dora: EmbeddedRegistry
) -> None:
    contracts.hands_in(col("email", EMAIL))
    contracts.hands_in(col("contact"))
    contracts.hands_in(col("contact"))

    [version] = waiting(dora)

    assert (ClassesTaken(column="contact", classes=(EMAIL,), formerly="email"),) == version.takes
    assert "token" == contracts.level("contact")


@pytest.mark.parametrize(
    "came",
    [(col("contact", EMAIL), col("note")), (col("units", kind=ScalarType(kind="integer")),), (col("note", "pii"),)],
    ids=["renamed with its class, beside another", "another type", "another personal class"],
)
def test_a_column_that_is_no_new_name_does_not_wait(contracts: Contracts, came: tuple[ColumnSpec, ...]) -> None:
    contracts.hands_in(col("email", EMAIL))

    assert not contracts.hands_in(*came).waiting


def test_another_class_in_its_place_takes_it_too_and_both_decide_meanwhile(contracts: Contracts) -> None:
    policies = TOKEN + see("clear", cls="pii.contact", name="clear")
    contracts.hands_in(col("email", "pii"), text=READ)
    contracts.hands_in(col("email", "pii"), text=policies)

    receipt = contracts.hands_in(col("email", EMAIL), text=READ)

    assert (True, "hidden") == (receipt.waiting, contracts.level())
    assert (ClassesTaken(column="email", classes=("pii",)),) == receipt.takes


def test_a_class_of_other_data_goes_freely_but_not_where_it_stands_beside_personal_data(contracts: Contracts) -> None:
    contracts.hands_in(col("email", EMAIL, "commercial"), col("price", "commercial"))

    freely = contracts.hands_in(col("email", EMAIL, "commercial"), col("price"))
    beside = contracts.hands_in(col("email", EMAIL), col("price"))

    assert (False, True) == (freely.waiting, beside.waiting)
    assert (ClassesTaken(column="email", classes=("commercial",)),) == beside.takes


def test_classes_of_nested_fields_count_and_those_of_what_stood_around_them(contracts: Contracts) -> None:
    def people(*classes: str, kept: str = EMAIL) -> ColumnSpec:
        fields = StructType(fields=(col("mail", *classes), col("city", kept)))
        return col("people", kind=ListType(items=col("item", kind=fields)))

    contracts.hands_in(people(EMAIL))
    within = contracts.hands_in(people())
    flat = contracts.hands_in(col("people"))

    assert ["people.item.mail"] == [each.column for each in within.takes]
    assert (("people",), "token") == (tuple(each.column for each in flat.takes), contracts.level("people"))


def test_text_and_classes_are_one_version(contracts: Contracts, desk: Desk, dora: EmbeddedRegistry) -> None:
    contracts.hands_in(col("email", EMAIL), text=READ)
    both = contracts.hands_in(col("email"), text=TOKEN)

    assert (2, True, "hidden") == (both.policy_version, both.waiting, contracts.level())
    dora.policy_review.approve(PRODUCT, 2)
    assert ([(1, "replaced"), (2, "in force")], "clear") == (desk.states(), contracts.level())


def test_the_audit_names_the_classes_that_go_and_who_agreed(contracts: Contracts, dora: EmbeddedRegistry) -> None:
    contracts.hands_in(col("email", EMAIL))
    contracts.hands_in(col("email"))
    dora.policy_review.approve(PRODUCT, 2)

    told = {each.kind: each for each in dora.audit(AuditQuery()).records if "takes" in each.facts}

    assert {"policy.waiting", "policy.approved"} == told.keys()
    assert [f"email: {EMAIL}"] == told["policy.waiting"].facts["takes"]
    assert "user:dora" == told["policy.approved"].principal


def test_whoever_dropped_the_class_does_not_approve_it_and_another_version_is_not_approved_in_its_place(
    contracts: Contracts, ana: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    finn = ana.acting_as(Principal("user", "finn", "office", ("office", "order-desk"), ("operations",)))
    contracts.hands_in(col("email", EMAIL))
    contracts.hands_in(col("email"))

    with pytest.raises(NotYourDecision):
        finn.policy_review.approve(PRODUCT, 2)
    contracts.hands_in(col("email"), text=CLEAR)
    with pytest.raises(UnknownPolicyVersion):
        dora.policy_review.approve(PRODUCT, 2)
    assert DORA == dora.principal


def test_a_training_set_of_another_workspace_still_finds_the_contract_that_it_pinned(
    contracts: Contracts, ana: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    contracts.hands_in(col("email", EMAIL))
    contracts.hands_in(col("email"), table=1)
    entry = ana.find(PRODUCT)
    assert entry is not None
    seen = Remote(PRODUCT, entry.spec, 1, "shop", cast(Any, None), ana.releases)
    pinned = seen.stamp()

    dora.policy_review.approve(PRODUCT, 2)

    assert "contract_hash" in pinned
    assert pinned == seen.stamp()


def test_who_can_is_answered_with_the_class_that_waits_to_go_and_by_the_version_in_force(
    contracts: Contracts, dora: EmbeddedRegistry, clock: Any
) -> None:
    contracts.hands_in(col("email", EMAIL))
    contracts.hands_in(col("email"))
    asked = WhoCanQuery(column="email", level="clear")
    with dora.catalog.visit(dora.principal) as visit:
        waiting = sights(visit, PRODUCT, asked)
    clock.now += timedelta(hours=1)
    dora.policy_review.approve(PRODUCT, 2)
    with dora.catalog.visit(dora.principal) as visit:
        approved, past = (sights(visit, PRODUCT, each) for each in (asked, asked.model_copy(update={"at": NOW})))

    named = ["user:ana" in [sight.principal for sight in each.sights] for each in (waiting, approved, past)]
    assert [False, True, False] == named
    assert ["by version 1", "by version 2", "by version 1"] == [e.stands_on[:12] for e in (waiting, approved, past)]


def test_after_going_back_from_a_version_that_took_a_class_the_one_that_decides_again_is_named(
    contracts: Contracts, desk: Desk, ana: EmbeddedRegistry, dora: EmbeddedRegistry, clock: Any
) -> None:
    contracts.hands_in(col("email", EMAIL))
    moments = [clock.now]
    for change in (
        lambda: contracts.hands_in(col("email")),
        lambda: dora.policy_review.approve(PRODUCT, 2),
        lambda: ana.policy_review.roll_back(PRODUCT),
        lambda: contracts.hands_in(col("email"), table=1),
    ):
        clock.now += timedelta(hours=1)
        change()
        moments.append(clock.now)

    told = [dora.policy_review.who_can(PRODUCT, WhoCanQuery(at=moment)).stands_on for moment in moments]

    assert [(1, "in force"), (2, "withdrawn")] == desk.states()
    versions = [text.removeprefix("by version ")[0] for text in told]
    assert ["1", "1", "2", "1", "1"] == versions
    assert told[3].startswith(
        "by version 1 of its policies, that decided then, registered 2026-11-20 15:00 UTC (handed in 2026-11-20 12:00)"
    )
    assert "by version 1 of its policies, in force" in dora.policy_review.who_can(PRODUCT, WhoCanQuery()).stands_on


def test_going_back_by_number_to_a_version_of_the_same_text_names_that_one(
    contracts: Contracts, ana: EmbeddedRegistry, dora: EmbeddedRegistry, clock: Any
) -> None:
    for text in (TOKEN, READ, TOKEN):
        contracts.hands_in(col("email", EMAIL), text=text)
        clock.now += timedelta(hours=1)
    before = clock.now
    clock.now += timedelta(hours=1)

    ana.policy_review.roll_back(PRODUCT, 1)

    asked = [WhoCanQuery(at=before), WhoCanQuery(at=clock.now), WhoCanQuery()]
    told = [dora.policy_review.who_can(PRODUCT, each).stands_on[:12] for each in asked]
    assert ["by version 3", "by version 1", "by version 1"] == told


def test_what_was_registered_before_versions_were_noted_is_told_by_its_text(
    contracts: Contracts, dora: EmbeddedRegistry, clock: Any
) -> None:
    contracts.hands_in(col("email", EMAIL))
    clock.now += timedelta(hours=1)
    contracts.hands_in(col("email", EMAIL), text=READ)
    with writing(dora.catalog.engine) as session:
        session.execute(update(RegistrationRow).values(policy_version=None))

    told = [dora.policy_review.who_can(PRODUCT, WhoCanQuery(at=at)).stands_on[:12] for at in (NOW, None)]

    assert ["by version 1", "by version 2"] == told
    assert not contracts.hands_in(col("email", EMAIL), text=READ).changed
