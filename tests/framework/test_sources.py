"""Every row of a delivery is accepted, typed, or rejected with file, row, column and reason."""

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import polars as pl
import pytest

from meshwright.errors import DefinitionError, SourceMissing, SourceUnreadable
from meshwright.formats import Csv
from meshwright.io.files import FileReader
from meshwright.markers import Column, DateFormat, Decimals, Number
from meshwright.ports import SourceRows
from meshwright.schema import Source


def read(source: type[Source], where: str | Path | Sequence[str]) -> SourceRows:
    """Read a source as a build does."""
    meta = source.__mesh__
    place = str(where) if isinstance(where, Path) else where
    return FileReader().read(place, meta.id, meta.columns, meta.format)


def refused(rows: SourceRows) -> list[tuple[int, str, str]]:
    """Row, column and reason of each rejected row."""
    return [(row, column, reason) for _, row, column, reason, _ in rows.rejected.rows()]


class Line(Source, name="erp.lines"):
    sku: str
    quantity: int
    price: Annotated[Decimal, Decimals(10, 2)]
    weight: float | None
    express: bool
    due: date
    sent_at: datetime | None


HEADER = "sku,quantity,price,weight,express,due,sent_at\n"
GOOD = "A-1,2,9.90,1.5,yes,2026-02-28,2026-01-02T03:04:05.678+02:00\n"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """Name a file to write to."""
    return tmp_path / "lines.csv"


def test_each_cell_of_text_becomes_a_value_of_its_columns_type(csv: Path) -> None:
    csv.write_text(HEADER + GOOD + " 007 , +3 ,.5,,FALSE,2024-02-29,\n")

    rows = read(Line, csv)

    assert [] == rows.rejected.rows()
    assert [
        ("A-1", 2, Decimal("9.90"), 1.5, True, date(2026, 2, 28), datetime(2026, 1, 2, 1, 4, 5, 678000, UTC)),
        (" 007 ", 3, Decimal("0.50"), None, False, date(2024, 2, 29), None),
    ] == rows.accepted.collect().rows()
    assert 2 == rows.rows_read


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("sku", "", "is empty"),
        ("quantity", "", "is empty"),
        ("quantity", "2.0", "is not a whole number of 64 bits"),
        ("quantity", "9223372036854775808", "is not a whole number of 64 bits"),
        ("quantity", '"1,000"', "is not a whole number of 64 bits"),
        ("price", "9.905", "is not a decimal of at most 10 digits, 2 of them after the point"),
        ("price", "123456789.00", "is not a decimal of at most 10 digits, 2 of them after the point"),
        ("price", "$9.90", "is not a decimal of at most 10 digits, 2 of them after the point"),
        ("weight", "nan", "is not a finite number"),
        ("weight", "1e999", "is not a finite number"),
        ("weight", "1 5", "is not a finite number"),
        ("express", "maybe", "is not true or false"),
        ("due", "2025-02-29", "is not a date as YYYY-MM-DD"),
        ("due", "28.02.2026", "is not a date as YYYY-MM-DD"),
        ("due", "17-02-28", "is not a date as YYYY-MM-DD"),
        ("sent_at", "2026-01-02T03:04:05", "is not a time in ISO 8601 with Z or an offset"),
        ("sent_at", "2026-01-02", "is not a time in ISO 8601 with Z or an offset"),
        ("sent_at", "2026-01-02T03:04:60Z", "is not a time in ISO 8601 with Z or an offset"),
        ("sent_at", "2026-01-02T03:04:05.1234567Z", "is not a time in ISO 8601 with Z or an offset"),
    ],
)
def test_a_cell_that_does_not_parse_sends_its_row_to_rejected(csv: Path, column: str, cell: str, reason: str) -> None:
    cells = dict(zip(HEADER.strip().split(","), GOOD.strip().split(","), strict=True)) | {column: cell}
    csv.write_text(HEADER + GOOD * 2 + ",".join(cells.values()) + "\n" + GOOD)

    rows = read(Line, csv)

    assert [(4, column, reason)] == refused(rows)
    assert 3 == rows.accepted.collect().height
    assert 4 == rows.rows_read
    assert cell.strip('"') == json.loads(rows.rejected["raw"][0])[column]


