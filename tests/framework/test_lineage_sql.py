"""SQL: over the frames of a transform it is a plan like any other; of another system's text the two readings agree."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from meshwright import sql
from meshwright.errors import DefinitionError, TransformRaises
from meshwright.lineage import ColumnLineage, column_lineage
from meshwright.lineage.dialects import dialect_lineage
from meshwright.lineage.verify import verify

A = pl.DataFrame(
    {"id": [1, 2, 3, 4], "email": ["ada", "ben", "cyr", None], "amt": [1.5, 2.5, 0.5, 4.0], "ts": [4, 3, 2, 1]}
)
B = pl.DataFrame({"id": [2, 3, 3, 9], "seg": ["x", "y", "z", "q"], "rank": [1, 2, 3, 4]})
FRAMES = {"a": A, "b": B}
SCHEMAS = {name: frame.schema for name, frame in FRAMES.items()}
TABLES = {name: frame.columns for name, frame in FRAMES.items()}

BOTH_READ = [
    "select * from a",
    "select email, amt + ts x, 1 one from a where amt > 1",
    "select a.email, b.seg from a join b on a.id = b.id",
    "select a.email, b.seg from a left join b on a.id = b.id and a.ts > b.rank order by amt",
    "select seg, sum(amt) s, count(*) n, count(email) m from a join b on a.id = b.id group by seg having sum(ts) > 1",
    "select case when amt > 1 then email else 'x' end k from a",
    "select case ts when 1 then email when 2 then 'y' end k from a",
    "select coalesce(email, cast(id as varchar)) e from a",
    "select sum(amt) over (partition by id order by ts) w from a",
    "with z as (select id, max(amt) m from a group by id) select b.seg, z.m from z join b on z.id = b.id",
    "select id, email s from a union all select id, seg s from b",
    "select id from a union select id from b",
    "select distinct email from a",
    "select email from a where id in (select id from b where rank > 1)",
    "select a.email from a where exists (select 1 from b where b.id = a.id)",
    "select upper(email) u, length(email) n, abs(amt) p from a",
    "select x.email from (select email, amt from a where ts > 1) x where x.amt > 1 limit 3",
    "select l.email, r.email other from a l join a r on l.id = r.ts",
    "select email, (select max(rank) from b) r from a",
    "select a.id from a join b using (id)",
    "select email from a qualify row_number() over (partition by id order by ts) = 1",
    "select sum(amt) filter (where ts > 1) f from a",
    "select a.id from a semi join b on a.id = b.id",
    "select seg from a join b on a.id = b.id order by 1",
    "select amt > 1 and email like 'a%' f from a",
]
NOT_UNDERSTOOD = [
    "select id, count(*) n from a group by all",
    "select email from nowhere",
    "select * from nowhere",
    "with recursive r as (select id n from a union all select n + 1 from r where n < 3) select n from r",
    "select id from a intersect select id from b",
    "select e.x from a, lateral (select rank x from b where b.id = a.id) e",
    "select list_transform([amt], x -> x + ts) l from a",
    "select * from (select id, email, amt from a) pivot (sum(amt) for email in ('ada', 'ben'))",
]


def planned(query: Any) -> ColumnLineage:
    def transform(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
        return sql(query, a=a, b=b)

    return column_lineage(transform, SCHEMAS)


def kinds(lineage: ColumnLineage, column: str) -> set[tuple[str, str]]:
    return {(o.column, k.subtype) for o, found in lineage.columns[column].items() for k in found}


@pytest.mark.parametrize("query", BOTH_READ)
def test_both_readings_of_a_query_name_the_same_columns(query: str) -> None:
    ours, theirs = planned(query), dialect_lineage(query, TABLES, "duckdb")

    assert ((), ()) == (ours.opaque, theirs.opaque)
    assert [ours.direct(name) for name in ours.columns] == [theirs.direct(name) for name in theirs.columns]
    assert set(ours.rows) == set(theirs.rows)


@pytest.mark.parametrize("query", BOTH_READ)
def test_what_changes_with_the_rows_is_in_the_lineage_of_a_query(query: Any) -> None:
    def run(frames: Any) -> pl.DataFrame:
        return sql(query, **{name: frame.lazy() for name, frame in frames.items()}).collect()

    found = verify(run, FRAMES, dialect_lineage(query, TABLES, "duckdb"))

    assert ((), ()) == (found.missed, found.copied)


@pytest.mark.parametrize("query", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_opaque_and_never_empty(query: str) -> None:
    lineage = dialect_lineage(query, TABLES, "duckdb")

    assert lineage.opaque
    assert lineage.columns
    assert all(len(lineage.direct(name)) == 7 for name in lineage.columns)


def test_a_function_of_another_system_may_read_any_column_of_its_tables() -> None:
    lineage = dialect_lineage("select score() s, id from a", TABLES, "duckdb")

    assert ("function score",) == lineage.opaque
    assert set(A.columns) == {o.column for o in lineage.direct("s")}
    assert {"id"} == {o.column for o in lineage.direct("id")}


def test_clauses_and_conditions_have_their_kinds() -> None:
    query = (
        "select case when amt > 1 then email end k, sum(ts) over (partition by id) w from a where ts > 1 order by id"
    )
    lineage = dialect_lineage(query, TABLES, "duckdb")

    assert {("email", "IDENTITY"), ("amt", "CONDITIONAL")} == kinds(lineage, "k")
    assert {("ts", "AGGREGATION"), ("id", "WINDOW")} == kinds(lineage, "w")
    assert {("ts", "FILTER"), ("id", "SORT")} == {
        (o.column, k.subtype) for o, each in lineage.rows.items() for k in each
    }


def test_a_count_masks_in_another_systems_text_too() -> None:
    lineage = dialect_lineage("select count(email) n, max(email) m from a", TABLES, "duckdb")

    assert [True, False] == [k.masking for name in "nm" for each in lineage.columns[name].values() for k in each]


@pytest.mark.parametrize("text", ["drop table a", "create table z as select * from a", "selec", ""])
def test_a_text_that_is_no_query_is_refused(text: Any) -> None:
    with pytest.raises(DefinitionError):
        dialect_lineage(text, TABLES, "duckdb")
    with pytest.raises((DefinitionError, TransformRaises)):
        planned(text)


def test_a_query_that_names_a_file_is_told_to_read_what_is_no_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "codes.csv").write_text("id\n1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert planned("select * from read_csv('codes.csv')").reads_others


@pytest.mark.parametrize(
    "query", ["select Id, EMAIL as e from A where Ts > 1", 'select "ID" as id, email e from a where ts > 1']
)
def test_names_without_quotes_are_folded_as_the_dialect_folds_them(query: str) -> None:
    lineage = dialect_lineage(query, TABLES, "snowflake")

    assert ((), ["ID", "E"]) == (lineage.opaque, list(lineage.columns))
    assert {("a", "id")} == {(o.input, o.column) for o in lineage.direct("ID")}
    assert {("a", "email")} == {(o.input, o.column) for o in lineage.direct("E")}
    assert {("a", "ts")} == {(o.input, o.column) for o in lineage.rows}


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        ('select "id" from a', TABLES),
        ("select id from a", TABLES | {"A": ["id"]}),
        ("select id from a", {"a": ["id", "ID"]}),
    ],
)
def test_a_name_that_the_dialect_does_not_fold_to_one_of_a_table_is_opaque(
    query: str, tables: dict[str, list[str]]
) -> None:
    lineage = dialect_lineage(query, tables, "snowflake")

    assert lineage.opaque
    assert {(table, c) for table, columns in tables.items() for c in columns} == {
        (o.input, o.column) for o in lineage.direct("id")
    }
