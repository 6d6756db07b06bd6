"""A delivery that is not as its class says is one error that names the difference and the mapping that would do."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import pytest

from meshwright.errors import SourceChanged
from meshwright.formats import Csv
from meshwright.io.files import FileReader
from meshwright.markers import Column, DateFormat
from meshwright.ports import SourceRows
from meshwright.schema import Source

Deliver = Callable[[type[Source], str | bytes], SourceRows]


class Sale(Source, name="shop.sales"):
    order_id: str
    customer: Annotated[str, Column("Customer Name")]
    amount: float
    day: date


class Bare(Source, name="shop.bare", format=Csv(header=False)):
    order_id: str
    amount: float
    day: date


HEADER = "order_id,Customer Name,amount,day\n"
ROW = "O-1,Ada Sekret,9.5,2026-01-31\n"


@pytest.fixture
def deliver(tmp_path: Path) -> Deliver:
    """Write a file and read it as its class says."""

    def read(source: type[Source], content: str | bytes) -> SourceRows:
        (tmp_path / "d.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        meta = source.__mesh__
        return FileReader().read(str(tmp_path / "d.csv"), meta.id, meta.columns, meta.format)

    return read


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        (
            "order_id,customer_name,amount,day",
            ROW,
            """missing: 'Customer Name'; unexpected: 'customer_name' \
(write customer_name: Annotated[..., Column("customer_name")])""",
        ),
        (
            "order_id,Customer Name,amount,day,iban",
            ROW.strip() + ",X",
            "unexpected: 'iban' (add 'iban' to the class, or have it left out)",
        ),
        (
            "order_id,Customer Name,day",
            "O-1,Ada Sekret,2026-01-31",
            "missing: 'amount' (drop the columns from the class, or have them delivered again)",
        ),
        (
            "order_id,Customer Name,amount,day,day",
            ROW.strip() + ",2026-01-31",
            "there twice: 'day' (drop the columns from the class, or have them delivered again)",
        ),
        (
            "OrderID,CUSTOMER NAME,Amount,Day",
            ROW,
            """missing: 'order_id', 'Customer Name', 'amount', 'day'; \
unexpected: 'OrderID', 'CUSTOMER NAME', 'Amount', 'Day' \
(write order_id: Annotated[..., Column("OrderID")], customer_name: Annotated[..., Column("CUSTOMER NAME")], \
amount: Annotated[..., Column("Amount")], day: Annotated[..., Column("Day")])""",
        ),
    ],
)
def test_other_columns_are_named_with_the_lines_to_write(deliver: Deliver, header: str, row: str, message: str) -> None:
    with pytest.raises(SourceChanged) as caught:
        deliver(Sale, f"{header}\n{row}\n")

    assert f"source 'shop.sales', d.csv: {message}" == str(caught.value)


def test_the_order_of_named_columns_does_not_matter(deliver: Deliver) -> None:
    rows = deliver(Sale, "day,amount,Customer Name,order_id\n2026-01-31,9.5,Ada Sekret,O-1\n")

    assert [("O-1", "Ada Sekret", 9.5, date(2026, 1, 31))] == rows.accepted.collect().rows()


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (HEADER.replace(",", ";") + ROW.replace(",", ";"), "looks like Csv(delimiter=';')"),
        (HEADER.replace(",", "\t") + ROW.replace(",", "\t"), r"looks like Csv(delimiter='\t')"),
        (ROW * 3, "if the file has none, write header=False; if lines stand above it, skip=..."),
        ("Export of January\n" + HEADER + ROW, "if the file has none, write header=False"),
        ((HEADER + ROW.replace("Ada", "Adà")).encode("cp1252"), "looks like Csv(encoding='cp1252')"),
        ((HEADER + ROW).encode("utf-16"), "looks like Csv(encoding='utf-16')"),
    ],
)
def test_another_dialect_is_recognised_and_no_cell_is_shown(deliver: Deliver, content: str | bytes, hint: str) -> None:
    with pytest.raises(SourceChanged) as caught:
        deliver(Sale, content)

    assert hint in caught.value.hint
    assert "Sekret" not in str(caught.value)


def test_utf8_under_the_name_of_a_single_byte_encoding_is_not_read_as_other_letters(deliver: Deliver) -> None:
    class Town(Source, name="crm.towns", format=Csv(encoding="latin-1")):
        name: str

    assert ["Göttingen"] == deliver(Town, "name\nGöttingen\n".encode("latin-1")).accepted.collect()["name"].to_list()
    with pytest.raises(SourceChanged, match=r"looks like Csv\(encoding='utf-8'\)"):
        deliver(Town, "name\nGöttingen\n".encode())


def test_another_decimal_mark_and_date_format_are_recognised_when_most_rows_fail(deliver: Deliver) -> None:
    class Point(Source, name="lab.points", format=Csv(delimiter=";")):
        value: float
        day: date

    with pytest.raises(SourceChanged) as caught:
        deliver(Point, "value;day\n" + "1,5;31.01.2026\n" * 20)

    assert "20 of 20 rows do not fit" in str(caught.value)
    assert "looks like Csv(decimal=','), day: DateFormat('%d.%m.%Y')" == caught.value.hint


def test_a_few_rows_in_another_dialect_are_rejected_rows_and_no_change(deliver: Deliver) -> None:
    rows = deliver(Sale, HEADER + ROW * 20 + ROW.replace("2026-01-31", "31.01.2026") * 5)

    assert (20, 5) == (rows.accepted.collect().height, rows.rejected.height)


def test_rows_that_fail_for_no_reason_that_a_dialect_explains_are_rejected(deliver: Deliver) -> None:
    rows = deliver(Sale, HEADER + ROW + ROW.replace("9.5", "much") * 30)

    assert (1, 30) == (rows.accepted.collect().height, rows.rejected.height)


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("O-1,2026-01-31,9.5\n" * 10, "the fields look like the order order_id, day, amount"),
        ("O-1,9.5,2026-01-31,DE\n" * 10, "rows have 4 fields: add or drop columns of the class"),
        ("O-1;9.5;2026-01-31\n" * 10, "looks like Csv(delimiter=';')"),
        ("O-1,9.5,01/31/2026\n" * 10, "looks like day: DateFormat('%m/%d/%Y')"),
    ],
)
def test_without_a_header_another_order_or_width_is_recognised(deliver: Deliver, content: str, hint: str) -> None:
    with pytest.raises(SourceChanged) as caught:
        deliver(Bare, content)

    assert hint == caught.value.hint


def test_a_header_where_none_was_is_recognised(deliver: Deliver) -> None:
    with pytest.raises(SourceChanged, match=r"row 1 holds the names of the columns \(write header=True\)"):
        deliver(Bare, "order_id,amount,day\n" + "O-1,9.5,2026-01-31\n" * 10)


def test_a_date_pattern_that_two_readings_share_is_not_guessed(deliver: Deliver) -> None:
    class Birth(Source, name="hr.births"):
        born: Annotated[date, DateFormat("%d.%m.%Y")]

    rows = deliver(Birth, "born\n" + "01/02/1990\n" * 5)

    assert 5 == rows.rejected.height
