"""What is inferred from a file reads that file: nothing rejected at the source, nothing quarantined by the contract."""

import json
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import polars as pl
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from hypothesis import given
from hypothesis import strategies as st

from meshwright.checks import report
from meshwright.errors import SourceUnreadable
from meshwright.formats import Csv, Excel, Sqlite
from meshwright.infer import (
    Inferred,
    infer,
    render_contract,
    render_imports,
    render_return,
    render_source,
)
from meshwright.io.files import FileReader
from meshwright.schema import spec_of
from meshwright.spec import NumberFormat

DATA = Path(__file__).parents[3] / "shared" / "data"


def described(path: Path, table: str | None = None) -> Inferred:
    """Infer a file."""
    return infer(FileReader().sample(str(path), table=table))


def written(inferred: Inferred) -> str:
    """Write the module that a scaffold would."""
    return "\n\n".join(
        [
            render_imports(inferred),
            render_source(inferred, "Handed", "shop.handed"),
            render_contract(inferred, "Row", "shop.rows", "Handed"),
            "def rows(handed: Frame[Handed]) -> Frame[Row]:\n"
            '    """Publish the rows as they are."""\n' + render_return(inferred, "Row", "handed"),
        ]
    )


def loaded(text: str) -> ModuleType:
    """Import the module from a file, as a domain's is."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "inferred_product.py"
        file.write_text(text, encoding="utf-8")
        spec = spec_from_file_location(file.stem, file)
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[file.stem] = module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def round_trip(path: Path, inferred: Inferred) -> pl.DataFrame:
    """Read a file as inferred, and hold its rows against the inferred contract."""
    module = loaded(written(inferred))
    meta = module.Handed.__mesh__
    rows = FileReader().read(str(path), meta.id, meta.columns, meta.format)
    published = module.rows(rows.accepted)
    judged = report(published, spec_of(module.Row), {})
    assert [] == rows.rejected.rows()
    assert {} == {name: count for name, count in judged.failed.items() if count}
    assert inferred.rows == rows.rows_read
    frame: pl.DataFrame = published.collect()
    return frame


def kinds(inferred: Inferred) -> dict[str, str]:
    """Type of each column by its name."""
    return {c.name: c.kind.name + (" | None" if c.nullable else "") for c in inferred.columns}


def csv(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


PEOPLE = """CustomerID;Full Name;E-Mail;class;Balance (EUR);Signed up;Segment;Visits;code;Seen;empty;Discount
{}""".format(
    "".join(
        f"{1000 + n};Person {n};p{n}@example.org;{'AB'[n % 2]};{n},5{n % 9};{n % 28 + 1}.{n % 12 + 1:02}.2026;"
        f"{'gold' if n % 3 else ''};{n % 7};{n:04};2026-01-{n % 28 + 1:02} 10:00:{n:02};;{n % 20} %\n"
        for n in range(60)
    )
)


def test_types_formats_nullability_key_ranges_and_vocabularies_are_found(tmp_path: Path) -> None:
    file = csv(tmp_path / "people.csv", PEOPLE)

    found = described(file)

    assert Csv(delimiter=";", decimal=",") == found.format
    assert {
        "customer_id": "int",
        "full_name": "str",
        "e_mail": "str",
        "class_value": "str",
        "balance_eur": "Decimal",
        "signed_up": "date",
        "segment": "str | None",
        "visits": "int",
        "code": "str",
        "seen": "datetime",
        "empty": "str | None",
        "discount": "int",
    } == kinds(found)
    by_name = {c.name: c for c in found.columns}
    assert ("customer_id",) == found.key
    assert ("A", "B") == by_name["class_value"].values
    assert ("gold",) == by_name["segment"].values
    assert (0, None) == (by_name["visits"].at_least, by_name["balance_eur"].at_least)
    assert {"full_name": "pii.name", "e_mail": "pii.contact.email"} == {
        c.name: c.personal.name for c in found.columns if c.personal
    }
    assert ("seen: times without a zone are taken as UTC",) == found.notes
    assert NumberFormat(suffix="%") == by_name["discount"].kind.number_format
    frame = round_trip(file, found)
    assert (1000, Decimal("0.50"), date(2026, 1, 1), "0000") == tuple(
        frame.select("customer_id", "balance_eur", "signed_up", "code").row(0)
    )


def test_no_value_of_a_personal_column_stands_in_the_description_or_in_the_code(tmp_path: Path) -> None:
    found = described(csv(tmp_path / "people.csv", PEOPLE))

    for text in (repr(found), written(found)):
        assert "example.org" not in text
        assert "Person" not in text


def test_what_may_be_people_is_never_listed_as_a_vocabulary(tmp_path: Path) -> None:
    names = [("Ada", "Keller"), ("Tomasz", "Lis"), ("Ines", "Duarte"), ("Marek", "Hol"), ("Lea", "Brun")]
    of = {
        "handled_by": "{0} {1}",
        "thing": "{1}",
        "agent": "{0}",
        "short": "{0[0]}{1[0]}",
        "low": "{1}",
        "status": "open",
    }
    rows = [[form.format(*names[n % 5]) for form in of.values()] for n in range(200)]
    text = "id," + ",".join(of) + "\n" + "".join(f"T{n},{','.join(row)}\n" for n, row in enumerate(rows))

    found = described(csv(tmp_path / "cases.csv", text))

    assert {"status": ("open",)} == {c.name: c.values for c in found.columns if c.values}
    assert {"handled_by", "agent"} <= {c.name for c in found.columns if c.personal}
    assert not any(name in written(found) for pair in names for name in pair)


def test_the_written_code_is_formatted_sorted_and_typed(tmp_path: Path) -> None:
    rows = [
        {
            'odd "name"\n': n,
            "it's": "x" * n,
            "deep": {"a": 1, "b": [{"c": "x", "d e": 1.5}]},
            "list": [1, 2],
            "a very long name of a column that somebody typed into a form": "gold" if n % 2 else "silver plated",
            "telephone number of the customer": f"+49 30 12345{n:02}",
            "at": "2026-01-01T00:00:00Z",
            "word": [f"vocabulary number {w}" for w in range(9)][n % 9],
        }
        for n in range(99)
    ]
    file = csv(tmp_path / "odd.jsonl", "\n".join(map(json.dumps, rows)) + "\n")
    for name, text in (
        ("odd", written(described(file))),
        ("people", written(described(csv(tmp_path / "p.csv", PEOPLE)))),
    ):
        (tmp_path / f"{name}.py").write_text(text)

    for width in ("88", "120"):
        for command in (
            ["format", "--diff", "--isolated"],
            ["check", "--isolated", "--select", "E,F,I,W,UP", "--ignore", "E501"],
        ):
            known = "lint.isort.known-third-party=['meshwright']"
            arguments = [*command, "--line-length", width, "--config", known, str(tmp_path)]
            ruff = [sys.executable, "-m", "ruff", *arguments]
            done = subprocess.run(ruff, capture_output=True, text=True, check=False)
            assert (0, "") == (done.returncode, done.stdout.replace("All checks passed!\n", ""))
    round_trip(file, described(file))


def test_personal_data_in_the_fields_of_a_list_is_marked_where_it_stands(tmp_path: Path) -> None:
    rows = [{"n": n, "teams": [{"head": f"p{n}@example.org", "room": "a"}]} for n in range(30)]

    found = described(csv(tmp_path / "t.jsonl", "\n".join(map(json.dumps, rows)) + "\n"))

    assert '    head: Annotated[str, Pii("contact.email")]\n    room: str' in written(found)
    round_trip(tmp_path / "t.jsonl", found)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["007", "010"], "str"),
        (["+49301234", "+49301235"], "str"),
        (["1", "x"], "str"),
        (["9223372036854775807"], "int"),
        (["9223372036854775808"], "str"),
        (["12345678901234567890.5"], "str"),
        (["1,234", "12"], "int"),
        (["1.5", "2"], "float"),
        (["1e-30", "5"], "float"),
        (["nan", "1.5"], "float | None"),
        (["NA", "7"], "int | None"),
        (["NA", "DE"], "str"),
        (["true", "FALSE"], "bool"),
        (["yes", "no"], "bool"),
        (["Y", "N"], "str"),
        (["0", "1"], "int"),
        (["2026-02-28", "2026-03-01"], "date"),
        (["2026-02-28", "2026-02-30"], "str"),
        (["13/01/2026", "01/12/2026"], "date"),
        (["01/02/2026", "03/04/2026"], "str"),
        (["20260228", "20260301"], "int"),
        (["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.5+01:00"], "datetime"),
        (["26 Oct 2022", "5 May 2022"], "date"),
        (["", ""], "str | None"),
        (["1.2.3", "1.2.4"], "str"),
        (["$5", "$1,000 "], "int"),
        (["5 kg", "6 kg"], "str"),
        ([" 5", "6 "], "int"),
    ],
)
def test_the_type_of_cells_of_text(tmp_path: Path, cells: list[str], kind: str) -> None:
    file = csv(tmp_path / "t.csv", "a,b\n" + "".join(f'"{cell}",x\n' for cell in cells))

    found = described(file)

    assert kind == kinds(found)["a"]
    round_trip(file, found)


@pytest.mark.parametrize(
    ("cells", "noted"),
    [
        (["1.234", "5.678"], True),
        (["1,234", "56"], False),
        (["1.234", "5.67"], False),
        (["0.125"], False),
        (["12"], False),
    ],
)
def test_three_digits_after_a_mark_are_said_to_be_ambiguous(tmp_path: Path, cells: list[str], noted: bool) -> None:
    found = described(csv(tmp_path / "t.csv", "n;x\n" + "".join(f"{cell};a\n" for cell in cells)))

    assert noted == any("n: its mark is taken for a decimal one" in note for note in found.notes), found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "t.csv"
    whole = random.Random(seed).randbytes(5_000)

    for content in (whole, whole.replace(b"\0", b"x"), b"a,b\n1,\0\n"):
        file.write_bytes(content)
        with pytest.raises(SourceUnreadable, match="is no text: it holds control characters"):
            described(file)


def test_dates_that_could_be_read_two_ways_are_kept_and_said(tmp_path: Path) -> None:
    found = described(csv(tmp_path / "t.csv", "day,n\n01/02/2026,1\n03/04/2026,2\n"))

    assert ("day: kept as text, for its dates could be %m/%d/%Y or %d/%m/%Y",) == found.notes[1:]


@pytest.mark.parametrize(
    ("text", "format", "names"),
    [
        ("1\t'a\n2\t\"b\n", Csv(header=False, delimiter="\t", quote=None), ["column_1", "column_2"]),
        ("report\nof today\n\nid|n\n1|2\n3|4\n5|6\n", Csv(delimiter="|", skip=3), ["id", "n"]),
        (",n\n0,2\n1,3\n", Csv(header=False, skip=1, titles=("", "n")), ["column_1", "n"]),
        (
            "id,email,,\n1,a,5,8\n2,b,6,9\n",
            Csv(header=False, skip=1, titles=("id", "email", "", "")),
            ["id", "email", "column_3", "column_4"],
        ),
        ("Report of May,,\n1,a,5\n2,b,6\n", Csv(header=False, skip=1), ["column_1", "column_2", "column_3"]),
        ("n,n\n0,2\n1,3\n", Csv(header=False, skip=1, titles=("n", "n")), ["n", "n_2"]),
        ("a,b,,\n1,2,,\n3,4,,\n", Csv(), ["a", "b"]),
        ("name\nAda\nBob\n", Csv(), ["name"]),
        ("1\n2\n", Csv(header=False), ["column_1"]),
        ("Größe;中文;2nd\n1;2;3\n", Csv(delimiter=";"), ["grosse", "column_2", "n_2nd"]),
        ('id,"a, b"\n1,"x, y"\n', Csv(), ["id", "a_b"]),
    ],
)
def test_delimiter_quotes_lines_above_and_header_are_found(
    tmp_path: Path, text: str, format: Csv, names: list[str]
) -> None:
    file = csv(tmp_path / "t.csv", text)

    found = described(file)

    assert (format, names) == (found.format, [c.name for c in found.columns])
    round_trip(file, found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "t.csv").write_bytes("id,town\n1,Göttingen\n2,Köln\n".encode(encoding))

    found = described(tmp_path / "t.csv")

    assert ["Göttingen", "Köln"] == round_trip(tmp_path / "t.csv", found)["town"].to_list()


def test_two_columns_make_the_key_when_one_does_not(tmp_path: Path) -> None:
    lines = "".join(f"{n % 10},{n},SO{n // 3},{n % 3}\n" for n in range(30) for _ in range(1))
    found = described(csv(tmp_path / "t.csv", "noise,twin,order_number,line_number\n" + lines.replace(",7,", ",8,")))

    assert ("order_number", "line_number") == found.key


def test_a_few_rows_make_no_key_of_a_column_that_speaks_of_something_else(tmp_path: Path) -> None:
    found = described(csv(tmp_path / "t.csv", "amount,day\n1,2026-01-01\n2,2026-01-02\n"))

    assert () == found.key
    assert (
        "no key: amount, day differ in every row, of which there are few; mark with Key() what identifies one"
        in found.notes
    )


def test_rows_that_nothing_tells_apart_are_said_to_have_no_key(tmp_path: Path) -> None:
    found = described(csv(tmp_path / "t.csv", "code,day\nA,2026-01-01\nA,2026-01-01\n"))

    assert "no column, and no pair of columns, identifies a row" in found.notes


def test_every_other_format_is_described_and_read_back(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    frame = pl.DataFrame(
        {
            "id": pl.Series([1, 2, 3], dtype=pl.UInt16),
            "Load (N)": [0.5, float("nan"), None],
            "price": pl.Series([Decimal("1.10"), Decimal("2.20"), None], dtype=pl.Decimal(10, 2)),
            "seen": pl.Series([moment] * 3),
            "at": pl.Series([datetime(2026, 1, 1, tzinfo=UTC)] * 3),
            "tags": [["a"], [], None],
            "kind": pl.Series(["a", "b", "a"], dtype=pl.Categorical),
            "spot": [{"x": 1, "y": None}, {"x": 2, "y": "b"}, {"x": 3, "y": "c"}],
            "pose": pl.Series([[1.0, 2.0]] * 3, dtype=pl.Array(pl.Float32, 2)),
            "none": pl.Series([None, None, None], dtype=pl.Null),
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    frame.drop("none", "kind", "seen", "pose").write_delta(str(tmp_path / "table"))
    with closing(sqlite3.connect(tmp_path / "t.db")) as connection, connection:
        connection.execute("CREATE TABLE orders (id, price, mixed, day, photo, big)")
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)",
            [(1, 9.9, "x", "2026-01-01", b"\0", 2**62), (2, 10, 5, "2026-01-02", None, 1)],
        )
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx", {"default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("one")
    days = [(n, moment.replace(day=n, hour=4), date(2026, 1, n), n / 7) for n in (1, 2, 3)]
    table: list[tuple[Any, ...]] = [("A report",), (), ("Nr", "When", "Day", "Load"), *days]
    for at, row in enumerate(table):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    book.close()

    parquet, delta, sqlite, excel = (described(tmp_path / n) for n in ("t.parquet", "table", "t.db", "t.xlsx"))

    assert {
        "id": "int", "load_n": "float | None", "price": "Decimal | None", "seen": "datetime", "at": "datetime",
        "tags": "list | None", "kind": "str", "spot": "struct", "pose": "list", "none": "str | None",
    } == kinds(parquet)  # fmt: skip
    assert {
        "id": "int",
        "price": "Decimal",
        "mixed": "str",
        "day": "date",
        "photo": "bytes | None",
        "big": "int",
    } == kinds(sqlite)
    assert (Sqlite(table="orders"), Excel(skip=2)) == (sqlite.format, excel.format)
    assert {"nr": "int", "when": "datetime", "day": "date", "load": "float"} == kinds(excel)
    assert [(1, "x"), (2, "5")] == round_trip(tmp_path / "t.db", sqlite).select("id", "mixed").rows()
    assert [n / 7 for n in (1, 2, 3)] == pytest.approx(round_trip(tmp_path / "t.xlsx", excel)["load"].to_list())
    round_trip(tmp_path / "t.parquet", parquet)
    round_trip(tmp_path / "table", delta)


CELLS = st.one_of(
    st.integers(-10, 10).map(str),
    st.integers().map(str),
    st.floats(allow_nan=False).map(repr),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.dates().map(str),
    st.dates().map(lambda d: f"{d.month}/{d.day:02}/{d.year:04}"),
    st.datetimes().map(str),
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    st.booleans().map(str),
    st.sampled_from(["", "NA", "NULL", "a", "b", " ", "007", "$5", "1,000", "1,5", "x@y.de", "5%"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=6),
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Draw a table of text in which columns tend to have a type."""
    width, height = draw(st.integers(1, 4)), draw(st.integers(1, 8))
    pools = [draw(st.lists(CELLS, min_size=1, max_size=4)) for _ in range(width)]
    return [[draw(st.sampled_from(pool)) for pool in pools] for _ in range(height)]


