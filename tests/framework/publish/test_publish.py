"""A build becomes one version, or nothing: what is committed, what is refused, what is kept apart."""

import traceback
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import pytest
from annotated_types import Ge, Gt, Le
from deltalake import DeltaTable

from meshwright import Contract, Decimals, Key, Pii, References, rule, spec_of
from meshwright.engines.polars import PolarsEngine
from meshwright.errors import (
    BuildStopped,
    ConformError,
    DefinitionError,
    ForeignCommit,
    MissingFiles,
    RunFailed,
    ShapeChanged,
    TableConflict,
    UnreadableTable,
)
from meshwright.io.delta import DeltaStore
from meshwright.publish import Publication, live_rejected, publish
from meshwright.rejected import rejected_spec, source_rejects
from meshwright.tables import Commit, DataFile, Layout

Prepare = Callable[..., Publication]


class Order(Contract, id="sales.orders", version="1.2.0"):
    order_id: Annotated[str, Key()]
    quantity: Annotated[int, Gt(0), Le(1000)]
    customer_email: Annotated[str | None, Pii("contact.email")]
    unit_price_eur: Annotated[Decimal, Decimals(18, 2), Ge(Decimal(0))]

    @rule(severity="warn")
    def not_too_many() -> pl.Expr:
        """More than a hundred of one hand are a mistake, or a feast."""
        return pl.col("quantity") <= 100


class Patient(Contract, id="sales.patient_orders", version="1.0.0", on_fail="quarantine"):
    order_id: Annotated[str, Key()]
    quantity: Annotated[int, Gt(0)]
    customer_email: Annotated[str | None, Pii("contact.email")]


def orders(*quantities: int, first: int = 1) -> list[dict[str, object]]:
    return [{"order_id": f"o{first + n}", "quantity": q} for n, q in enumerate(quantities)]


class Site(Contract, id="sales.sites", version="1.0.0"):
    number: Annotated[int, Key()]
    site: str


class SmallFiles(PolarsEngine):
    """The engine, with few rows a file."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows

    def write(self, frame: pl.LazyFrame, layout: Layout) -> tuple[DataFile, ...]:
        return super().write(frame, replace(layout, max_rows=self.rows))


class Late(PolarsEngine):
    """The engine, which fails while its files are still to come."""

    def __init__(self) -> None:
        super().__init__()
        self.to_come: list[Path] = []

    def write(self, frame: pl.LazyFrame, layout: Layout) -> tuple[DataFile, ...]:
        for file in super().write(frame, replace(layout, max_rows=1)):
            place = Path(layout.table, file.path)
            self.to_come.append(place.rename(place.with_suffix(".later")))
        raise OSError("no space left")

    def come(self) -> None:
        late = self.to_come.pop()
        late.rename(late.with_suffix(".parquet"))


class Raced(DeltaStore):
    """A store in which something happens just before the product's first commit."""

    def __init__(self, store: DeltaStore, meanwhile: Callable[[], object]) -> None:
        super().__init__(store.root)
        self.meanwhile: Callable[[], object] | None = meanwhile

    def commit(self, table: str, commit: Commit) -> int:
        if self.meanwhile is not None and "__rejected" not in table:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return super().commit(table, commit)


def table_files(table: str) -> set[str]:
    return {p.relative_to(table).as_posix() for p in Path(table).rglob("*.parquet") if "_delta_log" not in p.parts}


