"""What each release left on a disk opens, reads, is found, and is built on with the code of today."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from releases import RELEASES, told, unpack
from shop import Answer, Shop

ALL = sorted(path.name for path in RELEASES.iterdir() if (path / "catalog.sql").is_file())
NEW_RETURN = "return_id,order_id,quantity,recorded_at\nR-4,SO-2,1,2026-03-01T12:00:00Z\n"


@pytest.fixture(params=ALL)
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def kept(
    release: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[[tuple[str, ...]], Answer]
) -> Shop:
    """A workspace that has stood still since that release."""
    root = tmp_path / "shop"
    unpack(release, root)
    monkeypatch.chdir(root)
    return Shop(root, command)


def test_every_release_has_left_something() -> None:
    assert "0.1.0" in ALL


def test_the_tables_are_what_they_were(kept: Shop, release: str) -> None:
    expected = json.loads((RELEASES / release / "expected.json").read_text())

    assert 4 == len(expected)
    assert expected == {table: told(kept.root / "lake" / table / "v1") for table in expected}


def test_a_person_reads_masked_and_asks_for_an_earlier_version(kept: Shop) -> None:
    orders = json.loads(kept.works("read", "sales.orders", "--json"))["rows"]
    first = json.loads(kept.works("read", "sales.returns", "--version", "0", "--json"))["rows"]
    rejected = kept.works("read", "sales.orders__rejected")

    assert ["SO-1", "SO-2", "SO-4", "SO-5"] == sorted(row["order_id"] for row in orders)
    assert "example.com" not in json.dumps(orders)
    assert ["R-1", "R-2"] == sorted(row["return_id"] for row in first)
    assert "sells_hands" in rejected


def test_the_catalog_still_finds_shows_and_follows(kept: Shop) -> None:
    found = kept.works("search", "revenue")
    shown = kept.works("show", "finance.revenue")
    above = kept.works("lineage", "finance.revenue.revenue_eur")

    assert "finance.revenue" in found
    assert "reads: sales.orders, sales.returns" in shown
    assert "sales.orders.unit_price_eur" in above


def test_the_next_delivery_is_built_on_what_is_there(kept: Shop) -> None:
    (kept.root / "landing/returns.csv").write_text(NEW_RETURN, encoding="utf-8")

    kept.works("build")
    returns = told(kept.root / "lake/sales/returns/v1")
    revenue = json.loads(kept.works("read", "finance.revenue", "--json", "--sort", "model"))["rows"]

    assert 4 == returns["rows"]
    assert [("H1", 3), ("H2", 2)] == [(row["model"], row["kept"]) for row in revenue]


def test_nothing_of_the_machine_that_made_it_is_left(release: str) -> None:
    files = [path for path in (RELEASES / release).rglob("*") if path.is_file()]
    telling = (tempfile.gettempdir().encode(), str(Path.home()).encode() + b"/", b"PRIVATE KEY")

    assert 20 < len(files)
    assert [] == [path.name for path in files if any(word in path.read_bytes() for word in telling)]
    assert 300_000 > sum(path.stat().st_size for path in files)
