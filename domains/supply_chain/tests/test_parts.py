"""Which part supply_chain.parts holds back."""

from datetime import date
from decimal import Decimal

from meshwright.testing import failed
from thenar_supply_chain.parts import Part, PriceList, parts

GIVEN = {
    "part_number": "HDG-1001",
    "description": "Harmonic gear",
    "category": "harmonic_gear",
    "list_price_eur": Decimal("1250.00"),
    "quoted_lead_days": 35,
    "minimum_order": 5,
    "weight_g": 310.0,
}


def broken(**change: object) -> list[str]:
    (found,) = failed(Part, parts(PriceList.example([GIVEN | change])))
    return found


def test_a_part_passes_whatever_its_price_in_dollars() -> None:
    assert [] == broken()
    assert [] == broken(list_price_usd="n/a")


def test_a_successor_has_a_day() -> None:
    assert [] == broken(superseded_by="HDG-1002", superseded_on=date(2024, 10, 7))
    assert ["successor_has_a_day"] == broken(superseded_by="HDG-1002")
    assert ["successor_has_a_day"] == broken(superseded_on=date(2024, 10, 7))


def test_limits_hold_back_what_is_no_part() -> None:
    assert ["part_number.pattern"] == broken(part_number="1")
    assert ["description.min_length"] == broken(description="")
    assert ["category.values"] == broken(category="thing")
    assert ["list_price_eur.ge"] == broken(list_price_eur=Decimal(-1))
    assert ["quoted_lead_days.ge"] == broken(quoted_lead_days=0)
    assert ["minimum_order.ge"] == broken(minimum_order=0)
    assert ["weight_g.gt"] == broken(weight_g=0.0)
    assert ["superseded_by.pattern"] == broken(superseded_by="1", superseded_on=date(2024, 10, 7))
