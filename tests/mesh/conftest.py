"""A workspace that a new user made, entered."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from catalogs import compiled_once
from company import Company, demonstrate
from shop import ORDERS, Answer, Shop, Stage, forget_domains

from meshwright.cli.main import app, main


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget who the developer is, and what a workspace brought along."""
    for name in ("MESH_PRINCIPAL", "MESH_PURPOSE", "MESH_ENV", "MESH_WORKSPACE", "MESH_TOKEN", "MESH_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    path = list(sys.path)
    yield
    sys.path[:] = path
    forget_domains()


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[[tuple[str, ...]], Answer]:
    """Run `mesh` in this process."""

    def run(arguments: tuple[str, ...]) -> Answer:
        monkeypatch.setattr(sys, "argv", ["mesh", *arguments])
        app.registered_commands.clear()
        app.registered_groups.clear()
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        said = capfd.readouterr()
        return Answer(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Where the workspaces of this folder's tests stand, one after the other."""
    folder = tmp_path_factory.mktemp("stage")
    return Stage(folder / "set" / "ws", folder / "copies")


@pytest.fixture
def empty(stage: Stage, monkeypatch: pytest.MonkeyPatch, command: Callable[[tuple[str, ...]], Answer]) -> Shop:
    """A workspace without products."""
    monkeypatch.chdir(stage.root.anchor)  # it brings the test back to where it was called from
    stage.clear()
    shop = Shop(stage.root, command)
    stage.set("empty", lambda: shop.works("init", "--name", "shop", "--me", "ana"))
    return shop


@pytest.fixture
def shop(empty: Shop, stage: Stage) -> Shop:
    """A workspace with one product, inferred from a file and built."""

    def make() -> None:
        (empty.root / "orders.csv").write_text(ORDERS, encoding="utf-8")
        empty.works("new", "product", "sales.orders", "--from", "orders.csv")
        empty.works("build")

    stage.set("shop", make)
    return empty


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The example company, a quarter of its size, as `mesh demo` made it."""
    return demonstrate(tmp_path_factory.mktemp("company"), seed=7, scale=0.25)


@pytest.fixture(scope="session")
def rebuilt(company: Company) -> tuple[Company, list[dict[str, Any]]]:
    """A copy of the company whose products were built once more, and the reports of that."""
    root = company.root.with_name(f"{company.root.name}-rebuilt")
    shutil.copytree(company.root, root)
    copy = replace(company, root=root)
    return copy, copy.json("build", "--force", "--json")
