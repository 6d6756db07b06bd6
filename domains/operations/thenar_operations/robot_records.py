"""What robotics records: telemetry, fleet events, and the engineering tables."""

from typing import Final

import numpy as np
import polars as pl

from thenar_operations.arrays import stream
from thenar_operations.catalogue import ASSEMBLIES, JOINTS, TRANSMISSIONS
from thenar_operations.dirt import NOT_A_DAY, Table, clean, delay, finish, long_ago, mark, restate, spoil
from thenar_operations.manifest import LeakFact
from thenar_operations.software import Rollout
from thenar_operations.texts import numbered, soon_after, zulu
from thenar_operations.weeks import END, END_SECOND, WEEK, instants
from thenar_operations.world import World

CAUSES: Final = ("torque_limit", "position_error", "overheat")
LEAK_BACKLASH_ARCMIN: Final = 540.0
_LEAK_WEEKS: Final = (104, 116)


def telemetry(world: World) -> tuple[Table, LeakFact]:
    """Return the readings with typed columns, and the fact that must not be seen too early."""
    rng = stream(world.seed, "dirt.telemetry")
    seen = world.readings
    frame = pl.DataFrame(
        {
            "serial_number": pl.Series(numbered("SN", 7, np.unique(seen.hand) + 1)).gather(
                np.unique(seen.hand, return_inverse=True)[1]
            ),
            "joint": np.array(JOINTS)[seen.joint],
            "gateway_id": np.array(["GW-0", "GW-1", "GW-2", "GW-3", "GW-4", "GW-5", "GW-6"])[seen.gateway],
            "firmware_version": np.array(world.firmware.versions)[seen.firmware],
            "at": instants("at", seen.at),
            "hours": seen.hours,
            "cycles": seen.cycles,
            "torque_p95": seen.torque,
            "temperature": seen.temperature,
            "backlash": seen.backlash,
            "recorded_at": soon_after(rng, seen.at, hours=2),
        }
    )
    millis = world.plan.in_millis(seen.gateway, seen.at)
    kinds = {"duplicate": 0.001, "restated": 0.0006, "late": 0.002, "nan_torque": 0.0008, "nan_temperature": 0.0004}
    marked = mark(frame, rng, kinds, long_ago("at") & ~pl.Series(millis))
    dated = restate(delay(marked, rng, "at"), rng, {"backlash": (pl.col("backlash") * 1.15).round(3)})
    for kind, column in (("nan_torque", "torque_p95"), ("nan_temperature", "temperature")):
        dated = spoil(dated, kind, column, pl.lit(float("nan")))
    dated, leak = _plant_leak(dated, rng)
    table = finish("telemetry", dated, ["recorded_at", "serial_number", "joint"])
    restated = table.dirt["restated"] + 1
    return Table(table.name, table.frame, {**table.dirt, "restated": restated, "milli_torque": int(millis.sum())}), leak


def _plant_leak(frame: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, LeakFact]:
    """Restate one clean reading of a Sunday nine days later with a backlash far from all others."""
    week = int(rng.integers(*_LEAK_WEEKS))
    sunday = instants("w", np.array([week * WEEK, (week + 1) * WEEK]))
    fit = frame.filter(
        pl.col("_dirt").is_null() & (pl.col("joint") == "fingers") & pl.col("at").is_between(sunday[0], sunday[1])
        & (pl.col("torque_p95") < 200)
    ).sort("serial_number")  # fmt: skip
    chosen = fit[int(rng.integers(len(fit)))]
    later = chosen.with_columns(
        pl.lit(LEAK_BACKLASH_ARCMIN).alias("backlash"), pl.col("recorded_at") + pl.duration(days=9)
    )
    row, known = chosen.row(0, named=True), later["recorded_at"][0]
    leak = LeakFact(
        table="telemetry", serial_number=row["serial_number"], joint=row["joint"], column="backlash",
        event_at=row["at"],
        first_known_at=row["recorded_at"], known_at=known, monday=sunday[1], first_value=row["backlash"],
        value=LEAK_BACKLASH_ARCMIN,
    )  # fmt: skip
    return pl.concat([frame, later]), leak


