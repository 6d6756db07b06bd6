"""Read what was handed over with plain Polars, nothing cleaned: for checks that must not use the mesh."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Landing:
    """The folder that simulate() wrote."""

    root: Path

    def table(self, name: str) -> pl.DataFrame:
        """Return a table by its name in the manifest; cells of text files stay text, an empty cell is null."""
        match name:
            case "suppliers" | "deliveries":
                return self._text(f"suppliers/{name}*.csv", ";", "latin-1")
            case "inspections":
                return self._text("suppliers/inspections.csv", encoding="utf-8-sig")
            case "parts":
                return self._text("suppliers/parts.csv")
            case "traceability":
                return self._text("mes/traceability.csv")
            case "arm_variants" | "transmissions":
                return self._text(f"robotics/design/{name}.csv")
            case "end_effectors":
                return self._text("robotics/design/end_effectors.tsv", "\t")
            case "telemetry":
                return pl.read_parquet(self.root / "robotics/telemetry/*.parquet")
            case "fleet_events":
                return pl.read_ndjson(self.root / "robotics/fleet_events.jsonl", infer_schema_length=None)
            case _:
                return self._erp(name)

    def _erp(self, table: str) -> pl.DataFrame:
        if not table.isidentifier():
            raise ValueError(f"{table!r} is no table name")
        connection = sqlite3.connect(self.root / "erp.sqlite")
        try:
            cursor = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # an identifier, checked above
            names = [column[0] for column in cursor.description]
            return pl.DataFrame(cursor.fetchall(), schema=names, orient="row", infer_schema_length=None)
        finally:
            connection.close()

    def _text(self, pattern: str, separator: str = ",", encoding: str = "utf-8") -> pl.DataFrame:
        return pl.concat(
            pl.read_csv(
                path.read_bytes().decode(encoding).encode(),
                separator=separator,
                infer_schema=False,
            )
            for path in sorted(self.root.glob(pattern))
        )


def instant(column: str) -> pl.Expr:
    """Parse ISO text with Z or an offset into UTC; what does not parse is null."""
    text = pl.col(column).str.replace("Z$", "+00:00")
    return text.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_unit="us", strict=False)