def test_a_row_with_several_faults_is_rejected_once_and_names_them_all(csv: Path) -> None:
    csv.write_text(HEADER + GOOD * 2 + "A-2,two,,1,yes,soon,\n")

    rows = read(Line, csv)

    assert [
        (4, "quantity", "is not a whole number of 64 bits; also price: is empty; also due: is not a date as YYYY-MM-DD")
    ] == refused(rows)


def test_rows_with_too_many_or_too_few_fields_are_rejected_and_the_rest_is_read(csv: Path) -> None:
    csv.write_text(HEADER + GOOD + "A-2,1\n" + GOOD.strip() + ",extra\n" + GOOD + "\n" + GOOD + "\n\n")

    rows = read(Line, csv)

    assert [
        (3, "", "has 2 fields, not 7"),
        (4, "", "has 8 fields, not 7"),
        (6, "", "is blank, not 7 fields"),
    ] == refused(rows)
    assert ["A-2", "1"] == json.loads(rows.rejected["raw"][0])
    assert (6, 3) == (rows.rows_read, rows.accepted.collect().height)


def test_a_quote_in_the_middle_of_a_field_rejects_its_row_alone(csv: Path) -> None:
    csv.write_text(HEADER + GOOD + '"A"x,2,9.90,1.5,yes,2026-02-28,\n' + GOOD)

    rows = read(Line, csv)

    assert [(3, "", "has a quote in the middle of a field")] == refused(rows)
    assert 2 == rows.accepted.collect().height


def test_rows_are_counted_by_the_line_they_start_in(tmp_path: Path) -> None:
    class Note(Source, name="crm.notes"):
        note: str
        stars: int

    file = tmp_path / "notes.csv"
    file.write_text('note,stars\n"two\nlines, and ""quotes""",5\nplain,x\nplain,4\n')

    rows = read(Note, file)

    assert [(4, "stars", "is not a whole number of 64 bits")] == refused(rows)
    assert ['two\nlines, and "quotes"', "plain"] == rows.accepted.collect()["note"].to_list()


def test_numbers_are_read_with_their_currency_and_their_groups_of_three(tmp_path: Path) -> None:
    class Income(Source, name="crm.incomes", format=Csv(delimiter=";")):
        income: Annotated[int, Number(prefix="$", thousands=",")]
        share: Annotated[float, Number(suffix="%")]
        price: Annotated[Decimal, Decimals(12, 2), Number(suffix="€", thousands=".", decimal=",")]

    file = tmp_path / "incomes.csv"
    good = ["$90,000 ;5 %;1.234.567,80 €", "-$1,234;0.5%;7,5€", "$ 12;1e-3%;1000€"]
    bad = ["$9,00;5%;1€", "$90,000;5%;1€x", "$90,000;5%;1,2.3€"]
    file.write_text("\n".join(["income;share;price", *good, *bad, *good]))

    rows = read(Income, file)

    assert [
        (90_000, 5.0, Decimal("1234567.80")),
        (-1_234, 0.5, Decimal("7.50")),
        (12, 0.001, Decimal("1000.00")),
    ] * 2 == rows.accepted.collect().rows()
    assert [5, 6, 7] == rows.rejected["row"].to_list()
    assert ["income", "price", "price"] == rows.rejected["column"].to_list()


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("%m/%d/%Y", ["04/08/1966", "5/14/1965", "5/04/1965"], ["14/5/1965", "5/14/65", "5/14/1965 x"]),
        ("%d.%m.%Y", ["8.4.1966", "14.05.1965", "04.05.1965"], ["5.14.1965", "05/14/1965", ""]),
        ("%d %b %Y", ["8 Apr 1966", "14 May 1965", "4 may 1965"], ["8 Foo 1966", "Apr 8 1966", "8 Apr 66"]),
    ],
)
def test_a_date_is_read_as_its_pattern_says_half_padded_or_not(
    tmp_path: Path, pattern: str, good: list[str], bad: list[str]
) -> None:
    class Birth(Source, name="hr.births"):
        born: Annotated[date, DateFormat(pattern)]
        number: int

    file = tmp_path / "births.csv"
    file.write_text("\n".join(["born,number", *(f"{v},1" for v in [*good, *bad])]))

    rows = read(Birth, file)

    assert [date(1966, 4, 8), date(1965, 5, 14), date(1965, 5, 4)] == rows.accepted.collect()["born"].to_list()
    assert [5, 6, 7] == rows.rejected["row"].to_list()


