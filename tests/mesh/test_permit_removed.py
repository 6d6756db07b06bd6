"""A permit is taken away: the next build is refused with the smallest request that would do, the old version stays."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from company import Company

PRODUCT = "supply_chain.spare_part_forecast"
PERMIT = '@id("robotics.fleet_wear.spares.clear")'


@pytest.fixture
def own(company: Company, tmp_path: Path) -> Company:
    """A copy of the company, in which a test may change policies."""
    return replace(company, root=shutil.copytree(company.root, tmp_path / "company"))


def test_a_build_whose_permit_is_gone_is_refused_and_the_old_version_stays(own: Company) -> None:
    before = own.table(PRODUCT).collect()
    policy = own.root / "domains" / "robotics" / "policies" / "fleet_wear.cedar"
    text = policy.read_text(encoding="utf-8")
    start = text.index(PERMIT)
    policy.write_text(text[:start] + text[text.index("};", start) + 2 :], encoding="utf-8")

    code, said = own.run("build", PRODUCT, "--only", "--json")
    (refused,) = json.loads(said)
    log = sorted((own.root / "lake" / "supply_chain" / "spare_part_forecast" / "v1" / "_delta_log").glob("*.json"))

    assert 1 == code
    assert "failed" == refused["status"]
    assert "service:supply_chain.spare_part_forecast may not see" in refused["problem"]
    assert "'backlash_ratio' as clear" in refused["problem"]
    assert "'worn_share' as clear" in refused["problem"]
    assert "mesh access allow" in refused["hint"]
    assert "robotics.fleet_wear" in refused["hint"]
    assert 1 == len(log)
    assert before.equals(own.table(PRODUCT).collect())

    policy.write_text(text, encoding="utf-8")
    (built,) = own.json("build", PRODUCT, "--only", "--json")
    assert built["status"] in ("built", "up to date")
