"""Asking for columns and breaking the glass on a product's page, by the keyboard, without script, and in colour."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from axe import broken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, expect
from shelf import NOW, ORDERS, ORDERS_POLICY, POLICIES, WAITING_POLICY, fill, serving, sign_in

from meshwright.access import Policies, Principal, policies_of
from meshwright.spec import Registration
from meshwright_catalog.embedded import open_catalog
from meshwright_catalog.gate import PolicyGate

pytestmark = pytest.mark.browser

WHY = "the hand in hall 3 caught somebody"
DIFFERS = "What differs in the text of version {} of the policies of {}"


@pytest.fixture
def policies() -> Policies:
    """The shelf's rules; personal data may be seen in an emergency."""
    classes = POLICIES.classes.replace("[classes.pii]", "[classes.pii]\nbreak_glass = true", 1)
    return policies_of(replace(POLICIES, classes=classes))


@pytest.fixture
def served(tmp_path: Path, policies: Policies, signing: Ed25519PrivateKey) -> Iterator[str]:
    """Serve a catalog of its own, where two policies wait."""
    path, gate = tmp_path / "catalog.db", PolicyGate(lambda: policies, lambda: NOW)
    fill(path, gate)
    email = next(c for c in ORDERS.columns if c.classes)
    spec = ORDERS.model_copy(update={"id": "sales.returns", "version": "1.0.0", "columns": (email,), "rules": ()})
    deploys = open_catalog(path, principal=Principal("service", "sales.deploy", "sales"), gate=gate, clock=lambda: NOW)
    text = (ORDERS_POLICY + WAITING_POLICY).replace("sales.orders", "sales.returns")
    deploys.register(Registration(spec=spec, table="/lake/sales/returns/v1", delta_version=1, rows=3, policies=text))
    deploys.close()
    with serving(path, gate, signing) as url:
        yield url


def test_a_column_is_asked_for_by_the_keyboard_without_script(plain: Page, signing: Ed25519PrivateKey) -> None:
    sign_in(plain, signing, "ben")
    plain.goto("/products/sales.orders")
    plain.get_by_label("What", exact=True).focus()
    plain.keyboard.press("Tab")
    expect(plain.locator("summary", has_text="Or single columns")).to_be_focused()
    plain.keyboard.press("Enter")
    plain.keyboard.press("Tab")
    plain.keyboard.press("Space")
    expect(plain.get_by_role("checkbox", name="customer_email")).to_be_checked()
    plain.get_by_label("Until the end of").fill("2026-12-01")
    plain.get_by_role("textbox", name="Why").fill("to count customers")
    plain.get_by_role("button", name="Ask", exact=True).press("Enter")

    expect(plain.get_by_role("region", name="What you asked for")).to_contain_text("customer_email as token")


def test_the_glass_is_broken_with_a_sentence_by_the_keyboard_and_said_aloud(
    page: Page, signing: Ed25519PrivateKey, shots: Path
) -> None:
    sign_in(page, signing, "ben")
    page.goto("/products/sales.orders")
    summary = page.locator("summary", has_text="Break the glass")
    button = page.get_by_role("button", name="Break the glass for one hour")
    expect(button).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    form = page.locator(".glass form")
    expect(form).to_contain_text("It is in the audit under your name")
    form.get_by_role("checkbox", name="customer_email").press("Space")
    page.screenshot(path=shots / "break-glass.png", full_page=True)
    button.press("Enter")  # without a sentence the browser sends nothing
    expect(button).to_be_visible()
    form.get_by_label("What happened").fill(WHY)
    button.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("ben broke the glass of sales.orders as g1")
    page.screenshot(path=shots / "glass-broken.png", full_page=True)
    page.goto("/products/sales.orders")
    expect(page.locator("tr", has_text="customer_email").locator(".level")).to_have_text("clear")


