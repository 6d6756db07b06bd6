"""Which transmission robotics.transmissions holds back."""

import polars as pl

from meshwright.testing import failed
from thenar_robotics.transmissions import DesignTransmission, Transmission, transmissions

GIVEN = {
    "transmission_id": "TR-1001",
    "kind": "harmonic",
    "joint": "wrist",
    "geometry_version": "A",
    "gear_ratio": 100.0,
    "backlash_arcmin": 1.6,
    "tooth_width_mm": 9.0,
    "rated_torque_nm": 28.0,
    "part_number": "HDG-1001",
}
PARTS = {"supply_chain.parts.part_number": pl.LazyFrame({"part_number": ["HDG-1001"]})}


def broken(**change: object) -> list[str]:
    (found,) = failed(Transmission, transmissions(DesignTransmission.example([GIVEN | change])), PARTS)
    return found


def test_teeth_have_a_width_and_cables_have_none() -> None:
    assert [] == broken()
    assert [] == broken(kind="cable", tooth_width_mm=None)
    assert ["only_teeth_have_width"] == broken(kind="cable")
    assert ["only_teeth_have_width"] == broken(tooth_width_mm=None)


def test_a_part_that_purchasing_does_not_know_yet_is_a_warning_alone() -> None:
    part = transmissions.spec.column("part_number")

    assert ["part_number.references"] == broken(part_number="HDG-9999")
    assert part is not None
    assert "warn" == part.on_fail


def test_geometry_is_classified() -> None:
    classified = {c.name for c in transmissions.spec.columns if c.classes == ("engineering",)}

    assert {"backlash_arcmin", "tooth_width_mm"} == classified


def test_limits_hold_back_what_is_no_transmission() -> None:
    assert ["transmission_id.pattern"] == broken(transmission_id="1")
    assert ["kind.values"] == broken(kind="chain")
    assert ["joint.values"] == broken(joint="elbow")
    assert ["geometry_version.pattern"] == broken(geometry_version="AA")
    assert ["gear_ratio.gt"] == broken(gear_ratio=1.0)
    assert ["backlash_arcmin.le"] == broken(backlash_arcmin=601.0)
    assert ["backlash_arcmin.gt"] == broken(backlash_arcmin=0.0)
    assert ["tooth_width_mm.gt"] == broken(tooth_width_mm=0.0)
    assert ["rated_torque_nm.gt"] == broken(rated_torque_nm=0.0)
    assert ["superseded_by.pattern"] == broken(superseded_by="1")
