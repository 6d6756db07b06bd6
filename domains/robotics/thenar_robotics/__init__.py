"""Robotics R&D: how hands are built, what runs on them, how they wear and why they stop."""

from meshwright import Domain
from thenar_robotics.arm_variants import arm_variants
from thenar_robotics.bill_of_materials import bill_of_materials
from thenar_robotics.end_effectors import end_effectors
from thenar_robotics.firmware_reliability import firmware_reliability
from thenar_robotics.fleet_software import fleet_software
from thenar_robotics.fleet_wear import fleet_wear
from thenar_robotics.joint_fatigue import joint_fatigue
from thenar_robotics.protective_stops import protective_stops
from thenar_robotics.transmissions import transmissions

domain = Domain(
    name="robotics",
    owner="hand-lab",
    package=__name__,
    products=(
        arm_variants,
        end_effectors,
        transmissions,
        bill_of_materials,
        fleet_software,
        joint_fatigue,
        protective_stops,
        firmware_reliability,
        fleet_wear,
    ),
)