def test_a_request_that_is_refused_stands_as_it_was_filled_in_at_the_field_that_is_wrong(
    plain: Page, signing: Ed25519PrivateKey, shots: Path
) -> None:
    sign_in(plain, signing, "ben")
    plain.goto("/products/sales.orders")
    plain.locator("summary", has_text="Or single columns").click()
    plain.get_by_role("checkbox", name="customer_email").check()
    plain.get_by_label("As", exact=True).select_option("clear")
    until, why = plain.get_by_label("Until the end of"), plain.get_by_role("textbox", name="Why")
    until.fill("2029-12-01")
    why.fill("to count customers")
    with plain.expect_response("**/request") as sent:
        plain.get_by_role("button", name="Ask", exact=True).click()

    expect(plain.get_by_role("alert")).to_contain_text("until is too late: a grant of this lasts at most 365 days")
    expect(plain.get_by_role("alert")).to_be_in_viewport()
    expect(until).to_be_focused()
    expect(until).to_have_accessible_description(re.compile("until is too late"))
    assert 422 == sent.value.status
    plain.screenshot(path=shots / "request-refused.png")
    expect(plain.get_by_role("checkbox", name="customer_email")).to_be_checked()
    expect(plain.get_by_label("As", exact=True)).to_have_value("clear")
    expect(why).to_have_value("to count customers")
    until.fill("2026-12-01")
    plain.get_by_role("button", name="Ask", exact=True).click()
    expect(plain.get_by_role("region", name="What you asked for")).to_contain_text("customer_email as clear")


def test_a_broken_glass_that_is_refused_stands_open_as_it_was_filled_in(
    plain: Page, signing: Ed25519PrivateKey, shots: Path
) -> None:
    sign_in(plain, signing, "ben")
    plain.goto("/products/sales.orders")
    plain.locator("summary", has_text="Break the glass").click()
    form = plain.locator(".glass form")
    form.get_by_role("checkbox", name="customer_email").check()
    form.get_by_label("What happened").fill("help help help")
    form.get_by_role("button").last.click()

    expect(plain.get_by_role("alert")).to_contain_text("the reason is no sentence")
    expect(plain.get_by_role("alert")).to_be_in_viewport()
    expect(form.get_by_label("What happened")).to_be_focused()
    expect(form.get_by_label("What happened")).to_have_value("help help help")
    expect(form.get_by_role("checkbox", name="customer_email")).to_be_checked()
    plain.screenshot(path=shots / "glass-refused.png")
    form.get_by_role("checkbox", name="customer_email").uncheck()
    form.get_by_label("What happened").fill(WHY)
    form.get_by_role("button").last.click()
    expect(plain.get_by_role("alert")).to_contain_text("either columns or one class are needed")
    expect(plain.get_by_role("alert")).to_be_focused()


def test_differences_are_folded_where_several_wait_and_opened_by_the_keyboard(
    plain: Page, signing: Ed25519PrivateKey, shots: Path
) -> None:
    sign_in(plain, signing, "dora")
    plain.goto("/access")
    difference = plain.get_by_role("region", name="What differs in version 2 of sales.orders")
    expect(difference).to_be_hidden()
    plain.screenshot(path=shots / "policies-folded.png", full_page=True)
    plain.locator("summary", has_text=DIFFERS.format(2, "sales.orders")).press("Enter")

    expect(difference).to_contain_text('+@id("sales.orders.planning-clear")')
    plain.keyboard.press("Tab")
    expect(difference).to_be_focused()
    plain.keyboard.press("Tab")
    expect(plain.get_by_role("button", name="Approve version 2 of the policies of sales.orders")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_forms_and_what_they_lead_to_break_no_rule_of_accessibility(
    browser: Browser, served: str, signing: Ed25519PrivateKey, packages: Path, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(base_url=served, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, signing, "ben")
    page.goto("/products/sales.orders")
    for words in ("Or single columns", "Break the glass"):
        page.locator("summary", has_text=words).press("Enter")
    faults = {"product": broken(page, packages)}
    form = page.locator(".glass form")
    form.get_by_role("checkbox", name="customer_email").check()
    form.get_by_label("What happened").fill("help help help")
    page.get_by_role("button", name="Break the glass for one hour").click()
    expect(page.get_by_role("alert")).to_be_visible()
    faults["refused"] = broken(page, packages)
    form.get_by_label("What happened").fill(WHY)
    page.get_by_role("button", name="Break the glass for one hour").click()
    expect(page.get_by_role("alert")).to_contain_text("broke the glass")
    faults["the glass is broken"] = broken(page, packages)
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, signing, "dora")
    page.goto("/access")
    faults["folded"] = broken(page, packages)
    context.close()

    assert [] == [f"{where} {each}" for where, found in faults.items() for each in found]
