"""Whatever happens to a build, the old version or the new one is live, and the next command heals what is left."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from meshwright.io.delta import DeltaStore
from meshwright.publish import heal, live_rejected
from meshwright.rejected import rejected_spec
from meshwright.spec import ColumnSpec, ScalarType, Spec

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]

WORKER = Path(__file__).with_name("publish_worker.py")
PRODUCT = "robotics.readings"
OLD, NEW = range(50), range(100, 190)
SPEC = Spec(
    id=PRODUCT,
    version="1.0.0",
    columns=(
        ColumnSpec(name="number", type=ScalarType(kind="integer")),
        ColumnSpec(name="torque_nm", type=ScalarType(kind="number")),
    ),
)


def start(lake: Path, run: str, rows: range, mode: str = "overwrite", fatal: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), str(lake), run, str(rows.start), str(rows.stop), mode, fatal]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(worker: subprocess.Popen[str]) -> tuple[int, list[str]]:
    out, error = worker.communicate(timeout=120)
    return worker.returncode, out.splitlines() + error.splitlines()


def good(rows: range) -> list[int]:
    return [n for n in rows if n % 10]


def bad(rows: range) -> list[int]:
    return [n for n in rows if n % 10 == 0]


def live(lake: Path) -> list[int]:
    store = DeltaStore(str(lake))
    return sorted(store.scan(store.place(PRODUCT, 1)).collect()["number"])


def rejected(lake: Path) -> list[int]:
    store = DeltaStore(str(lake))
    tables = store.place(PRODUCT, 1), store.place(PRODUCT, 1, rejected=True)
    return sorted(live_rejected(store, *tables, rejected_spec(SPEC)).collect()["number"])


def files_of_all_versions(store: DeltaStore, table: str) -> frozenset[str]:
    versions = range((store.version(table) or 0) + 1)
    return frozenset[str]().union(*(store.live_files(table, version) for version in versions))


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with one finished build."""
    lake = tmp_path_factory.mktemp("old") / "lake"
    code, said = finish(start(lake, "run0", OLD))
    assert (0, good(OLD), bad(OLD)) == (code, live(lake), rejected(lake)), said
    return lake