def fleet_events(world: World) -> Table:
    """Return installs and protective stops of the connected hands."""
    rng = stream(world.seed, "dirt.fleet_events")
    parts = [
        _installs(world, world.firmware, "firmware"),
        _installs(world, world.motion, "motion_model"),
        _stops(world),
    ]
    events = pl.concat(parts).sort("second", "serial_number", "kind", "component")
    second = events["second"].to_numpy()
    frame = events.select(
        pl.Series("event_id", numbered("EVT", 8, range(1, len(events) + 1))),
        "kind", "serial_number", "component", "version", "joint", "cause",
        instants("at", second), soon_after(rng, second, hours=3),
    ).filter(pl.col("recorded_at") <= END)  # fmt: skip
    stops = long_ago("at") & (pl.col("kind") == "protective_stop")
    marked = mark(frame, rng, {"duplicate": 0.002, "late": 0.003, "unparsable_date": 0.0003}, stops)
    text = delay(marked, rng, "at").with_columns(*zulu("at", "recorded_at"))
    return finish("fleet_events", spoil(text, "unparsable_date", "at", NOT_A_DAY), ["recorded_at", "event_id"])


def _installs(world: World, rollout: Rollout, component: str) -> pl.DataFrame:
    sold = world.fleet.connected & (world.hands.shipped >= 0)
    hand, release = np.nonzero(sold[:, None] & (rollout.installed < END_SECOND))
    return pl.DataFrame(
        {
            "second": rollout.installed[hand, release],
            "serial_number": numbered("SN", 7, hand + 1),
            "kind": "software_installed",
            "component": component,
            "version": np.array(rollout.versions)[release],
            "joint": pl.Series([None] * len(hand), dtype=pl.String),
            "cause": pl.Series([None] * len(hand), dtype=pl.String),
        }
    )


def _stops(world: World) -> pl.DataFrame:
    stops = world.stops
    nothing = pl.Series([None] * len(stops.at), dtype=pl.String)
    return pl.DataFrame(
        {
            "second": stops.at,
            "serial_number": numbered("SN", 7, stops.hand + 1),
            "kind": "protective_stop",
            "component": nothing,
            "version": nothing,
            "joint": np.array(JOINTS)[stops.joint],
            "cause": np.array(CAUSES)[stops.cause],
        }
    )


def arm_variants(_: World) -> Table:
    """Return the arms; one reach is in inches."""
    rows = [
        {
            "variant_id": unit.number, "name": unit.name, "hand_models": "|".join(unit.models),
            "reach_mm": unit.figures[0] if unit.number != "AV-03" else round(unit.figures[0] / 25.4, 1),
            "payload_kg": unit.figures[1], "mass_kg": unit.figures[2], "released_on": unit.released_on.isoformat(),
            "status": "retired" if unit.number == "AV-01" else "active",
        }
        for unit in ASSEMBLIES if unit.kind == "arm_variant"
    ]  # fmt: skip
    return Table("arm_variants", pl.DataFrame(rows), {"length_in_inches": 1})


def end_effectors(_: World) -> Table:
    """Return the end effectors; one kind has a trailing space."""
    rows = [
        {
            "effector_id": unit.number, "name": unit.name,
            "kind": "gripper " if unit.number == "EE-03" else "hand", "fingers": int(unit.figures[0]),
            "grip_force_n": float(unit.figures[1]), "stroke_mm": float(unit.figures[2]),
            "released_on": unit.released_on.isoformat(),
        }
        for unit in ASSEMBLIES if unit.kind == "end_effector"
    ]  # fmt: skip
    return Table("end_effectors", pl.DataFrame(rows), {"trailing_space": 1})


def transmissions(_: World) -> Table:
    """Return every geometry version."""
    rows = [
        {
            "transmission_id": t.number, "kind": t.kind, "joint": t.joint, "geometry_version": t.geometry,
            "gear_ratio": float(t.gear_ratio), "backlash_arcmin": t.backlash_arcmin, "tooth_width_mm": t.tooth_width_mm,
            "rated_torque_nm": float(t.rated_torque_nm), "part_number": t.parts[0],
            "released_on": min(day for _, day in t.uses).isoformat(), "superseded_by": t.superseded_by,
        }
        for t in TRANSMISSIONS
    ]  # fmt: skip
    return clean("transmissions", pl.DataFrame(rows, infer_schema_length=None))
