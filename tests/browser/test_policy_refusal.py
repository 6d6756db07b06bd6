"""Refusing policies on the page, as somebody of data protection does, and reading why, as their owner does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import broken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, expect
from shelf import NOW, fill, serving, sign_in

from meshwright.access import Policies
from meshwright_catalog.gate import PolicyGate

pytestmark = pytest.mark.browser

WHY = "planning can reach customers through the order desk"


@pytest.fixture
def served(tmp_path: Path, policies: Policies, signing: Ed25519PrivateKey) -> Iterator[str]:
    """Serve a catalog of its own, for a refusal is for good."""
    path, gate = tmp_path / "catalog.db", PolicyGate(lambda: policies, lambda: NOW)
    fill(path, gate)
    with serving(path, gate, signing) as url:
        yield url


def test_data_protection_refuses_with_a_reason_by_the_keyboard_without_script_and_the_owner_reads_it(
    plain: Page, signing: Ed25519PrivateKey
) -> None:
    sign_in(plain, signing, "dora")
    plain.goto("/access")
    why = plain.get_by_role("textbox", name="Why you refuse version 2 of the policies of sales.orders")
    refuse = plain.get_by_role("button", name="Refuse version 2 of the policies of sales.orders")
    refuse.click()  # without a reason the browser sends nothing
    expect(refuse).to_be_visible()
    plain.get_by_role("button", name="Approve version 2").focus()
    plain.keyboard.press("Tab")
    expect(why).to_be_focused()
    plain.keyboard.type(WHY)
    plain.keyboard.press("Tab")
    plain.keyboard.press("Enter")

    expect(plain.get_by_text("Nothing waits for you.")).to_be_visible()
    expect(plain.get_by_role("button", name="version 2")).to_have_count(0)
    plain.get_by_role("button", name="Sign out").click()
    sign_in(plain, signing, "ana")
    plain.goto("/access")
    told = plain.get_by_role("region", name="Policies that wait")
    expect(told).to_contain_text("Refused by user:dora because:")
    expect(told).to_contain_text(WHY)
    expect(told.get_by_role("button")).to_have_count(0)


def test_the_page_that_tells_of_a_refusal_breaks_no_rule_of_accessibility(
    page: Page, signing: Ed25519PrivateKey, packages: Path, shots: Path
) -> None:
    sign_in(page, signing, "dora")
    page.goto("/access")
    page.get_by_role("textbox", name="Why you refuse version 2").fill(WHY)
    page.get_by_role("button", name="Refuse version 2").click()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, signing, "ana")
    page.goto("/access")
    page.screenshot(path=shots / "policies-refused.png", full_page=True)

    expect(page.get_by_text(WHY)).to_be_visible()
    assert [] == broken(page, packages)
