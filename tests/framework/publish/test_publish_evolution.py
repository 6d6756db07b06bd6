"""A contract changes, and the table follows where its rows can."""

from collections.abc import Callable
from typing import Annotated

import polars as pl
import pytest
from deltalake import DeltaTable

from meshwright import Contract, Key, OnFail, Pii
from meshwright.engines.polars import PolarsEngine
from meshwright.errors import ShapeChanged
from meshwright.io.delta import DeltaStore
from meshwright.publish import Publication, publish

Prepare = Callable[..., Publication]


class Before(Contract, id="sales.things", version="1.0.0"):
    number: Annotated[int, Key()]
    name: str


class After(Contract, id="sales.things", version="1.1.0"):
    number: Annotated[int, Key()]
    name: str
    weight_kg: float | None


class Narrower(Contract, id="sales.things", version="1.2.0"):
    number: Annotated[int, Key()]


class Classified(Contract, id="sales.things", version="1.1.0"):
    number: Annotated[int, Key()]
    name: Annotated[str, Pii("name")]


class Patient(Contract, id="sales.things", version="1.0.0", on_fail="quarantine"):
    number: Annotated[int, Key()]
    name: str


class Retyped(Contract, id="sales.things", version="1.1.0", on_fail="quarantine"):
    number: Annotated[int, Key()]
    name: int


class Warned(Contract, id="sales.things", version="1.0.0"):
    number: Annotated[int, Key()]
    name: Annotated[str, OnFail("warn")]


@pytest.fixture
def table(store: DeltaStore, engine: PolarsEngine, prepare: Prepare) -> str:
    publication = prepare(Before, Before.example([{"number": 1, "name": "a"}]))
    publish(publication, store=store, engine=engine)
    return publication.table


def test_an_overwrite_brings_a_new_column(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare, table: str
) -> None:
    rows = After.example([{"number": 2, "name": "b", "weight_kg": 1.5}])

    publish(prepare(After, rows), store=store, engine=engine)

    assert [(2, "b", 1.5)] == store.scan(table).collect().rows()
    assert [(1, "a")] == store.scan(table, 0).collect().rows()


def test_an_append_brings_a_new_column_that_older_rows_lack(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare, table: str
) -> None:
    rows = After.example([{"number": 2, "name": "b", "weight_kg": 1.5}])

    published = publish(prepare(After, rows, mode="append"), store=store, engine=engine)

    assert [(1, "a", None), (2, "b", 1.5)] == store.scan(table).sort("number").collect().rows()
    assert published.version == store.version(table)


def test_versions_that_only_change_settings_keep_the_stamp_of_their_rows(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare, table: str
) -> None:
    publish(prepare(After, After.example([{"number": 2}]), mode="append"), store=store, engine=engine)

    versions = [
        store.stamp(table, version)["contract_version"] for version in range(int(store.version(table) or 0) + 1)
    ]

    assert ["1.0.0", "1.1.0"] == sorted(set(versions))
    assert versions == sorted(versions)


def test_an_append_that_drops_a_column_is_refused_and_leaves_no_file(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare, table: str
) -> None:
    before = store.found_files(table).keys()

    with pytest.raises(ShapeChanged, match=r"cannot change columns \['name'\]"):
        publish(prepare(Narrower, Narrower.example([{"number": 2}]), mode="append"), store=store, engine=engine)

    assert before == store.found_files(table).keys()


def test_other_folders_need_a_new_major_version(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare, table: str
) -> None:
    with pytest.raises(ShapeChanged, match="new major version"):
        publish(prepare(Before, Before.example([{}]), partition_by=("name",)), store=store, engine=engine)


def test_a_column_that_becomes_classified_loses_its_statistics(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare, table: str
) -> None:
    publish(prepare(Classified, Classified.example([{"name": "Ada"}])), store=store, engine=engine)

    opened = DeltaTable(table)
    assert "number" == opened.metadata().configuration["delta.dataSkippingStatsColumns"]
    assert ["number"] == pl.DataFrame(opened.get_add_actions())["min"].struct.fields


def test_required_columns_are_not_null_in_the_table_unless_a_null_is_only_warned_of(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publication = prepare(Warned, Warned.example([{"name": None}]))

    publish(publication, store=store, engine=engine)

    fields = {f.name: f.nullable for f in DeltaTable(publication.table).schema().fields}
    assert {"number": False, "name": True} == fields
    assert [None] == store.scan(publication.table).collect()["name"].to_list()


def test_the_rejected_table_follows_a_column_that_changes_its_type(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    twice = [{"number": 1}, {"number": 1}]
    first = prepare(Patient, Patient.example(twice))
    publish(first, store=store, engine=engine)

    publish(prepare(Retyped, Retyped.example(twice)), store=store, engine=engine)

    assert pl.Int64() == store.scan(first.rejected_table).collect_schema()["name"]
    assert pl.String() == store.scan(first.rejected_table, 0).collect_schema()["name"]
