"""Each thing that decides what a build publishes builds again when it alone changes; anything else is up to date."""

import sys
from pathlib import Path

import polars as pl
import pytest
from planning import add_module, plan_demand
from shop import Shop, Stage

from meshwright.mesh import building, keying
from meshwright.publish import BuildInputs, running_versions

ONE = ["build", "sales.orders", "--only"]
DEMAND = ["build", "planning.demand", "--only"]

LOOKUP = '''"""Codes."""

from typing import Annotated

from meshwright import Contract, Csv, Frame, Key, Source, product


class CodeRow(Source, name="sales.codes_file", format=Csv()):
    """What is handed over."""

    code: str


class Code(Contract, id="sales.codes", version="1.0.0", on_fail="quarantine"):
    """One row per code."""

    code: Annotated[str, Key()]


@product(owner="sales-team", purpose="operations")
def codes(rows: Frame[CodeRow]) -> Frame[Code]:
    """Codes."""
    return Code.conform(rows)
'''


def stamp(shop: Shop, product: str) -> str:
    """Give the build key of the live version."""
    mesh = shop.mesh()
    spec = mesh.world.specs[product]
    return mesh.world.store.stamp(mesh.world.store.place(product, spec.major))["build_key"]


def append_order(shop: Shop) -> None:
    file = shop.root / "orders.csv"
    text = file.read_text(encoding="utf-8") + "O-5,e@example.com,5,1.00,2026-01-04T00:00:00Z\n"
    file.write_text(text, encoding="utf-8")


def assert_builds_anew(shop: Shop, command: list[str], product: str, key: str) -> None:
    """The plan says so, the build does it, its key is another, and then there is nothing left to do."""
    assert "build" in {s.product: s.action for s in shop.mesh().plan([product])}[product]
    assert f"{product}: version " in shop.works(*command)
    assert key != stamp(shop, product)
    assert f"{product}: up to date" in shop.works(*command)


@pytest.fixture
def planned(shop: Shop, stage: Stage) -> tuple[Shop, Path]:
    """A shop with a second domain that was built."""

    def make() -> None:
        plan_demand(shop)
        shop.works("build")

    stage.set("planned", make)
    return shop, shop.module("planning.demand")


def test_nothing_changed_is_up_to_date_and_writes_nothing(planned: tuple[Shop, Path]) -> None:
    shop, _ = planned
    files = sorted((shop.root / "lake").rglob("*"))

    said = shop.works("build")

    assert "sales.orders: up to date at version 0\nplanning.demand: up to date at version 0\n" == said
    assert ["up to date", "up to date"] == [step.action for step in shop.mesh().plan()]
    assert files == sorted((shop.root / "lake").rglob("*"))


