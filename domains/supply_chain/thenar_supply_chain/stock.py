"""Parts, spares and finished hands on the shelf: how long they last, and how much money lies there."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

import polars as pl
from annotated_types import Ge

from meshwright import (
    Class,
    Contract,
    Decimals,
    EventTime,
    Frame,
    InputPort,
    Key,
    KnownAt,
    Matches,
    Sla,
    Source,
    Sqlite,
    Unit,
    product,
    rule,
)
from thenar_supply_chain.words import ITEM, Location

USE_DAYS = 91


class ErpCount(Source, name="erp.stock_on_hand", format=Sqlite(table="stock_on_hand")):
    """One count of a shelf on a Sunday; a recount is a second row with a later `recorded_at`."""

    item_id: str
    location: str
    snapshot_at: datetime
    on_hand: int
    recorded_at: datetime


class ErpMovement(Source, name="erp.stock_movements", format=Sqlite(table="stock_movements")):
    """Something came to a shelf (above zero) or left it (below)."""

    movement_id: str
    item_id: str
    location: str
    kind: str
    quantity: int
    lot_number: str | None
    moved_at: datetime
    recorded_at: datetime


class Cost(InputPort, of="supply_chain.item_costs", version=1):
    """What an item costs, from a day on."""

    item_id: str
    unit_cost_eur: Annotated[Decimal, Decimals(18, 2), Class("commercial.cost"), Unit("EUR")]
    valid_from: date


class Stock(Contract, id="supply_chain.stock", version="1.0.0", on_fail="quarantine"):
    """One row per item, shelf, Sunday and count: a recount stands beside the first, with its own `recorded_at`.

    Use and write-offs are what had been recorded when the shelf was counted.
    """

    item_id: Annotated[str, Key(entity="item", keep="last"), Matches(ITEM)]
    """Part number, or hand model on the shelf HANDS."""
    location: Annotated[Location, Key(keep="last")]
    """PARTS for assembly, SPARES for repair, HANDS for finished hands."""
    snapshot_at: Annotated[datetime, Key(keep="last"), EventTime()]
    """Sunday, 22:00 UTC."""
    recorded_at: Annotated[datetime, Key(keep="last"), KnownAt()]
    """When the ERP learnt this count."""
    on_hand: Annotated[int, Ge(0), Unit("piece")]
    """Pieces on the shelf."""
    used_13w: Annotated[int, Ge(0), Unit("piece")]
    """Pieces taken in the 91 days before, write-offs left out."""
    days_of_cover: Annotated[float, Ge(0), Unit("d")] | None
    """How long the shelf lasts at that rate; null: nothing was taken."""
    unit_cost_eur: Annotated[Decimal, Decimals(18, 2), Unit("EUR"), Class("commercial.cost")] | None
    """Standard cost of a piece on that day; null: there was none yet."""
    frozen_eur: Annotated[Decimal, Decimals(18, 2), Ge(Decimal(0)), Unit("EUR"), Class("commercial.cost")]
    """Money that lies on the shelf."""
    written_off: Annotated[int, Ge(0), Unit("piece")]
    """Pieces written off since the beginning."""
    written_off_eur: Annotated[Decimal, Decimals(18, 2), Ge(Decimal(0)), Unit("EUR"), Class("commercial.cost")]
    """Money lost with them, at the cost of that day."""

    @rule
    def only_hands_on_their_shelf() -> pl.Expr:
        """Hands lie with hands, parts with parts."""
        return (pl.col("location") == "HANDS") == pl.col("item_id").str.contains(r"^H\d")


@product(
    owner="supply-planning",
    purpose="replenishment",
    sla=Sla(latency=timedelta(hours=12), frequency=timedelta(weeks=1)),
    tags=("feature", "weekly", "money", "spares"),
)
def stock(counts: Frame[ErpCount], movements: Frame[ErpMovement], costs: Frame[Cost]) -> Frame[Stock]:
    """Put beside each count what had left the shelf by then, and what it is worth."""
    out = movements.unique("movement_id").filter(pl.col("quantity") < 0)
    left = _left(counts, out)
    worth = left.with_columns(day=pl.col("snapshot_at").dt.date()).sort("day").join_asof(
        costs.sort("valid_from"), left_on="day", right_on="valid_from", by="item_id", check_sortedness=False
    )  # fmt: skip
    cost = pl.col("unit_cost_eur").fill_null(Decimal(0))
    return Stock.conform(
        worth.with_columns(
            days_of_cover=pl.when(pl.col("used_13w") > 0).then(pl.col("on_hand") * USE_DAYS / pl.col("used_13w")),
            frozen_eur=pl.col("on_hand") * cost,
            written_off_eur=pl.col("written_off") * cost,
        )
    )


def _left(counts: Frame[ErpCount], out: pl.LazyFrame) -> pl.LazyFrame:
    """Count what had been taken and written off when a shelf was counted, as far as it was recorded."""
    shelf, count = ["item_id", "location"], ["item_id", "location", "snapshot_at", "recorded_at"]
    moved = out.select(*shelf, "kind", "moved_at", pieces=-pl.col("quantity"), moved_known_at=pl.col("recorded_at"))
    seen = counts.select(count).unique().join(moved, on=shelf).filter(
        pl.col("moved_at") <= pl.col("snapshot_at"), pl.col("moved_known_at") <= pl.col("recorded_at")
    )  # fmt: skip
    recent = pl.col("moved_at") > pl.col("snapshot_at") - pl.duration(days=USE_DAYS)
    taken = seen.group_by(count).agg(
        used_13w=pl.col("pieces").filter((pl.col("kind") == "consumption") & recent).sum(),
        written_off=pl.col("pieces").filter(pl.col("kind") == "write_off").sum(),
    )
    left = counts.join(taken, on=count, how="left", maintain_order="left")
    return left.with_columns(pl.col("used_13w", "written_off").fill_null(0))
