"""The queries of TPC-H: how much of their lineage is exact, and that changing the rows of small tables bears it out."""

import inspect
from functools import cache

import polars as pl
import pytest
from tpch_queries import QUERIES
from tpch_rows import SCHEMAS, tables

from meshwright.lineage import ColumnLineage, column_lineage
from meshwright.lineage.verify import Verified, verify_transform

MOST_SPURIOUS = 0.01
"""Of the direct edges at most so many may be ones that no change of rows shows to be real."""


def reads(name: str) -> list[str]:
    return list(inspect.signature(QUERIES[name]).parameters)


@cache
def traced(name: str) -> ColumnLineage:
    return column_lineage(QUERIES[name], {table: SCHEMAS[table] for table in reads(name)})


@cache
def rows() -> dict[str, pl.DataFrame]:
    return tables()


@cache
def held(name: str) -> Verified:
    return verify_transform(QUERIES[name], {table: rows()[table] for table in reads(name)}, traced(name), {})


def test_every_output_column_of_the_queries_is_exact() -> None:
    assert (22, 76) == (len(QUERIES), sum(len(traced(name).columns) for name in QUERIES))
    assert {} == {name: traced(name).opaque for name in QUERIES if traced(name).opaque}


@pytest.mark.slow
@pytest.mark.parametrize("name", QUERIES)
def test_what_changes_with_the_rows_is_in_the_lineage_of_a_query(name: str) -> None:
    found = held(name)

    assert found.rows > 0
    assert ((), (), ()) == (found.missed, found.copied, found.unstable)


@pytest.mark.slow
def test_hardly_a_direct_edge_of_the_queries_is_spurious() -> None:
    edges = sum(held(name).direct for name in QUERIES)
    spurious = [edge for name in QUERIES for edge in (*held(name).quiet, *held(name).idle)]

    assert 85 == edges
    assert len(spurious) <= edges * MOST_SPURIOUS
