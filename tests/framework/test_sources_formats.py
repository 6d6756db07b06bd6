"""Parquet, JSON lines, SQLite, Excel and Delta keep the same promises as delimited text."""

import datetime as dt
import gzip
import json
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import polars as pl
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from meshwright.errors import DefinitionError, SourceChanged, SourceMissing, SourceUnreadable
from meshwright.formats import Delta, Excel, JsonLines, Parquet, Sqlite
from meshwright.io.files import FileReader
from meshwright.markers import Column, DateFormat, Decimals, Number, Vector
from meshwright.ports import SourceRows
from meshwright.schema import Schema, Source


def read(source: type[Source], where: Path) -> SourceRows:
    """Read a source as a build does."""
    meta = source.__mesh__
    return FileReader().read(str(where), meta.id, meta.columns, meta.format)


def refused(rows: SourceRows) -> list[tuple[int, str, str]]:
    """Row, column and reason of each rejected row."""
    return [(row, column, reason) for _, row, column, reason, _ in rows.rejected.rows()]


MOMENT = datetime(2026, 1, 2, 3, 4, 5, 250_000, UTC)


class Spot(Schema):
    x: float
    seen_at: datetime | None


class Ping(Source, name="fleet.pings", format=JsonLines()):
    number: int
    price: Annotated[Decimal, Decimals(20, 2)]
    load: float | None
    on: bool
    day: date
    spots: list[Spot]
    pose: Annotated[list[float], Vector(2)]


PING = '{"number": 1, "price": 0.10, "load": -7.39E-30, "on": true, "day": "2026-01-02", "spots": [], "pose": [1, 2.5]}'


def test_json_lines_are_read_digit_by_digit_with_what_is_nested_in_them(tmp_path: Path) -> None:
    second = json.loads(PING) | {
        "number": 2**63 - 1,
        "price": "123456789012345678.90",
        "spots": [{"x": 1.5, "seen_at": "2026-01-02T03:04:05+01:00"}, {"x": 2}],
    }
    del second["load"]
    (tmp_path / "p.jsonl.gz").write_bytes(gzip.compress(f"{PING}\n\n{json.dumps(second)}\n".encode()))

    rows = read(Ping, tmp_path / "p.jsonl.gz")

    assert [] == refused(rows)
    moment = datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert [
        (1, Decimal("0.10"), -7.39e-30, True, date(2026, 1, 2), [], [1.0, 2.5]),
        (
            2**63 - 1,
            Decimal("123456789012345678.90"),
            None,
            True,
            date(2026, 1, 2),
            [{"x": 1.5, "seen_at": moment}, {"x": 2.0, "seen_at": None}],
            [1.0, 2.5],
        ),
    ] == rows.accepted.collect().rows()


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"number": "1"}, "number", "is text, not integer"),
        ({"number": 1.5}, "number", "is a number, not integer"),
        ({"number": True}, "number", "is true or false, not integer"),
        ({"number": None}, "number", "is empty"),
        ({"price": 0.105}, "price", "is not a decimal of at most 20 digits, 2 of them after the point"),
        ({"on": "perhaps"}, "on", "is not true or false"),
        ({"day": 20260102}, "day", "is a whole number, not date"),
        ({"price": 1e300}, "price", "is not a decimal of at most 20 digits, 2 of them after the point"),
        ({"load": [1]}, "load", "is a nested value, not number"),
        ({"spots": None}, "spots", "is empty"),
        ({"spots": [{"x": "1"}]}, "spots", "has a part that is no number"),
        ({"spots": [{"x": None}]}, "spots", "has an empty part"),
        ({"spots": [{"x": 1, "y": 2}]}, "spots", "has a field that the class does not know"),
        ({"spots": [{"x": 1, "seen_at": "2026-01-02T03:04:05"}]}, "spots", "has a part that is no timestamp"),
        ({"pose": [1, 2, 3]}, "pose", "has 3 items, not 2"),
    ],
)
def test_a_value_of_another_kind_rejects_its_line(
    tmp_path: Path, change: dict[str, object], column: str, reason: str
) -> None:
    (tmp_path / "p.jsonl").write_text(f"{PING}\n{json.dumps(json.loads(PING) | change)}\n{PING}\n")

    rows = read(Ping, tmp_path / "p.jsonl")

    assert [(2, column, reason)] == refused(rows)
    assert 2 == rows.accepted.collect().height


@pytest.mark.parametrize(
    "line", ['{"number": 1', "[1, 2]", '{"number": NaN}', '{"number": 1, "number": 2}', "[" * 9_999]
)
def test_a_line_that_is_no_json_object_is_rejected(tmp_path: Path, line: str) -> None:
    (tmp_path / "p.jsonl").write_text(f"{PING}\n{line}\n{PING}\n")

    rows = read(Ping, tmp_path / "p.jsonl")

    assert [(2, "", "is not one JSON object")] == refused(rows)
    assert (3, 2) == (rows.rows_read, rows.accepted.collect().height)


