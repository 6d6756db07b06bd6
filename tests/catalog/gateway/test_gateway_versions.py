"""Earlier versions and earlier contracts, read by the rules of today."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import polars as pl
import pytest
from deltalake import DeltaTable
from gateway_lake import CENTRAL, CLASSES, ORDERS, PRINCIPALS, PURPOSES, ROWS, STAMPED, Served, frame, scalar

from meshwright.access import Principal, policies_of
from meshwright.errors import KeysUnusable
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec
from meshwright_catalog.policies.decisions import approve_version


def changed(*columns: object, version: str = "1.3.0") -> Spec:
    """Give the contract of orders with other columns."""
    return ORDERS.model_copy(update={"version": version, "columns": tuple(columns)})


def without_class(name: str) -> Spec:
    columns = [c.model_copy(update={"classes": ()}) if c.name == name else c for c in ORDERS.columns]
    return changed(*columns)


def test_a_version_is_read_by_number_and_by_time(lake: Served) -> None:
    between = datetime.now(UTC)
    lake.clock.now = between + timedelta(hours=1)
    time.sleep(0.01)
    lake.publish(frame(ROWS[:2]))
    later = datetime.now(UTC)

    by_number = lake.ask({"version": 0, "columns": ["order_no"]})
    by_time = lake.ask({"as_of": between.isoformat(), "columns": ["order_no"]})
    newest = lake.ask({"as_of": later.isoformat(), "columns": ["order_no"]})

    assert ["0", "0", "1"] == [answer.headers["Mesh-Version"] for answer in (by_number, by_time, newest)]
    assert (12, 12, 2) == tuple(pl.read_ipc_stream(a.content).height for a in (by_number, by_time, newest))


def test_versions_that_are_not_there(lake: Served) -> None:
    future, past = lake.ask({"version": 7}), lake.ask({"as_of": "2001-01-01T00:00:00Z"})
    first = next(Path(lake.table()).glob("*.parquet"))
    lake.publish(frame(ROWS[:2]))
    first.unlink()
    vacuumed = lake.ask({"version": 0})

    assert [404, 410, 410] == [answer.status_code for answer in (future, past, vacuumed)]
    assert 2 == lake.rows().height


def test_attack_18_an_old_version_is_read_by_the_rules_of_today(lake: Served) -> None:
    """Rows from before a class was given are masked by it now."""
    lake.publish(frame(), without_class("email"))
    lake.publish(frame())
    lake.register()

    for version in (0, 1, 2):
        emails = lake.rows({"version": version, "columns": ["email"]})["email"].drop_nulls()
        assert all(email.startswith("tok1_") for email in emails), version


OFFICE = '\n[teams.office]\ndomain = "office"\n[users.dora]\nteams = ["office"]\n'
DORA = Principal("user", "dora", "office", ("office",), ())


def with_data_protection(lake: Served) -> None:
    principals = f'data_protection = ["office"]\n{PRINCIPALS}{OFFICE}'
    lake.policies[0] = policies_of(PolicyTexts(CLASSES, PURPOSES, principals, CENTRAL))


def first(lake: Served, **asked: object) -> str:
    found: str = lake.rows({"columns": ["email"], **asked})["email"][0]
    return found[:8]


def test_attack_03_a_class_that_was_dropped_stays_also_on_new_rows_until_data_protection_approves(lake: Served) -> None:
    with_data_protection(lake)
    lake.register(without_class("email"))
    lake.publish(frame(), without_class("email"))
    waiting = first(lake), lake.ask({"filter": {"op": "eq", "column": "email", "value": "Person0@Beispiel.example"}})
    explained = httpx.get(
        f"{lake.url}/api/v1/products/sales.orders/access",
        params={"purpose": "analytics"},
        headers=lake.headers(),
        trust_env=False,
    ).json()

    with lake.app.state.catalog.change(DORA) as visit:
        approve_version(visit, "sales.orders", 2)

    assert ("tok1_k1_", 0) == (waiting[0], pl.read_ipc_stream(waiting[1].content).height)
    assert {"email": "token"} == {c["path"]: c["level"] for c in explained["columns"] if c["path"] == "email"}
    assert ("Person0@", "tok1_k1_") == (first(lake), first(lake, version=0))


def test_attack_18_a_class_that_was_dropped_stays_on_the_rows_of_its_time(lake: Served) -> None:
    """Nobody can be asked in a mesh without data protection, so that new rows are shown by the contract as it is."""
    lake.register(without_class("email"))
    before = first(lake)
    lake.publish(frame(), without_class("email"))

    assert ("tok1_k1_", "tok1_k1_", "Person0@") == (before, first(lake, version=0), first(lake))


def test_attack_18_a_permit_that_is_gone_opens_no_earlier_version(lake: Served) -> None:
    lake.publish()
    lake.register(policies="")

    assert [404, 404] == [lake.ask({"version": version}).status_code for version in (0, 1)]


def test_attack_18_a_column_that_the_contract_does_not_know_is_not_shown(lake: Served) -> None:
    fewer = changed(*(c for c in ORDERS.columns if c.name != "größe"))
    lake.register(fewer)

    for version in (None, 0):
        assert "größe" not in lake.rows({"version": version}).columns
        assert 422 == lake.ask({"version": version, "columns": ["größe"]}).status_code


def test_attack_19_a_column_added_later_is_absent_from_what_was_there_before(lake: Served) -> None:
    more = changed(*ORDERS.columns, scalar("note"))
    lake.publish(frame().with_columns(note=pl.lit("new")), more)
    lake.register(more)

    assert ("new", False) == (lake.rows()["note"][0], "note" in lake.rows({"version": 0}).columns)
    assert 422 == lake.ask({"version": 0, "columns": ["note"]}).status_code


def test_attack_19_a_column_that_had_another_type_is_not_shown_under_a_mask_of_todays(lake: Served) -> None:
    lake.publish(frame().with_columns(email=pl.col("quantity")))
    lake.publish()

    assert "email" not in lake.rows({"version": 1}).columns
    assert "email" in lake.rows({"version": 2}).columns


def test_attack_19_an_older_major_is_read_by_its_own_contract(lake: Served) -> None:
    second = ORDERS.model_copy(update={"version": "2.0.0", "columns": ORDERS.columns[:1]})
    lake.publish(frame().select("order_no"), second)
    lake.register(second)

    assert (["order_no"], "2.0.0") == (lake.rows().columns, lake.ask().headers["Mesh-Contract"])
    assert ("tok1", 404) == (lake.rows({"major": 1})["email"][0][:4], lake.ask({"major": 3}).status_code)


def test_rows_that_lie_in_folders_by_their_values_read_as_any_others(lake: Served) -> None:
    table = Path(lake.table())
    options = {"partition_by": ["order_no"], "schema_mode": "overwrite", "commit_properties": STAMPED}
    frame(ROWS[:4]).write_delta(str(table), mode="overwrite", delta_write_options=options)

    assert sorted(row["order_no"] for row in ROWS[:4]) == sorted(lake.rows()["order_no"])


def test_a_table_that_marks_rows_as_deleted_or_renames_columns_is_refused(lake: Served) -> None:
    properties = {"delta.enableDeletionVectors": "true"}
    DeltaTable(lake.table()).alter.set_table_properties(properties, commit_properties=STAMPED)

    assert 503 == lake.ask().status_code


@pytest.mark.parametrize("broken", ["meshwright", "{"])
def test_a_damaged_log_is_no_reason_to_show_anything(lake: Served, broken: str) -> None:
    (log,) = (Path(lake.table()) / "_delta_log").glob("*.json")
    log.write_text(broken)

    assert 503 == lake.ask().status_code


def test_whoever_runs_the_catalog_learns_of_a_damaged_file_and_who_asks_does_not(
    lake: Served, caplog: pytest.LogCaptureFixture
) -> None:
    for file in (lake.root / "sales/orders/v1").glob("*.parquet"):
        file.write_bytes(b"\x00\xff" * (file.stat().st_size // 2))

    answer = lake.ask()

    assert 503 == answer.status_code
    assert "parquet" not in answer.text.lower()
    assert "the table of sales.orders cannot be read: " in caplog.text


def test_whoever_runs_the_catalog_learns_that_its_keys_cannot_be_used(
    lake: Served, caplog: pytest.LogCaptureFixture
) -> None:
    class Unusable:
        def key(self, scope: str) -> tuple[str, str]:
            raise KeysUnusable("keys.json", f"can be read by others, asked for {len(scope)} letters", "chmod go-rwx")

    gateway = lake.app.state.gateway
    lake.app.state.gateway = replace(gateway, storage=replace(gateway.storage, keys=Unusable()))

    answer = lake.ask()

    assert 503 == answer.status_code
    assert "keys.json" not in answer.text
    assert "the table of sales.orders cannot be read: keys.json: can be read by others" in caplog.text
