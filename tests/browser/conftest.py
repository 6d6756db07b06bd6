"""A real Chromium, and a catalog that it looks at.

Screenshots are written to the folder that MESH_SCREENSHOTS names, or beside the test's other files.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, Request, sync_playwright
from shelf import NOW, POLICIES, fill, serving

from meshwright.access import Policies, policies_of
from meshwright_catalog.gate import PolicyGate

QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def policies() -> Policies:
    return policies_of(POLICIES)


@pytest.fixture(scope="session")
def signing() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, policies: Policies, signing: Ed25519PrivateKey) -> Iterator[str]:
    """Serve a catalog with a few products and their lineage."""
    path, gate = tmp_path_factory.mktemp("catalog") / "catalog.db", PolicyGate(lambda: policies, lambda: NOW)
    fill(path, gate)
    with serving(path, gate, signing) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("no chromium: scripts/install --all installs it")
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *sandbox])
        yield opened
        opened.close()


def left(request: Request) -> bool:
    """Tell whether a request ended only because the page was left before its icon came."""
    return request.failure == "net::ERR_ABORTED"


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """Open a page that may load nothing but ours and must not complain."""
    context = browser.new_context(base_url=served, viewport={"width": 1280, "height": 900}, color_scheme="light")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("requestfailed", lambda request: None if left(request) else faults.append(request.url))
    opened.on("request", lambda request: None if request.url.startswith(served) else faults.append(request.url))
    yield opened
    context.close()
    assert [] == faults


@pytest.fixture
def plain(browser: Browser, served: str) -> Iterator[Page]:
    """Open a page whose browser runs no script."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("MESH_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def packages() -> Path:
    """Name the folder of Node's packages that `scripts/install --all` installs."""
    return Path(__file__).parents[2] / ".venv-interop" / "node" / "node_modules"
