"""A build becomes one version, or nothing: what is committed, what is refused, what is kept apart."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import pytest
from annotated_types import Ge, Gt, Le

from meshwright import (
    AllowInfNan,
    Contract,
    Decimals,
    Key,
    MeshError,
    OnFail,
    Pii,
    References,
    Vector,
    rule,
    spec_of,
)
from meshwright.engines.polars import PolarsEngine
from meshwright.errors import BuildStopped, ConformError, DefinitionError, ForeignCommit, RunFailed, TableConflict
from meshwright.io.delta import DeltaStore
from meshwright.publish import Publication, live_rejected, publish
from meshwright.rejected import rejected_spec, source_rejects

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
        "version": "1.2.0",
        "contract_hash": publication.spec.digest(),
        "build_key": "abc",
        "run_id": publication.run_id,
        "mode": "overwrite",
        "rows": "2",
        "started_at": "2026-01-01T00:00:00+00:00",
    }
    assert expected == dict(store.stamp(publication.table))
    assert {publication.run_id} == store.held(publication.table, [publication.run_id, "another"])


def test_an_overwrite_replaces_the_rows_and_an_append_adds_to_them(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare
) -> None:
    for mode, rows in (("overwrite", orders(1)), ("overwrite", orders(2)), ("append", orders(3, first=2))):
        published = publish(prepare(Order, Order.example(rows), mode=mode), store=store, engine=engine)

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
        "sales.orders: nothing published: of 4 rows break quantity.gt (error): 2 rows, quantity.le (error): 1 rows"
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
