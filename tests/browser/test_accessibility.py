"""Every page held against the rules of axe-core, in the light and in the dark, for a person and before sign-in."""

from pathlib import Path
from typing import Literal

import pytest
from axe import broken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, expect
from shelf import sign_in

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/?text=orders",
    "/products/sales.orders",
    "/products/sales.orders/lineage",
    "/products/sales.orders/lineage?columns=sales.orders",
    "/products/nobody.knows",
    "/access",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule_of_accessibility(
    browser: Browser, served: str, signing: Ed25519PrivateKey, packages: Path, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(base_url=served, color_scheme=scheme)
    page = context.new_page()
    page.goto("/")
    faults = {"before sign-in": broken(page, packages)}
    sign_in(page, signing, "ana")
    for address in PAGES:
        page.goto(address)
        faults[address] = broken(page, packages)
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, signing, "dora")
    page.goto("/access")
    expect(page.get_by_role("button", name="Approve version 2")).to_be_visible()
    faults["/access with policies to approve"] = broken(page, packages)
    context.close()

    assert [] == [f"{address} {each}" for address, found in faults.items() for each in found]


def test_policies_are_read_and_reached_by_the_keyboard_without_script(
    plain: Page, signing: Ed25519PrivateKey, shots: Path
) -> None:
    sign_in(plain, signing, "dora")
    plain.goto("/access")
    region = plain.get_by_role("region", name="What differs in version 2 of sales.orders")
    button = plain.get_by_role("button", name="Approve version 2 of the policies of sales.orders")
    plain.screenshot(path=shots / "policies-waiting.png", full_page=True)

    expect(plain.locator(".gains li")).to_contain_text("user:ben for analytics: customer_email")
    expect(region).to_contain_text('+@id("sales.orders.planning-clear")')
    region.focus()
    plain.keyboard.press("Tab")
    expect(button).to_be_focused()


def test_a_planted_fault_is_found(page: Page, packages: Path) -> None:
    page.goto("/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button id=\"unnamed\"></button>')")

    assert ["button-name: ['#unnamed']"] == [each for each in broken(page, packages) if each.startswith("button-name")]
