"""Which software ran on which hand since when."""

from datetime import UTC, datetime

import polars as pl

from meshwright.testing import failed
from thenar_robotics.events import FleetEvent
from thenar_robotics.fleet_software import Installation, Shipped, fleet_software

DAY = [datetime(2024, 1, day, tzinfo=UTC) for day in range(1, 29)]


def event(number: int, version: str, day: int, **change: object) -> dict[str, object]:
    return {
        "event_id": f"EVT-{number:08d}", "kind": "software_installed", "serial_number": "SN-0000001",
        "component": "firmware", "version": version, "at": DAY[day], "recorded_at": DAY[day],
    } | change  # fmt: skip


def shipped(*, connected: bool, serial: str = "SN-0000001") -> dict[str, object]:
    return {
        "serial_number": serial, "customer_id": "tok1_a", "hand_model": "H1", "firmware_version": "1.0.0",
        "motion_model": "mm-1", "connected": connected, "shipped_at": DAY[0], "recorded_at": DAY[1],
    }  # fmt: skip


def made(events: list[dict[str, object]], hands: list[dict[str, object]]) -> pl.LazyFrame:
    return fleet_software(FleetEvent.example(events), Shipped.example(hands))


def test_the_next_installation_of_the_component_replaces_the_one_before() -> None:
    events = [event(1, "1.0.0", 0), event(2, "1.1.0", 9), event(3, "mm-1", 4, component="motion_model")]

    found = made(events, [shipped(connected=True)]).sort("installed_at").collect()

    assert [("1.0.0", DAY[9]), ("mm-1", None), ("1.1.0", None)] == found.select("version", "replaced_at").rows()


def test_a_hand_that_reports_nothing_runs_what_it_left_the_factory_with() -> None:
    found = made([], [shipped(connected=False)]).sort("component").collect()

    assert [("firmware", "1.0.0", "factory"), ("motion_model", "mm-1", "factory")] == found.select(
        "component", "version", "reported_by"
    ).rows()


def test_a_connected_hand_counts_by_what_it_reports_alone() -> None:
    found = made([event(1, "1.0.0", 0)], [shipped(connected=True)]).collect()

    assert [("hand", "H1", "tok1_a")] == found.select("reported_by", "hand_model", "customer_token").rows()


def test_a_hand_without_a_shipment_has_no_model_and_no_customer() -> None:
    found = made([event(1, "1.0.0", 0)], [shipped(connected=True, serial="SN-0000002")])

    assert [(None, None)] == found.select("hand_model", "customer_token").collect().rows()
    assert [[]] == failed(Installation, found)


def test_stops_are_no_installations() -> None:
    assert 0 == made([event(1, "1.0.0", 0, kind="protective_stop")], []).collect().height


def test_a_report_that_arrives_twice_counts_once_and_replaces_nothing() -> None:
    found = made([event(1, "1.0.0", 0), event(1, "1.0.0", 0)], [shipped(connected=True)])

    assert [None, None] == found.collect()["replaced_at"].to_list()
    assert [["key"], []] == failed(Installation, found)


def test_limits_and_the_rule_hold_back_what_is_no_installation() -> None:
    def broken(**change: object) -> list[str]:
        (names,) = failed(Installation, made([event(1, "1.0.0", 0) | change], [shipped(connected=True)]))
        return names

    assert [] == broken()
    assert ["serial_number.pattern"] == broken(serial_number="1")
    assert ["component.values"] == broken(component="camera")
    assert ["version.pattern"] == broken(version="one")
    assert ["firmware_is_numbered"] == broken(version="mm-1")
    assert ["firmware_is_numbered"] == broken(component="motion_model")
    assert ["version.required"] == broken(version=None)


def test_of_the_customer_a_token_is_asked_for_and_no_more() -> None:
    (port,) = fleet_software.spec.ports
    customer = next(c for c in port.columns if c.name == "customer_id")

    assert "token" == customer.level
