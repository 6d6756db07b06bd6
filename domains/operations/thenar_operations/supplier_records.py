"""What purchasing, incoming inspection and the assembly line record."""

from datetime import timedelta

import numpy as np
import polars as pl

from thenar_operations.arrays import pick, stream
from thenar_operations.catalogue import FIRST_DAY, JOINTS, PARTS, TRANSMISSIONS, superseded_parts
from thenar_operations.dirt import NOT_A_DAY, NOT_A_NUMBER, Table, clean, delay, finish, long_ago, mark, spoil
from thenar_operations.people import CARRIERS
from thenar_operations.suppliers import supplier_id
from thenar_operations.texts import american_day, german_day, money, numbered, soon_after, with_offset, zulu
from thenar_operations.warehouse import Lot
from thenar_operations.weeks import DAY, END, END_SECOND, instants
from thenar_operations.world import World

_REJECT_RATE = 0.015
_REJECT_RATE_BAD = 0.035
_INSPECTORS = ("Heike Vogel", "Tomáš Dvořák", "Aylin Demir")
_USD_PER_EUR = 1.08


def suppliers(world: World) -> Table:
    """Return the suppliers with their contacts."""
    rng = stream(world.seed, "dirt.suppliers")
    marked = mark(world.suppliers.frame, rng, {"email_without_at": 1, "trailing_space": 2})
    text = spoil(marked, "email_without_at", "contact_email", pl.col("contact_email").str.replace("@", ".at."))
    text = spoil(text, "trailing_space", "country", pl.col("country") + " ")
    return finish("suppliers", text, ["supplier_id"])


def received_lots(world: World) -> list[Lot]:
    """Return the lots received before the end, by time."""
    return sorted(
        (lot for lot in world.warehouse.lots if lot.received < END_SECOND), key=lambda lot: (lot.received, lot.number)
    )


def deliveries(world: World) -> Table:
    """Return one row per lot; the bad lots' rows stay clean, so that the trail is whole."""
    rng = stream(world.seed, "dirt.deliveries")
    lots = received_lots(world)
    received = np.array([lot.received for lot in lots])
    frame = pl.DataFrame(
        {
            "delivery_id": numbered("DEL", 6, range(1, len(lots) + 1)),
            "lot_number": numbered("LOT", 6, [lot.number + 1 for lot in lots]),
            "supplier_id": [supplier_id(lot.supplier) for lot in lots],
            "part_number": [PARTS[lot.part].number for lot in lots],
            "destination": [lot.location for lot in lots],
            "ordered_on": instants("ordered_on", np.array([lot.ordered for lot in lots])),
            "promised_on": instants("promised_on", np.array([lot.promised for lot in lots])),
            "received_at": instants("received_at", received),
            "quantity": [str(lot.quantity) for lot in lots],
            "unit_price_eur": money("unit_price_eur", [lot.price_eur for lot in lots]).str.replace(
                ".", ",", literal=True
            ),
            "carrier": pick(CARRIERS, rng.integers(0, len(CARRIERS), size=len(lots))),
            "recorded_at": soon_after(rng, received, hours=8),
            "bad": [lot.bad for lot in lots],
        }
    ).filter(pl.col("recorded_at") <= END)
    kinds = {
        "duplicate": 0.006, "late": 0.006, "negative_quantity": 0.002, "unparsable_quantity": 0.0025,
        "unparsable_date": 0.002, "trailing_space": 0.006,
    }  # fmt: skip
    marked = mark(frame, rng, kinds, long_ago("received_at") & ~pl.col("bad")).drop("bad")
    dated = delay(marked, rng, "received_at").with_columns(pl.col("received_at").dt.year().alias("year"))
    text = dated.with_columns(
        *german_day("ordered_on", "promised_on"), with_offset("received_at"), *zulu("recorded_at")
    )
    text = spoil(text, "negative_quantity", "quantity", "-" + pl.col("quantity"))
    text = spoil(text, "unparsable_quantity", "quantity", NOT_A_NUMBER)
    text = spoil(text, "unparsable_date", "promised_on", NOT_A_DAY)
    text = spoil(text, "trailing_space", "supplier_id", pl.col("supplier_id") + " ")
    return finish("deliveries", text, ["recorded_at", "delivery_id"])


