"""What the ERP records of stock, and what it knows of structure and cost."""

import numpy as np
import polars as pl

from thenar_operations.arrays import Ints, stream
from thenar_operations.catalogue import ASSEMBLIES, MODELS, PARTS, TRANSMISSIONS
from thenar_operations.dirt import Table, clean, delay, finish, long_ago, mark, restate
from thenar_operations.texts import numbered, soon_after, zulu
from thenar_operations.weeks import DAY, END_SECOND, HOUR, WEEK, WEEKS, instants
from thenar_operations.world import World

_Move = tuple[int, str, str, str, int, int | None]  # second, item, location, kind, pieces, lot


def stock_movements(world: World) -> Table:
    """Return receipts per lot, and the week's consumption and write-off per item and location."""
    rng = stream(world.seed, "dirt.stock_movements")
    moves = sorted(_parts_moves(world) + _hands_moves(world), key=lambda m: m[:4])
    second = np.array([m[0] for m in moves], dtype=np.int64)
    frame = pl.DataFrame(
        {
            "movement_id": numbered("MOV", 8, range(1, len(moves) + 1)),
            "item_id": [m[1] for m in moves],
            "location": [m[2] for m in moves],
            "kind": [m[3] for m in moves],
            "quantity": [m[4] for m in moves],
            "lot_number": [None if m[5] is None else f"LOT-{m[5] + 1:06d}" for m in moves],
            "moved_at": instants("moved_at", second),
            "recorded_at": soon_after(rng, second, hours=3),
        }
    )
    marked = delay(mark(frame, rng, {"duplicate": 0.001, "late": 0.002}, long_ago("moved_at")), rng, "moved_at")
    return finish(
        "stock_movements", marked.with_columns(*zulu("moved_at", "recorded_at")), ["recorded_at", "movement_id"]
    )


def stock_on_hand(world: World) -> Table:
    """Return the weekly count; a restated one was miscounted first."""
    rng = stream(world.seed, "dirt.stock_on_hand")
    rows: list[tuple[str, str, Ints]] = [
        (PARTS[pool.part].number, pool.location, np.array(pool.on_hand)) for pool in world.warehouse.pools.values()
    ]
    hands = world.hands
    held = np.cumsum(hands.produced_weekly - hands.shipped_weekly - hands.scrapped_weekly, axis=1)
    rows += [(model, "HANDS", held[at]) for at, model in enumerate(MODELS)]
    second = np.tile(np.arange(WEEKS) * WEEK + 6 * DAY + 22 * HOUR, len(rows))
    frame = pl.DataFrame(
        {
            "item_id": np.repeat([r[0] for r in rows], WEEKS),
            "location": np.repeat([r[1] for r in rows], WEEKS),
            "snapshot_at": instants("snapshot_at", second),
            "on_hand": np.concatenate([r[2] for r in rows]),
            "recorded_at": soon_after(rng, second, hours=2),
        }
    )
    marked = mark(frame, rng, {"restated": 0.002}, long_ago("snapshot_at"))
    dated = restate(marked, rng, {"on_hand": pl.col("on_hand") + 7})
    text = dated.with_columns(*zulu("snapshot_at", "recorded_at"))
    return finish("stock_on_hand", text, ["recorded_at", "location", "item_id", "snapshot_at"])


def bill_of_materials(_: World) -> Table:
    """Return which item holds which, from which day to which."""
    rows: list[tuple[str, str, str, str | None, int, str, str | None]] = []
    for unit in ASSEMBLIES:
        since = unit.released_on.isoformat()
        rows += [(model, unit.number, unit.kind, None, 1, since, None) for model in unit.models]
        rows += [(unit.number, part, "part", None, quantity, since, None) for part, quantity in unit.parts]
    for gear in TRANSMISSIONS:
        until = None if gear.superseded_on is None else gear.superseded_on.isoformat()
        for model, start in gear.uses:
            rows.append((model, gear.number, "transmission", gear.joint, 1, start.isoformat(), until))
        first = min(start for _, start in gear.uses).isoformat()
        rows += [(gear.number, part, "part", None, 1, first, None) for part in gear.parts]
    schema = ["parent_item", "component_item", "component_kind", "joint", "quantity", "valid_from", "valid_to"]
    return clean("bill_of_materials", pl.DataFrame(sorted(rows, key=lambda r: r[:2]), schema=schema, orient="row"))


def item_costs(world: World) -> Table:
    """Return unit costs over time."""
    return clean("item_costs", world.costs.frame)


def _parts_moves(world: World) -> list[_Move]:
    moves: list[_Move] = [
        (lot.received, PARTS[lot.part].number, lot.location, "receipt", lot.quantity, lot.number)
        for lot in world.warehouse.lots
        if lot.received < END_SECOND
    ]
    for pool in world.warehouse.pools.values():
        moves += _weekly(PARTS[pool.part].number, pool.location, "consumption", np.array(pool.wanted))
        moves += _weekly(PARTS[pool.part].number, pool.location, "write_off", np.array(pool.written_off))
    return moves


def _hands_moves(world: World) -> list[_Move]:
    moves: list[_Move] = []
    for at, model in enumerate(MODELS):
        moves += _weekly(model, "HANDS", "receipt", -world.hands.produced_weekly[at])
        moves += _weekly(model, "HANDS", "consumption", world.hands.shipped_weekly[at])
        moves += _weekly(model, "HANDS", "write_off", world.hands.scrapped_weekly[at])
    return moves


def _weekly(item: str, location: str, kind: str, out: Ints) -> list[_Move]:
    """Return one movement per week in which something left (or came, below zero)."""
    weeks = np.flatnonzero(out)
    return [(int(w) * WEEK + 5 * DAY + 18 * HOUR, item, location, kind, -int(out[w]), None) for w in weeks]
