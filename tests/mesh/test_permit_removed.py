"""A permit is taken away: the next build is refused with the smallest request that would do, the old version stays."""

import json

import pytest
from company import Company, copy_company

from thenar_operations import simulate

PRODUCT = "supply_chain.spare_part_forecast"
PERMIT = '@id("robotics.fleet_wear.spares.clear")'


@pytest.fixture
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A small company whose forecast is built."""
    root = copy_company(tmp_path_factory.mktemp("company"))
    simulate(root / "lake" / "landing", seed=11, scale=0.05)
    made = Company(root, 11, 0.05, {})
    code, said = made.run("build", PRODUCT)
    assert code == 0, said
    return made


def test_a_build_whose_permit_is_gone_is_refused_and_the_old_version_stays(company: Company) -> None:
    before = company.table(PRODUCT).collect()
    policy = company.root / "domains" / "robotics" / "policies" / "fleet_wear.cedar"
    text = policy.read_text(encoding="utf-8")
    start = text.index(PERMIT)
    policy.write_text(text[:start] + text[text.index("};", start) + 2 :], encoding="utf-8")

    code, said = company.run("build", PRODUCT, "--only", "--json")
    (refused,) = json.loads(said)
    log = sorted((company.root / "lake" / "supply_chain" / "spare_part_forecast" / "v1" / "_delta_log").glob("*.json"))

    assert 1 == code
    assert "failed" == refused["status"]
    assert "service:supply_chain.spare_part_forecast may not see" in refused["problem"]
    assert "'backlash_ratio' as clear" in refused["problem"]
    assert "'worn_share' as clear" in refused["problem"]
    assert "mesh access allow" in refused["hint"]
    assert "robotics.fleet_wear" in refused["hint"]
    assert 1 == len(log)
    assert before.equals(company.table(PRODUCT).collect())

    policy.write_text(text, encoding="utf-8")
    (built,) = company.json("build", PRODUCT, "--only", "--json")
    assert built["status"] in ("built", "up to date")
