"""The pages on a narrow phone: nothing hangs over the edge, and what somebody sees of a column is in sight."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, ViewportSize
from shelf import NOW, POLICIES, fill, serving, sign_in

from meshwright.access import Policies, policies_of
from meshwright_catalog.gate import PolicyGate

pytestmark = pytest.mark.browser

NAME = "wilhelmina-featherst"
LONG = "wilhelmina.featherstonehaugh-cholmondeley-marjoribanks"


@pytest.fixture(scope="module")
def policies() -> Policies:
    """The shelf's rules, with people of long names."""
    people = "".join(f'[users."{name}"]\nteams = ["order-desk"]\n' for name in (NAME, LONG))
    return policies_of(replace(POLICIES, principals=POLICIES.principals + people))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, policies: Policies, signing: Ed25519PrivateKey) -> Iterator[str]:
    path, gate = tmp_path_factory.mktemp("phone") / "catalog.db", PolicyGate(lambda: policies, lambda: NOW)
    fill(path, gate)
    with serving(path, gate, signing) as url:
        yield url


@pytest.fixture
def phone(browser: Browser, served: str) -> Iterator[Page]:
    context = browser.new_context(base_url=served, viewport=ViewportSize(width=360, height=740))
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", [NAME, LONG])
@pytest.mark.parametrize("path", ["/access", "/products/sales.orders"])
def test_no_page_is_wider_than_a_narrow_phone_whatever_the_name(
    phone: Page, signing: Ed25519PrivateKey, shots: Path, name: str, path: str
) -> None:
    sign_in(phone, signing, name)
    phone.goto(path)
    phone.screenshot(path=shots / f"narrow-{path.rpartition('/')[2]}-{len(name)}.png", full_page=True)
    wide, seen = phone.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    button = phone.get_by_role("button", name="Sign out").bounding_box()

    assert wide <= seen
    assert button is not None
    assert button["x"] + button["width"] <= 360


def test_what_somebody_sees_of_a_column_is_in_sight_on_a_narrow_phone(phone: Page, signing: Ed25519PrivateKey) -> None:
    sign_in(phone, signing, NAME)
    phone.goto("/products/sales.orders")
    boxes = [each.bounding_box() for each in phone.locator(".sights .level").all()]

    assert 6 == len(boxes)
    assert [] == [box for box in boxes if box is None or box["x"] < 0 or box["x"] + box["width"] > 360]