@given(rows=tables(), delimiter=st.sampled_from([",", ";", "\t"]), header=st.booleans())
def test_any_table_of_text_is_read_back_as_inferred(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, header: bool
) -> None:
    file = tmp_path_factory.mktemp("tables") / "t.csv"
    names = [[f"column {n}" for n in range(len(rows[0]))]] if header else []
    file.write_text("\n".join(delimiter.join(quoted(c) for c in row) for row in [*names, *rows]) + "\n")

    found = described(file)

    round_trip(file, found)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


JSON: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5), st.dates().map(str), st.lists(st.integers(0, 9), max_size=3),
)  # fmt: skip


@given(
    pools=st.lists(
        st.lists(JSON, min_size=1, max_size=3).filter(lambda pool: len({isinstance(v, list) for v in pool}) == 1),
        min_size=1,
        max_size=4,
    ),
    data=st.data(),
)
def test_any_json_lines_are_read_back_as_inferred(
    tmp_path_factory: pytest.TempPathFactory, pools: list[list[Any]], data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("json") / "t.jsonl"
    rows = [{f"n{i}": data.draw(st.sampled_from(p)) for i, p in enumerate(pools)} for _ in range(5)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    found = described(file)

    round_trip(file, found)


@pytest.mark.skipif(not DATA.is_dir(), reason="the whole real files stand in ../shared/data")
@pytest.mark.parametrize(
    "name",
    [
        *(
            f"adventureworks_sales/AdventureWorks_{n}.csv.gz"
            for n in ("customers", "products", "products_unclean", "sales_2019")
        ),
        *(
            f"adventureworks_supply/{n}.tsv.gz"
            for n in (
                "PurchaseOrderHeader",
                "PurchaseOrderDetail",
                "ProductVendor",
                "Vendor",
                "Product",
                "ProductInventory",
                "BillOfMaterials",
                "Location",
                "ScrapReason",
            )
        ),
        "ur3_cobotops/dataset_02052023.csv.gz",
        "ur3_cobotops/dataset_02052023.xlsx",
        "nab_machine_temperature/machine_temperature_system_failure.csv.gz",
    ],
)
def test_every_real_file_is_read_back_as_inferred(name: str) -> None:
    found = described(DATA / name)

    assert round_trip(DATA / name, found).height == found.rows