def test_names_that_the_class_does_not_know_are_a_change_of_the_source(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(f"{PING}\n{json.dumps(json.loads(PING) | {'battery': 7})}\n")

    with pytest.raises(SourceChanged, match=r"^source 'fleet.pings', p.jsonl: unexpected: 'battery' \(add 'battery'"):
        read(Ping, tmp_path / "p.jsonl")


class Reading(Source, name="lab.readings", format=Parquet()):
    number: int
    load: float
    label: str | None
    read_at: datetime


def parquet_frame(rows: int = 3) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "label": pl.Series(["a", None, "b"][:rows], dtype=pl.Categorical),
            "load": [0.5, 1.5, 2.5][:rows],
            "number": pl.Series([1, 2, 3][:rows], dtype=pl.UInt32),
            "read_at": pl.Series([datetime(2026, 1, 1, h, tzinfo=UTC) for h in range(rows)]),
        }
    )


def test_parquet_is_read_lazily_in_the_types_of_the_class(tmp_path: Path) -> None:
    parquet_frame().write_parquet(tmp_path / "r.parquet")

    rows = read(Reading, tmp_path / "r.parquet")

    assert [] == refused(rows)
    assert {"number": pl.Int64, "load": pl.Float64, "label": pl.String, "read_at": pl.Datetime("us", "UTC")} == dict(
        rows.accepted.collect_schema()
    )
    assert [1, 2, 3] == rows.accepted.collect()["number"].to_list()
    assert "PARQUET SCAN" in rows.accepted.explain().upper()


def test_parquet_rows_that_would_change_or_lack_a_value_are_rejected(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "number": [1.0, 2.5, None, 4.0, 2.0**60, 6.0],
            "load": [1, 2, 3, 2**53 + 1, 5, 6],
            "label": ["a"] * 6,
            "read_at": pl.Series([0, 1, 0, 0, 0, 1_000], dtype=pl.Int64).cast(pl.Datetime("ns", "Europe/Berlin")),
        }
    )
    frame.write_parquet(tmp_path / "r.parquet")

    rows = read(Reading, tmp_path / "r.parquet")

    assert [
        (2, "number", "does not fit integer exactly; also read_at: does not fit timestamp exactly"),
        (3, "number", "is empty"),
        (4, "load", "does not fit number exactly"),
        (5, "number", "does not fit integer exactly"),
    ] == refused(rows)
    assert [1, 6] == rows.accepted.collect()["number"].to_list()


def test_text_in_parquet_is_parsed_like_any_text(tmp_path: Path) -> None:
    frame = pl.DataFrame({"number": ["1", "two"], "load": ["0.5", "1"], "label": ["", ""]})
    frame.with_columns(read_at=pl.lit("2026-01-01T00:00:00Z")).write_parquet(tmp_path / "r.parquet")

    rows = read(Reading, tmp_path / "r.parquet")

    assert [(2, "number", "is not a whole number of 64 bits")] == refused(rows)
    assert [(1, 0.5, "", datetime(2026, 1, 1, tzinfo=UTC))] == rows.accepted.collect().rows()


def test_types_that_can_never_fit_are_one_error(tmp_path: Path) -> None:
    frame = parquet_frame().with_columns(pl.col("read_at").dt.replace_time_zone(None), pl.col("number").cast(pl.Date))
    frame.write_parquet(tmp_path / "r.parquet")

    with pytest.raises(SourceChanged) as caught:
        read(Reading, tmp_path / "r.parquet")

    assert 2 == len(caught.value.problems)
    assert "column 'number' is Date, not Int64" in str(caught.value)
    assert "write DateFormat(" in caught.value.hint


def test_naive_times_in_parquet_are_utc_where_the_class_says_so(tmp_path: Path) -> None:
    class Naive(Source, name="lab.naive", format=Parquet()):
        read_at: Annotated[datetime, DateFormat("%Y-%m-%dT%H:%M:%S")]

    parquet_frame().select(pl.col("read_at").dt.replace_time_zone(None)).write_parquet(tmp_path / "r.parquet")

    rows = read(Naive, tmp_path / "r.parquet")

    assert [datetime(2026, 1, 1, h, tzinfo=UTC) for h in range(3)] == rows.accepted.collect()["read_at"].to_list()


def test_a_cut_parquet_file_has_one_clear_error(tmp_path: Path) -> None:
    parquet_frame().write_parquet(tmp_path / "r.parquet")
    whole = (tmp_path / "r.parquet").read_bytes()
    (tmp_path / "r.parquet").write_bytes(whole[:-40])

    with pytest.raises(SourceUnreadable, match=r"^source 'lab.readings', r.parquet: is no whole Parquet file \(ask"):
        read(Reading, tmp_path / "r.parquet")


