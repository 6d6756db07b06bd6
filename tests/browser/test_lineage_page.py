"""The lineage page in a real Chromium: what is drawn and where, by mouse, by keyboard, without a script, and large."""

import re
from pathlib import Path
from typing import Any, Literal

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from shelf import sign_in

pytestmark = pytest.mark.browser

ORDERS = "/products/sales.orders/lineage"
CROWDED = "/products/sales.customers/lineage"
FOCUSED = "document.activeElement.closest('g.node')?.dataset.node"


@pytest.fixture
def ana(page: Page, signing: Ed25519PrivateKey) -> Page:
    sign_in(page, signing, "ana")
    return page


@pytest.fixture
def unscripted(plain: Page, signing: Ed25519PrivateKey) -> Page:
    sign_in(plain, signing, "ana")
    return plain


def columns(act: Literal["Open", "Close"], product: str) -> re.Pattern[str]:
    """Name the link that opens or closes a product's columns."""
    return re.compile(rf"{act} the \d+ columns? of {re.escape(product)}$")


def settle(page: Page) -> None:
    """Wait until the page's script has put the picture where it belongs: a frame after everything is loaded."""
    page.wait_for_load_state("load")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def follow(link: Locator) -> None:
    """Click what leads to another page, or to the same in another state, and wait until that one has settled."""
    with link.page.expect_navigation():
        link.click()
    settle(link.page)


def find(page: Page, words: str) -> None:
    """Look for something in the picture."""
    page.get_by_label("Find", exact=True).fill(words)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    settle(page)


def boxes(page: Page) -> dict[str, dict[str, float]]:
    """Give where each box stands on the screen."""
    found: dict[str, Any] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('g.node')].map(node => {"
        "const {x, y, width, height} = node.querySelector('rect').getBoundingClientRect();"
        "return [node.dataset.node, {x, y, width, height}]}))"
    )
    return found


def test_lineage_is_drawn_told_as_a_table_and_walked_by_keyboard(ana: Page, shots: Path) -> None:
    ana.goto("/products/sales.orders")
    follow(ana.get_by_role("link", name="See its lineage drawn"))
    follow(ana.get_by_role("link", name=columns("Open", "sales.orders")))
    follow(ana.get_by_role("link", name=columns("Open", "sales.weekly_demand")))
    follow(ana.get_by_role("link", name="quantity of sales.orders: choose"))
    follow(ana.get_by_role("link", name="quantity of sales.weekly_demand: choose"))
    expect(ana.locator("#graph path.on-path")).to_have_count(1)
    ana.locator("g.centre a").first.focus()
    ana.keyboard.press("ArrowRight")
    ana.screenshot(path=shots / "lineage.png", full_page=True)

    assert "sales.returns" == ana.evaluate(FOCUSED)
    assert ana.locator("#lines tbody tr").count() == ana.locator("#graph path.line").count() > 4
    assert 0 < ana.locator("path.marked").count()
    assert "supply_chain.forecast" not in ana.content()
    expect(ana.get_by_role("group", name="restricted")).to_have_count(1)
    way = ana.locator("#graph path.on-path").evaluate("line => Object.values({...line.dataset})")
    assert ["sales.orders", "sales.weekly_demand", "quantity", "quantity"] == way


def test_boxes_stand_from_left_to_right_in_the_direction_of_data(ana: Page) -> None:
    ana.goto(f"{ORDERS}?columns=sales.orders")
    settle(ana)
    stand = boxes(ana)
    names = ["erp.orders", "sales.orders", "sales.weekly_demand"]
    source = next(key for key in stand if "erp" in key)
    left = [stand[key]["x"] for key in (source, *names[1:])]
    ends = ana.locator("#graph path.line").evaluate_all(
        "lines => lines.map(line => [line.getPointAtLength(0).x, line.getPointAtLength(1e6).x])"
    )

    assert sorted(left) == left
    assert left[0] + stand[source]["width"] < left[1]
    assert all(start < end for start, end in ends)


def test_a_link_of_the_picture_keeps_focus_and_place(ana: Page) -> None:
    ana.goto(ORDERS)
    settle(ana)
    before = boxes(ana)["sales.weekly_demand"]
    ana.get_by_role("link", name=columns("Open", "sales.weekly_demand")).focus()
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("link", name=columns("Close", "sales.weekly_demand"))).to_be_focused()
    after = boxes(ana)["sales.weekly_demand"]

    assert before["x"] == pytest.approx(after["x"], abs=1)
    assert before["height"] + 3 * 24 == pytest.approx(after["height"], abs=1)


