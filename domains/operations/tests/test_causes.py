"""The world is one: wear makes failures, failures make spare-part demand, stock adds up."""

import polars as pl

from thenar_operations.catalogue import MODELS, PARTS, transmissions_of
from thenar_operations.landing import Landing, instant
from thenar_operations.weeks import END, START


def newest(rows: pl.DataFrame, *key: str) -> pl.DataFrame:
    return rows.sort("recorded_at", maintain_order=True).unique(key, keep="last", maintain_order=True)


def readings_with_failure(landing: Landing) -> pl.DataFrame:
    """Return each reading with its wear (backlash against the joint's first reading) and whether a failure is near."""
    readings = newest(landing.table("telemetry"), "serial_number", "joint", "at").sort("at")
    readings = readings.filter(pl.col("backlash") < 500)
    first = pl.col("backlash").first().over("serial_number", "joint")
    back = landing.table("returns").drop_nulls("joint").with_columns(instant("returned_at")).sort("returned_at")
    ahead = readings.join_asof(
        back.select("serial_number", "joint", "returned_at"),
        left_on="at",
        right_on="returned_at",
        by=["serial_number", "joint"],
        strategy="forward",
        check_sortedness=False,
    )
    soon = (pl.col("returned_at") - pl.col("at") < pl.duration(weeks=6)).fill_null(value=False)
    return ahead.with_columns(wear=pl.col("backlash") / first, fails_soon=soon)


def test_worn_joints_fail_more(landing: Landing) -> None:
    readings = readings_with_failure(landing)
    worn = readings.filter(pl.col("wear") > pl.col("wear").quantile(0.9))
    fresh = readings.filter(pl.col("wear") < pl.col("wear").quantile(0.5))

    assert 4 * fresh.select(pl.col("fails_soon").mean()).item() < worn.select(pl.col("fails_soon").mean()).item()


def test_warm_joints_fail_more(landing: Landing) -> None:
    readings = readings_with_failure(landing).filter(pl.col("temperature").is_not_nan())
    means = (
        readings.group_by("fails_soon").agg(pl.col("temperature").mean()).sort("fails_soon")["temperature"].to_list()
    )

    assert means[0] + 1.0 < means[1]


def weekly_gear_demand_and_wear(landing: Landing) -> pl.DataFrame:
    """Return per transmission part and week the pieces consumed and the share of clearly worn readings."""
    gears = landing.table("transmissions").select("part_number")
    used = newest(landing.table("spare_consumption"), "consumption_id").with_columns(instant("consumed_at"))
    used = used.filter(pl.col("quantity") > 0).join(gears, on="part_number")
    holds = landing.table("traceability").filter(pl.col("installed_by") == "assembly").join(gears, on="part_number")
    readings = readings_with_failure(landing).join(
        holds.select("serial_number", "joint", "part_number"), on=["serial_number", "joint"]
    )
    weeks = pl.DataFrame({"week": pl.datetime_range(START, END, "1w", closed="left", eager=True, time_zone="UTC")})
    demand = used.group_by("part_number", week=pl.col("consumed_at").dt.truncate("1w")).agg(pl.col("quantity").sum())
    worn = readings.group_by("part_number", week=pl.col("at").dt.truncate("1w")).agg(worn=(pl.col("wear") > 1.6).sum())
    keys = ["part_number", "week"]
    grid = gears.join(weeks, how="cross").join(demand, on=keys, how="left").join(worn, on=keys, how="left")
    return grid.with_columns(pl.col("quantity", "worn").fill_null(0).cast(pl.Float64)).sort(keys)


def test_a_rise_of_wear_leads_a_rise_of_spare_demand(landing: Landing) -> None:
    grid = weekly_gear_demand_and_wear(landing)
    recent = pl.col("quantity").rolling_sum(8).over("part_number")
    ahead = pl.col("quantity").rolling_sum(6).shift(-6).over("part_number")
    worn, worn_before = pl.col("worn").rolling_sum(3), pl.col("worn").rolling_sum(8).shift(6)
    rows = grid.select(
        past=recent,
        demand=((ahead / 6 + 0.3) / (recent / 8 + 0.3)).log(),
        wear=((worn / 3 + 1) / (worn_before / 8 + 1)).log().over("part_number"),
    )
    known = rows.drop_nulls().filter(pl.col("past") >= 8)

    assert 100 < len(known)
    assert 0.3 < float(known.select(pl.corr("demand", "wear")).item())


def test_stock_of_a_week_is_stock_of_the_week_before_and_its_movements(landing: Landing) -> None:
    moves = landing.table("stock_movements").unique("movement_id").with_columns(instant("moved_at"))
    weekly = moves.group_by("item_id", "location", week=pl.col("moved_at").dt.truncate("1w")).agg(
        pl.col("quantity").sum()
    )
    counts = newest(landing.table("stock_on_hand"), "item_id", "location", "snapshot_at").with_columns(
        instant("snapshot_at")
    )
    held = counts.with_columns(week=pl.col("snapshot_at").dt.truncate("1w")).sort("snapshot_at")
    joined = held.join(weekly, on=["item_id", "location", "week"], how="left").with_columns(
        pl.col("quantity").fill_null(0)
    )
    change = pl.col("on_hand") - pl.col("on_hand").shift(1, fill_value=0).over("item_id", "location")

    assert 130 * (len(PARTS) + 25 + len(MODELS)) == len(joined)
    assert joined.filter(change != pl.col("quantity")).is_empty()
    assert (joined["on_hand"] >= 0).all()