@pytest.fixture(scope="module")
def steps(old: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every step of a build that overwrites."""
    lake = tmp_path_factory.mktemp("steps") / "lake"
    shutil.copytree(old, lake)
    code, said = finish(start(lake, "run1", NEW))
    assert 0 == code, said
    return list(dict.fromkeys(said))


def test_killed_at_any_step_the_old_or_the_new_version_is_live_and_healing_leaves_no_stray_file(
    old: Path, steps: list[str], tmp_path: Path
) -> None:
    seen: set[str] = set()
    for number, step in enumerate(steps):
        lake = tmp_path / str(number)
        shutil.copytree(old, lake)

        code, _ = finish(start(lake, "run1", NEW, fatal=step))

        assert -signal.SIGKILL == code, step
        now = "new" if live(lake) == good(NEW) else "old"
        seen.add(now)
        assert good({"old": OLD, "new": NEW}[now]) == live(lake), step
        assert bad(NEW if now == "new" else OLD) == rejected(lake), step
        store = DeltaStore(str(lake))
        for table in (store.place(PRODUCT, 1), store.place(PRODUCT, 1, rejected=True)):
            heal(table, store, grace=timedelta(0))
            assert files_of_all_versions(store, table) == store.found_files(table).keys(), step
        assert good({"old": OLD, "new": NEW}[now]) == live(lake), step

    assert {"old", "new"} == seen
    assert any("inside the transform" in step for step in steps)
    assert 2 == sum("before store.commit" in step for step in steps)


def test_a_build_after_a_killed_one_publishes_as_if_nothing_had_been(
    old: Path, steps: list[str], tmp_path: Path
) -> None:
    rejected_committed = next(step for step in steps if step.startswith("after store.commit"))
    shutil.copytree(old, tmp_path / "lake")
    finish(start(tmp_path / "lake", "run1", NEW, fatal=rejected_committed))

    code, said = finish(start(tmp_path / "lake", "run2", NEW))

    assert 0 == code, said
    assert (good(NEW), bad(NEW)) == (live(tmp_path / "lake"), rejected(tmp_path / "lake"))


def test_healing_leaves_a_build_that_may_still_run(old: Path, steps: list[str], tmp_path: Path) -> None:
    written = next(step for step in steps if step.startswith("after engine.write"))
    shutil.copytree(old, tmp_path / "lake")
    finish(start(tmp_path / "lake", "run1", NEW, fatal=written))
    store = DeltaStore(str(tmp_path / "lake"))

    deleted = heal(store.place(PRODUCT, 1), store)

    assert () == deleted
    assert any("run1" in path for path in store.found_files(store.place(PRODUCT, 1)))


def test_appending_processes_lose_no_row(old: Path, tmp_path: Path) -> None:
    shutil.copytree(old, tmp_path / "lake")
    parts = [range(1000 * n, 1000 * n + 30) for n in range(1, 7)]

    workers = [start(tmp_path / "lake", f"run{n}", part, "append") for n, part in enumerate(parts, 1)]
    ends = [finish(worker) for worker in workers]

    assert [0] * 6 == [code for code, _ in ends], ends
    assert sorted(n for part in [OLD, *parts] for n in good(part)) == live(tmp_path / "lake")
    assert sorted(n for part in [OLD, *parts] for n in bad(part)) == rejected(tmp_path / "lake")


def test_of_overwriting_processes_each_wins_whole_or_not_at_all(old: Path, tmp_path: Path) -> None:
    shutil.copytree(old, tmp_path / "lake")
    parts = [range(1000 * n, 1000 * n + 30) for n in range(1, 5)]

    ends = [finish(w) for w in [start(tmp_path / "lake", f"run{n}", part) for n, part in enumerate(parts, 1)]]

    assert live(tmp_path / "lake") in [good(part) for part in parts]
    lost = [said for code, said in ends if code]
    assert all("TableConflict" in said[-1] for said in lost)
    store = DeltaStore(str(tmp_path / "lake"))
    table = store.place(PRODUCT, 1)
    assert files_of_all_versions(store, table) == store.found_files(table).keys()
    assert len(ends) - len(lost) == store.version(table)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("a small disk is mounted by root on Linux")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_one_clear_error_and_leaves_the_old_version(old: Path, small_disk: Path) -> None:
    lake = small_disk / "lake"
    shutil.copytree(old, lake)

    code, said = finish(start(lake, "run1", range(2_000_000)))

    assert 1 == code
    assert said[-1].startswith("meshwright.errors.storing.StorageFailed:")
    assert "no space left" in said[-1].lower()
    assert good(OLD) == live(lake)
    assert not [path for path in lake.rglob("*.parquet") if "run1" in path.name]
    assert 0 == finish(start(lake, "run2", NEW))[0]
    assert good(NEW) == live(lake)


def test_a_lake_that_cannot_be_written_is_one_clear_error(old: Path, tmp_path: Path) -> None:
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("a folder is mounted read-only by root on Linux")
    lake = tmp_path / "lake"
    shutil.copytree(old, lake)
    subprocess.run(["mount", "--bind", str(lake), str(lake)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(lake)], check=True)

        code, said = finish(start(lake, "run1", NEW))
    finally:
        subprocess.run(["umount", str(lake)], check=True)

    assert 1 == code
    assert said[-1].startswith("meshwright.errors.storing.StorageFailed:")
    assert "read-only" in said[-1].lower()
    assert good(OLD) == live(lake)


def test_an_append_to_a_table_in_use_leaves_its_readers_their_version(old: Path, tmp_path: Path) -> None:
    shutil.copytree(old, tmp_path / "lake")
    store = DeltaStore(str(tmp_path / "lake"))
    reading = store.scan(store.place(PRODUCT, 1))

    finish(start(tmp_path / "lake", "run1", NEW))

    assert good(OLD) == reading.select(pl.col("number").sort()).collect()["number"].to_list()