def test_the_picture_is_walked_and_zoomed_by_keys_only_while_it_has_the_focus(ana: Page) -> None:
    ana.goto(f"{ORDERS}?columns=sales.orders")
    settle(ana)
    wide = boxes(ana)["sales.orders"]["width"]
    ana.get_by_label("Find", exact=True).press("+")
    unchanged = boxes(ana)["sales.orders"]["width"]
    ana.get_by_role("region", name="Picture").press("+")
    larger = boxes(ana)["sales.orders"]["width"]
    ana.get_by_role("link", name=columns("Close", "sales.orders")).press("-")
    ana.get_by_role("link", name=columns("Close", "sales.orders")).press("-")
    smaller = boxes(ana)["sales.orders"]["width"]

    assert [1, 1, 1.25, 0.8] == pytest.approx([each / wide for each in (wide, unchanged, larger, smaller)], rel=1e-3)
    expect(ana.locator(".zoom output")).to_have_text("80 %")
    ana.keyboard.press("ArrowLeft")
    assert "sales.orders" != ana.evaluate(FOCUSED) != "sales.returns"


def test_buttons_and_the_wheel_zoom_and_what_is_under_the_mouse_stays_there(ana: Page) -> None:
    ana.goto(f"{CROWDED}?show=-1:60")
    settle(ana)
    expect(ana.locator("g.centre")).to_be_in_viewport()
    centre = boxes(ana)["sales.customers"]
    x, y = centre["x"] + 5, centre["y"] + 5
    ana.mouse.move(x, y)
    ana.keyboard.down("Control")
    ana.mouse.wheel(0, -200)
    ana.keyboard.up("Control")
    expect(ana.locator(".zoom output")).to_have_text("165 %")
    grown = boxes(ana)["sales.customers"]
    ana.get_by_role("button", name="Fit").click()
    region = ana.get_by_role("region", name="Picture").bounding_box()
    drawn = ana.locator("#graph").bounding_box()

    assert centre["width"] * 1.6487 == pytest.approx(grown["width"], abs=1)
    assert (x - centre["x"]) * 1.6487 == pytest.approx(x - grown["x"], abs=2)
    assert (y - centre["y"]) * 1.6487 == pytest.approx(y - grown["y"], abs=2)
    assert region
    assert drawn
    assert drawn["height"] <= region["height"] + 1
    assert drawn["width"] <= region["width"] + 1


def test_dragging_moves_the_picture(ana: Page) -> None:
    ana.goto(f"{CROWDED}?show=-1:60")
    settle(ana)
    expect(ana.locator("g.centre")).to_be_in_viewport()
    before = boxes(ana)["sales.customers"]
    ana.mouse.move(before["x"] + 130, before["y"] - 60)
    ana.mouse.down()
    ana.mouse.move(before["x"] + 130, before["y"] - 160, steps=4)
    ana.mouse.up()
    after = boxes(ana)["sales.customers"]
    ana.mouse.move(before["x"] + 130, before["y"])

    assert before["y"] - 100 == pytest.approx(after["y"], abs=1)
    assert after == boxes(ana)["sales.customers"]


