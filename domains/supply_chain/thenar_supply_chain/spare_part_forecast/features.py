"""Features of a part on a Monday: what was known by then, of all three domains, and nothing younger."""

import polars as pl

from meshwright import Frame
from thenar_supply_chain.spare_part_forecast.ports import LeadTime, Ordered, Shelf, Structure, Used, Wear

NEW_LEAD_DAYS = 35.0
"""What a part without deliveries is taken to need."""

USUAL = {"backlash_ratio": 1.0, "worn_share": 0.0, "temperature_c": 38.0}
"""A joint that no connected hand reported."""

PRIOR_WEEKS, RARE = 500, 0.0005
"""Piece-weeks, and failures in each, that stand for parts of which little is known."""

FEATURES = ("trend", "year_trend", "backlash_ratio", "growth")
"""What the regression sees; chosen, like `RIDGE`, on the half year before the hold-out."""

RIDGE = 100.0


def of_demand(spine: pl.LazyFrame, used: Frame[Used], leads: Frame[LeadTime], shelf: Frame[Shelf]) -> pl.LazyFrame:
    """Add what supply chain itself knew: use, lead time, shelf and cost."""
    at = "week_ends_at"
    known = Used.as_of(spine, used, at=at).rename({"used": "used_1w"})
    known = LeadTime.as_of(known, leads, at=at)
    on_shelf = Shelf.as_of(known.with_columns(item_id=pl.col("part_number"), location=pl.lit("SPARES")), shelf, at=at)
    return on_shelf.drop("item_id", "location").with_columns(
        pl.col("used_1w", "used_4w", "used_13w", "used_52w", "on_hand").fill_null(0),
        lead_weeks=(pl.col("lead_days_mean").fill_null(NEW_LEAD_DAYS) / 7).ceil().clip(1, 26),
    )


def of_fleet(spine: pl.LazyFrame, wear: Frame[Wear]) -> pl.LazyFrame:
    """Add what robotics knew: how worn the joints with the part are."""
    worn = Wear.as_of(spine, wear, at="week_ends_at")
    return worn.with_columns(pl.col(name).fill_null(usual) for name, usual in USUAL.items())


def of_sales(spine: pl.LazyFrame, ordered: Frame[Ordered], structure: Frame[Structure]) -> pl.LazyFrame:
    """Add what sales knew: how many hands with the part customers ordered in the last quarter."""
    holding = spine.select("part_number", "week_ends_at").join(_held_by(structure), on="part_number")
    begun = holding.filter(pl.col("since").cast(pl.Datetime("us", "UTC")) <= pl.col("week_ends_at")).drop("since")
    hands = Ordered.as_of(begun, ordered, at="week_ends_at").group_by("part_number", "week_ends_at")
    joined = spine.join(hands.agg(pl.col("ordered_13w").sum()), on=["part_number", "week_ends_at"], how="left")
    return joined.with_columns(pl.col("ordered_13w").fill_null(0))


def scaled(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Put features on scales on which the logarithm of demand over its usual level may be linear in them.

    `usual` is the weekly use of the last quarter, leaning on `PRIOR_WEEKS`; the rest says which way it will go.
    """
    field = pl.col("in_field")

    def rate(weeks: int) -> pl.Expr:
        return (pl.col(f"used_{weeks}w") + PRIOR_WEEKS * RARE) / (field * weeks + PRIOR_WEEKS)

    return rows.with_columns(
        usual=rate(13) * field,
        trend=(rate(4) / rate(13)).log(),
        year_trend=(rate(13) / rate(52)).log(),
        growth=(pl.col("ordered_13w") / (field + 100)).log1p(),
    )


def _held_by(structure: Frame[Structure]) -> pl.LazyFrame:
    """Find the hands that a part is built into, by way of a transmission, and since when."""
    kind = pl.col("component_kind")
    upper = structure.filter(kind == "transmission").select(
        hand_model="parent_item", middle="component_item", since="valid_from"
    )
    lower = structure.filter(kind == "part").select(middle="parent_item", part_number="component_item")
    return upper.join(lower, on="middle").group_by("hand_model", "part_number").agg(pl.col("since").min())