def test_the_first_build_makes_version_0_with_the_rows(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publication = prepare(Order, Order.example(orders(1, 2, 3)))

    published = publish(publication, store=store, engine=engine)

    assert 0 == published.version == store.version(publication.table)
    assert [1, 2, 3] == store.scan(publication.table).collect()["quantity"].to_list()
    assert (3, 3, 0, 0) == (
        published.rows_returned,
        published.rows_published,
        published.rows_quarantined,
        published.rows_rejected,
    )


def test_a_version_says_which_build_made_it_from_what(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publication = prepare(Order, Order.example(orders(1, 2)), build_key="abc")

    publish(publication, store=store, engine=engine)

    expected = {
        "contract": "sales.orders",
        "contract_version": "1.2.0",
        "contract_hash": publication.spec.digest(),
        "build_key": "abc",
        "run_id": publication.run_id,
        "mode": "overwrite",
        "rows": "2",
        "started_at": "2026-01-01T00:00:00+00:00",
        "classes": '{"customer_email": ["pii.contact.email"]}',
    }
    assert expected == dict(store.stamp(publication.table))
    assert {publication.run_id} == store.held(publication.table, [publication.run_id, "another"])


def test_an_overwrite_replaces_the_rows_and_an_append_adds_to_them(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    for rows in (orders(1), orders(2)):
        publish(prepare(Order, Order.example(rows)), store=store, engine=engine)
    more = Order.example(orders(3, first=2))

    published = publish(prepare(Order, more, mode="append"), store=store, engine=engine)

    table = store.place("sales.orders", 1)
    assert 2 == published.version
    assert [1] == store.scan(table, 0).collect()["quantity"].to_list()
    assert [2, 3] == store.scan(table).sort("quantity").collect()["quantity"].to_list()


@pytest.mark.parametrize("mode", ["overwrite", "append"])
def test_no_rows_are_a_version_too(store: DeltaStore, engine: PolarsEngine, prepare: Prepare, mode: str) -> None:
    publication = prepare(Order, Order.example([]), mode=mode)

    published = publish(publication, store=store, engine=engine)

    assert (0, 0, 0) == (published.rows_published, published.files, published.version)
    assert Order.example([]).collect().equals(store.scan(publication.table).collect())
    assert set() == table_files(publication.table)


def test_a_broken_rule_of_severity_error_leaves_no_file_and_no_version(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publish(prepare(Order, Order.example(orders(1))), store=store, engine=engine)
    broken = prepare(Order, Order.example(orders(0, 5, -1, 2000)))
    before = table_files(broken.table)

    with pytest.raises(BuildStopped) as stopped:
        publish(broken, store=store, engine=engine)

    assert {"quantity.gt": 2, "quantity.le": 1} == stopped.value.failed
    assert (
        "sales.orders: nothing published: of 4 rows break quantity.gt (error): 2 rows, quantity.le (error): 1 row"
        " (mend the rows or the rule)"
    ) == str(stopped.value)
    assert 0 == store.version(broken.table)
    assert before == table_files(broken.table)


def test_a_warning_is_counted_and_published(store: DeltaStore, engine: PolarsEngine, prepare: Prepare) -> None:
    published = publish(prepare(Order, Order.example(orders(1, 500))), store=store, engine=engine)

    assert 2 == published.rows_published
    assert {"not_too_many": 1} == published.report.failing("warn")


def test_every_check_of_the_contract_is_in_the_report_also_those_a_footer_decided(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    published = publish(prepare(Order, Order.example(orders(1, 2))), store=store, engine=engine)

    expected = [
        "order_id.required", "quantity.required", "quantity.gt", "quantity.le", "unit_price_eur.required",
        "unit_price_eur.ge", "not_too_many", "key",
    ]  # fmt: skip
    assert expected == list(published.report.failed)
    assert {0} == set(published.report.failed.values())


def test_rows_that_break_a_rule_of_severity_quarantine_are_kept_apart_with_the_reason(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    rows = [*orders(1, 0, 3), {"order_id": "o1", "quantity": 4}]
    publication = prepare(Patient, Patient.example(rows))

    published = publish(publication, store=store, engine=engine)

    assert [3] == store.scan(publication.table).collect()["quantity"].to_list()
    assert (4, 1, 3) == (published.rows_returned, published.rows_published, published.rows_quarantined)
    spec = rejected_spec(publication.spec)
    rejected = live_rejected(store, publication.table, publication.rejected_table, spec).collect()
    assert {0: ["quantity.gt"], 1: ["key"], 4: ["key"]} == {
        row["quantity"]: row["_failed"] for row in rejected.iter_rows(named=True)
    }
    assert {publication.run_id} == set(rejected["_run_id"])
    assert {"contract"} == set(rejected["_stage"])


def test_rows_of_many_files_and_folders_are_parted_where_they_lie(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    class Reading(Contract, id="robotics.readings", version="1.0.0", on_fail="quarantine"):
        reading_id: Annotated[int, Key()]
        site: str | None
        torque_nm: Annotated[float, Ge(0)]

    rows: list[dict[str, Any]] = [
        {"reading_id": n, "site": [None, "a/b", "é 1=%"][n % 3], "torque_nm": -1.0 if n % 7 == 0 else float(n)}
        for n in range(1, 60)
    ]
    publication = prepare(Reading, Reading.example(rows), partition_by=("site",))

    published = publish(publication, store=store, engine=SmallFiles(4))

    live = store.scan(publication.table).sort("reading_id").collect()
    assert [r for r in rows if r["torque_nm"] >= 0] == live.to_dicts()
    spec = rejected_spec(publication.spec)
    rejected = live_rejected(store, publication.table, publication.rejected_table, spec).collect()
    assert [7, 14, 21, 28, 35, 42, 49, 56] == sorted(rejected["reading_id"])
    assert (59, 51, 8) == (published.rows_returned, published.rows_published, published.rows_quarantined)
    assert store.live_files(publication.table) == table_files(publication.table)
    untouched = [name for name in store.live_files(publication.table) if "1." not in name.rpartition("-")[2]]
    assert untouched


def test_rows_that_a_source_could_not_read_are_kept_beside_those_of_the_contract(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    unread = pl.DataFrame(
        {"file": ["o.csv"], "row": [7], "column": ["quantity"], "reason": ["no number"], "raw": ["{}"]}
    )
    rejects = source_rejects("erp.orders", unread)
    publication = prepare(Patient, Patient.example(orders(0, 1)), source_rejects=rejects)

    published = publish(publication, store=store, engine=engine)

    spec = rejected_spec(publication.spec)
    rows = live_rejected(store, publication.table, publication.rejected_table, spec).sort("_stage").collect().to_dicts()
    assert (1, 2) == (published.rows_quarantined, published.rows_rejected)
    assert ("contract", ["quantity.gt"], "o1", None) == tuple(
        rows[0][c] for c in ("_stage", "_failed", "order_id", "_source")
    )
    assert ("source", [], None, "erp.orders", "o.csv", 7, "quantity", "no number", "{}") == tuple(
        rows[1][c] for c in ("_stage", "_failed", "order_id", "_source", "_file", "_row", "_column", "_reason", "_raw")
    )


def test_rows_of_a_source_are_kept_also_when_no_row_breaks_the_contract(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    unread = pl.DataFrame({"file": ["o.csv"], "row": [7], "column": ["q"], "reason": ["no number"], "raw": ["{}"]})
    publication = prepare(Patient, Patient.example(orders(1)), source_rejects=source_rejects("erp.orders", unread))

    published = publish(publication, store=store, engine=engine)

    spec = rejected_spec(publication.spec)
    assert (0, 1) == (published.rows_quarantined, published.rows_rejected)
    assert 1 == live_rejected(store, publication.table, publication.rejected_table, spec).collect().height


def test_the_rejected_table_has_the_same_classes_and_the_raw_row_all_of_them() -> None:
    spec = rejected_spec(spec_of(Patient))

    classes = {c.name: c.classes for c in spec.columns if c.classes}

    assert {"customer_email": ("pii.contact.email",), "_raw": ("pii.contact.email",)} == classes
    assert "sales.patient_orders__rejected" == spec.id
    assert ["_stage", "_run_id"] == [c.name for c in spec.columns if not c.nullable and c.type.kind != "list"]


def test_rejected_rows_of_a_build_that_lost_its_race_stay_hidden(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    first = prepare(Patient, Patient.example(orders(0, 1)))
    publish(first, store=store, engine=engine)
    second = prepare(Patient, Patient.example(orders(3, first=9)), mode="append")
    stale = prepare(Patient, Patient.example(orders(0, 0, 2)))

    with pytest.raises(TableConflict):
        publish(stale, store=Raced(store, lambda: publish(second, store=store, engine=engine)), engine=engine)

    spec = rejected_spec(first.spec)
    assert 3 == store.scan(first.rejected_table).collect().height
    shown = live_rejected(store, first.table, first.rejected_table, spec).collect()
    assert [first.run_id] == shown["_run_id"].to_list()
    assert store.live_files(first.table, 0) | store.live_files(first.table) == table_files(first.table)


def test_an_overwrite_planned_before_an_append_never_leaves_both(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publish(prepare(Order, Order.example(orders(1))), store=store, engine=engine)
    overwrite = prepare(Order, Order.example(orders(2, first=2)))
    append = prepare(Order, Order.example(orders(3, first=3)), mode="append")

    with pytest.raises(TableConflict) as conflict:
        publish(overwrite, store=Raced(store, lambda: publish(append, store=store, engine=engine)), engine=engine)

    assert (0, 1) == (conflict.value.planned, conflict.value.live)
    assert [1, 3] == store.scan(append.table).sort("quantity").collect()["quantity"].to_list()
    assert store.live_files(append.table) == table_files(append.table)


def test_an_overwrite_planned_from_an_old_version_is_refused_before_it_runs(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    early = prepare(Order, Order.example(orders(1)))
    publish(prepare(Order, Order.example(orders(2))), store=store, engine=engine)

    with pytest.raises(TableConflict, match="planned from version None, but version 0 is live"):
        publish(early, store=store, engine=engine)


def test_an_append_that_loses_a_race_goes_on_from_the_newer_version(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    ours = prepare(Order, Order.example(orders(1)), mode="append")
    theirs = prepare(Order, Order.example(orders(2, first=2)), mode="append")
    raced = Raced(store, lambda: publish(theirs, store=store, engine=engine))
    waits: list[int] = []

    published = publish(ours, store=raced, engine=engine, pause=waits.append)

    assert (1, [1]) == (published.version, waits)
    assert [1, 2] == store.scan(ours.table).sort("quantity").collect()["quantity"].to_list()


def test_a_key_that_another_append_published_meanwhile_breaks_the_key(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    ours = prepare(Order, Order.example(orders(1)), mode="append")
    theirs = prepare(Order, Order.example(orders(2)), mode="append")

    with pytest.raises(BuildStopped) as stopped:
        publish(ours, store=Raced(store, lambda: publish(theirs, store=store, engine=engine)), engine=engine)

    assert {"key": 1} == stopped.value.failed
    assert [2] == store.scan(ours.table).collect()["quantity"].to_list()


def test_a_key_that_another_append_published_meanwhile_sends_its_row_to_quarantine(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    ours = prepare(Patient, Patient.example(orders(1, 0, 3)), mode="append")
    theirs = prepare(Patient, Patient.example(orders(2)), mode="append")

    published = publish(ours, store=Raced(store, lambda: publish(theirs, store=store, engine=engine)), engine=engine)

    spec = rejected_spec(ours.spec)
    shown = live_rejected(store, ours.table, ours.rejected_table, spec).sort("quantity").collect()
    assert [2, 3] == store.scan(ours.table).sort("quantity").collect()["quantity"].to_list()
    assert [(0, ["quantity.gt"]), (1, ["key"])] == shown.select("quantity", "_failed").rows()
    assert (3, 1, 2) == (published.rows_returned, published.rows_published, published.rows_quarantined)


def test_an_append_tests_its_keys_against_the_rows_that_are_there(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publish(prepare(Order, Order.example(orders(1, 2))), store=store, engine=engine)

    with pytest.raises(BuildStopped, match="key"):
        publish(prepare(Order, Order.example(orders(5, first=2)), mode="append"), store=store, engine=engine)

    publish(prepare(Order, Order.example(orders(5, first=3)), mode="append"), store=store, engine=engine)
    assert 3 == store.scan(store.place("sales.orders", 1)).collect().height


def test_a_reference_must_exist_in_the_other_product(store: DeltaStore, engine: PolarsEngine, prepare: Prepare) -> None:
    class Return(Contract, id="sales.returns", version="1.0.0", on_fail="quarantine"):
        return_id: Annotated[str, Key()]
        order_id: Annotated[str | None, References("sales.orders", "order_id")]

    rows = [{"return_id": "r1", "order_id": "o1"}, {"return_id": "r2", "order_id": "o9"}, {"return_id": "r3"}]
    known = pl.LazyFrame({"order_id": ["o1", "o2"]})
    publication = prepare(Return, Return.example(rows), references={"sales.orders.order_id": known})

    published = publish(publication, store=store, engine=engine)

    assert {"order_id.references": 1} == published.report.failing("quarantine")
    assert ["r1", "r3"] == store.scan(publication.table).collect()["return_id"].to_list()


def test_a_version_of_somebody_else_stops_the_build_until_it_is_adopted(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publication = prepare(Order, Order.example(orders(1)))
    publish(publication, store=store, engine=engine)
    DeltaTable(publication.table).delete("quantity = 1")

    with pytest.raises(ForeignCommit, match="version 1 was written by someone else"):
        publish(prepare(Order, Order.example(orders(2))), store=store, engine=engine)

    published = publish(prepare(Order, Order.example(orders(2)), adopt=True), store=store, engine=engine)
    assert 2 == published.version


def test_an_append_to_a_table_that_lacks_files_says_so(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publication = prepare(Order, Order.example(orders(1)))
    publish(publication, store=store, engine=engine)
    store.delete_files(publication.table, sorted(store.live_files(publication.table)))

    with pytest.raises(MissingFiles, match="1 of its files are missing"):
        publish(prepare(Order, Order.example(orders(2, first=2)), mode="append"), store=store, engine=engine)


def test_a_log_that_cannot_be_read_is_one_clear_error(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publication = prepare(Order, Order.example(orders(1)))
    publish(publication, store=store, engine=engine)
    (Path(publication.table) / "_delta_log" / f"{0:020d}.json").write_text("{not json")

    with pytest.raises(UnreadableTable) as unreadable:
        store.version(publication.table)

    assert 1 == len(str(unreadable.value).splitlines())


def test_files_that_come_after_their_writer_failed_go_too(store: DeltaStore, prepare: Prepare) -> None:
    publication = prepare(Order, Order.example(orders(1, 2, 3, 4)))
    engine, waits, seen = Late(), list[float](), list[int]()

    def wait(seconds: float) -> None:
        waits.append(seconds)
        engine.come()
        seen.append(len(table_files(publication.table)))

    with pytest.raises(OSError, match="no space left"):
        publish(publication, store=store, engine=engine, wait=wait)

    assert ([0.01, 0.04, 0.1, 0.5], [1, 1, 1, 1]) == (waits, seen)
    assert set() == table_files(publication.table)


def test_nothing_is_waited_for_where_no_write_failed(store: DeltaStore, engine: PolarsEngine, prepare: Prepare) -> None:
    waits: list[float] = []

    with pytest.raises(BuildStopped):
        publish(prepare(Order, Order.example(orders(1, 0))), store=store, engine=engine, wait=waits.append)

    assert [] == waits


def test_a_transform_that_fails_on_its_rows_quotes_no_cell(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    secret = pl.LazyFrame({"order_id": ["o1"], "quantity": ["victim@example.com"]})
    frame = Order.example(orders(1)).drop("quantity").join(secret.cast({"quantity": pl.Int64}), on="order_id")
    publication = prepare(Order, frame.select("order_id", "quantity", "customer_email", "unit_price_eur"))

    with pytest.raises(RunFailed) as failed:
        publish(publication, store=store, engine=engine)

    text = "".join(traceback.format_exception(failed.value))
    assert "victim" not in text
    assert "conversion from `str` to `i64` failed in column 'quantity' for 1 out of 1 values" in str(failed.value)
    assert set() == table_files(publication.table)
    assert store.version(publication.table) is None


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        ("customer_email", "is classified as pii.contact.email"),
        ("unit_price_eur", "is a decimal"),
        ("nope", "no column"),
    ],
)
def test_partitions_that_leak_or_read_back_wrong_are_refused(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare, column: str, problem: str
) -> None:
    with pytest.raises(DefinitionError, match=problem):
        publish(prepare(Order, Order.example(orders(1)), partition_by=(column,)), store=store, engine=engine)


def test_an_empty_text_as_a_folder_is_refused_since_delta_reads_it_as_null(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    publication = prepare(Site, Site.example([{"site": ""}]), partition_by=("site",))

    with pytest.raises(ShapeChanged, match="empty text"):
        publish(publication, store=store, engine=engine)


def test_a_frame_that_is_not_the_contracts_columns_is_refused_before_it_runs(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    frame = Order.example(orders(1)).with_columns(pl.col("quantity").cast(pl.UInt32))

    with pytest.raises(ConformError, match="column 'quantity' is UInt32, the table keeps Int64"):
        publish(prepare(Order, frame), store=store, engine=engine)
