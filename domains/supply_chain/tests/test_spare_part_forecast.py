"""What the forecast makes of rows: features as of a Monday, labels, and a plan."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from meshwright.testing import undeclared
from thenar_supply_chain.spare_part_forecast import judge, spare_part_forecast, spare_part_training
from thenar_supply_chain.spare_part_forecast.model import PREDICTED, predict_hands, predict_spares
from thenar_supply_chain.spare_part_forecast.ports import Installed, LeadTime, Ordered, Shelf, Structure, Used, Wear

MONDAY = datetime(2025, 1, 6, tzinfo=UTC)
WEEK = timedelta(weeks=1)
PARTS = {"BRG-1001": 2, "BRG-1002": 6, "MOT-1001": 0}
LATE = MONDAY + 40 * WEEK


def inputs(weeks: int = 60) -> dict[str, Any]:
    """Three parts that use 2, 6 and no pieces a week; a correction of week 40 becomes known three weeks later."""
    mondays = [MONDAY + n * WEEK for n in range(weeks)]
    every = [(part, use, monday) for part, use in PARTS.items() for monday in mondays]
    sums = {"used": 1, "used_4w": 4, "used_13w": 13, "used_52w": 52}
    used: list[dict[str, object]] = [
        {"part_number": p, "week_ends_at": m, "known_at": m, **{n: use * w for n, w in sums.items()}}
        for p, use, m in every
    ]
    corrected = {"used": 9, "used_4w": 15, "used_13w": 33, "used_52w": 111}
    used.append({"part_number": "BRG-1001", "week_ends_at": LATE, "known_at": LATE + 3 * WEEK, **corrected})
    wear = [{"part_number": "BRG-1001", "week_ends_at": LATE, "known_at": LATE + WEEK, "backlash_ratio": 7.5}]
    shelf = [
        {"item_id": i, "location": place, "snapshot_at": MONDAY, "recorded_at": MONDAY, "on_hand": n,
         "unit_cost_eur": Decimal("10.00")}
        for i, place, n in (("BRG-1001", "SPARES", 3), ("BRG-1001", "PARTS", 500), ("H1", "HANDS", 4))
    ]  # fmt: skip
    structure = [
        {"parent_item": "H1", "component_item": "TR-1001", "component_kind": "transmission"},
        {"parent_item": "TR-1001", "component_item": "BRG-1001", "component_kind": "part"},
    ]
    ordered = [{"hand_model": "H1", "week_ends_at": m, "known_at": m, "ordered": 5, "ordered_13w": 65} for m in mondays]
    return {
        "installed": Installed.example(
            {"part_number": p, "week_ends_at": m, "in_field": 400, "mean_age_weeks": 9.0} for p, _, m in every
        ),
        "used": Used.example(used),
        "leads": LeadTime.example(
            [{"part_number": "BRG-1001", "received_at": MONDAY, "known_at": MONDAY, "lead_days_mean": 15.0}]
        ),
        "shelf": Shelf.example(shelf),
        "wear": Wear.example(wear),
        "ordered": Ordered.example(ordered),
        "structure": Structure.example([{**s, "valid_from": MONDAY.date()} for s in structure]),
    }


def rows_of(part: str) -> pl.DataFrame:
    return spare_part_training(**inputs()).collect().filter(pl.col("part_number") == part).sort("week_ends_at")


def test_wear_counts_from_the_monday_on_which_it_was_known() -> None:
    rows = rows_of("BRG-1001")

    assert [1.0, 7.5] == rows.filter(pl.col("week_ends_at").is_in([LATE, LATE + WEEK]))["backlash_ratio"].to_list()


def test_a_correction_changes_the_label_of_its_week_and_no_feature() -> None:
    rows = rows_of("BRG-1001")
    before = rows.filter(pl.col("week_ends_at") == LATE - WEEK)

    assert [9] == before["used_after"].to_list()
    assert {26} == set(rows["used_13w"])
    assert [2] == rows.filter(pl.col("week_ends_at") == LATE)["used_after"].to_list()


def test_the_week_that_is_not_over_has_no_label() -> None:
    rows = rows_of("MOT-1001")

    assert [0, None] == rows["used_after"].tail(2).to_list()


def test_a_part_gets_its_own_shelf_lead_time_and_the_orders_of_the_hands_that_hold_it() -> None:
    bearing, motor = rows_of("BRG-1001")[-1].to_dicts()[0], rows_of("MOT-1001")[-1].to_dicts()[0]

    assert (3, 3.0, 65) == (bearing["on_hand"], bearing["lead_weeks"], bearing["ordered_13w"])
    assert (0, 5.0, 0) == (motor["on_hand"], motor["lead_weeks"], motor["ordered_13w"])


def test_a_plan_covers_what_is_used_and_takes_off_what_lies_there() -> None:
    plan = {row["item_id"]: row for row in spare_part_forecast(**inputs()).collect().to_dicts()}

    assert ["BRG-1001", "BRG-1002", "H1", "MOT-1001"] == list(plan)
    assert 6.0 < plan["BRG-1001"]["expected"] < 12.0
    assert 30.0 < plan["BRG-1002"]["expected"] < 45.0
    assert plan["MOT-1001"]["expected"] < 1.0
    assert plan["BRG-1001"]["order_up_to"] - 3 == plan["BRG-1001"]["order_quantity"]
    assert 10 * plan["BRG-1001"]["order_quantity"] == plan["BRG-1001"]["order_value_eur"]
    assert None is plan["BRG-1002"]["order_value_eur"]
    assert (25.0, 5) == (plan["H1"]["expected"], plan["H1"]["horizon_weeks"])
    assert plan["H1"]["order_up_to"] > 25


def test_rows_in_another_order_give_the_same_plan() -> None:
    given = inputs()
    turned = {name: frame.reverse() for name, frame in given.items()}

    assert spare_part_forecast(**given).collect().equals(spare_part_forecast(**turned).collect())


def test_no_rows_give_no_plan() -> None:
    nothing = {name: frame.clear() for name, frame in inputs().items()}

    assert 0 == spare_part_forecast(**nothing).collect().height
    for predict in (predict_spares, predict_hands):
        assert pl.Schema(PREDICTED) == predict.run(pl.DataFrame()).schema


def test_the_spares_model_reads_what_it_declares() -> None:
    rows = spare_part_training(**inputs()).collect()
    varied = rows.select(column for column in rows.columns if rows[column].n_unique() > 1)

    assert [] == undeclared(predict_spares, varied)


def test_a_report_compares_the_model_with_every_baseline() -> None:
    report = judge(spare_part_training(**inputs()).collect(), 1, "abc")

    assert (3, "abc", 7) == (report.items, report.training_set, len(report.methods))
