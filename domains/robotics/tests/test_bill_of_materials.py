"""Which line of a structure robotics.bill_of_materials refuses."""

from collections.abc import Mapping
from datetime import date

from meshwright.testing import failed
from thenar_robotics.bill_of_materials import Component, ErpStructure, bill_of_materials

GIVEN = {
    "parent_item": "H1",
    "component_item": "TR-1001",
    "component_kind": "transmission",
    "joint": "wrist",
    "quantity": 1,
    "valid_from": date(2024, 1, 1),
    "valid_to": date(2024, 10, 7),
}


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    return failed(Component, bill_of_materials(ErpStructure.example([{**GIVEN, **change} for change in changes])))


def test_a_structure_changes_by_day() -> None:
    after = {"component_item": "TR-1002", "valid_from": date(2024, 10, 7), "valid_to": None}

    assert [[], []] == broken({}, after)


def test_a_period_that_ends_before_it_begins_is_a_contradiction() -> None:
    assert [["ends_after_it_begins"]] == broken({"valid_to": date(2024, 1, 1)})


def test_a_transmission_has_a_joint_and_nothing_else_does() -> None:
    assert [["transmission_has_joint"]] == broken({"joint": None})
    assert [["transmission_has_joint"]] == broken({"component_kind": "part"})


def test_one_period_stands_once_and_any_contradiction_stops_the_build() -> None:
    assert [["key"], ["key"]] == broken({}, {})
    assert "error" == bill_of_materials.spec.on_fail


def test_limits_refuse_what_is_no_component() -> None:
    assert [["parent_item.pattern"]] == broken({"parent_item": "X"})
    assert [["component_item.pattern"]] == broken({"component_item": "X"})
    assert [["component_kind.values", "transmission_has_joint"]] == broken({"component_kind": "thing"})
    assert [["joint.values"]] == broken({"joint": "elbow"})
    assert [["quantity.gt"]] == broken({"quantity": 0})
