"""What robotics.end_effectors makes of a drawing, and which it holds back."""

from meshwright.testing import failed
from thenar_robotics.end_effectors import DesignEndEffector, EndEffector, end_effectors

GIVEN = {
    "effector_id": "EE-01",
    "name": "Hand",
    "kind": "hand",
    "fingers": 5,
    "grip_force_n": 60.0,
    "stroke_mm": 92.0,
}


def broken(**change: object) -> list[str]:
    (found,) = failed(EndEffector, end_effectors(DesignEndEffector.example([GIVEN | change])))
    return found


def test_a_blank_behind_the_kind_is_taken_away() -> None:
    found = end_effectors(DesignEndEffector.example([GIVEN | {"kind": "gripper "}])).collect()

    assert ["gripper"] == found["kind"].to_list()
    assert [] == broken(kind="gripper ")


def test_a_hand_has_four_fingers_and_a_gripper_may_have_fewer() -> None:
    assert [] == broken(fingers=4)
    assert ["hand_has_four_fingers"] == broken(fingers=3)
    assert [] == broken(fingers=3, kind="gripper")


def test_limits_hold_back_what_is_no_end_effector() -> None:
    assert ["effector_id.pattern"] == broken(effector_id="1")
    assert ["name.min_length"] == broken(name="")
    assert ["kind.values", "hand_has_four_fingers"] == broken(kind="claw", fingers=3)
    assert ["fingers.le"] == broken(fingers=7)
    assert ["grip_force_n.gt"] == broken(grip_force_n=0.0)
    assert ["stroke_mm.gt"] == broken(stroke_mm=-1.0)
