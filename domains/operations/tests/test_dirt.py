"""What was planted is what plain Polars finds, kind by kind."""

from collections.abc import Callable
from datetime import timedelta

import polars as pl
import pytest

from thenar_operations import Manifest
from thenar_operations.landing import Landing, instant

# Table: key, event time, known-at. A table without restated or late rows needs no more than its name.
TIMES = {
    "customers": (["customer_id"], "created_at", "updated_at"),
    "order_lines": (["line_id"], "placed_at", "recorded_at"),
    "shipments": (["shipment_id"], "shipped_at", "recorded_at"),
    "returns": (["return_id"], "returned_at", "recorded_at"),
    "spare_consumption": (["consumption_id"], "consumed_at", "recorded_at"),
    "stock_movements": (["movement_id"], "moved_at", "recorded_at"),
    "stock_on_hand": (["item_id", "location", "snapshot_at"], "snapshot_at", "recorded_at"),
    "deliveries": (["delivery_id"], "received_at", "recorded_at"),
    "telemetry": (["serial_number", "joint", "at"], "at", "recorded_at"),
    "fleet_events": (["event_id"], "at", "recorded_at"),
}
CONTACT = r"@|Call \+"
NUMBER = r"^-?\d+(\.\d+)?$"


def duplicates(name: str) -> Callable[[Landing], int]:
    return lambda landing: len(landing.table(name)) - landing.table(name).n_unique()


def restated(name: str) -> Callable[[Landing], int]:
    def count(landing: Landing) -> int:
        versions = landing.table(name).unique().group_by(TIMES[name][0]).len()
        return len(versions.filter(pl.col("len") == 2))

    return count


def late(name: str) -> Callable[[Landing], int]:
    _, event, known = TIMES[name]

    def count(landing: Landing) -> int:
        rows = landing.table(name).unique()
        if rows.schema[event] == pl.String:
            rows = rows.with_columns(instant(event), instant(known))
        return len(rows.filter(pl.col(known) - pl.col(event) >= timedelta(days=14)))

    return count


def cells(name: str, column: str, wrong: Callable[[pl.Expr], pl.Expr]) -> Callable[[Landing], int]:
    return lambda landing: len(landing.table(name).filter(wrong(pl.col(column))))


def unknown_customers(name: str) -> Callable[[Landing], int]:
    return lambda landing: len(landing.table(name).join(landing.table("customers"), on="customer_id", how="anti"))


def no_day(cell: pl.Expr) -> pl.Expr:
    return cell.str.to_date("%d.%m.%Y", strict=False).is_null()


def no_number(cell: pl.Expr) -> pl.Expr:
    return cell.str.contains(NUMBER).not_()


def trailing_space(cell: pl.Expr) -> pl.Expr:
    return cell.str.ends_with(" ")


def without_at(cell: pl.Expr) -> pl.Expr:
    return (cell != "") & cell.str.contains("@").not_()


FINDERS: dict[str, Callable[[Landing], int]] = {
    **{f"{name}.duplicate": duplicates(name) for name in (*TIMES, "inspections") if name != "stock_on_hand"},
    **{
        f"{name}.restated": restated(name)
        for name in ("customers", "order_lines", "returns", "spare_consumption", "stock_on_hand", "telemetry")
    },
    **{f"{name}.late": late(name) for name in TIMES if name not in {"customers", "stock_on_hand"}},
    "customers.email_without_at": cells("customers", "email", without_at),
    "customers.email_blank": cells("customers", "email", lambda cell: cell == ""),
    "customers.trailing_space": cells("customers", "country", trailing_space),
    "order_lines.negative_quantity": cells("order_lines", "quantity", lambda cell: cell < 0),
    "order_lines.unknown_customer": unknown_customers("order_lines"),
    "order_lines.unparsable_price": cells("order_lines", "unit_price_eur", no_number),
    "order_lines.unparsable_date": cells("order_lines", "promised_for", lambda cell: cell.str.ends_with("Z").not_()),
    "order_lines.trailing_space": cells("order_lines", "hand_model", trailing_space),
    "returns.unknown_customer": unknown_customers("returns"),
    "returns.personal_data_in_text": cells("returns", "reason_text", lambda cell: cell.str.contains(CONTACT)),
    "spare_consumption.negative_quantity": cells("spare_consumption", "quantity", lambda cell: cell < 0),
    "suppliers.email_without_at": cells("suppliers", "contact_email", without_at),
    "suppliers.trailing_space": cells("suppliers", "country", trailing_space),
    "deliveries.negative_quantity": cells("deliveries", "quantity", lambda cell: cell.str.starts_with("-")),
    "deliveries.unparsable_quantity": cells("deliveries", "quantity", no_number),
    "deliveries.unparsable_date": cells("deliveries", "promised_on", no_day),
    "deliveries.trailing_space": cells("deliveries", "supplier_id", trailing_space),
    "inspections.unparsable_date": cells(
        "inspections", "inspected_on", lambda cell: cell.str.to_date("%m/%d/%Y", strict=False).is_null()
    ),
    "inspections.unparsable_quantity": cells("inspections", "sample_size", no_number),
    "parts.unparsable_price": cells("parts", "list_price_usd", lambda cell: cell.str.starts_with("$").not_()),
    "telemetry.nan_torque": cells("telemetry", "torque_p95", lambda cell: cell.is_nan()),
    "telemetry.nan_temperature": cells("telemetry", "temperature", lambda cell: cell.is_nan()),
    "telemetry.milli_torque": cells("telemetry", "torque_p95", lambda cell: cell.is_not_nan() & (cell > 200)),
    "fleet_events.unparsable_date": cells("fleet_events", "at", lambda cell: cell.str.ends_with("Z").not_()),
    "arm_variants.length_in_inches": cells("arm_variants", "reach_mm", lambda cell: cell.cast(pl.Float64) < 100),
    "end_effectors.trailing_space": cells("end_effectors", "kind", trailing_space),
}


def test_every_planted_kind_has_a_finder(manifest: Manifest) -> None:
    assert set(manifest.dirt) == set(FINDERS)


@pytest.mark.parametrize("kind", sorted(FINDERS))
def test_the_planted_count_is_what_polars_finds(kind: str, landing: Landing, manifest: Manifest) -> None:
    found = FINDERS[kind](landing)

    assert 0 < found
    assert manifest.dirt[kind] == found


def test_no_row_outside_the_planted_tables_is_doubled(landing: Landing) -> None:
    for name in ("stock_on_hand", "bill_of_materials", "item_costs", "traceability", "parts", "suppliers"):
        assert 0 == duplicates(name)(landing), name
