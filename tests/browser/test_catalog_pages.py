"""The catalog's pages in a real Chromium: sign in, search, filter, open a product, by mouse and by keyboard."""

from pathlib import Path
from typing import Literal

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, ViewportSize, expect
from shelf import sign_in

pytestmark = pytest.mark.browser


def test_a_person_signs_in_searches_filters_and_opens_a_product(
    page: Page, signing: Ed25519PrivateKey, shots: Path
) -> None:
    page.goto("/")
    page.screenshot(path=shots / "login.png")
    sign_in(page, signing, "ana")
    page.screenshot(path=shots / "search.png", full_page=True)
    expect(page.get_by_role("status")).to_have_text("4 products")

    page.get_by_role("searchbox").fill("orders")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem").filter(has=page.locator("h2")).first).to_contain_text("sales.orders")
    page.screenshot(path=shots / "found.png", full_page=True)
    page.get_by_role("navigation", name="Filters").get_by_role("link", name="core").click()
    expect(page.get_by_role("searchbox")).to_have_value("orders")
    expect(page.locator("[aria-current]")).to_contain_text("core")

    page.get_by_role("link", name="sales.orders").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("sales.orders")
    email = page.get_by_role("row").filter(has_text="customer_email")
    expect(email.locator(".level")).to_have_text("token")
    page.get_by_role("region", name="Made from").locator("summary").click()
    page.screenshot(path=shots / "product.png", full_page=True)


def test_another_reader_sees_less_and_no_hidden_name(page: Page, signing: Ed25519PrivateKey, shots: Path) -> None:
    sign_in(page, signing, "ben")
    expect(page.get_by_role("status")).to_have_text("2 products")

    page.goto("/products/sales.orders")
    expect(page.get_by_role("row").filter(has_text="unit_price_eur").locator(".level")).to_have_text("hidden")
    expect(page.get_by_text("restricted", exact=True)).to_be_visible()
    assert "weekly_demand" not in page.content()
    page.screenshot(path=shots / "product-other.png", full_page=True)


def test_the_pages_work_by_keyboard_alone(page: Page, signing: Ed25519PrivateKey) -> None:
    sign_in(page, signing, "ana")
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/products/sales.customers":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("sales.customers")
    assert "solid" == outline


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_and_nothing_overflows_on_a_phone(
    browser: Browser, served: str, signing: Ed25519PrivateKey, shots: Path, scheme: Literal["light", "dark"]
) -> None:
    size = ViewportSize(width=390, height=844)
    context = browser.new_context(base_url=served, viewport=size, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, signing, "ana")
    for path in ("/?q=order", "/products/sales.orders"):
        page.goto(path)
        page.screenshot(path=shots / f"phone-{scheme}-{path.strip('/?').partition('/')[0][:8]}.png", full_page=True)
        width = page.evaluate("document.documentElement.scrollWidth")
        contrasts = page.evaluate(CONTRASTS)

        assert width <= 390
        assert [] == [each for each in contrasts if each["ratio"] < 4.5]
    context.close()


# WCAG 2.2, 1.4.3: the ratio of relative luminances of text and ground, for every element that holds text.
CONTRASTS = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const holdsText = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  return [...document.querySelectorAll('body *')].filter(holdsText).map(e => {
    const [low, high] = [lum(parse(getComputedStyle(e).color)), lum(ground(e))].sort((a, b) => a - b);
    return {text: e.textContent.trim().slice(0, 40), where: e.className, ratio: (high + .05) / (low + .05)};
  });
}"""
