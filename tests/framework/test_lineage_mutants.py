"""Planted mistakes in the walk: the list still fits the code, covers each kind of node, and none goes unnoticed."""

import subprocess
import sys
from pathlib import Path

import pytest
from planted import planted

from meshwright.lineage.walk.expressions import ExpressionWalk, Notes
from meshwright.lineage.walk.nodes import PlanWalk

ROOT = Path(__file__).parents[2]
KINDS = "INDIRECT", "DIRECT", "masking"


def test_each_planted_mistake_still_fits_the_code() -> None:
    assert len(planted()) >= 40
    assert [] == [mutant.name for mutant in planted() if mutant.found(ROOT) != 1]


def test_every_node_expression_and_kind_of_edge_has_a_planted_mistake() -> None:
    about = {mutant.of for mutant in planted()}
    walks = PlanWalk(None), ExpressionWalk(None, Notes(), lambda _: {}, lambda _: {})
    nodes, expressions = (set[str](vars(walk)["_known"]) for walk in walks)

    assert set() == {f"node {name}" for name in nodes} - about
    assert set() == {f"expression {name}" for name in expressions} - about
    assert {f"edge {kind}" for kind in KINDS} <= about


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_planted_mistake_goes_unnoticed() -> None:
    run = subprocess.run(
        [sys.executable, "tests/mutants/planted.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert 0 == run.returncode, run.stdout + run.stderr
