"""A version that no build made is shown to nobody, and whoever asks is told so."""

import json

import polars as pl
import pytest
from deltalake import write_deltalake
from living import served
from planning import plan_demand
from shop import Shop

STRANGER = "stranger@example.com"


@pytest.fixture
def written_over(shop: Shop) -> Shop:
    """A shop whose table somebody wrote with another tool: personal data stands in a column that has none."""
    table = str(shop.root / "lake/sales/orders/v1")
    rows = pl.read_delta(table).with_columns(pl.lit(STRANGER).alias("order_id"))
    write_deltalake(table, rows, mode="append")
    return shop


def test_readers_get_no_row_of_it_and_may_ask_for_the_last_build(written_over: Shop) -> None:
    said, asked = (written_over.run("read", "sales.orders", *more) for more in ((), ("--version", "1")))
    before = json.loads(written_over.works("read", "sales.orders", "--version", "0", "--json"))

    for answer in (said, asked):
        assert 1 == answer.code
        assert "version 1 was written by someone else, and is shown to nobody" in answer.err
        assert "`mesh build --adopt` publishes over it, `--version 0` reads the last build" in answer.err
        assert STRANGER not in answer.out + answer.err
    assert 4 == len(before["rows"])


def test_plan_build_and_doctor_say_so(written_over: Shop) -> None:
    planned, built, looked = (written_over.run(word) for word in ("plan", "build", "doctor"))

    assert (0, True) == (planned.code, "version 1 was written by someone else" in planned.out)
    assert (1, True) == (built.code, "version 1 was written by someone else" in built.out)
    assert (1, True) == (looked.code, "find out who writes there; `mesh build --adopt` publishes over it" in looked.out)


def test_adopting_publishes_over_it_and_an_append_is_not_put_on_top(written_over: Shop) -> None:
    written_over.rewrite(written_over.module(), 'purpose="operations"', 'purpose="operations", mode="append"')
    appended = written_over.run("build", "--adopt")
    written_over.rewrite(written_over.module(), ', mode="append"', "")

    written_over.works("build", "--adopt")

    read = written_over.run("read", "sales.orders", "--json")
    assert (1, True) == (appended.code, "was written by someone else" in appended.out)
    assert ["O-1", "O-2", "O-3", "O-4"] == sorted(row["order_id"] for row in json.loads(read.out)["rows"])
    assert "all well" in written_over.works("doctor")


def test_the_gateway_shows_no_row_of_it(written_over: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESH_TOKEN", written_over.works("token", "ana").strip())

    with served(written_over.root) as url:
        at = ("--catalog", url, "--purpose", "operations")
        said, asked = (written_over.run("read", "sales.orders", *more, *at) for more in ((), ("--version", "1")))
        before = json.loads(written_over.works("read", "sales.orders", "--version", "0", *at, "--json"))

    assert (1, 1) == (said.code, asked.code)
    assert STRANGER not in said.out + said.err + asked.out + asked.err
    assert 4 == len(before["rows"])


def test_a_build_that_reads_it_stops(written_over: Shop) -> None:
    plan_demand(written_over)

    said = written_over.run("build", "planning.demand", "--only")

    assert (1, True) == (said.code, "version 1 was written by someone else" in said.out)


def test_a_table_that_no_build_made_is_refused(shop: Shop) -> None:
    table = shop.root / "lake/sales/orders/v1"
    rows = pl.read_delta(str(table))
    shop.works("doctor")
    for file in (table / "_delta_log").iterdir():
        file.unlink()
    write_deltalake(str(table), rows)

    said = shop.run("read", "sales.orders")

    assert (1, True) == (said.code, "version 0 was written by someone else" in said.err)
