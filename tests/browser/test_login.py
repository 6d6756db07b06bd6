"""A person signs in through a provider's own form in a real Chromium; the provider is another site than the pages."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
import uvicorn
from axe import broken
from openid import Provider, running
from playwright.sync_api import Browser, Page, expect
from shelf import POLICIES, fill

from meshwright.access import policies_of
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.workspace import workspace_app

pytestmark = pytest.mark.browser

ORDERS = "/products/sales.orders"


@dataclass(frozen=True)
class Company:
    """A catalog as it is served, and the provider where its people sign in."""

    address: str
    provider: Provider


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("company")
    (folder / "policies").mkdir()
    for name in ("classes", "purposes", "principals"):
        (folder / "policies" / f"{name}.toml").write_text(getattr(POLICIES, name))
    (folder / "policies" / "mesh.cedar").write_text(POLICIES.central)
    config = uvicorn.Config("", host="127.0.0.1", port=0, log_level="warning")
    listening = config.bind_socket()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with running(f"{address}/login/callback", "localhost") as provider:
        (folder / "mesh.toml").write_text(
            f'[env.dev.catalog.oidc]\nissuer = "{provider.issuer}"\naudience = "{provider.audience}"\n'
            f'jwks = "{provider.issuer}/jwks"\n'
            f'[env.dev.catalog.oidc.login]\nclient_id = "catalog-none"\naddress = "{address}"\n'
        )
        fill(folder / ".mesh" / "catalog.db", PolicyGate(lambda: policies_of(POLICIES), now))
        config.app, _ = workspace_app(folder, None, None, now)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield Company(address, provider)
        server.should_exit = True
        thread.join(10)
        listening.close()


@pytest.fixture
def person(browser: Browser, company: Company) -> Iterator[Page]:
    """Open a page for whom neither the catalog nor the provider knows."""
    context = browser.new_context(base_url=company.address, viewport={"width": 1280, "height": 900})
    context.route("https://**", lambda route: route.abort())  # the provider's form asks for a font of somebody else's
    page = context.new_page()
    yield page
    context.close()


def agree(page: Page, name: str) -> None:
    """Fill in the provider's form, and agree."""
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_a_person_signs_in_at_the_provider_reads_a_product_and_signs_out(
    person: Page, company: Company, shots: Path
) -> None:
    faults: list[str] = []
    person.on("pageerror", lambda error: faults.append(str(error)))
    host = company.provider.issuer.removeprefix("http://")
    person.goto(ORDERS)
    person.screenshot(path=shots / "login-begin.png")
    person.get_by_role("link", name=f"Sign in at {host}").click()
    expect(person).to_have_url(re.compile(re.escape(company.provider.issuer)))
    person.screenshot(path=shots / "login-provider.png")
    agree(person, "ana")

    expect(person).to_have_url(f"{company.address}{ORDERS}")
    expect(person.get_by_role("heading", level=1)).to_have_text("sales.orders")
    email = person.get_by_role("row").filter(has_text="customer_email")
    expect(email.locator(".level")).to_have_text("token")
    person.screenshot(path=shots / "login-product.png", full_page=True)
    visited = person.evaluate("performance.getEntriesByType('navigation').map(each => each.name)")
    assert [f"{company.address}{ORDERS}"] == visited
    assert "" == person.evaluate("document.cookie")
    kept = [(c.get("name"), c.get("sameSite")) for c in person.context.cookies(company.address)]
    assert [("mesh_token", "Strict")] == [each for each in kept if str(each[0]).startswith("mesh")]

    person.get_by_role("button", name="Sign out").click()
    expect(person.get_by_role("heading", level=1)).to_have_text("Sign in")
    person.goto(ORDERS)
    expect(person.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert [] == faults


def test_going_back_after_signing_in_shows_no_code_and_breaks_nothing(person: Page, company: Company) -> None:
    person.goto("/access")
    person.get_by_role("link", name="Sign in at").click()
    agree(person, "ben")
    expect(person).to_have_url(f"{company.address}/access")
    person.goto("/")
    person.go_back()

    expect(person).to_have_url(f"{company.address}/access")
    assert "code=" not in person.evaluate("document.referrer")
    expect(person.get_by_role("button", name="Sign out")).to_be_visible()


def test_who_cancels_at_the_provider_is_told_and_may_begin_again(person: Page, company: Company, shots: Path) -> None:
    person.goto(ORDERS)
    person.get_by_role("link", name="Sign in at").click()
    person.get_by_role("link", name="Cancel").click()
    expect(person.get_by_role("alert")).to_contain_text("the issuer did not sign you in")
    person.screenshot(path=shots / "login-cancelled.png")
    person.get_by_role("link", name="Sign in at").click()
    agree(person, "ana")

    expect(person.get_by_role("heading", level=1)).to_have_text("sales.orders")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_sign_in_break_no_rule_of_accessibility(
    person: Page, packages: Path, scheme: Literal["light", "dark"]
) -> None:
    person.emulate_media(color_scheme=scheme)
    faults: dict[str, list[str]] = {}
    for address in ("/login?next=/access", "/login/callback"):
        person.goto(address)
        faults[address] = broken(person, packages)

    assert {"/login?next=/access": [], "/login/callback": []} == faults
