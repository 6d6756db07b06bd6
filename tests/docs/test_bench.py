"""`scripts/bench` measures what its page shows; how long it takes is nobody's assertion."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def measured(text: str) -> list[str]:
    return re.findall(r"^\| (.+?) \| [\d.,]+ \| .+? \| [\d.,]+ \| [\d.]+ \|", text, re.MULTILINE)


@pytest.mark.slow
def test_the_bench_measures_what_its_page_shows() -> None:
    small = [sys.executable, "-m", "benchmarks", "--rows", "2000", "--rounds", "1", "--products", "3"]
    printed = subprocess.run(small, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    page = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")

    assert 9 == len(measured(printed))
    assert measured(page) == measured(printed)
