"""Deciding about grants on the page: Enter in a note decides nothing, the button that says it does."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Locator, Page, expect
from shelf import NOW, POLICIES, serving, sign_in, stock

from meshwright.access import Policies, Principal, policies_of
from meshwright.grants import EmergencyRequest, GrantRequest, GrantView
from meshwright_catalog.embedded import EmbeddedRegistry, open_catalog
from meshwright_catalog.gate import PolicyGate

pytestmark = pytest.mark.browser

EMAIL = ("customer_email",)
WHY = "to count the customers who wait"
BEN = Principal("user", "ben", "supply_chain", ("planning",), ("analytics",))


@pytest.fixture
def policies() -> Policies:
    """The shelf's rules; personal data may be seen in an emergency."""
    classes = POLICIES.classes.replace("[classes.pii]", "[classes.pii]\nbreak_glass = true", 1)
    return policies_of(replace(POLICIES, classes=classes))


@pytest.fixture
def gate(policies: Policies) -> PolicyGate:
    return PolicyGate(lambda: policies, lambda: NOW)


@pytest.fixture
def path(tmp_path: Path, gate: PolicyGate) -> Path:
    """Keep a catalog of its own, for decisions last."""
    stock(tmp_path / "catalog.db", gate).close()
    return tmp_path / "catalog.db"


@pytest.fixture
def catalog(path: Path, gate: PolicyGate) -> Iterator[EmbeddedRegistry]:
    """Open the catalog as who asks in it."""
    opened = open_catalog(path, principal=BEN, gate=gate, clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def served(path: Path, gate: PolicyGate, signing: Ed25519PrivateKey) -> Iterator[str]:
    with serving(path, gate, signing) as url:
        yield url


def asked(catalog: EmbeddedRegistry) -> GrantView:
    until = NOW + timedelta(days=30)
    wanted = {"product": "sales.orders", "columns": EMAIL, "level": "token", "purpose": "analytics", "until": until}
    return catalog.grants.request(GrantRequest.model_validate({**wanted, "reason": WHY}))


def broken(catalog: EmbeddedRegistry) -> GrantView:
    return catalog.grants.break_glass(
        EmergencyRequest(product="sales.orders", columns=EMAIL, purpose="analytics", reason=WHY)
    )


def note(page: Page, region: str) -> Locator:
    return page.get_by_role("region", name=region).get_by_role("textbox", name="Note")


@pytest.mark.parametrize("made", [asked, broken])
@pytest.mark.parametrize("seen", [("ana", "Waits for you"), ("ben", "What you asked for")])
def test_enter_in_a_note_decides_nothing(
    page: Page,
    catalog: EmbeddedRegistry,
    signing: Ed25519PrivateKey,
    made: Callable[[EmbeddedRegistry], GrantView],
    seen: tuple[str, str],
) -> None:
    before, (who, region) = made(catalog), seen
    sign_in(page, signing, who)
    page.goto("/access")
    note(page, region).fill("no, for nobody said why")
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.method))
    note(page, region).press("Enter")
    page.wait_for_timeout(300)

    (held,) = catalog.grants.listed("mine")
    assert ((), before.status, []) == (held.grant.acts, held.status, sent)
    expect(note(page, region)).to_have_value("no, for nobody said why")


def test_what_is_typed_goes_with_the_button_that_is_pressed(
    page: Page, catalog: EmbeddedRegistry, signing: Ed25519PrivateKey
) -> None:
    asked(catalog)
    sign_in(page, signing, "ana")
    page.goto("/access")
    note(page, "Waits for you").fill("ask for the weekly counts")
    note(page, "Waits for you").press("Enter")
    page.get_by_role("button", name="Refuse", exact=True).click()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()

    (held,) = catalog.grants.listed("mine")
    assert [("refuse", "ana", "ask for the weekly counts")] == [(a.act, a.by, a.note) for a in held.grant.acts]


def test_the_first_button_of_a_request_approves_by_a_click(
    page: Page, catalog: EmbeddedRegistry, signing: Ed25519PrivateKey
) -> None:
    asked(catalog)
    sign_in(page, signing, "ana")
    page.goto("/access")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()

    (held,) = catalog.grants.listed("mine")
    assert ["approve"] == [act.act for act in held.grant.acts]


def test_enter_in_the_reason_of_a_refusal_of_policies_refuses_nothing(page: Page, signing: Ed25519PrivateKey) -> None:
    sign_in(page, signing, "dora")
    page.goto("/access")
    why = page.get_by_role("textbox", name="Why you refuse version 2 of the policies of sales.orders")
    why.fill("planning can reach them")
    why.press("Enter")
    page.wait_for_timeout(300)

    expect(why).to_have_value("planning can reach them")
    expect(page.get_by_role("button", name="Approve version 2")).to_be_visible()


def test_enter_in_the_sentence_breaks_no_glass(
    page: Page, catalog: EmbeddedRegistry, signing: Ed25519PrivateKey
) -> None:
    sign_in(page, signing, "ben")
    page.goto("/products/sales.orders")
    page.locator("summary", has_text="Break the glass").click()
    form = page.locator(".glass form")
    form.get_by_role("checkbox", name="customer_email").check()
    form.get_by_label("What happened").fill("the hand in hall 3 caught somebody")
    form.get_by_label("What happened").press("Enter")
    page.wait_for_timeout(300)

    assert [] == list(catalog.grants.listed("mine"))
    expect(form.get_by_label("What happened")).to_have_value("the hand in hall 3 caught somebody")