def test_five_hundred_neighbours_are_told_together_found_and_shown_step_by_step(ana: Page, shots: Path) -> None:
    ana.goto(CROWDED)
    settle(ana)
    ana.screenshot(path=shots / "lineage-crowded.png")
    expect(ana.get_by_role("status").first).to_contain_text("480 nodes stand in stacks")
    assert 23 == len(boxes(ana))
    assert len(ana.content()) < 60_000
    assert "190 more" in ana.locator("#lines").inner_text()

    follow(ana.get_by_role("group", name="190 more of 200 nodes").get_by_role("link", name="Show the next 10 nodes"))
    follow(ana.get_by_role("group", name="180 more of 200 nodes").get_by_role("link", name="Show all 200 nodes here"))
    expect(ana.locator("g.node")).to_have_count(213)
    follow(ana.get_by_role("link", name="Show fewer nodes here"))
    expect(ana.locator("g.node")).to_have_count(23)

    find(ana, "report_477")
    expect(ana.get_by_text("Nothing in the picture has")).to_be_visible()
    find(ana, "report_277")
    expect(ana.get_by_role("group", name="report_277, dataset, found")).to_be_in_viewport()
    ana.screenshot(path=shots / "lineage-found.png")


def test_the_picture_leaves_the_focus_to_a_field_that_somebody_is_quick_to_write_in(ana: Page) -> None:
    ana.goto(CROWDED)
    settle(ana)
    ana.add_init_script("addEventListener('load', () => document.getElementById('find').focus())")
    follow(ana.get_by_role("link", name="Show the next 10 nodes here").first)

    expect(ana.get_by_label("Find", exact=True)).to_be_focused()


def test_all_five_hundred_boxes_at_once_are_still_walked_by_keyboard(ana: Page) -> None:
    ana.goto(f"{CROWDED}?show=-1:200&show=1:300")
    settle(ana)
    ana.locator("g.centre a").first.focus()
    ana.keyboard.press("ArrowRight")
    first = str(ana.evaluate(FOCUSED))
    ana.keyboard.press("ArrowDown")
    second = str(ana.evaluate(FOCUSED))

    assert 503 == len(boxes(ana))
    assert ("report" in first, "report" in second, True) == (True, True, first < second)
    expect(ana.locator("g.node").filter(has=ana.locator("a:focus"))).to_be_in_viewport()


def test_a_column_is_followed_alone_where_lines_tell_of_columns(ana: Page) -> None:
    ana.goto(f"{ORDERS}?columns=sales.orders&columns=sales.weekly_demand")
    settle(ana)
    ana.get_by_role("link", name="placed_at of sales.orders: choose").focus()
    marked = ana.locator("path.marked").evaluate_all("lines => lines.map(line => line.dataset.targetColumn)")

    assert ["week"] == [each for each in marked if each]


def test_what_a_column_reaches_is_told_with_owners_and_marked(ana: Page, shots: Path) -> None:
    ana.goto(f"{ORDERS}?columns=sales.orders&columns=sales.weekly_demand")
    settle(ana)
    follow(ana.get_by_role("link", name="quantity of sales.orders: choose"))
    follow(ana.get_by_role("link", name="what it reaches", exact=True))
    expect(ana.locator("#reach")).to_contain_text("sales.orders.quantity reaches 1 product, 0 models, 1 owner")
    expect(ana.locator("#reach li")).to_have_text("tell order-desk: sales.weekly_demand")
    expect(ana.locator("#reached")).to_be_visible()
    ana.locator("#reach summary").click()
    expect(ana.locator("#reached")).to_be_hidden()
    ana.locator("#reach summary").click()
    ana.screenshot(path=shots / "lineage-reach.png", full_page=True)

    assert ["quantity"] == ana.locator("path.reached").evaluate_all("l => l.map(e => e.dataset.targetColumn)")
    assert ["sales.weekly_demand"] == ana.locator("g.node.reached").evaluate_all("n => n.map(e => e.dataset.node)")
    assert "reached" in ana.locator("#lines tr").filter(has_text="quantity").inner_text()