@pytest.fixture
def same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the code out, so that what else a module says is what changes the key."""

    def same(_: Path) -> str:
        return "the same code"

    monkeypatch.setattr(keying, "code_hash", same)


@pytest.mark.usefixtures("same_code")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version="1.0.0"', 'version="1.0.1"'),
        ('"""One row per', '"""One line per'),
        ("placed_at: datetime\n\n\n@product", "placed_at: datetime | None\n\n\n@product"),
        ('owner="sales-team"', 'owner="founders"'),
    ],
)
def test_another_contract_builds_again(shop: Shop, old: str, new: str) -> None:
    shop.works(*ONE, "--force")
    key = stamp(shop, "sales.orders")
    shop.rewrite(shop.module(), old, new)

    assert_builds_anew(shop, ONE, "sales.orders", key)


@pytest.mark.usefixtures("same_code")
def test_a_module_that_says_the_same_in_other_words_has_the_same_key_but_for_its_code(shop: Shop) -> None:
    shop.works(*ONE, "--force")
    shop.rewrite(shop.module(), "from datetime", "# a remark\nfrom datetime")

    assert "sales.orders: up to date" in shop.works(*ONE)


def test_another_delivery_builds_again(shop: Shop) -> None:
    key = stamp(shop, "sales.orders")
    append_order(shop)

    assert_builds_anew(shop, ONE, "sales.orders", key)


def test_a_delivery_touched_but_not_changed_does_not_build_again(shop: Shop) -> None:
    file = shop.root / "orders.csv"
    file.write_bytes(file.read_bytes())

    assert "sales.orders: up to date" in shop.works(*ONE)


def test_another_version_of_an_input_table_builds_again(planned: tuple[Shop, Path]) -> None:
    shop, _ = planned
    key = stamp(shop, "planning.demand")
    shop.works("build", "sales.orders", "--only", "--force")

    assert_builds_anew(shop, DEMAND, "planning.demand", key)


def test_another_version_of_a_referenced_product_builds_again(shop: Shop) -> None:
    (shop.root / "codes.csv").write_text("code\nO-1\nO-2\nO-3\n", encoding="utf-8")
    shop.rewrite(
        shop.root / "mesh.toml", '"sales.orders_file"', '"sales.codes_file" = "codes.csv"\n"sales.orders_file"'
    )
    add_module(shop, "sales", "codes", LOOKUP)
    module = plan_demand(shop, contract='code: Annotated[str, References("sales.codes", "code")]')
    shop.rewrite(module, "conform(orders)", 'conform(orders.select("order_id", code="order_id"))')
    shop.works("access", "allow", "planning.demand", "sales.codes", "--level", "read", "--purpose", "analytics")
    first = shop.works("build")
    key = stamp(shop, "planning.demand")
    (shop.root / "codes.csv").write_text("code\nO-1\nO-2\nO-3\nO-4\n", encoding="utf-8")
    shop.works("build", "sales.codes", "--only")

    assert "quarantine code.references: 1 row\n" in first
    assert_builds_anew(shop, DEMAND, "planning.demand", key)
    assert 4 == pl.read_delta(str(shop.root / "lake/planning/demand/v1")).height


@pytest.mark.parametrize("file", ["orders.py", "__init__.py", "words/units.py"])
def test_any_python_file_of_the_domain_s_package_builds_again(shop: Shop, file: str) -> None:
    package = shop.module().parent
    (package / "words").mkdir()
    (package / "words" / "units.py").write_text('"""Units."""\n', encoding="utf-8")
    shop.works(*ONE)
    key = stamp(shop, "sales.orders")
    path = package / file
    path.write_text(path.read_text(encoding="utf-8") + "\n# one line more\n", encoding="utf-8")

    assert_builds_anew(shop, ONE, "sales.orders", key)


def test_files_that_are_no_code_of_the_domain_do_not_build_again(planned: tuple[Shop, Path]) -> None:
    shop, module = planned
    (module.parent / "notes.md").write_text("# Notes\n", encoding="utf-8")
    tests = module.parent.parent / "tests"
    tests.mkdir(exist_ok=True)
    (tests / "test_more.py").write_text('"""More."""\n', encoding="utf-8")
    module.write_text(module.read_text(encoding="utf-8") + "\n# another domain\n", encoding="utf-8")

    assert "sales.orders: up to date" in shop.works(*ONE)


@pytest.mark.usefixtures("same_code")
def test_another_mode_builds_again(shop: Shop) -> None:
    shop.works(*ONE, "--force")
    key = stamp(shop, "sales.orders")
    shop.rewrite(shop.module(), 'purpose="operations"', 'purpose="operations", mode="append"')

    assert_builds_anew(shop, ONE, "sales.orders", key)


@pytest.mark.usefixtures("same_code")
def test_another_value_of_a_parameter_builds_again(shop: Shop) -> None:
    shop.rewrite(shop.module(), "(rows: Frame[OrderRow])", "(rows: Frame[OrderRow], least: int = 0)")
    shop.rewrite(shop.module(), ".conform(rows", ".conform(rows.filter(pl.lit(least) <= 1)")
    shop.module().write_text("import polars as pl\n" + shop.module().read_text(encoding="utf-8"), encoding="utf-8")
    shop.works("build", "--force")
    key = stamp(shop, "sales.orders")

    same = shop.mesh().build("sales.orders", least=0)
    other = shop.mesh().build("sales.orders", least=1)

    assert ("up to date", "built") == (same.status, other.status)
    assert key != stamp(shop, "sales.orders")


@pytest.mark.parametrize("name", ["meshwright", "polars", "python"])
def test_another_version_of_what_computes_builds_again(shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key = stamp(shop, "sales.orders")
    newer = {**running_versions(), name: "99.0.0"}
    monkeypatch.setattr(sys.modules[BuildInputs.__module__], "running_versions", lambda: newer)

    assert_builds_anew(shop, ONE, "sales.orders", key)


def test_forced_builds_build_though_nothing_changed(shop: Shop) -> None:
    key = stamp(shop, "sales.orders")

    assert "sales.orders: version 1" in shop.works("build", "--force")
    assert key == stamp(shop, "sales.orders")


def test_the_plan_names_each_part_that_changed(planned: tuple[Shop, Path]) -> None:
    shop, module = planned
    append_order(shop)
    module.write_text(module.read_text(encoding="utf-8").replace('"1.0.0"', '"1.0.1"'), encoding="utf-8")
    shop.works("build", "sales.orders", "--only")
    shop.rewrite(shop.module(), "from datetime", "# a remark\nfrom datetime")

    steps = {step.product: step for step in shop.mesh().plan(["planning.demand"])}
    of_demand = {step.product: step for step in shop.mesh().plan() if step.product == "planning.demand"}

    assert ("code",) == steps["sales.orders"].changed
    assert "changed: code" == steps["sales.orders"].reason
    assert "after sales.orders" == of_demand["planning.demand"].reason
    shop.works("build", "sales.orders", "--only")
    (step,) = [s for s in shop.mesh().plan() if s.action == "build"]
    assert ("contract", "code", "input sales.orders") == step.changed


def test_a_version_of_an_older_release_does_not_say_what_changed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> dict[str, str]:
        return {}

    monkeypatch.setattr(building, "key_parts", none)
    shop.works(*ONE, "--force")
    monkeypatch.undo()
    append_order(shop)

    (step,) = shop.mesh().plan()

    assert ("changed: inputs, sources, code or versions", ()) == (step.reason, step.changed)
