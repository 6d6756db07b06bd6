"""The public face: live through the world, let each system write its files, tell what is hidden."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from thenar_operations import repair_records, robot_records, sales_records, stock_records, supplier_records
from thenar_operations.catalogue import PART_INDEX
from thenar_operations.dirt import Table
from thenar_operations.files import write_json_lines, write_parquet_by_month, write_sqlite, write_text
from thenar_operations.manifest import Finding, LeakFact, Manifest, Truths, WrittenFile
from thenar_operations.suppliers import supplier_id
from thenar_operations.weeks import END_SECOND, START
from thenar_operations.world import World, live


def simulate(out: Path, *, seed: int = 42, scale: float = 1.0) -> Manifest:
    """Write what the operational systems hand over into a folder, and return what is hidden there.

    The same seed and scale give byte-identical text files and the same rows elsewhere. Scale 1 is about 600
    customers and 9,000 hands. Raises ValueError for a scale outside 0.05 to 20, OSError when the disk refuses.
    """
    if not 0.05 <= scale <= 20:
        raise ValueError(f"scale is {scale}: choose between 0.05 and 20")
    out.mkdir(parents=True, exist_ok=True)
    world = live(seed, scale)
    telemetry, leak = robot_records.telemetry(world)
    erp_tables, erp_files = _erp(out, world)
    feed_tables, feed_files = _feeds(out, world)
    robot_tables, robot_files = _robotics(out, world, telemetry)
    truths = _truths(world, leak)
    return Manifest(
        seed=seed,
        scale=scale,
        files=(*erp_files, *feed_files, *robot_files),
        dirt=_counts([*erp_tables, *feed_tables, *robot_tables]),
        truths=truths,
        findings=_findings(truths),
    )


def _erp(out: Path, world: World) -> tuple[list[Table], list[WrittenFile]]:
    listed = repair_records.list_returns(world)
    tables = [
        sales_records.customers(world),
        sales_records.order_lines(world),
        sales_records.shipments(world),
        repair_records.returns(world, listed),
        repair_records.spare_consumption(world, listed),
        stock_records.stock_movements(world),
        stock_records.stock_on_hand(world),
        stock_records.bill_of_materials(world),
        stock_records.item_costs(world),
    ]
    return tables, write_sqlite(out, "erp.sqlite", tables)


def _feeds(out: Path, world: World) -> tuple[list[Table], list[WrittenFile]]:
    suppliers, deliveries = supplier_records.suppliers(world), supplier_records.deliveries(world)
    inspections, parts = supplier_records.inspections(world), supplier_records.parts(world)
    trace = supplier_records.traceability(world)
    files = [write_text(out, "suppliers/suppliers.csv", suppliers.frame, separator=";", encoding="latin-1")]
    for (year,), rows in deliveries.frame.partition_by("year", as_dict=True, maintain_order=True).items():
        name = f"suppliers/deliveries_{year}.csv"
        files.append(write_text(out, name, rows.drop("year"), separator=";", encoding="latin-1"))
    files.append(write_text(out, "suppliers/inspections.csv", inspections.frame, encoding="utf-8-sig"))
    files.append(write_text(out, "suppliers/parts.csv", parts.frame))
    files.append(write_text(out, "mes/traceability.csv", trace.frame))
    return [suppliers, deliveries, inspections, parts, trace], files


def _robotics(out: Path, world: World, telemetry: Table) -> tuple[list[Table], list[WrittenFile]]:
    events, arms = robot_records.fleet_events(world), robot_records.arm_variants(world)
    effectors, gears = robot_records.end_effectors(world), robot_records.transmissions(world)
    files = [
        *write_parquet_by_month(out, "robotics/telemetry", telemetry.frame, "recorded_at"),
        write_json_lines(out, "robotics/fleet_events.jsonl", events.frame),
        write_text(out, "robotics/design/arm_variants.csv", arms.frame),
        write_text(out, "robotics/design/end_effectors.tsv", effectors.frame, separator="\t"),
        write_text(out, "robotics/design/transmissions.csv", gears.frame),
    ]
    return [telemetry, events, arms, effectors, gears], files


def _counts(tables: Sequence[Table]) -> dict[str, int]:
    return {f"{table.name}.{kind}": count for table in tables for kind, count in sorted(table.dirt.items())}


def _truths(world: World, leak: LeakFact) -> Truths:
    plan = world.plan
    sources = world.suppliers.sources[plan.bad_part]
    part = PART_INDEX[plan.bad_part]
    bad = [lot for lot in world.warehouse.lots if lot.bad and lot.part == part and lot.received < END_SECOND]
    return Truths(
        bad_supplier=supplier_id(sources[plan.bad_source]),
        bad_part=plan.bad_part,
        bad_lots=tuple(f"LOT-{lot.number + 1:06d}" for lot in bad),
        bad_from=START + timedelta(seconds=plan.bad_from),
        bad_until=START + timedelta(seconds=plan.bad_until),
        bad_firmware=plan.bad_firmware,
        milli_gateway=plan.milli_gateway,
        milli_from=START + timedelta(seconds=plan.milli_from),
        milli_until=START + timedelta(seconds=plan.milli_until),
        leak=leak,
    )


def _findings(truths: Truths) -> tuple[Finding, ...]:
    return (
        Finding(
            "Which lots fail early?",
            f"lots {', '.join(truths.bad_lots)} of part {truths.bad_part} from {truths.bad_supplier}",
            "spare_consumption within 26 weeks of traceability.installed_at, per installed part and lot; deliveries",
        ),
        Finding(
            "Which firmware stops hands?",
            truths.bad_firmware,
            "protective stops per operating hour, by the version running: fleet_events with telemetry hours",
        ),
        Finding(
            "Which gateway sends mNm?",
            truths.milli_gateway,
            "telemetry torque_p95 above 200, by gateway",
        ),
        Finding(
            "What leads spare-part demand?",
            "installed base, age and measured backlash",
            "spare_consumption per part and week with shipments, bill_of_materials and telemetry known the week before",
        ),
    )
