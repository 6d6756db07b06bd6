"""The planted causes are found by joining what the systems handed over, and are the clear first for every seed."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from thenar_operations import Manifest, simulate
from thenar_operations.landing import Landing, instant

CLEAR = 2.0  # the first is at least this many times the best innocent one


def newest(rows: pl.DataFrame, *key: str) -> pl.DataFrame:
    """Return today's view of a fact: the row recorded last."""
    return rows.sort("recorded_at", maintain_order=True).unique(key, keep="last", maintain_order=True)


def early_failures(landing: Landing) -> pl.DataFrame:
    """Return per lot the installed pieces and the share that failed within 26 weeks."""
    installed = landing.table("traceability").with_columns(instant("installed_at")).sort("installed_at")
    used = newest(landing.table("spare_consumption"), "consumption_id").with_columns(instant("consumed_at"))
    failed = (
        used.filter(pl.col("quantity") > 0).sort("consumed_at").select("serial_number", "part_number", "consumed_at")
    )
    # A repair installs its spare at the instant of consumption: the part that failed was installed before.
    first_after = installed.join_asof(
        failed,
        left_on="installed_at",
        right_on="consumed_at",
        by=["serial_number", "part_number"],
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    early = (pl.col("consumed_at") - pl.col("installed_at") < timedelta(weeks=26)).fill_null(value=False)
    lots = first_after.group_by("part_number", "lot_number").agg(pl.len().alias("pieces"), early.mean().alias("share"))
    suppliers = landing.table("deliveries").select("lot_number", pl.col("supplier_id").str.strip_chars())
    return lots.join(suppliers.unique("lot_number"), on="lot_number", how="left").sort("share", descending=True)


def stops_per_hour(landing: Landing) -> pl.DataFrame:
    """Return per firmware version the protective stops per operating hour of the connected hands."""
    events = landing.table("fleet_events").unique("event_id").with_columns(instant("at")).drop_nulls("at").sort("at")
    installs = events.filter((pl.col("kind") == "software_installed") & (pl.col("component") == "firmware"))
    stops = events.filter(pl.col("kind") == "protective_stop").drop("version")
    running = stops.join_asof(
        installs.select("serial_number", "at", "version"), on="at", by="serial_number", check_sortedness=False
    )
    readings = newest(landing.table("telemetry"), "serial_number", "joint", "at")
    hours = readings.filter(pl.col("joint") == "wrist").group_by(pl.col("firmware_version").alias("version"))
    counted = hours.agg(pl.col("hours").sum()).join(running.group_by("version").len("stops"), on="version")
    return counted.with_columns(rate=pl.col("stops") / pl.col("hours")).sort("rate", descending=True)


def assert_truths_are_found(landing: Landing, manifest: Manifest, pieces: int) -> None:
    truths = manifest.truths
    lots = early_failures(landing).filter(pl.col("pieces") >= pieces)
    innocent = lots.filter(~pl.col("lot_number").is_in(truths.bad_lots))
    firmware = stops_per_hour(landing)
    readings = landing.table("telemetry").filter(pl.col("torque_p95").is_not_nan() & (pl.col("torque_p95") > 200))

    assert lots["lot_number"][0] in truths.bad_lots
    assert (truths.bad_part, truths.bad_supplier) == lots.select("part_number", "supplier_id").row(0)
    assert CLEAR * float(innocent["share"][0]) < float(lots["share"][0]) < 0.5
    assert truths.bad_firmware == firmware["version"][0]
    assert CLEAR * float(firmware["rate"][1]) < float(firmware["rate"][0])
    assert [truths.milli_gateway] == readings["gateway_id"].unique().to_list()
    assert readings.filter(~pl.col("at").is_between(truths.milli_from, truths.milli_until)).is_empty()


@pytest.mark.parametrize("seed", [*range(1, 5), *(pytest.param(n, marks=pytest.mark.slow) for n in range(5, 11))])
def test_a_third_of_the_company_shows_its_truths(seed: int, tmp_path: Path) -> None:
    manifest = simulate(tmp_path, seed=seed, scale=0.3)

    assert_truths_are_found(Landing(tmp_path), manifest, pieces=30)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_the_whole_company_shows_its_truths(seed: int, tmp_path: Path) -> None:
    manifest = simulate(tmp_path, seed=seed, scale=1.0)

    assert_truths_are_found(Landing(tmp_path), manifest, pieces=30)


def test_inspection_alone_does_not_point_at_the_bad_lots(landing: Landing, manifest: Manifest) -> None:
    whole = landing.table("inspections").filter(pl.col("sample_size").str.contains(r"^\d+$"))
    share = pl.col("rejected").cast(pl.Int64) / pl.col("sample_size").cast(pl.Int64)
    rows = whole.select(share.alias("share"), pl.col("lot_number").is_in(manifest.truths.bad_lots).alias("bad"))
    worst_bad = rows.filter("bad")["share"].max()

    assert 3 <= len(rows.filter(~pl.col("bad") & (pl.col("share") >= worst_bad)))


def test_the_leak_fact_is_extreme_and_known_only_after_its_monday(landing: Landing, manifest: Manifest) -> None:
    leak = manifest.truths.leak
    readings = landing.table("telemetry")
    versions = readings.filter(
        (pl.col("serial_number") == leak.serial_number)
        & (pl.col("joint") == leak.joint)
        & (pl.col("at") == leak.event_at)
    ).sort("recorded_at")
    known_on_monday = readings.filter(pl.col("recorded_at") < leak.monday)

    assert 0 == leak.monday.weekday()
    assert leak.event_at < leak.first_known_at < leak.monday < leak.known_at
    assert [(leak.first_value, leak.first_known_at), (leak.value, leak.known_at)] == versions.select(
        leak.column, "recorded_at"
    ).rows()
    assert 1 == len(readings.filter(pl.col(leak.column) > leak.value / 5))
    assert leak.value not in known_on_monday[leak.column]