class Order(Source, name="erp.orders", format=Sqlite(table='odd "table"')):
    order_id: str
    quantity: Annotated[int, Column('how "many"')]
    price: Annotated[Decimal, Decimals(10, 2)]
    weight: float | None
    paid: bool
    ordered_on: date
    photo: bytes | None


def orders(file: Path, *rows: tuple[object, ...]) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            'CREATE TABLE "odd ""table""" (order_id, "how ""many""" , price, weight, paid, ordered_on, photo)'
        )
        connection.executemany('INSERT INTO "odd ""table""" VALUES (?, ?, ?, ?, ?, ?, ?)', rows)


GOOD = ("O-1", 2, 9.9, 1, 0, "2026-01-02", b"\x00\xff")


def test_sqlite_rows_are_typed_and_those_of_another_type_are_rejected(tmp_path: Path) -> None:
    file = tmp_path / "erp.db"
    orders(
        file,
        GOOD,
        (2, 3, "1.10", None, 1, "2026-01-03", None),
        ("O-3", "many", 1, 1, 1, "2026-01-02", None),
        ("O-4", 2.5, 1, 1, 1, "2026-01-02", None),
        (b"O-5", 1, 1, 1, 1, "2026-01-02", None),
        ("O-6", 1, 1e-05, 1, 1, "2026-01-02", None),
        ("O-7", 1, 1, 1, 2, "2026-01-02", None),
        (None, 1, 1, 1, 1, "2026-01-02", None),
    )

    rows = read(Order, file)

    assert [
        ("O-1", 2, Decimal("9.90"), 1.0, False, date(2026, 1, 2), b"\x00\xff"),
        ("2", 3, Decimal("1.10"), None, True, date(2026, 1, 3), None),
    ] == rows.accepted.collect().rows()
    assert [
        (3, 'how "many"', "is text, not integer"),
        (4, 'how "many"', "is a number, not integer"),
        (5, "order_id", "is bytes, not string"),
        (6, "price", "is not a decimal of at most 10 digits, 2 of them after the point"),
        (7, "paid", "is not true or false"),
        (8, "order_id", "is empty"),
    ] == refused(rows)


def test_sqlite_is_opened_read_only_and_its_faults_have_one_clear_error(tmp_path: Path) -> None:
    whole, cut, other, bare = (tmp_path / f"{name}.db" for name in ("whole", "cut", "other", "bare"))
    orders(whole, *[GOOD] * 2_000)
    cut.write_bytes(whole.read_bytes()[:-8_192])
    other.write_text("this is no database, but a text that is long enough to look at\n" * 40)
    with closing(sqlite3.connect(bare)) as connection, connection:
        connection.execute("CREATE TABLE orders (x)")
    whole.chmod(0o444)
    before = sorted(p.name for p in tmp_path.iterdir())

    rows = read(Order, whole)

    assert 2_000 == rows.rows_read
    assert before == sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(SourceUnreadable, match=r"cut.db: SQLite says: database disk image is malformed \(ask"):
        read(Order, cut)
    with pytest.raises(SourceUnreadable, match=r"other.db: SQLite says: file is not a database"):
        read(Order, other)
    with pytest.raises(SourceMissing, match=r"bare.db: no table 'odd \"table\"'; known: orders \(correct"):
        read(Order, bare)


def test_committed_rows_that_still_stand_in_the_write_ahead_log_are_read_and_hashed(tmp_path: Path) -> None:
    class Simple(Source, name="erp.simple", format=Sqlite(table="t")):
        x: int

    file = tmp_path / "live.db"
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        with writer:
            writer.execute("CREATE TABLE t (x)")
        before = FileReader().fingerprint(str(file), "erp.simple", Sqlite(table="t"))
        with writer:
            writer.execute("INSERT INTO t VALUES (1)")

        rows = read(Simple, file)

    assert [1] == rows.accepted.collect()["x"].to_list()
    assert before != rows.content_hash


class Sheet(Source, name="lab.sheet", format=Excel(sheet="data", skip=1)):
    number: int
    price: Annotated[Decimal, Decimals(10, 2)]
    load: float
    on: bool
    day: date
    code: str | None
    amount: Annotated[int, Number(thousands=",")]
    at: Annotated[datetime | None, DateFormat("%d.%m.%Y")]


