"""A product's history tells strangers what builds registered, and nothing of what people decide about policies."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from policy_desk import PRODUCT, Desk, see
from sqlalchemy import select, text, update

from meshwright_catalog.database import open_database, writing
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.models import RegistrationRow
from meshwright_catalog.settings import Settings

EVERYBODY = """
@id("all") @why("everybody may read it")
permit(principal, action in [Mesh::Action::"discover", Mesh::Action::"read"],
  resource == Mesh::Product::"sales.orders");
"""
READS = see("token") + EVERYBODY


def rows(registry: EmbeddedRegistry) -> Iterator[tuple[str, Any, Any]]:
    with registry.catalog.visit(registry.principal) as visit:
        for row in visit.session.scalars(select(RegistrationRow).order_by(RegistrationRow.sequence)):
            yield row.registered_by, row.registered_at, row.since


def told(registry: EmbeddedRegistry, major: int | None = None) -> tuple[list[tuple[str, Any]], tuple[str, Any]]:
    entry = registry.find(PRODUCT, major)
    assert entry is not None
    listed = [(release.registered_by, release.registered_at) for release in registry.releases(PRODUCT)]
    return listed, (entry.registered_by, entry.registered_at)


def approves(desk: Desk, dora: EmbeddedRegistry, clock: Any) -> None:
    desk.hands_in(READS + see("clear", name="more"))
    clock.now += timedelta(hours=1)
    dora.policy_review.approve(PRODUCT, 2)


def refuses(desk: Desk, dora: EmbeddedRegistry, clock: Any) -> None:
    desk.hands_in(READS + see("clear", name="more"))
    clock.now += timedelta(hours=1)
    dora.policy_review.refuse(PRODUCT, 2, "not for calls")


def rolls_back(desk: Desk, dora: EmbeddedRegistry, clock: Any) -> None:
    desk.hands_in(READS + "// more\n")
    clock.now += timedelta(hours=1)
    dora.policy_review.roll_back(PRODUCT, 1)


@pytest.mark.parametrize("decides", [approves, refuses, rolls_back])
def test_a_decision_about_policies_is_no_release_and_names_nobody_to_strangers(
    desk: Desk,
    dora: EmbeddedRegistry,
    ben: EmbeddedRegistry,
    clock: Any,
    decides: Callable[[Desk, EmbeddedRegistry, Any], None],
) -> None:
    begun = clock.now
    desk.hands_in(READS)
    decides(desk, dora, clock)

    releases, entry = told(ben)
    assert {("sales.deploy", begun)} == {*releases, entry}


def test_an_approval_leaves_the_builder_and_the_time_of_the_build(
    desk: Desk, dora: EmbeddedRegistry, ben: EmbeddedRegistry, clock: Any
) -> None:
    begun = clock.now
    desk.hands_in(READS)
    clock.now += timedelta(hours=1)
    desk.hands_in(READS + see("clear", name="more"))
    before = told(ben)
    clock.now += timedelta(hours=1)
    dora.policy_review.approve(PRODUCT, 2)

    assert before == told(ben)
    assert [("sales.deploy", begun)] == [*{*before[0]}]
    decided = dora.policy_review.versions(PRODUCT)[0]
    assert ("user:dora", clock.now) == (decided.approver, decided.decided_at)
    assert "clear" == desk.level()
    assert not desk.hands_in(READS + see("clear", name="more")).changed


def test_the_page_tells_strangers_neither_who_approved_nor_when(
    desk: Desk, dora: EmbeddedRegistry, clock: Any, client: TestClient, sign: Callable[[str], str]
) -> None:
    desk.hands_in(READS)
    desk.hands_in(READS + see("clear", name="more"))
    clock.now += timedelta(hours=1)
    dora.policy_review.approve(PRODUCT, 2)
    pages = {
        path: client.get(
            path, headers={"Cookie": f"mesh_token={sign('ben')}", "Authorization": f"Bearer {sign('ben')}"}
        )
        for path in ("/", f"/products/{PRODUCT}", f"/api/v1/products/{PRODUCT}", f"/api/v1/products/{PRODUCT}/versions")
    }

    for path, page in pages.items():
        assert (200, False, False) == (page.status_code, "dora" in page.text, "13:00" in page.text), path
        assert "12:00" in page.text, path


def test_what_is_taken_back_from_an_older_major_is_no_release_of_it(desk: Desk, ben: EmbeddedRegistry) -> None:
    desk.hands_in(READS + see("token", name="more", cls="commercial"))
    before = told(ben, 1)
    desk.hands_in(READS, version="2.0.0")

    assert ["2.0.0", "1.0.0"] == [release.version for release in ben.releases(PRODUCT)]
    assert before[1] == told(ben, 1)[1]


def test_an_old_catalog_s_approvals_are_no_releases_either(
    desk: Desk, dora: EmbeddedRegistry, ben: EmbeddedRegistry, clock: Any, settings: Settings
) -> None:
    desk.hands_in(READS)
    desk.hands_in(READS + see("clear", name="more"))
    clock.now += timedelta(hours=1)
    dora.policy_review.approve(PRODUCT, 2)
    now, kept = told(ben), list(rows(dora))
    with writing(dora.catalog.engine) as session:
        of_dora = {"registered_by": "dora", "registered_at": clock.now, "decided_at": None}
        session.execute(update(RegistrationRow).where(RegistrationRow.decided_at.is_not(None)).values(of_dora))
        session.execute(text("ALTER TABLE registrations DROP COLUMN decided_at"))
        session.execute(text("UPDATE alembic_version SET version_num = '0013'"))
    dora.catalog.engine.dispose()
    open_database(settings.database).dispose()

    assert now == told(ben)
    assert kept == list(rows(dora))
