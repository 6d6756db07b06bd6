"""Changing one input column at a time finds out a lineage that leaves something out, or says too much."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import cycle

import polars as pl
import pytest

from meshwright.lineage import ColumnLineage, Origin, column_lineage
from meshwright.lineage.dependencies import IDENTITY
from meshwright.lineage.perturb import perturbed
from meshwright.lineage.sample import sample
from meshwright.lineage.verify import Verified, verify_transform

c = pl.col
PEOPLE = pl.DataFrame({"id": [1, 2, 3, 4], "email": ["ada", "ben", "cyr", "dot"], "age": [30, 40, 50, 60]})
ORDERS = pl.DataFrame({"person": [4, 3, 2, 1], "price": [1.5, 2.5, 3.5, 4.5]})
FRAMES = {"people": PEOPLE, "orders": ORDERS}
EMAIL, AGE = Origin("people", "email"), Origin("people", "age")

Transform = Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]


def joined(people: pl.LazyFrame, orders: pl.LazyFrame) -> pl.LazyFrame:
    kept = people.filter(c.age > 30).join(orders, left_on="id", right_on="person")
    return kept.select("id", mail=c.email + "@example.org", price="price")


def traced(transform: Transform) -> ColumnLineage:
    return column_lineage(transform, {name: frame.schema for name, frame in FRAMES.items()})


def held(transform: Transform, lineage: ColumnLineage | None = None) -> Verified:
    return verify_transform(transform, FRAMES, lineage or traced(transform), {})


def test_a_sound_lineage_is_found_sound_and_every_direct_edge_is_seen() -> None:
    found = held(joined)

    assert ((), (), (), ()) == (found.missed, found.copied, found.quiet, found.unstable)
    assert (3, 3) == (found.rows, found.direct)


def test_a_value_that_lineage_leaves_out_is_missed_and_found_again() -> None:
    lineage = traced(joined)

    found = held(joined, replace(lineage, columns={**lineage.columns, "mail": {}}))

    assert ((EMAIL, "mail"),) == found.missed == found.copied


def test_a_filter_that_lineage_leaves_out_is_missed_for_every_column() -> None:
    lineage = traced(joined)
    blind = replace(lineage, rows={o: kinds for o, kinds in lineage.rows.items() if o != AGE})

    assert ((AGE, "id"), (AGE, "mail"), (AGE, "price")) == held(joined, blind).missed


def test_a_direct_edge_that_is_none_is_quiet() -> None:
    lineage = traced(joined)
    wide = {**lineage.columns["price"], EMAIL: frozenset({IDENTITY})}

    assert ((EMAIL, "price"),) == held(joined, replace(lineage, columns={**lineage.columns, "price": wide})).quiet


def test_one_value_in_all_rows_shows_nothing_and_is_told_apart() -> None:
    found = held(lambda people, orders: people.select(old=(c.age > 1000).fill_null(False) & (c.age < 0)))

    assert () == found.quiet
    assert ((AGE, "old"),) == found.idle


def test_columns_that_differ_each_time_are_not_looked_at() -> None:
    calls = iter(range(1000))

    def counting(people: pl.LazyFrame, orders: pl.LazyFrame) -> pl.LazyFrame:
        return people.select("id", call=pl.lit(next(calls)))

    found = held(counting, ColumnLineage({"id": {Origin("people", "id"): frozenset({IDENTITY})}, "call": {}}, {}))

    assert ("call",) == found.unstable
    assert () == found.missed


def test_floats_that_differ_past_their_ninth_digit_are_the_same() -> None:
    between = 1.2345678950  # written to nine digits, its neighbours differ
    calls = cycle([math.nextafter(between, 0), math.nextafter(between, 2)])

    def summed(people: pl.LazyFrame, orders: pl.LazyFrame) -> pl.LazyFrame:
        last = next(calls)
        return orders.select(total=pl.when(c.price > 0).then(last), odd=pl.lit(None, pl.Float64))

    found = held(summed, traced(summed))

    assert ((), ()) == (found.unstable, found.missed)


def test_a_transform_that_refuses_changed_values_is_counted() -> None:
    found = held(lambda people, orders: people.select(c.email.replace_strict({v: v for v in PEOPLE["email"]})))

    assert found.failed > 0
    assert () == found.missed


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 3],
        ["a", "b", None],
        [1.5, 2.5, None],
        [True, False, None],
        [date(2026, 1, 1), date(2026, 1, 2), None],
        [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC), None],
        [Decimal("1.50"), Decimal("2.50"), None],
        [[1], [2, 3], []],
        [{"x": 1, "y": "a"}, {"x": 2, "y": "b"}, None],
    ],
)
def test_every_type_gets_other_values_and_keeps_its_shape(values: list[object]) -> None:
    frame = pl.DataFrame({"x": values, "y": [1, 2, 3]})

    changed = list(perturbed(frame, "x"))

    assert len(changed) >= 3
    assert all(frame.schema == each.schema and frame["y"].equals(each["y"]) for each in changed)
    assert not any(frame["x"].equals(each["x"]) for each in changed)


def test_rows_that_meet_are_taken_first() -> None:
    many = pl.DataFrame({"id": range(1000), "email": "x", "age": 50})
    frames = {"people": many.lazy(), "orders": pl.LazyFrame({"person": [990, 991], "price": [1.0, 2.0]})}

    taken = sample(frames, traced(joined), 20)

    assert {990, 991} <= set(taken["people"]["id"])
    assert (20, 2) == (taken["people"].height, taken["orders"].height)
