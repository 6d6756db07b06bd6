"""Rules: what may be one, and what is kept of it."""

from typing import Any

import polars as pl
import pytest

from meshwright import Contract, rule, spec_of
from meshwright.checks import row_checks
from meshwright.errors import DefinitionError, UnknownColumn
from meshwright.rules import Rule, expressions_of


def contract(declared: Rule) -> type[Contract]:
    """Declare a contract with one rule."""

    class Made(Contract, id="sales.made", version="1.0.0"):
        """A rule over four columns."""

        a: int
        b: int | None
        s: str
        l: list[int]  # noqa: E741 - a list
        vars()[declared.name] = declared

    return Made


def named(expression: pl.Expr, name: str = "holds") -> Rule:
    def holds() -> pl.Expr:
        return expression

    holds.__name__ = name
    return rule(holds)


@pytest.mark.parametrize(
    "expression",
    [
        pl.col("a") > 0,
        pl.col("a").is_in([1, 2]),
        pl.col("l").list.eval(pl.element() > 0).list.all(),
        pl.col("l").list.max() > pl.col("a"),
        pl.when(pl.col("a") > 0).then(pl.col("b") > 0).otherwise(None),
        pl.any_horizontal(pl.col("a") > 0, pl.col("b") > 0),
        pl.col("s").str.contains("x") | (pl.col("s").str.len_chars() > pl.col("a")),
    ],
)
def test_a_rule_looks_at_one_row(expression: pl.Expr) -> None:
    assert ["holds"] == [r.name for r in spec_of(contract(named(expression))).rules]


@pytest.mark.parametrize(
    "expression",
    [
        pl.col("a").mean() > 0,
        pl.col("a") > pl.col("a").shift(),
        pl.col("a").sum().over("b") > 0,
        pl.col("a").is_unique(),
        pl.len() > 0,
        pl.col("a").rank() > 0,
        pl.col("a").cum_sum() > 1,
        pl.when(pl.col("a") > 0).then(pl.col("b").max() > 1).otherwise(None),
        pl.col("l").list.eval(pl.element() > 0).list.all() & (pl.col("a").max() > 0),
    ],
)
def test_a_rule_that_looks_at_other_rows_is_refused(expression: pl.Expr) -> None:
    with pytest.raises(DefinitionError, match="rule 'holds' of Made: looks at more than one row"):
        contract(named(expression))


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        (pl.col("a") + 1, "gives Int64, no truth value (end it with a comparison)"),
        (pl.col("a") > pl.col("s"), "does not fit the types of its columns (ComputeError)"),
        (pl.col("s").dt.date() > 0, "does not fit the types of its columns (ComputeError)"),
    ],
)
def test_a_rule_that_gives_no_truth_value_is_refused(expression: pl.Expr, found: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        contract(named(expression))

    assert f"rule 'holds' of Made: {found}" in str(caught.value)


def test_a_rule_that_names_an_unknown_column_is_told_the_nearest() -> None:
    with pytest.raises(UnknownColumn, match=r"rule 'holds' of Made: no column 'bb'; did you mean 'b'\?"):
        contract(named(pl.col("bb") > 0))


def test_no_rule_takes_the_name_of_the_keys_check() -> None:
    with pytest.raises(DefinitionError, match="has the name of the key's own check"):
        contract(named(pl.col("a") > 0, "key"))


def test_a_rule_has_one_of_three_severities() -> None:
    fatal: Any = "fatal"

    with pytest.raises(DefinitionError, match="rule '<lambda>' of Made: severity 'fatal' is none"):
        contract(rule(severity=fatal)(lambda: pl.col("a") > 0))


def test_a_null_passes_as_in_sql() -> None:
    made = contract(named(pl.col("b") > 0))
    (check,) = [c for c in row_checks(spec_of(made), expressions_of(made.__mesh__.rules)) if c.name == "holds"]

    found = pl.DataFrame({"b": [1, 0, None]}).select(check.passes).to_series().to_list()

    assert [True, False, True] == found


def test_a_rule_keeps_the_text_that_was_written() -> None:
    class Made(Contract, id="sales.made", version="1.0.0"):
        """One rule."""

        a: int

        @rule(severity="warn")
        def positive() -> pl.Expr:
            """Counts are positive."""
            return pl.col("a") > 0

    (found,) = spec_of(Made).rules

    assert "pl.col('a') > 0" == found.expression
    assert ("warn", "Counts are positive.", ("a",)) == (found.severity, found.description, found.columns)