def test_the_page_looks_back_in_time_and_says_so(ana: Page) -> None:
    ana.goto("/products/sales.returns/lineage")
    expect(ana.locator("#lines")).to_contain_text("sales.orders")
    ana.get_by_text("A way between two columns, or another time").click()
    ana.get_by_label("As of").fill("2026-11-19T13:00")
    follow(ana.get_by_role("button", name="Show"))
    expect(ana.get_by_role("status").first).to_contain_text("As of 2026-11-19 13:00 UTC")
    expect(ana.locator("#lines")).to_contain_text("returns.csv")
    assert "sales.orders" not in ana.locator("#lines").inner_text()

    for wrong in ("yesterday", "99", "9" * 30):
        ana.get_by_label("As of").fill(wrong)
        follow(ana.get_by_role("button", name="Show"))
        expect(ana.get_by_role("alert")).to_be_visible()
        expect(ana.locator("#lines")).to_contain_text("sales.orders")


def test_everything_works_without_a_script(unscripted: Page) -> None:
    unscripted.goto(CROWDED)
    expect(unscripted.get_by_role("button", name="Fit")).to_be_hidden()
    unscripted.get_by_role("link", name="Show the next 10 nodes here").first.click()
    expect(unscripted.locator("g.node")).to_have_count(33)
    unscripted.get_by_label("Find", exact=True).fill("report_277")
    unscripted.get_by_role("button", name="Find").click()
    unscripted.get_by_role("link", name="/out/report_277").first.click()
    expect(unscripted.get_by_role("group", name="report_277, dataset, found")).to_be_in_viewport()
    unscripted.get_by_role("link", name="Start over").click()
    expect(unscripted.locator("g.node")).to_have_count(23)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_the_picture_stand_out_and_nothing_overflows_a_phone(
    browser: Browser, served: str, signing: Ed25519PrivateKey, shots: Path, scheme: Literal["light", "dark"]
) -> None:
    size = ViewportSize(width=390, height=844)
    context = browser.new_context(base_url=served, viewport=size, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, signing, "ana")
    page.goto(f"{ORDERS}?columns=sales.orders&find=quantity&reach=sales.orders")
    page.screenshot(path=shots / f"lineage-phone-{scheme}.png", full_page=True)
    faint = [each for each in page.evaluate(CONTRASTS) if each["ratio"] < 4.5]
    cut = page.evaluate(OUTSIDE)
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()

    assert [] == faint
    assert [] == cut
    assert width <= 390


# Words whose ends stand outside of their box.
OUTSIDE = """() => [...document.querySelectorAll('g.node text')].filter(text => {
  const [inner, outer] = [text.getBBox(), text.closest('g.node').querySelector('rect').getBBox()];
  return inner.x < outer.x || inner.x + inner.width > outer.x + outer.width;
}).map(text => text.textContent)"""
# WCAG 2.2, 1.4.3, for words in SVG: the ratio of relative luminances of their fill and of the box in which they stand.
CONTRASTS = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const fill = e => lum(parse(getComputedStyle(e).fill));
  return [...document.querySelectorAll('g.node text, g.node tspan')].map(text => {
    const [low, high] = [fill(text), fill(text.closest('g.node').querySelector('rect'))].sort((a, b) => a - b);
    return {text: text.textContent, ratio: (high + .05) / (low + .05)};
  });
}"""


def test_the_roles_names_and_order_of_the_page_are_what_a_screen_reader_needs(ana: Page) -> None:
    ana.goto(f"{ORDERS}?columns=sales.orders")
    settle(ana)
    nameless = ana.evaluate(
        "[...document.querySelectorAll('main a, main button, main input:not([type=hidden])')].filter(e =>"
        "!(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length)).length"
    )
    ids = ana.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    steps: list[str] = []
    ana.get_by_role("link", name="To the table").focus()
    for _ in range(40):
        ana.keyboard.press("Tab")
        steps.append(str(ana.evaluate(FOCUSED)))

    assert 0 == nameless
    assert len(set(ids)) == len(ids)
    inside = [each for each in steps if each != "None"]
    order = list(dict.fromkeys(inside))
    stand = boxes(ana)
    assert [(round(stand[key]["x"]), stand[key]["y"]) for key in order] == sorted(
        (round(stand[key]["x"]), stand[key]["y"]) for key in order
    )
    assert 4 == len(order)
    expect(ana.get_by_role("region", name="Picture")).to_have_count(1)
    expect(ana.get_by_role("heading", level=2)).to_have_text("The same as a table")