def workbook(file: Path, *rows: tuple[object, ...]) -> None:
    book = xlsxwriter.Workbook(file)
    style = book.add_format({"num_format": "yyyy-mm-dd"})
    clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
    book.add_worksheet("cover").write(0, 0, "read me")
    sheet = book.add_worksheet("data")
    sheet.write(0, 0, "Export of today")
    for at, row in enumerate([("number", "price", "load", "on", "day", "code", "amount", "at", None), *rows], 1):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(at, column, value, clock)
            elif isinstance(value, dt.date):
                sheet.write_datetime(at, column, datetime.combine(value, dt.time()), style)
            elif isinstance(value, str):
                sheet.write_string(at, column, value)
            elif value is not None:
                sheet.write(at, column, value)
    book.close()


def test_excel_numbers_keep_all_their_digits_and_text_stays_text(tmp_path: Path) -> None:
    workbook(
        tmp_path / "s.xlsx",
        (1, 12.1, 7.39e-30, True, date(2026, 1, 2), "007", "1,000", MOMENT.replace(tzinfo=None)),
        (2, "12.10", 0.123456789012345, False, date(2026, 1, 3), 12, 12_345_678_901, "5.1.2026"),
        (),
        ("3", 5, 1e22, 1, date(2026, 1, 4), None, 1),
        ("x", 5, "n/a", 1, date(2026, 1, 4), None, 1),
        (5, 5, 1, 1, date(2026, 1, 4), None, 1, None, None, "a note"),
    )

    rows = read(Sheet, tmp_path / "s.xlsx")

    assert [
        (
            1,
            Decimal("12.10"),
            7.39e-30,
            True,
            date(2026, 1, 2),
            "007",
            1_000,
            MOMENT,
        ),
        (
            2,
            Decimal("12.10"),
            0.123456789012345,
            False,
            date(2026, 1, 3),
            "12",
            12_345_678_901,
            datetime(2026, 1, 5, tzinfo=UTC),
        ),
        (3, Decimal("5.00"), 1e22, True, date(2026, 1, 4), None, 1, None),
    ] == rows.accepted.collect().rows()
    assert [
        (7, "number", "is not a whole number of 64 bits; also load: is not a finite number"),
        (8, "", "has a value outside of the 8 columns"),
    ] == refused(rows)


def test_a_workbook_that_is_cut_or_lacks_the_sheet_has_one_clear_error(tmp_path: Path) -> None:
    class Other(Source, name="lab.other", format=Excel(sheet="dat")):
        x: int

    workbook(tmp_path / "s.xlsx")
    (tmp_path / "cut.xlsx").write_bytes((tmp_path / "s.xlsx").read_bytes()[:-100])

    with pytest.raises(SourceMissing, match=r"s.xlsx: no sheet 'dat'; did you mean 'data'\?"):
        read(Other, tmp_path / "s.xlsx")
    with pytest.raises(SourceUnreadable, match=r"cut.xlsx: is no whole workbook"):
        read(Other, tmp_path / "cut.xlsx")


class Foreign(Source, name="erp.foreign", format=Delta()):
    number: int
    name: str


def test_a_delta_table_is_read_at_its_newest_version(tmp_path: Path) -> None:
    table = tmp_path / "foreign"
    pl.DataFrame({"number": [1], "name": ["a"]}).write_delta(str(table))
    before = FileReader().fingerprint(str(table), "erp.foreign", Delta())
    pl.DataFrame({"number": [2, None], "name": ["b", "c"]}).write_delta(str(table), mode="append")

    rows = read(Foreign, table)

    assert {(1, "a"), (2, "b")} == set(rows.accepted.collect().rows())
    assert ["number"] == rows.rejected["column"].to_list()
    assert before != rows.content_hash == FileReader().fingerprint(str(table), "erp.foreign", Delta())
    with pytest.raises(SourceMissing, match="no file there"):
        read(Foreign, tmp_path / "none")


def test_an_installed_package_adds_a_kind_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "weather-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: weather\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text("[meshwright.formats]\nGrib = weather_files:read\n")
    (tmp_path / "weather_files.py").write_text(
        "from dataclasses import dataclass\n"
        "import polars as pl\n"
        "from meshwright.ports import REJECTED, SourceRows\n"
        "@dataclass(frozen=True)\n"
        "class Grib:\n"
        "    level: int\n"
        "def read(where, name, columns, format):\n"
        "    frame = pl.LazyFrame({columns[0].name: [format.level]})\n"
        "    return SourceRows(frame, pl.DataFrame(schema=REJECTED), 1, 'hash of ' + where)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    grib = __import__("weather_files").Grib

    class Wind(Source, name="met.wind", format=grib(level=500)):
        level: int

    class Rain(Source, name="met.rain", format=object()):
        level: int

    rows = read(Wind, Path("there"))

    assert ([500], "hash of there") == (rows.accepted.collect()["level"].to_list(), rows.content_hash)
    with pytest.raises(DefinitionError, match=r"source 'met.rain': no reader for the format object \(install"):
        read(Rain, Path("there"))
    del sys.modules["weather_files"]
