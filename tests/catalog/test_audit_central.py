"""The audit tells when a catalog begins to decide by other rules of the mesh: once, by whichever process noticed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from threading import Barrier, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from sqlalchemy import delete

from meshwright.access import Policies, Principal, policies_of
from meshwright.audit import AuditQuery, AuditRecord
from meshwright.errors import AuditCutOff, KeysUnusable
from meshwright.ports import Clock, PolicyTexts
from meshwright_catalog.app import create_app
from meshwright_catalog.audit import AuditHeadRow, listed
from meshwright_catalog.audit.central import CentralRules
from meshwright_catalog.catalog import Catalog, assemble
from meshwright_catalog.database import reading, writing
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.settings import Settings
from meshwright_catalog.signin import DevelopmentTokens

PERMIT = '@id("mesh.all") @why("all") permit(principal, action == Mesh::Action::"see_clear", resource);'
SOMEBODY = Principal("user", "ana", "sales", ("order-desk",), ("operations",))


@dataclass
class Files:
    """The files of a mesh and its keys, which a test changes under running processes."""

    texts: PolicyTexts
    keys: list[str] = field(default_factory=lambda: ["k1"])

    def __call__(self) -> Policies:
        return policies_of(self.texts)

    def ids(self) -> tuple[str, tuple[str, ...]]:
        if not self.keys:
            raise KeysUnusable("keys.json", "holds no keys", "")
        return self.keys[-1], tuple(self.keys)

    def permit_everything(self) -> None:
        self.texts = replace(self.texts, central=self.texts.central + PERMIT)


@pytest.fixture
def files(texts: PolicyTexts) -> Files:
    return Files(texts)


@pytest.fixture
def process(settings: Settings, files: Files, clock: Clock) -> Iterator[Callable[[], Catalog]]:
    """Start processes of one catalog, each with rules of its own memory."""
    opened: list[Catalog] = []

    def started() -> Catalog:
        rules = CentralRules(files, files.ids, clock)
        opened.append(assemble(settings, PolicyGate(rules, clock), clock, rules=rules))
        opened[-1].try_to_note()
        return opened[-1]

    yield started
    for each in opened:
        each.close()


def events(catalog: Catalog) -> list[AuditRecord]:
    with reading(catalog.engine) as session:
        return [each for each in listed(session, AuditQuery()) if each.kind in ("policy.central", "keys.changed")]


def visits(catalog: Catalog) -> None:
    with catalog.visit(SOMEBODY) as visit:
        visit.gate.policies()


def test_a_catalog_notes_by_which_rules_and_keys_it_begins_to_decide(process: Callable[[], Catalog]) -> None:
    rules, keys = events(process())

    assert ("policy.central", "service:mesh.catalog", "", []) == (
        rules.kind,
        rules.principal,
        rules.facts["before"],
        rules.facts["changed"],
    )
    assert {"key_before": "", "key": "k1", "keys": ["k1"]} == keys.facts


def test_a_changed_file_is_noted_at_the_next_visit_once_and_with_no_word_of_it(
    process: Callable[[], Catalog], files: Files
) -> None:
    catalog = process()
    before = files().common_digest
    files.permit_everything()

    visits(catalog)
    visits(catalog)

    *_, told = events(catalog)
    assert 3 == len(events(catalog))
    assert {"before": before, "after": files().common_digest, "changed": ["mesh.cedar"]} == told.facts
    assert "permit" not in told.model_dump_json()


@pytest.mark.parametrize(
    ("name", "file", "more"),
    [
        ("classes", "classes.toml", "[classes.health]\n"),
        ("purposes", "purposes.toml", "[purposes.research]\n"),
        ("principals", "principals.toml", '[users.zoe]\nteams = ["planning"]\n'),
    ],
)
def test_the_file_that_changed_is_named(
    process: Callable[[], Catalog], files: Files, name: str, file: str, more: str
) -> None:
    catalog = process()
    files.texts = replace(files.texts, **{name: getattr(files.texts, name) + more})

    visits(catalog)

    assert [file] == events(catalog)[-1].facts["changed"]


def test_another_layout_of_a_file_is_no_change(process: Callable[[], Catalog], files: Files) -> None:
    catalog = process()
    files.texts = replace(files.texts, classes=f"# reviewed\n{files.texts.classes}")

    visits(catalog)

    assert 2 == len(events(catalog))


def test_a_change_while_nothing_ran_is_noted_at_the_start_and_none_at_the_next(
    process: Callable[[], Catalog], files: Files
) -> None:
    process()
    files.permit_everything()

    process()
    last = process()

    assert 3 == len(events(last))


def test_several_processes_note_a_change_once(process: Callable[[], Catalog], files: Files) -> None:
    catalogs = [process() for _ in range(4)]
    files.permit_everything()
    files.keys.append("k2")
    together = Barrier(4)

    def visited(catalog: Catalog) -> None:
        together.wait()
        visits(catalog)

    threads = [Thread(target=visited, args=(catalog,)) for catalog in catalogs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ["keys.changed", "policy.central"] == sorted(each.kind for each in events(catalogs[0])[2:])
    assert {"key_before": "k1", "key": "k2", "keys": ["k1", "k2"]} in [each.facts for each in events(catalogs[0])]


def test_rules_that_decided_between_two_notes_are_told_each(process: Callable[[], Catalog], files: Files) -> None:
    catalog = process()
    first = files().common_digest
    files.permit_everything()
    second = catalog.gate.policies().common_digest
    files.texts = replace(files.texts, purposes=files.texts.purposes + "[purposes.research]\n")

    visits(catalog)

    told = [(each.facts["before"], each.facts["after"]) for each in events(catalog)[2:]]
    assert [(first, second), (second, files().common_digest)] == told


def test_what_another_process_noted_as_of_later_is_not_told_again(process: Callable[[], Catalog], files: Files) -> None:
    one, other = process(), process()
    files.permit_everything()
    other.gate.policies()
    files.texts = replace(files.texts, purposes=files.texts.purposes + "[purposes.research]\n")

    visits(one)
    visits(other)

    assert [["purposes.toml", "mesh.cedar"]] == [each.facts["changed"] for each in events(one)[2:]]


def test_what_cannot_be_noted_is_noted_once_it_can(process: Callable[[], Catalog], files: Files) -> None:
    catalog = process()
    with writing(catalog.engine) as session:
        kept = session.query(AuditHeadRow).one()
        head = AuditHeadRow(id=kept.id, sequence=kept.sequence, hash=kept.hash)
        session.execute(delete(AuditHeadRow))
    files.permit_everything()

    visits(catalog)
    with pytest.raises(AuditCutOff):
        catalog.note_rules()
    with writing(catalog.engine) as session:
        session.add(head)
    visits(catalog)

    assert ["mesh.cedar"] == events(catalog)[-1].facts["changed"]


def test_keys_that_cannot_be_read_hinder_nobody_from_deciding(process: Callable[[], Catalog], files: Files) -> None:
    catalog = process()
    files.keys.clear()

    catalog.note_rules()

    assert 2 == len(events(catalog))


def test_a_service_notes_when_it_starts(
    settings: Settings, files: Files, clock: Clock, signing: Ed25519PrivateKey
) -> None:
    rules = CentralRules(files, files.ids, clock)
    verify = DevelopmentTokens(signing.public_key(), lambda: rules().principals, clock)
    app = create_app(settings, gate=PolicyGate(rules, clock), verify=verify, clock=clock, rules=rules)

    with TestClient(app, base_url="http://127.0.0.1"):
        found = events(app.state.catalog)

    assert ["policy.central", "keys.changed"] == [each.kind for each in found]


def test_whoever_runs_the_catalog_learns_once_that_rules_cannot_be_obeyed(
    files: Files, process: Callable[[], Catalog], caplog: pytest.LogCaptureFixture
) -> None:
    catalog = process()
    files.texts = replace(files.texts, central=f"{files.texts.central}\npermit(")
    for _ in range(2):
        with catalog.visit(SOMEBODY):
            pass

    told = [each.getMessage() for each in caplog.records if "nobody is shown anything" in each.getMessage()]
    assert 1 == len(told)
    assert told[0].startswith("policies/mesh.cedar:")
    assert "is no Cedar policy" in told[0]
