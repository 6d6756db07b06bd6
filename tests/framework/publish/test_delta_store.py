"""The store keeps to its folder, and says what is there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meshwright import Contract
from meshwright.engines.polars import PolarsEngine
from meshwright.errors import InvalidName, UnknownVersion, UnsafePlace
from meshwright.io.delta import DeltaStore
from meshwright.io.delta.log import write_commit
from meshwright.publish import Publication, publish
from meshwright.publish.heal import run_of

Prepare = Callable[..., Publication]


class Thing(Contract, id="sales.things", version="2.0.0"):
    number: int


def test_a_table_lies_below_the_root_by_domain_product_and_major_version(tmp_path: Path) -> None:
    store = DeltaStore(f"{tmp_path}/")

    assert f"{tmp_path}/sales/orders/v2" == store.place("sales.orders", 2)
    assert f"{tmp_path}/sales/orders__rejected/v2" == store.place("sales.orders", 2, rejected=True)


@pytest.mark.parametrize("name", ["../etc.passwd", "sales", "sales.Orders", "sales.or/ders", "a.b.c", "sales.\x00"])
def test_attack_27_a_name_that_is_no_product_becomes_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidName):
        DeltaStore(str(tmp_path)).place(name, 1)


@pytest.mark.parametrize("way", ["lake/../elsewhere", "elsewhere", "lake"])
def test_attack_29_an_address_outside_of_the_root_is_refused(tmp_path: Path, way: str) -> None:
    store = DeltaStore(str(tmp_path / "lake"))
    table = f"{tmp_path}/{way}"

    calls: tuple[Callable[[str], object], ...] = (store.version, store.live_files, store.found_files, store.scan)
    for call in calls:
        with pytest.raises(UnsafePlace):
            call(table)


def test_attack_27_a_symbolic_link_that_leads_out_of_the_root_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "sales").symlink_to(tmp_path / "elsewhere")
    store = DeltaStore(str(tmp_path / "lake"))

    with pytest.raises(UnsafePlace):
        store.version(store.place("sales.things", 2))


@pytest.mark.parametrize("version", [1, 10**9, 2**63, 2**70])
def test_a_version_beyond_the_live_one_is_not_looked_for(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare, version: int
) -> None:
    publication = prepare(Thing, Thing.example([{"number": 1}]))
    publish(publication, store=store, engine=engine)
    table = publication.table

    calls: tuple[Callable[[str, int], object], ...] = (store.snapshot, store.scan, store.live_files)
    for ask in calls:
        with pytest.raises(UnknownVersion, match=f"there is no version {version}"):
            ask(table, version)


def test_no_file_outside_of_the_table_can_be_deleted(tmp_path: Path) -> None:
    store = DeltaStore(str(tmp_path / "lake"))
    precious = tmp_path / "lake" / "precious.parquet"
    (tmp_path / "lake" / "sales" / "things" / "v2").mkdir(parents=True)
    precious.write_text("x")

    with pytest.raises(UnsafePlace):
        store.delete_files(store.place("sales.things", 2), ["../../../precious.parquet"])

    assert precious.exists()


def test_attack_16_history_tells_builds_and_no_predicate(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publication = prepare(Thing, Thing.example([{"number": 1}]))
    publish(publication, store=store, engine=engine)
    publish(prepare(Thing, Thing.example([{"number": 2}])), store=store, engine=engine)

    history = store.history(publication.table)

    assert [1, 0] == [entry["version"] for entry in history]
    assert {"version", "timestamp", "contract", "contract_version"} < history[0].keys()
    assert not {"operationParameters", "predicate"} & history[0].keys()


def test_what_is_not_there_is_none_or_empty(store: DeltaStore) -> None:
    table = store.place("sales.things", 2)

    assert (None, {}, frozenset(), {}) == (
        store.version(table),
        store.stamp(table),
        store.live_files(table),
        store.found_files(table),
    )


def test_a_file_that_is_deleted_while_files_are_listed_is_not_there(
    store: DeltaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = store.place("sales.things", 2)
    Path(table).mkdir(parents=True)
    (Path(table) / "kept.parquet").touch()
    walked: list[tuple[str, list[str], list[str]]] = [(table, [], ["gone.parquet", "kept.parquet"])]

    def walk(_root: str) -> list[tuple[str, list[str], list[str]]]:
        return walked

    monkeypatch.setattr("meshwright.io.delta.files.os.walk", walk)

    assert {"kept.parquet"} == store.found_files(table).keys()


@pytest.mark.parametrize(
    ("path", "run"),
    [
        ("p=1/3f2a-99-00000.parquet", "3f2a-99"),
        ("3f2a-99-1.00012.parquet", "3f2a-99"),
        ("3f2a.r0-00000.parquet", "3f2a.r0"),
        ("part-somebody-c000.snappy.parquet", ""),
        ("plain.parquet", ""),
    ],
)
def test_a_file_tells_its_run(path: str, run: str) -> None:
    assert run == run_of(path)


def test_a_commit_whose_answer_got_lost_counts_when_the_log_holds_it(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication = prepare(Thing, Thing.example([{"number": 1}]))

    def silent(*given: Any) -> None:
        write_commit(*given)

    monkeypatch.setattr("meshwright.io.delta.store.write_commit", silent)

    published = publish(publication, store=store, engine=engine)

    assert 0 == published.version
    assert [1] == store.scan(publication.table).collect()["number"].to_list()
