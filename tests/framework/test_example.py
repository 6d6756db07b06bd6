"""Example rows: valid under every limit, with keys that differ, and what is given stays."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional

import polars as pl
import pytest
from annotated_types import Ge, Gt, Le, Len, Lt, MultipleOf
from hypothesis import given
from hypothesis import strategies as st
from pydantic import create_model

from meshwright import Contract, Decimals, Key, Matches, Schema, Vector, spec_of
from meshwright.checks import report
from meshwright.errors import DefinitionError

UTC = dt.UTC


class Place(Schema):
    """Nested."""

    street: Annotated[str, Len(3, 5)]
    floors: Annotated[list[Annotated[int, Ge(5)]], Len(2)]


def contract(**columns: Any) -> type[Contract]:
    declared: Any = {name: (kind, ...) for name, kind in columns.items()}
    kwargs = {"id": "sales.made", "version": "1.0.0"}
    return create_model("Made", __base__=Contract, __cls_kwargs__=kwargs, **declared)


PATTERNS = [
    r"ORD-\d{8}",
    r"[A-Z]{2}\d+",
    r"(?:H1|H2)-(?P<rest>[a-f0-9]{4})?",
    r"[^\s@]+@[^\s@]+\.[a-z]{2,}",
    r"^\w+$",
    r"a*b?c{2}d{1,3}.",
    r"[\w.-]+|x",
    r"SN\.[0-9]{2}/[A-Z]",
    r"\d{4}-\d{2}-\d{2}",
]
COLUMNS: list[Any] = [
    str,
    Annotated[str, Len(0, 2)],
    Annotated[str, Len(12)],
    Annotated[str, Len(5, 5)],
    *(Annotated[str, Matches(pattern)] for pattern in PATTERNS),
    Annotated[str, Matches(r"\d+"), Len(6, 7)],
    int,
    Annotated[int, Gt(0)],
    Annotated[int, Ge(-5), Le(3)],
    Annotated[int, Lt(-(2**60))],
    Annotated[int, Ge(7), MultipleOf(4)],
    Annotated[int, Ge(2**63 - 1)],
    float,
    Annotated[float, Gt(0), Lt(1)],
    Annotated[float, Gt(1e300)],
    Annotated[float, Lt(-5)],
    Annotated[float, Ge(0.5), Le(0.5)],
    Annotated[float, Ge(0.15), MultipleOf(0.1)],
    Decimal,
    Annotated[Decimal, Decimals(18, 2), Gt(0)],
    Annotated[Decimal, Decimals(2, 2)],
    Annotated[Decimal, Decimals(38, 0), Ge(10**37)],
    Annotated[Decimal, Decimals(9, 2), Gt(Decimal("1.005")), MultipleOf(Decimal("0.25"))],
    bool,
    bytes,
    Annotated[bytes, Len(3, 4)],
    dt.date,
    Annotated[dt.date, Lt(dt.date(1969, 1, 1))],
    dt.datetime,
    Annotated[dt.datetime, Gt(dt.datetime(2026, 5, 1, tzinfo=UTC)), Lt(dt.datetime(2026, 5, 1, 1, tzinfo=UTC))],
    Literal["x", "y"],
    Literal[3, 4],
    Place,
    Annotated[list[Annotated[str, Matches("x{2}")]], Len(2, 3)],
    Annotated[list[float], Vector(4)],
    Optional[Annotated[int, Gt(0)]],  # noqa: UP045 - what Annotated gives has no | for type checkers
]


def check(made: type[Contract], rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame = made.example(rows).collect()
    found = report(frame.lazy(), spec_of(made), {})
    assert dict.fromkeys(found.failed, 0) == dict(found.failed)
    for row in frame.iter_rows(named=True):
        made.model_validate(row)
    return frame


@given(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4), st.integers(0, 40))
def test_example_rows_pass_every_check_and_pydantic(columns: list[Any], rows: int) -> None:
    frame = check(contract(**{f"c{n}": kind for n, kind in enumerate(columns)}), [{}] * rows)

    assert rows == frame.height


@pytest.mark.parametrize("column", COLUMNS)
def test_every_limit_has_examples(column: Any) -> None:
    assert 3 == check(contract(c=column), [{}] * 3).height


@pytest.mark.parametrize(
    "key",
    [
        str,
        Annotated[str, Len(2, 2)],
        Annotated[str, Matches(r"[A-Z]\d")],
        Annotated[int, Ge(-5), Le(30)],
        Annotated[Decimal, Decimals(2, 2)],
        dt.date,
        dt.datetime,
        bytes,
    ],
)
def test_keys_differ(key: Any) -> None:
    frame = check(contract(c=Annotated[key, Key()]), [{}] * 30)

    assert 30 == frame["c"].n_unique()


def test_keys_differ_from_given_ones() -> None:
    frame = check(contract(c=Annotated[int, Key()]), [{}, {"c": 1}, {}, {"c": 3}])

    assert (1, 3) == tuple(frame["c"].to_list()[1::2])


def test_a_part_of_the_key_that_is_given_stays() -> None:
    made = contract(a=Annotated[str, Key()], b=Annotated[int, Key(), Ge(1), Le(3)])

    assert {("x", 1), ("x", 2), ("x", 3)} == set(check(made, [{"a": "x"}] * 3).rows())


def test_what_is_given_stays_even_when_it_is_wrong() -> None:
    assert [-7] == contract(c=Annotated[int, Gt(0)]).example([{"c": -7}]).collect()["c"].to_list()


def test_no_key_left_is_said() -> None:
    with pytest.raises(DefinitionError, match=r"example row 2: no key \['c'\] is left \(give the key in the row\)"):
        contract(c=Annotated[bool, Key()]).example([{}, {}, {}])


@pytest.mark.parametrize("pattern", [r"\p{Greek}+", r"(?i)a", r"\bword\b", r"[a&&b]", r"[[:alpha:]]"])
def test_a_pattern_beyond_the_subset_asks_for_the_value(pattern: str) -> None:
    made = contract(c=Annotated[str, Matches(pattern)])

    with pytest.raises(DefinitionError, match=r"c: has limits that no example value can be made for \(give it in the"):
        made.example()


def test_limits_that_leave_no_value_ask_for_one() -> None:
    with pytest.raises(DefinitionError, match="has limits that no example value can be made for"):
        contract(c=Annotated[int, Gt(4), Lt(8), MultipleOf(9)]).example()