def test_supersession_freezes_stock_that_is_written_off_later(landing: Landing) -> None:
    moves = landing.table("stock_movements").filter(pl.col("kind") == "write_off")
    parts = landing.table("parts").filter(pl.col("superseded_by").is_not_null())

    assert 4 <= len(moves.filter(pl.col("location") == "PARTS"))
    assert set(moves.filter(pl.col("location") == "PARTS")["item_id"]) <= set(parts["part_number"])
    assert {"H1"} == set(moves.filter(pl.col("location") == "HANDS")["item_id"])
    assert (moves["quantity"] < 0).all()


def test_lead_times_vary_and_differ_by_supplier(landing: Landing) -> None:
    rows = (
        landing.table("deliveries")
        .unique()
        .with_columns(instant("received_at"), pl.col("supplier_id").str.strip_chars())
    )
    lead = pl.col("received_at").dt.date() - pl.col("ordered_on").str.to_date("%d.%m.%Y")
    planned = rows.with_columns(days=lead.dt.total_days()).filter(pl.col("days") > 2)
    by_supplier = planned.group_by("supplier_id").agg(
        pl.col("days").mean().alias("mean"), pl.col("days").std().alias("sd")
    )

    assert 15 == len(by_supplier)
    assert by_supplier.select(2 * pl.col("mean").min() < pl.col("mean").max()).item()
    assert (by_supplier["sd"] > 1).all()


def test_each_hand_holds_the_parts_of_its_bill_of_materials(landing: Landing) -> None:
    trace = (
        landing.table("traceability").filter(pl.col("installed_by") == "assembly").with_columns(instant("installed_at"))
    )
    models = landing.table("shipments").unique("serial_number").select("serial_number", "hand_model")
    built = trace.join(models, on="serial_number").group_by("serial_number", "hand_model", "installed_at")
    wrong = [
        serial
        for serial, model, at, parts in built.agg(pl.col("part_number").sort()).iter_rows()
        if parts != sorted(p for t in transmissions_of(model, at.date()) for p in t.parts)
    ]

    assert [] == wrong


def test_nothing_is_recorded_before_it_happened_or_after_the_end(landing: Landing) -> None:
    for name, event in (
        ("shipments", "shipped_at"),
        ("returns", "returned_at"),
        ("spare_consumption", "consumed_at"),
        ("stock_movements", "moved_at"),
        ("order_lines", "placed_at"),
        ("deliveries", "received_at"),
        ("traceability", "installed_at"),
        ("fleet_events", "at"),
    ):
        rows = landing.table(name).with_columns(instant(event), instant("recorded_at")).drop_nulls(event)

        assert rows.filter(pl.col(event) >= pl.col("recorded_at")).is_empty(), name
        assert rows.filter((pl.col(event) < START) | (pl.col("recorded_at") > END)).is_empty(), name
    assert 0 == landing.table("telemetry").filter(pl.col("recorded_at") <= pl.col("at")).height


def test_the_office_keeps_summer_time_and_means_utc(landing: Landing) -> None:
    lines = landing.table("order_lines").with_columns(offset=pl.col("placed_at").str.slice(-6), at=instant("placed_at"))
    summer = lines.filter(pl.col("at").dt.month().is_between(4, 9))
    winter = lines.filter(pl.col("at").dt.month().is_in([11, 12, 1, 2]))

    assert {"+02:00"} == set(summer["offset"])
    assert {"+01:00"} == set(winter["offset"])
    assert pl.Datetime("us", "UTC") == landing.table("telemetry").schema["at"]


def test_references_hold_but_for_the_planted(landing: Landing) -> None:
    def keys(table: str, column: str) -> set[str]:
        return set(landing.table(table)[column].drop_nulls().str.strip_chars())

    assert keys("shipments", "line_id") <= keys("order_lines", "line_id")
    assert keys("shipments", "customer_id") <= keys("customers", "customer_id")
    assert keys("returns", "serial_number") <= keys("shipments", "serial_number")
    assert keys("spare_consumption", "return_id") <= keys("returns", "return_id")
    assert keys("traceability", "lot_number") <= keys("deliveries", "lot_number")
    assert keys("inspections", "lot_number") <= keys("deliveries", "lot_number")
    assert keys("deliveries", "supplier_id") <= keys("suppliers", "supplier_id")
    assert keys("deliveries", "part_number") == keys("parts", "part_number")
    assert keys("telemetry", "serial_number") <= keys("shipments", "serial_number")
    assert keys("bill_of_materials", "component_item") >= keys("parts", "part_number")


def test_parts_are_installed_after_their_lot_was_received(landing: Landing) -> None:
    lots = landing.table("deliveries").unique("lot_number").select("lot_number", instant("received_at"))
    trace = landing.table("traceability").with_columns(instant("installed_at")).join(lots, on="lot_number")

    assert len(landing.table("traceability")) == len(trace)
    assert trace.filter(pl.col("installed_at") <= pl.col("received_at")).is_empty()


def test_a_hand_is_shipped_after_it_was_ordered_and_assembled(landing: Landing) -> None:
    lines = landing.table("order_lines").unique("line_id").select("line_id", instant("placed_at"))
    shipped = (
        landing.table("shipments").unique("shipment_id").with_columns(instant("shipped_at")).join(lines, on="line_id")
    )
    built = landing.table("traceability").filter(pl.col("installed_by") == "assembly").unique("serial_number")
    shipped = shipped.join(built.select("serial_number", instant("installed_at")), on="serial_number")

    assert shipped.filter(pl.col("shipped_at") <= pl.max_horizontal("placed_at", "installed_at")).is_empty()
