"""The same seed and scale write the same; another seed writes another world."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from thenar_operations import Manifest, WrittenFile, simulate
from thenar_operations.landing import Landing

SMALL = 0.05


def digests(root: Path) -> dict[str, str]:
    files = sorted(p for p in root.rglob("*") if p.suffix in {".csv", ".tsv", ".jsonl"})
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def tables(manifest: Manifest) -> list[str]:
    return sorted({file.table for file in manifest.files if file.table is not None} | {"telemetry"})


def holds(file: WrittenFile, table: str) -> bool:
    """Say whether a file is the table, or one of its years or months."""
    by_name = Path(file.path).stem.startswith(table) or f"/{table}/" in file.path
    return file.table == table if file.table is not None else by_name


def test_two_runs_give_equal_bytes_rows_and_manifests(tmp_path: Path) -> None:
    first, second = simulate(tmp_path / "a", seed=3, scale=SMALL), simulate(tmp_path / "b", seed=3, scale=SMALL)

    assert first == second
    assert 9 < len(digests(tmp_path / "a"))
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    for name in tables(first):
        assert Landing(tmp_path / "a").table(name).equals(Landing(tmp_path / "b").table(name)), name


def test_another_interpreter_gives_the_same_bytes(tmp_path: Path) -> None:
    simulate(tmp_path / "a", seed=3, scale=SMALL)
    command = [
        sys.executable,
        "-m",
        "thenar_operations",
        "--out",
        str(tmp_path / "b"),
        "--seed",
        "3",
        "--scale",
        "0.05",
    ]
    subprocess.run(command, check=True, capture_output=True)

    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_seeds_differ_in_every_file_that_chance_touches(tmp_path: Path) -> None:
    simulate(tmp_path / "a", seed=3, scale=SMALL)
    simulate(tmp_path / "b", seed=4, scale=SMALL)
    first, second = digests(tmp_path / "a"), digests(tmp_path / "b")

    same = {Path(name).name for name in first if first[name] == second[name]}
    assert {"arm_variants.csv", "end_effectors.tsv", "transmissions.csv"} == same


def test_a_second_run_into_the_folder_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    simulate(tmp_path / "used", seed=3, scale=0.1)
    manifest = simulate(tmp_path / "used", seed=4, scale=SMALL)
    simulate(tmp_path / "fresh", seed=4, scale=SMALL)

    assert digests(tmp_path / "fresh") == digests(tmp_path / "used")
    for name in tables(manifest):
        assert Landing(tmp_path / "fresh").table(name).equals(Landing(tmp_path / "used").table(name)), name


def test_the_manifest_counts_the_rows_of_every_file(landing: Landing, manifest: Manifest) -> None:
    text = ["deliveries", "fleet_events", "inspections", "parts", "suppliers", "traceability"]
    for name in [*tables(manifest), *text]:
        stated = sum(f.rows for f in manifest.files if holds(f, name))

        assert stated == len(landing.table(name)), name


def test_the_manifest_is_written_nowhere(landing: Landing, manifest: Manifest) -> None:
    written = {str(p.relative_to(landing.root)) for p in landing.root.rglob("*") if p.is_file()}

    assert {file.path for file in manifest.files} == written


def test_scale_multiplies_customers_and_leaves_parts(tmp_path: Path, landing: Landing) -> None:
    simulate(tmp_path, seed=5, scale=0.1)
    small = Landing(tmp_path)

    assert 60 == small.table("customers")["customer_id"].n_unique()
    assert 180 == landing.table("customers")["customer_id"].n_unique()
    assert 60 == len(small.table("parts")) == len(landing.table("parts"))


def test_a_scale_that_makes_no_company_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"scale is 0: choose between 0\.05 and 20"):
        simulate(tmp_path / "none", scale=0)

    assert not (tmp_path / "none").exists()
