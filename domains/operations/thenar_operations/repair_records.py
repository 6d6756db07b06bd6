"""What the ERP records of returns, and of the spares that repairs consumed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from thenar_operations.arrays import Ints, pick, stream
from thenar_operations.catalogue import JOINTS, PARTS
from thenar_operations.customers import customer_ids
from thenar_operations.dirt import Table, delay, finish, long_ago, mark, restate, spoil
from thenar_operations.texts import numbered, soon_after, zulu
from thenar_operations.weeks import END, END_SECOND, instants
from thenar_operations.world import World

FAULTS: Final = ("JOINT_WEAR", "NOISE", "LOSS_OF_GRIP")
NO_FAULTS: Final = ("NO_FAULT_FOUND", "WRONG_ITEM", "TRANSPORT_DAMAGE")
_TEXTS: Final = {
    "JOINT_WEAR": "Play in the joint, position drifts",
    "NOISE": "Grinding noise under load",
    "LOSS_OF_GRIP": "Hand lets go, motor runs hot",
    "NO_FAULT_FOUND": "Customer reports a fault, none seen on the bench",
    "WRONG_ITEM": "Other model was ordered",
    "TRANSPORT_DAMAGE": "Box crushed",
}


@dataclass(frozen=True)
class Returns:
    """One entry per return by time; slot is -1 where nothing failed, key finds the return of a failure."""

    hand: Ints
    slot: Ints
    second: Ints
    key: dict[tuple[int, int], int]


def list_returns(world: World) -> Returns:
    """Return what came back before the end: one return per hand and failure, and those without a fault."""
    failed = np.concatenate(world.fleet.failures)
    _, first = np.unique(failed[:, [0, 3]], axis=0, return_index=True)
    quiet = np.concatenate(world.fleet.quiet_returns)
    hand = np.concatenate([failed[first, 0], quiet[:, 0]])
    slot = np.concatenate([failed[first, 1], np.full(len(quiet), -1)])
    second = np.concatenate([failed[first, 3], quiet[:, 1]])
    order = np.lexsort((hand, second))
    order = order[second[order] < END_SECOND]
    hand, slot, second = hand[order], slot[order], second[order]
    key = {(int(h), int(s)): n for n, (h, s) in enumerate(zip(hand, second, strict=True))}
    return Returns(hand, slot, second, key)


def returns(world: World, listed: Returns) -> Table:
    """Return the returns; a restated one had another reason first, some notes hold personal data."""
    rng = stream(world.seed, "dirt.returns")
    customer = world.owner[listed.hand]
    reason = _reasons(rng, listed.slot)
    frame = pl.DataFrame(
        {
            "return_id": numbered("RET", 7, np.arange(1, len(reason) + 1)),
            "serial_number": numbered("SN", 7, listed.hand + 1),
            "customer_id": customer_ids(customer),
            "joint": pick([*JOINTS, None], listed.slot // 3),
            "reason_code": reason,
            "reason_text": [_TEXTS[code] for code in reason],
            "resolution": np.where(listed.slot >= 0, "repaired", "returned_unchanged"),
            "returned_at": instants("returned_at", listed.second),
            "recorded_at": soon_after(rng, listed.second),
            "email": world.customers.frame["email"].gather(customer),
            "phone": world.customers.frame["phone"].gather(customer),
        }
    ).filter(pl.col("recorded_at") <= END)
    kinds = {
        "duplicate": 0.002, "restated": 0.008, "late": 0.008, "unknown_customer": 0.001, "personal_data_in_text": 0.04
    }  # fmt: skip
    marked = delay(mark(frame, rng, kinds, long_ago("returned_at")), rng, "returned_at")
    other = pl.when(pl.col("reason_code") == "NOISE").then(pl.lit("JOINT_WEAR")).otherwise(pl.lit("NOISE"))
    dated = restate(marked, rng, {"reason_code": other}).with_columns(*zulu("returned_at", "recorded_at"))
    text = spoil(dated, "unknown_customer", "customer_id", pl.col("customer_id").str.replace("CUS-0", "CUS-9"))
    by_mail = pl.concat_str("reason_text", pl.lit(". Please write to "), "email")
    by_phone = pl.concat_str("reason_text", pl.lit(". Call "), "phone")
    even = pl.col("return_id").str.slice(-1).is_in(["0", "2", "4", "6", "8"])
    text = spoil(text, "personal_data_in_text", "reason_text", pl.when(even).then(by_mail).otherwise(by_phone))
    return finish("returns", text.drop("email", "phone"), ["recorded_at", "return_id"])


def _reasons(rng: np.random.Generator, slot: Ints) -> list[str]:
    """Return a reason code per return; the desk confuses one fault in eight with another."""
    fault = np.where(rng.random(len(slot)) < 0.12, rng.integers(0, 3, size=len(slot)), slot % 3)
    none = rng.choice(len(NO_FAULTS), size=len(slot), p=[0.6, 0.25, 0.15])
    return pick(FAULTS + NO_FAULTS, np.where(slot >= 0, fault, len(FAULTS) + none))


def spare_consumption(world: World, listed: Returns) -> Table:
    """Return the spares consumed; a restated row had another quantity first."""
    rng = stream(world.seed, "dirt.spare_consumption")
    failed = np.concatenate(world.fleet.failures)
    used = failed[failed[:, 4] < END_SECOND]
    used = used[np.lexsort((used[:, 1], used[:, 0], used[:, 4]))]
    frame = pl.DataFrame(
        {
            "consumption_id": numbered("SPC", 7, np.arange(1, len(used) + 1)),
            "part_number": np.array([part.number for part in PARTS])[used[:, 2]],
            "serial_number": numbered("SN", 7, used[:, 0] + 1),
            "return_id": [f"RET-{listed.key[int(h), int(s)] + 1:07d}" for h, s in used[:, [0, 3]]],
            "quantity": used[:, 5],
            "consumed_at": instants("consumed_at", used[:, 4]),
            "recorded_at": soon_after(rng, used[:, 4]),
        }
    ).filter(pl.col("recorded_at") <= END)
    kinds = {"duplicate": 0.003, "restated": 0.012, "late": 0.01, "negative_quantity": 0.001}
    marked = delay(mark(frame, rng, kinds, long_ago("consumed_at")), rng, "consumed_at")
    dated = restate(marked, rng, {"quantity": pl.col("quantity") + 1})
    text = dated.with_columns(*zulu("consumed_at", "recorded_at"))
    text = spoil(text, "negative_quantity", "quantity", -pl.col("quantity"))
    return finish("spare_consumption", text, ["recorded_at", "consumption_id"])