def inspections(world: World) -> Table:
    """Return the samples of nine lots in ten; bad lots are rejected a little more often."""
    rng = stream(world.seed, "dirt.inspections")
    lots = [lot for lot in received_lots(world) if rng.random() < 0.9 and lot.received < END_SECOND - 5 * DAY]
    inspected = np.array([lot.received for lot in lots]) + rng.integers(0, 3, size=len(lots)) * DAY
    sample = np.minimum(np.array([lot.quantity for lot in lots]), 50)
    rejected = rng.binomial(sample, np.where([lot.bad for lot in lots], _REJECT_RATE_BAD, _REJECT_RATE))
    frame = pl.DataFrame(
        {
            "inspection_id": numbered("INS", 6, range(1, len(lots) + 1)),
            "lot_number": numbered("LOT", 6, [lot.number + 1 for lot in lots]),
            "inspected_on": instants("inspected_on", inspected),
            "sample_size": [str(n) for n in sample],
            "rejected": rejected,
            "inspector": pick(_INSPECTORS, rng.integers(0, len(_INSPECTORS), size=len(lots))),
            "recorded_at": soon_after(rng, inspected, hours=8),
        }
    )
    kinds = {"duplicate": 0.005, "unparsable_date": 0.002, "unparsable_quantity": 0.002}
    marked = mark(frame, rng, kinds, long_ago("inspected_on"))
    text = marked.with_columns(*american_day("inspected_on"), *zulu("recorded_at"))
    text = spoil(text, "unparsable_date", "inspected_on", ["2/31/2025", "n/a"])
    text = spoil(text, "unparsable_quantity", "sample_size", NOT_A_NUMBER)
    return finish("inspections", text, ["recorded_at", "inspection_id"])


def parts(world: World) -> Table:
    """Return the price list in two currencies."""
    rng = stream(world.seed, "dirt.parts")
    after = superseded_parts()
    first_use = {part: min(day for _, day in t.uses) for t in TRANSMISSIONS for part in t.parts[:1]}
    frame = pl.DataFrame(
        {
            "part_number": [p.number for p in PARTS],
            "description": [p.description for p in PARTS],
            "category": [p.category for p in PARTS],
            "traced": ["yes" if p.traced else "no" for p in PARTS],
            "list_price_eur": [f"€{p.price_eur * 3:,.2f}" for p in PARTS],
            "list_price_usd": [f"${p.price_eur * 3 * _USD_PER_EUR:,.2f} " for p in PARTS],
            "quoted_lead_days": [
                round(float(world.suppliers.lead_weeks[world.suppliers.sources[p.number][0]]) * 7) for p in PARTS
            ],
            "minimum_order": [5 if p.traced else 10 for p in PARTS],
            "weight_g": [float(p.weight_g) for p in PARTS],
            "introduced_on": [first_use.get(p.number, FIRST_DAY) - timedelta(days=45) for p in PARTS],
            "superseded_by": [after[p.number][0] if p.number in after else None for p in PARTS],
            "superseded_on": [after[p.number][1] if p.number in after else None for p in PARTS],
        }
    ).with_columns(*american_day("introduced_on", "superseded_on"))
    return finish(
        "parts",
        spoil(mark(frame, rng, {"unparsable_price": 1}), "unparsable_price", "list_price_usd", ["n/a"]),
        ["part_number"],
    )


def traceability(world: World) -> Table:
    """Return which lot went into which hand, at assembly and at repair."""
    rng = stream(world.seed, "traceability")
    table = np.concatenate(world.fleet.installs)
    table = table[np.lexsort((table[:, 1], table[:, 0], table[:, 4]))]
    frame = pl.DataFrame(
        {
            "serial_number": numbered("SN", 7, table[:, 0] + 1),
            "joint": np.array(JOINTS)[table[:, 1] // 3],
            "part_number": np.array([p.number for p in PARTS])[table[:, 2]],
            "lot_number": numbered("LOT", 6, table[:, 3] + 1),
            "installed_at": instants("installed_at", table[:, 4]),
            "installed_by": np.where(table[:, 5] == 1, "repair", "assembly"),
            "recorded_at": soon_after(rng, table[:, 4], hours=2),
        }
    )
    return clean("traceability", frame.with_columns(*zulu("installed_at", "recorded_at")))
