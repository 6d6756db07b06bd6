"""After a merge the old rows are inputs, too: held against what delta-rs makes of real tables."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from meshwright.errors import DefinitionError
from meshwright.lineage import ColumnLineage, Origin, column_lineage
from meshwright.lineage.merge import merged
from meshwright.lineage.verify import verify

c = pl.col
SOURCE = pl.DataFrame({"no": [1, 2, 3, 4], "mail": ["ada", "ben", "cyr", "dot"], "use": [5, 6, 7, 8]})
TARGET = pl.DataFrame({"id": [2, 3, 9], "mail": ["old b", "old c", "old z"], "use": [60, 70, 90]})


def transform(source: pl.LazyFrame) -> pl.LazyFrame:
    return source.filter(c.use > 5).select(id="no", mail=c.mail + "!", use=c.use * 2)


def traced() -> ColumnLineage:
    return column_lineage(transform, {"source": SOURCE.schema})


def subtypes(lineage: ColumnLineage, column: str) -> dict[str, set[str]]:
    found = lineage.columns[column].items()
    return {f"{o.input}.{o.column}": {k.subtype for k in kinds} for o, kinds in found}


def test_a_merged_column_comes_from_both_and_the_keys_decide() -> None:
    lineage = merged(traced(), ["id"])

    assert {
        "source.mail": {"TRANSFORMATION"},
        "target.mail": {"IDENTITY"},
        "source.no": {"CONDITIONAL"},
        "target.id": {"CONDITIONAL"},
    } == subtypes(lineage, "mail")
    assert {"source.no": {"IDENTITY"}, "target.id": {"IDENTITY"}} == subtypes(lineage, "id")
    assert {("use", "FILTER"), ("no", "JOIN"), ("id", "JOIN")} == {
        (o.column, k.subtype) for o, kinds in lineage.rows.items() for k in kinds
    }


def test_what_a_real_merge_shows_is_in_its_lineage_and_the_old_columns_are_needed(tmp_path: Path) -> None:
    runs = iter(range(1000))

    def run(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        table = str(tmp_path / f"run{next(runs)}")
        write_deltalake(table, frames["target"])
        rows = transform(frames["source"].lazy()).collect()
        merge = DeltaTable(table).merge(rows, "s.id = t.id", source_alias="s", target_alias="t")
        merge.when_matched_update_all().when_not_matched_insert_all().execute()
        return pl.read_delta(table).select("id", "mail", "use")

    frames = {"source": SOURCE, "target": TARGET}

    sound = verify(run, frames, merged(traced(), ["id"]))
    blind = verify(run, frames, traced())

    assert ((), (), ()) == (sound.missed, sound.copied, sound.quiet)
    assert (Origin("target", "mail"), "mail") in blind.missed
    assert sound.runs < 100


def test_a_merge_by_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(DefinitionError, match="pairs rows"):
        merged(traced(), ["nobody"])
