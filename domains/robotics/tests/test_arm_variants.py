"""What robotics.arm_variants makes of a drawing, and which it holds back."""

import pytest

from meshwright.testing import failed
from thenar_robotics.arm_variants import ArmVariant, DesignArmVariant, arm_variants

GIVEN = {
    "variant_id": "AV-01",
    "name": "Short arm",
    "hand_models": "H1",
    "reach_mm": 520.0,
    "payload_kg": 4.0,
    "mass_kg": 5.1,
    "status": "active",
}


def broken(**change: object) -> list[str]:
    (found,) = failed(ArmVariant, arm_variants(DesignArmVariant.example([GIVEN | change])))
    return found


def test_a_drawing_in_millimetres_stays_as_it_is() -> None:
    assert 520.0 == arm_variants(DesignArmVariant.example([GIVEN])).collect()["reach_mm"].item()
    assert [] == broken()


def test_a_reach_in_inches_becomes_millimetres() -> None:
    found = arm_variants(DesignArmVariant.example([GIVEN | {"reach_mm": 24.0}])).collect()

    assert 609.6 == pytest.approx(found["reach_mm"].item())


def test_the_hands_of_an_arm_become_a_list() -> None:
    found = arm_variants(DesignArmVariant.example([GIVEN | {"hand_models": "H2|H2-Lite"}])).collect()

    assert [["H2", "H2-Lite"]] == found["hand_models"].to_list()


def test_limits_hold_back_what_is_no_arm() -> None:
    assert ["variant_id.pattern"] == broken(variant_id="1")
    assert ["name.min_length"] == broken(name="")
    assert ["hand_models.item.pattern"] == broken(hand_models="H1|X")
    assert ["reach_mm.le"] == broken(reach_mm=2400.0)
    assert ["reach_mm.ge"] == broken(reach_mm=1.0)
    assert ["payload_kg.gt"] == broken(payload_kg=0.0)
    assert ["mass_kg.gt", "lifts_less_than_it_weighs"] == broken(mass_kg=0.0)
    assert ["status.values"] == broken(status="lost")


def test_an_arm_that_lifts_more_than_it_weighs_is_a_warning_alone() -> None:
    (rule,) = arm_variants.spec.rules

    assert ["lifts_less_than_it_weighs"] == broken(payload_kg=6.0)
    assert "warn" == rule.severity
