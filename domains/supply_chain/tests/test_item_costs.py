"""Which cost supply_chain.item_costs refuses."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from meshwright.testing import failed
from thenar_supply_chain.item_costs import ErpItemCost, ItemCost, item_costs

GIVEN = {
    "item_id": "HDG-1001",
    "unit_cost_eur": Decimal("412.00"),
    "valid_from": date(2024, 1, 1),
    "valid_to": date(2024, 8, 26),
}


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    return failed(ItemCost, item_costs(ErpItemCost.example([{**GIVEN, **change} for change in changes])))


def test_a_cost_holds_from_day_to_day_for_parts_and_hands() -> None:
    assert [[], [], []] == broken({}, {"valid_from": date(2024, 8, 26), "valid_to": None}, {"item_id": "H2-Lite"})


def test_a_contradiction_stops_the_build() -> None:
    assert [["ends_after_it_begins"]] == broken({"valid_to": date(2024, 1, 1)})
    assert [["key"], ["key"]] == broken({}, {"unit_cost_eur": Decimal(1)})
    assert "error" == item_costs.spec.on_fail


def test_limits_refuse_what_is_no_cost() -> None:
    assert [["item_id.pattern"]] == broken({"item_id": "X"})
    assert [["unit_cost_eur.gt"]] == broken({"unit_cost_eur": Decimal(0)})
