"""The forecast on a small simulated company: nothing is known too early, and everything can be made again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import polars as pl
import pytest
from company import Company, copy_company

from meshwright import EventTime, Frame, InputPort, Key, KnownAt, Unit, consumer
from meshwright.features import TrainingSet, manifest_of
from meshwright.models import BASELINES, ForecastReport
from thenar_operations import LeakFact, simulate

pytestmark = pytest.mark.slow  # it reads two years of a company

PRODUCT = "supply_chain.spare_part_forecast"
CONSUMER = "supply_chain.spare_part_training"
PLACE = ["serial_number", "joint"]


@dataclass(frozen=True)
class Planned:
    """A company whose spares are planned, and the fact that nobody may see too early."""

    company: Company
    leak: LeakFact
    learnt: TrainingSet
    report: ForecastReport


class Reading(InputPort, of="robotics.joint_fatigue", version=1):
    """What joints report, with every correction."""

    serial_number: Annotated[str, Key(entity="hand")]
    joint: Annotated[str, Key()]
    measured_at: Annotated[datetime, Key(), EventTime()]
    recorded_at: Annotated[datetime, Key(), KnownAt()]
    backlash_arcmin: Annotated[float, Unit("'")]


@consumer(owner="fleet-ops", purpose="reliability-engineering")
def as_known(readings: Frame[Reading], monday: str = "") -> pl.LazyFrame:
    """Ask for every joint on one Monday."""
    asked = readings.select(PLACE).unique().sort(PLACE).with_columns(at=pl.lit(datetime.fromisoformat(monday)))
    return Reading.as_of(asked.with_columns(pl.col("at").cast(pl.Datetime("us", "UTC"))), readings, at="at")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    root = copy_company(tmp_path_factory.mktemp("company"))
    leak = simulate(root / "lake" / "landing", seed=7, scale=0.1).truths.leak
    company = Company(root, 7, 0.1, {})
    code, said = company.run("build", PRODUCT)
    assert code == 0, said
    with company.mesh("ben", "replenishment") as mesh:
        yield Planned(company, leak, mesh.training_set(CONSUMER), mesh.model_report(PRODUCT, seed=7))


def at_the_leak(rows: pl.DataFrame, leak: LeakFact) -> pl.DataFrame:
    return rows.filter(pl.col("serial_number") == leak.serial_number, pl.col("joint") == leak.joint)


def test_the_planted_fact_is_not_seen_as_of_its_monday_and_a_naive_join_sees_it(planned: Planned) -> None:
    leak = planned.leak
    readings = planned.company.table("robotics.joint_fatigue").collect()
    naive = readings.filter(pl.col("measured_at") <= leak.monday).sort("measured_at", "recorded_at")

    with planned.company.mesh("chiara", "reliability-engineering") as mesh:
        known = mesh.training_set(as_known, monday=leak.monday.isoformat()).rows

    assert [leak.first_value] == at_the_leak(known, leak)["backlash_arcmin"].to_list()
    assert leak.value == at_the_leak(naive, leak)["backlash_arcmin"].last()
    assert leak.value not in known["backlash_arcmin"]


def test_the_training_features_do_not_know_the_planted_fact(planned: Planned) -> None:
    leak, table = planned.leak, planned.company.table
    new = table("robotics.transmissions").select("part_number", new="backlash_arcmin")
    built_in = table("supply_chain.traceability").select(*PLACE, "part_number").unique()
    scales = built_in.join(new, on="part_number").select(*PLACE, "new")
    week = table("robotics.joint_fatigue").filter(
        pl.col("measured_at") <= leak.monday, pl.col("measured_at") > leak.monday - pl.duration(weeks=1)
    )
    parts = built_in.filter(pl.col("serial_number") == leak.serial_number, pl.col("joint") == leak.joint).select(
        "part_number"
    )

    def ratios(readings: pl.LazyFrame) -> list[float]:
        newest = readings.sort("recorded_at").group_by(*PLACE, "measured_at").last()
        ratio = (pl.col("backlash_arcmin") / pl.col("new")).mean().alias("ratio")
        joined = newest.join(scales, on=PLACE).join(built_in.join(parts, on="part_number", how="semi"), on=PLACE)
        return joined.group_by("part_number").agg(ratio).sort("part_number").collect()["ratio"].to_list()

    trained = planned.learnt.rows.filter(pl.col("week_ends_at") == leak.monday).join(
        parts.collect(), on="part_number", how="semi"
    )

    assert 3 == trained.height
    assert (
        pytest.approx(ratios(week.filter(pl.col("recorded_at") <= leak.monday)))
        == trained.sort("part_number")["backlash_ratio"].to_list()
    )
    for naive, seen in zip(ratios(week), trained.sort("part_number")["backlash_ratio"].to_list(), strict=True):
        assert naive > seen + 0.1


def test_a_label_is_what_was_used_in_the_week_after(planned: Planned) -> None:
    demand = planned.company.table("supply_chain.weekly_spare_demand").collect()
    settled = demand.filter(pl.col("known_at") <= pl.col("week_ends_at") + pl.duration(weeks=4))
    newest = demand["week_ends_at"].max()
    used = settled.sort("known_at").group_by("part_number", "week_ends_at").agg(pl.col("used").last())
    rows = planned.learnt.rows.with_columns(after=pl.col("week_ends_at") + pl.duration(weeks=1))
    labels = rows.join(used, left_on=["part_number", "after"], right_on=["part_number", "week_ends_at"], how="left")

    assert 0 == labels.filter(pl.col("after") > newest)["used_after"].count()
    over = labels.filter(pl.col("after") <= newest)
    assert over["used"].fill_null(0).to_list() == over["used_after"].to_list()
    assert over["used_after"].sum() > 50


def test_the_training_set_has_every_part_and_monday_once_and_comes_back(planned: Planned) -> None:
    spine = planned.company.table("supply_chain.installed_parts").select("part_number", "week_ends_at").collect()

    with planned.company.mesh("ben", "replenishment") as mesh:
        again = mesh.rebuild(manifest_of(planned.learnt.manifest.text))

    assert spine.sort(spine.columns).equals(planned.learnt.rows.select(spine.columns))
    assert planned.learnt.rows.equals(again.rows)
    assert {pin.product.partition(".")[0] for pin in again.manifest.pins} == {"robotics", "sales", "supply_chain"}


def test_the_plan_has_every_spare_and_hand_model_of_the_newest_monday(planned: Planned) -> None:
    plan = planned.company.table(PRODUCT).collect()
    rows = planned.learnt.rows
    newest = rows.filter(pl.col("week_ends_at") == rows["week_ends_at"].max())

    spares = plan.filter(pl.col("kind") == "spare")
    assert newest["part_number"].sort().to_list() == spares["item_id"].sort().to_list()
    assert ["H1", "H2", "H2-Lite"] == plan.filter(pl.col("kind") == "hand")["item_id"].sort().to_list()
    assert (plan["order_up_to"] >= plan["expected"].floor()).all()
    assert (plan["order_quantity"] == (plan["order_up_to"] - plan["on_hand"]).clip(0)).all()
    assert plan.filter(pl.col("kind") == "spare")["expected"].sum() > 1


def test_the_report_is_one_for_one_seed_and_names_its_training_set(planned: Planned) -> None:
    printed = planned.company.json("model", "report", PRODUCT, "--as", "ben", "--seed", "7", "--json")

    assert planned.learnt.manifest.id == planned.report.training_set
    assert ["model", *BASELINES] == [m.method for m in planned.report.methods]
    assert printed == json.loads(json.dumps(planned.report.as_json()))


def test_a_model_that_is_not_there_is_one_line(planned: Planned) -> None:
    code, said = planned.company.run("model", "report", "supply_chain.spare_part_forecasts", "--as", "ben")

    assert 1 <= code <= 2
    assert "did you mean 'supply_chain.spare_part_forecast'" in said
    assert 2 >= len(said.strip().splitlines())


def test_the_forecast_is_the_same_when_built_again(planned: Planned) -> None:
    before = planned.company.table(PRODUCT).collect()

    code, said = planned.company.run("build", PRODUCT, "--only", "--force")

    assert code == 0, said
    assert before.equals(planned.company.table(PRODUCT).collect())
