"""What the ERP records of customers, orders and shipments."""

import numpy as np
import polars as pl

from thenar_operations.arrays import stream
from thenar_operations.catalogue import MODELS
from thenar_operations.customers import customer_ids
from thenar_operations.dirt import NOT_A_DAY, NOT_A_NUMBER, Table, delay, finish, long_ago, mark, restate, spoil
from thenar_operations.texts import money, numbered, soon_after, with_offset, zulu
from thenar_operations.weeks import END, instants
from thenar_operations.world import World


def customers(world: World) -> Table:
    """Return the customers; a restated one has moved and has another e-mail address."""
    rng = stream(world.seed, "dirt.customers")
    kinds = {
        "duplicate": 0.01, "restated": 0.05, "email_without_at": 0.013, "email_blank": 0.01, "trailing_space": 0.017
    }  # fmt: skip
    marked = mark(world.customers.frame, rng, kinds, long_ago("created_at"))
    earlier = {"street": pl.lit("Old Harbour 1"), "email": pl.lit("office.") + pl.col("email")}
    moved = restate(marked, rng, earlier, known="updated_at")
    text = moved.with_columns(*zulu("created_at", "updated_at"))
    text = spoil(text, "email_without_at", "email", pl.col("email").str.replace("@", ".at."))
    text = spoil(text, "email_blank", "email", [""])
    text = spoil(text, "trailing_space", "country", pl.col("country") + " ")
    return finish("customers", text, ["updated_at", "customer_id"])


def order_lines(world: World) -> Table:
    """Return the order lines; a restated one had another quantity first."""
    rng = stream(world.seed, "dirt.order_lines")
    orders = world.orders
    order = numbered("ORD", 8, orders.order + 1)
    frame = pl.DataFrame(
        {
            "line_id": [f"{o}-{n}" for o, n in zip(order, orders.line, strict=True)],
            "order_id": order,
            "line_number": orders.line,
            "customer_id": customer_ids(orders.customer),
            "email": world.customers.frame["email"].gather(orders.customer),
            "hand_model": np.array(MODELS)[orders.model],
            "quantity": orders.quantity,
            "unit_price_eur": money("unit_price_eur", orders.price_eur),
            "placed_at": instants("placed_at", orders.placed),
            "promised_for": instants("promised_for", orders.promised),
            "recorded_at": soon_after(rng, orders.placed),
        }
    )
    kinds = {
        "duplicate": 0.004, "restated": 0.01, "late": 0.006, "negative_quantity": 0.001, "unknown_customer": 0.0013,
        "unparsable_price": 0.001, "unparsable_date": 0.0008, "trailing_space": 0.004,
    }  # fmt: skip
    marked = mark(_known(frame), rng, kinds, long_ago("placed_at"))
    late = delay(marked, rng, "placed_at")
    dated = restate(late, rng, {"quantity": pl.col("quantity") + 1})
    text = dated.with_columns(with_offset("placed_at"), *zulu("promised_for", "recorded_at"))
    text = spoil(text, "negative_quantity", "quantity", -pl.col("quantity"))
    text = spoil(text, "unknown_customer", "customer_id", pl.col("customer_id").str.replace("CUS-0", "CUS-9"))
    text = spoil(text, "unparsable_price", "unit_price_eur", NOT_A_NUMBER)
    text = spoil(text, "unparsable_date", "promised_for", NOT_A_DAY)
    text = spoil(text, "trailing_space", "hand_model", pl.col("hand_model") + " ")
    return finish("order_lines", text, ["recorded_at", "line_id"])


def shipments(world: World) -> Table:
    """Return one row per hand shipped."""
    rng = stream(world.seed, "dirt.shipments")
    hands = world.hands
    sold = np.flatnonzero(hands.shipped >= 0)
    sold = sold[np.argsort(hands.shipped[sold], kind="stable")]
    orders, line = world.orders, hands.line[sold]
    frame = pl.DataFrame(
        {
            "shipment_id": numbered("SHP", 8, np.arange(1, len(sold) + 1)),
            "line_id": [f"ORD-{o + 1:08d}-{n}" for o, n in zip(orders.order[line], orders.line[line], strict=True)],
            "customer_id": customer_ids(orders.customer[line]),
            "serial_number": numbered("SN", 7, sold + 1),
            "hand_model": np.array(MODELS)[hands.model[sold]],
            "firmware_version": np.array(world.firmware.versions)[world.firmware.factory[sold]],
            "motion_model": np.array(world.motion.versions)[world.motion.factory[sold]],
            "connected": world.fleet.connected[sold].astype(np.int64),
            "shipped_at": instants("shipped_at", hands.shipped[sold]),
            "recorded_at": soon_after(rng, hands.shipped[sold]),
        }
    )
    marked = mark(_known(frame), rng, {"duplicate": 0.002, "late": 0.004}, long_ago("shipped_at"))
    text = delay(marked, rng, "shipped_at").with_columns(*zulu("shipped_at", "recorded_at"))
    return finish("shipments", text, ["recorded_at", "shipment_id"])


def _known(frame: pl.DataFrame) -> pl.DataFrame:
    """Drop what was not recorded before the end."""
    return frame.filter(pl.col("recorded_at") <= END)
