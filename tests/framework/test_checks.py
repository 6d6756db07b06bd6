"""What a table breaks: names and counts of checks, rules, keys and references."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import polars as pl
import pytest
from annotated_types import Ge, Gt, Len, MultipleOf
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from meshwright import (
    Contract,
    Decimals,
    EventTime,
    Key,
    KnownAt,
    Matches,
    OnFail,
    References,
    Schema,
    Vector,
    rule,
    spec_of,
)
from meshwright.checks import Report, mark, report, row_checks
from meshwright.errors import DefinitionError, UncomputableRule
from meshwright.rules import expressions_of

DAY = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 10)]
Rows = list[dict[str, Any]]
Tables = Mapping[str, pl.LazyFrame]


class Place(Schema):
    """Where a robot stands."""

    street: Annotated[str, Len(1, 20)]
    floors: list[Annotated[int, Gt(0)]] | None


class Robot(Contract, id="robotics.robots", version="1.0.0", on_fail="quarantine"):
    """One row per robot."""

    serial: Annotated[str, Key(entity="robot"), Matches(r"R-\d+")]
    hands: Annotated[int, Ge(0), OnFail("error")]
    spare: Annotated[int, Ge(0)] | None
    place: Place | None
    model: Literal["H1", "H2"]
    embedding: Annotated[list[float], Vector(2)]

    @rule(severity="warn")
    def fewer_spares_than_hands() -> pl.Expr:
        """Nobody keeps more spares than hands."""
        return pl.col("spare") <= pl.col("hands")


class Reading(Contract, id="robotics.readings", version="1.0.0", on_fail="quarantine"):
    """One row per robot and moment."""

    serial: Annotated[str, Key(keep="last")]
    at: Annotated[datetime, Key(keep="last"), EventTime()]
    known_at: Annotated[datetime, KnownAt()]
    torque_nm: Annotated[float, Ge(0)]


class First(Contract, id="robotics.firsts", version="1.0.0", on_fail="quarantine"):
    """The first row of several stays."""

    serial: Annotated[str, Key(keep="first")]
    at: Annotated[datetime, EventTime()]


class Part(Contract, id="supply_chain.parts", version="1.0.0", on_fail="quarantine"):
    """One row per part."""

    part: Annotated[str, Key()]
    supplier: Annotated[str, References("supply_chain.suppliers", "code")] | None


def judged(contract: type[Contract], rows: Rows, references: Tables | None = None) -> Report:
    rules = expressions_of(contract.__mesh__.rules)
    return report(contract.example(rows), spec_of(contract), rules, references or {})


def failed(contract: type[Contract], rows: Rows, references: Tables | None = None) -> list[list[str]]:
    rules = expressions_of(contract.__mesh__.rules)
    return mark(contract.example(rows), spec_of(contract), rules, references or {}).collect()["_failed"].to_list()


def kept(contract: type[Contract], rows: Rows, published: pl.LazyFrame | None = None) -> list[bool]:
    frame = mark(contract.example(rows), spec_of(contract), {}, published=published)
    return frame.collect()["_kept"].to_list()


def test_every_check_has_a_readable_name() -> None:
    checks = row_checks(spec_of(Robot), expressions_of(Robot.__mesh__.rules))

    assert [
        "serial.required",
        "serial.pattern",
        "hands.required",
        "hands.ge",
        "spare.ge",
        "place.street.required",
        "place.street.min_length",
        "place.street.max_length",
        "place.floors.item.required",
        "place.floors.item.gt",
        "model.required",
        "model.values",
        "embedding.required",
        "embedding.length",
        "embedding.item.required",
        "embedding.item.finite",
        "fewer_spares_than_hands",
    ] == [check.name for check in checks]


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ({}, []),
        ({"serial": None}, ["serial.required"]),
        ({"serial": "R-7\n"}, ["serial.pattern"]),
        ({"hands": -1}, ["hands.ge"]),
        ({"hands": 1, "spare": 2}, ["fewer_spares_than_hands"]),
        ({"hands": 1, "spare": None}, []),
        ({"place": {"street": None, "floors": None}}, ["place.street.required"]),
        ({"place": {"street": "x" * 21, "floors": [1, 0]}}, ["place.street.max_length", "place.floors.item.gt"]),
        ({"place": {"street": "x", "floors": [None]}}, ["place.floors.item.required"]),
        ({"model": "H3"}, ["model.values"]),
        ({"embedding": [1.0]}, ["embedding.length"]),
        ({"embedding": [1.0, None]}, ["embedding.item.required"]),
        ({"embedding": [1.0, float("nan")]}, ["embedding.item.finite"]),
    ],
)
def test_a_row_is_marked_with_what_it_breaks(row: dict[str, Any], names: list[str]) -> None:
    sound = {"place": None}

    assert [[], names] == failed(Robot, [sound, sound | {"serial": "R-100"} | row])


def test_a_report_counts_and_lists_every_check() -> None:
    found = judged(Robot, [{"hands": -1}, {"hands": -2, "serial": "?"}, {"hands": 1, "spare": 9}])

    assert 3 == found.rows
    assert {"hands.ge": 2} == found.failing("error")
    assert {"serial.pattern": 1} == found.failing("quarantine")
    assert {"fewer_spares_than_hands": 1} == found.failing("warn")
    assert [c.name for c in row_checks(spec_of(Robot), expressions_of(Robot.__mesh__.rules))] + ["key"] == list(
        found.failed
    )


def test_a_warning_keeps_its_row_and_leaves_the_report_clean() -> None:
    rows: Rows = [{"hands": 1, "spare": 9}]

    assert judged(Robot, rows).clean
    rules = expressions_of(Robot.__mesh__.rules)
    assert [True] == mark(Robot.example(rows), spec_of(Robot), rules).collect()["_kept"].to_list()


def test_an_empty_table_breaks_nothing() -> None:
    found = judged(Robot, [])

    assert 0 == found.rows
    assert found.clean


def test_of_several_rows_with_one_key_none_stays_by_default() -> None:
    assert [["key"], [], ["key"]] == failed(Robot, [{"serial": "R-1"}, {"serial": "R-2"}, {"serial": "R-1"}])


def test_the_row_known_last_stays() -> None:
    rows: Rows = [{"serial": "a", "at": DAY[0], "known_at": DAY[known]} for known in (1, 3, 2)]

    assert [False, True, False] == kept(Reading, rows)


def test_among_equal_times_the_last_row_stays() -> None:
    rows: Rows = [{"serial": "a", "at": DAY[0], "known_at": DAY[1]}] * 3

    assert [False, False, True] == kept(Reading, rows)


def test_the_first_event_stays() -> None:
    assert [False, True, True] == kept(First, [{"serial": s, "at": DAY[d]} for s, d in (("a", 2), ("a", 1), ("b", 3))])


def test_a_broken_row_takes_no_sound_one_of_its_key_with_it() -> None:
    rows: Rows = [{"serial": "a", "at": DAY[0], "known_at": DAY[d], "torque_nm": t} for d, t in ((1, 1.0), (2, -1.0))]

    assert [[], ["torque_nm.ge"]] == failed(Reading, rows)
    assert 0 == judged(Reading, rows).failed["key"]


def test_a_null_is_missing_and_no_duplicate() -> None:
    assert [["serial.required"], ["serial.required"]] == failed(Robot, [{"serial": None}, {"serial": None}])


def test_a_key_that_is_live_already_is_refused_when_appending() -> None:
    live = First.example([{"serial": "a", "at": DAY[0]}])
    rows: Rows = [{"serial": "a", "at": DAY[5]}, {"serial": "b", "at": DAY[5]}]

    assert [False, True] == kept(First, rows, live)
    assert 1 == report(First.example(rows), spec_of(First), {}, published=live).failed["key"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=12))
def test_survivors_are_those_of_a_plain_search(drawn: list[tuple[str, int, int, bool]]) -> None:
    rows: Rows = [
        {"serial": s, "at": DAY[d], "known_at": DAY[k], "torque_nm": 1.0 if sound else -1.0} for s, d, k, sound in drawn
    ]

    best: dict[tuple[str, int], tuple[int, int]] = {}
    for number, (s, d, k, sound) in enumerate(drawn):
        if sound:
            best[s, d] = max(best.get((s, d), (-1, -1)), (k, number))
    survivors = {number for _, number in best.values()}
    assert [number in survivors for number in range(len(drawn))] == kept(Reading, rows)
    assert sum(sound for *_, sound in drawn) - len(survivors) == judged(Reading, rows).failed["key"]


def test_a_value_must_exist_where_it_refers_to() -> None:
    suppliers = {"supply_chain.suppliers.code": pl.LazyFrame({"code": ["s1", "s1", "s2", None]})}
    rows: Rows = [{"part": str(n), "supplier": s} for n, s in enumerate(["s1", "s3", None, "s2"])]

    assert [[], ["supplier.references"], [], []] == failed(Part, rows, suppliers)
    assert {"supplier.references": 1} == judged(Part, rows, suppliers).failing("quarantine")


def test_a_reference_without_its_table_is_said() -> None:
    with pytest.raises(DefinitionError, match=r"^supply_chain.parts.supplier: references supply_chain.suppliers.code"):
        judged(Part, [{}])


def test_a_rule_without_its_expression_is_said() -> None:
    with pytest.raises(DefinitionError, match="rule 'fewer_spares_than_hands' comes without its expression"):
        report(Robot.example(), spec_of(Robot), {})


def test_a_rule_that_cannot_be_computed_is_named_and_quotes_no_value() -> None:
    class Parsed(Contract, id="sales.parsed", version="1.0.0"):
        """A rule that parses."""

        text: str

        @rule
        def is_number() -> pl.Expr:
            """Fails on text."""
            return pl.col("text").str.to_integer() > 0

    with pytest.raises(UncomputableRule) as caught:
        judged(Parsed, [{"text": "secret"}])

    assert str(caught.value).startswith("rule 'is_number' of sales.parsed: cannot be computed")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_multiples_of_long_decimals_are_exact_where_pydantic_gives_up() -> None:
    class Long(Contract, id="sales.long", version="1.0.0"):
        """More digits than Python's decimal context has."""

        units: Annotated[Decimal, Decimals(38, 0), MultipleOf(2)]

    rows: Rows = [{"units": Decimal(10**37)}, {"units": Decimal(10**37 + 1)}]

    assert [[], ["units.multiple_of"]] == failed(Long, rows)
    with pytest.raises(ValidationError, match="multiple"):
        Long.model_validate(rows[0])


def test_marking_keeps_rows_and_order() -> None:
    frame = Robot.example([{"serial": f"R-{n % 7}", "hands": n - 3} for n in range(50)])

    found = mark(frame, spec_of(Robot), expressions_of(Robot.__mesh__.rules)).collect()

    assert frame.collect().equals(found.drop("_failed", "_kept"))