def test_a_time_pattern_without_a_zone_says_that_the_source_writes_utc(tmp_path: Path) -> None:
    class Visit(Source, name="web.visits"):
        local: Annotated[datetime, DateFormat("%d.%m.%Y %H:%M")]
        zoned: Annotated[datetime, DateFormat("%Y/%m/%d %H:%M:%S.%f %z")]
        midnight: Annotated[datetime, DateFormat("%Y-%m-%d")]

    file = tmp_path / "visits.csv"
    file.write_text("local,zoned,midnight\n6.1.2026 7:05,2026/01/06 07:05:01.25 +0130,2026-01-06\n")

    rows = read(Visit, file)

    assert [
        (
            datetime(2026, 1, 6, 7, 5, tzinfo=UTC),
            datetime(2026, 1, 6, 5, 35, 1, 250_000, UTC),
            datetime(2026, 1, 6, tzinfo=UTC),
        )
    ] == rows.accepted.collect().rows()


def test_a_code_that_no_pattern_can_have_is_an_error_of_the_class(tmp_path: Path) -> None:
    class Odd(Source, name="erp.odd"):
        week: Annotated[date, DateFormat("%G-W%V")]

    (tmp_path / "odd.csv").write_text("week\n2026-W01\n")

    with pytest.raises(DefinitionError, match="%G cannot be read"):
        read(Odd, tmp_path / "odd.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_text_is_decoded_as_the_class_says(tmp_path: Path, encoding: str) -> None:
    class Town(Source, name="crm.towns", format=Csv(encoding="utf-8" if encoding == "utf-8-sig" else encoding)):
        name: str

    (tmp_path / "towns.csv").write_bytes("name\nGöttingen\n".encode(encoding))

    rows = read(Town, tmp_path / "towns.csv")

    assert ["Göttingen"] == rows.accepted.collect()["name"].to_list()


def test_without_a_header_the_class_names_the_fields_and_quotes_may_be_literal(tmp_path: Path) -> None:
    class Part(Source, name="erp.parts", format=Csv(header=False, delimiter="\t", quote=None, skip=2)):
        number: int
        name: str
        note: str | None

    (tmp_path / "parts.tsv").write_text('export\nof today\n1\t3" pipe\t\n2\t"odd\tx\t\n3\ty\n')

    rows = read(Part, tmp_path / "parts.tsv")

    assert [(1, '3" pipe', None), (2, '"odd', "x")] == rows.accepted.collect().rows()
    assert [(5, "", "has 2 fields, not 3")] == refused(rows)


def test_columns_are_found_by_their_name_and_trailing_columns_without_one_are_ignored(tmp_path: Path) -> None:
    class Cycle(Source, name="lab.cycles", format=Csv(delimiter=";", decimal=",", nulls=("", "NA"))):
        cycle: Annotated[int, Column("cycle ")]
        current_a: Annotated[float | None, Column("Current (A)")]

    (tmp_path / "c.csv").write_text("Current (A);cycle ;;;\n-7,39E-30;1;;;\nNA;2;;;\n;3;;x;\n")

    rows = read(Cycle, tmp_path / "c.csv")

    assert [(1, -7.39e-30), (2, None)] == rows.accepted.collect().rows()
    assert ["cycle ", "Current (A)"] == rows.accepted.collect_schema().names()
    assert [(4, "", "has a value in a column without a name")] == refused(rows)


def test_a_folder_a_glob_and_a_list_of_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    class Day(Source, name="shop.days"):
        day: int

    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.csv").write_text("day\n2\nx\n")
    (tmp_path / "1.csv.gz").write_bytes(gzip.compress(b"day\n1\n"))
    (tmp_path / ".3.csv").write_text("day\n3\n")
    (tmp_path / "README.md").write_text("not data")

    folder = read(Day, tmp_path)
    glob = read(Day, str(tmp_path / "**" / "*.csv*"))
    listed = read(Day, [str(tmp_path / "b" / "2.csv"), str(tmp_path / "1.csv.gz")])

    assert [1, 2] == folder.accepted.collect()["day"].to_list()
    assert [("b/2.csv", 3)] == folder.rejected.select("file", "row").rows()
    assert [3, 1, 2] == glob.accepted.collect()["day"].to_list()
    assert [1, 2] == listed.accepted.collect()["day"].to_list()
    assert folder.content_hash == listed.content_hash == FileReader().fingerprint(str(tmp_path), "shop.days", Csv())


def test_the_content_hash_changes_with_each_byte_and_each_name(tmp_path: Path) -> None:
    def fingerprint(name: str, content: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        (folder / name).write_text(content)
        return FileReader().fingerprint(str(folder), "shop.days", Csv())

    assert fingerprint("a.csv", "day\n1\n") == fingerprint("a.csv", "day\n1\n")
    assert 3 == len(
        {fingerprint("a.csv", "day\n1\n"), fingerprint("a.csv", "day\n2\n"), fingerprint("b.csv", "day\n1\n")}
    )


def test_rows_over_many_chunks_are_all_accounted_for(tmp_path: Path) -> None:
    class Reading(Source, name="lab.readings"):
        number: int

    total = 120_001
    text = "number\n" + "\n".join("x" if n % 1_000 == 7 else str(n) for n in range(total)) + "\n"
    (tmp_path / "r.csv").write_text(text)

    rows = read(Reading, tmp_path / "r.csv")

    assert [n for n in range(total) if n % 1_000 != 7] == rows.accepted.collect()["number"].to_list()
    assert [n + 2 for n in range(total) if n % 1_000 == 7] == rows.rejected["row"].to_list()


def test_a_file_with_a_header_alone_has_no_rows(csv: Path) -> None:
    csv.write_text(HEADER)

    rows = read(Line, csv)

    assert (0, 0, 0) == (rows.rows_read, rows.accepted.collect().height, rows.rejected.height)
    assert pl.Datetime("us", "UTC") == rows.accepted.collect_schema()["sent_at"]


def test_a_missing_an_empty_and_a_cut_file_each_have_one_clear_error(tmp_path: Path) -> None:
    empty, cut, open_quote = tmp_path / "empty.csv", tmp_path / "cut.csv.gz", tmp_path / "quote.csv"
    empty.touch()
    cut.write_bytes(gzip.compress((HEADER + GOOD * 500).encode())[:-20])
    open_quote.write_text(HEADER + GOOD + '"A-2,1\n' + GOOD)

    with pytest.raises(SourceMissing, match=r"^source 'erp.lines', .*none.csv: no file there \(correct the place"):
        read(Line, tmp_path / "none.csv")
    with pytest.raises(SourceMissing, match="no file there"):
        read(Line, str(tmp_path / "*.tsv"))
    with pytest.raises(SourceUnreadable, match=r"^source 'erp.lines', empty.csv: the file is empty \(0 bytes\)"):
        read(Line, empty)
    with pytest.raises(SourceUnreadable, match=r"cut.csv.gz: cut short"):
        read(Line, cut)
    with pytest.raises(SourceUnreadable, match=r"quote.csv: the quote opened in row 3 is never closed"):
        read(Line, open_quote)
