"""Real files with all their quirks: excerpts always, the whole files where `../shared/data` is present.

Each quirk that the data's notes list is counted, and the counts of both stand here.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import polars as pl
import pytest

from meshwright.formats import Csv, Excel
from meshwright.io.files import FileReader
from meshwright.markers import Class, Column, DateFormat, Decimals, Number, Pii
from meshwright.schema import Schema, Source

EXCERPTS = Path(__file__).parent / "excerpts"
WHOLE = Path(__file__).parents[3] / "shared" / "data"
Counts = Mapping[str, object]

absent = pytest.mark.skipif(not WHOLE.is_dir(), reason="the whole files stand in ../shared/data")
everywhere = pytest.mark.parametrize(
    ("folder", "scope"),
    [pytest.param(EXCERPTS, "excerpt", id="excerpt"), pytest.param(WHOLE, "whole", id="whole", marks=absent)],
)

US_DATE = DateFormat("%m/%d/%Y")
SQL_TIME = DateFormat("%Y-%m-%d %H:%M:%S.%f")
Money = Annotated[Decimal, Decimals(19, 4)]
Moment = Annotated[datetime, SQL_TIME]


class Customer(Source, name="adventureworks.customers", format=Csv(nulls=("", "NA"))):
    key: Annotated[int, Column("CustomerKey")]
    prefix: Annotated[str | None, Column("Prefix"), Class("pii")]
    first_name: Annotated[str, Column("FirstName"), Pii("name")]
    last_name: Annotated[str, Column("LastName"), Pii("name")]
    birth_date: Annotated[date, Column("BirthDate"), US_DATE, Pii("birth_date")]
    marital_status: Annotated[str, Column("MaritalStatus"), Class("pii")]
    gender: Annotated[str | None, Column("Gender"), Class("pii")]
    email: Annotated[str, Column("EmailAddress"), Pii("contact.email")]
    annual_income_usd: Annotated[int, Column("AnnualIncome"), Number(prefix="$", thousands=","), Class("pii")]
    children: Annotated[int, Column("TotalChildren")]
    education: Annotated[str, Column("EducationLevel")]
    occupation: Annotated[str, Column("Occupation")]
    home_owner: Annotated[str, Column("HomeOwner")]


class Product(Source, name="adventureworks.products"):
    key: Annotated[int, Column("ProductKey")]
    subcategory: Annotated[int, Column("ProductSubcategoryKey")]
    sku: Annotated[str, Column("ProductSKU")]
    name: Annotated[str, Column("ProductName")]
    model: Annotated[str, Column("ModelName")]
    description: Annotated[str, Column("ProductDescription")]
    color: Annotated[str, Column("ProductColor")]
    size: Annotated[str | None, Column("ProductSize")]
    style: Annotated[str, Column("ProductStyle")]
    cost: Annotated[Money, Column("ProductCost")]
    price: Annotated[Money, Column("ProductPrice")]


class Sale(Source, name="adventureworks.sales"):
    ordered_on: Annotated[date, Column("OrderDate"), US_DATE]
    stocked_on: Annotated[date, Column("StockDate"), US_DATE]
    order_number: Annotated[str, Column("OrderNumber")]
    product: Annotated[int, Column("ProductKey")]
    customer: Annotated[int, Column("CustomerKey")]
    territory: Annotated[int, Column("TerritoryKey")]
    line: Annotated[int, Column("OrderLineItem")]
    quantity: Annotated[int, Column("OrderQuantity")]


TSV = Csv(header=False, delimiter="\t", quote=None)


class PurchaseOrder(Source, name="adventureworks.purchase_orders", format=TSV):
    order_id: int
    revision: int
    status: int
    employee: int
    vendor: int
    ship_method: int
    ordered_at: Moment
    shipped_at: Moment
    subtotal: Money
    tax: Money
    freight: Money
    total: Money
    modified_at: Moment


class PurchaseOrderLine(Source, name="adventureworks.purchase_order_lines", format=TSV):
    order_id: int
    line_id: int
    due_at: Moment
    ordered: int
    product: int
    unit_price: Money
    line_total: Money
    received: Annotated[Decimal, Decimals(8, 2)]
    rejected: Annotated[Decimal, Decimals(8, 2)]
    stocked: Annotated[Decimal, Decimals(9, 2)]
    modified_at: Moment


class Offer(Source, name="adventureworks.product_vendors", format=TSV):
    product: int
    vendor: int
    lead_time_d: int
    standard_price: Money
    last_receipt_cost: Money
    last_receipt_at: Moment
    min_order: int
    max_order: int
    on_order: int | None
    unit: str
    modified_at: Moment


class Vendor(Source, name="adventureworks.vendors", format=TSV):
    key: int
    account: str
    name: str
    credit_rating: int
    preferred: bool
    active: bool
    url: str | None
    modified_at: Moment


class Part(Source, name="adventureworks.parts", format=TSV):
    key: int
    name: str
    number: str
    made: bool
    finished: bool
    color: str | None
    safety_stock: int
    reorder_point: int
    standard_cost: Money
    list_price: Money
    size: str | None
    size_unit: str | None
    weight_unit: str | None
    weight: Annotated[Decimal | None, Decimals(8, 2)]
    days_to_manufacture: int
    line: str | None
    class_: Annotated[str | None, Column("class")]
    style: str | None
    subcategory: int | None
    model: int | None
    sold_from: Moment
    sold_until: Annotated[datetime | None, SQL_TIME]
    discontinued_at: Annotated[datetime | None, SQL_TIME]
    row_id: str
    modified_at: Moment


class Cobot(Schema):
    """The columns that the CSV and the workbook write alike."""

    number: Annotated[int, Column("Num")]
    current_j0: Annotated[float | None, Column("Current_J0")]
    temperature_j0: Annotated[float | None, Column("Temperature_T0")]
    current_j1: Annotated[float | None, Column("Current_J1")]
    temperature_j1: Annotated[float | None, Column("Temperature_J1")]
    current_j2: Annotated[float | None, Column("Current_J2")]
    temperature_j2: Annotated[float | None, Column("Temperature_J2")]
    current_j3: Annotated[float | None, Column("Current_J3")]
    temperature_j3: Annotated[float | None, Column("Temperature_J3")]
    current_j4: Annotated[float | None, Column("Current_J4")]
    temperature_j4: Annotated[float | None, Column("Temperature_J4")]
    current_j5: Annotated[float | None, Column("Current_J5")]
    temperature_j5: Annotated[float | None, Column("Temperature_J5")]
    speed_j0: Annotated[float | None, Column("Speed_J0")]
    speed_j1: Annotated[float | None, Column("Speed_J1")]
    speed_j2: Annotated[float | None, Column("Speed_J2")]
    speed_j3: Annotated[float | None, Column("Speed_J3")]
    speed_j4: Annotated[float | None, Column("Speed_J4")]
    speed_j5: Annotated[float | None, Column("Speed_J5")]
    tool_current: Annotated[float | None, Column("Tool_current")]
    cycle: Annotated[int, Column("cycle ")]
    protective_stop: Annotated[bool | None, Column("Robot_ProtectiveStop")]
    grip_lost: bool


class Telemetry(Cobot, Source, name="ur3.telemetry", format=Csv(delimiter=";", decimal=",")):
    at: Annotated[datetime, Column("Timestamp")]


class Workbook(Cobot, Source, name="ur3.workbook", format=Excel(sheet="data")):
    at: Annotated[str, Column("Timestamp")]
    """Some stand in quotes, so they are text."""


def rows(source: type[Source], place: Path) -> pl.DataFrame:
    """Read a source whole; nothing of the real data may be rejected."""
    meta = source.__mesh__
    read = FileReader().read(str(place), meta.id, meta.columns, meta.format)
    assert [] == read.rejected.select("file", "row", "column", "reason").rows()
    names = {c.name: a for a, c in zip(source.model_fields, meta.columns, strict=True)}
    frame = read.accepted.collect().rename(names)
    assert read.rows_read == frame.height
    return frame


def count(frame: pl.DataFrame, *where: pl.Expr) -> int:
    return frame.filter(*where).height


def duplicates(frame: pl.DataFrame, *key: str) -> int:
    return frame.height - frame.n_unique(list(key))


def customers(folder: Path) -> Counts:
    frame = rows(Customer, folder / "adventureworks_sales" / "AdventureWorks_customers.csv*")
    return {
        "rows": frame.height,
        "columns": frame.width,
        "no prefix": frame["prefix"].null_count(),
        "no prefix and no gender": count(frame, pl.col("prefix").is_null(), pl.col("gender").is_null()),
        "last names beyond ASCII": count(frame, pl.col("last_name").str.contains("[^\x00-\x7f]")),
        "first names beyond ASCII": count(frame, pl.col("first_name").str.contains("[^\x00-\x7f]")),
        "income from": frame["annual_income_usd"].min(),
        "income to": frame["annual_income_usd"].max(),
        "born from": frame["birth_date"].min(),
        "born to": frame["birth_date"].max(),
    }


def sales(folder: Path) -> Counts:
    home = folder / "adventureworks_sales"
    by_year = [rows(Sale, home / f"AdventureWorks_sales_{y}.csv*") for y in (2017, 2018, 2019)]
    frame = rows(Sale, home / "AdventureWorks_sales_*.csv*")
    known = rows(Customer, home / "AdventureWorks_customers.csv*")["key"].implode()
    products = rows(Product, home / "AdventureWorks_products.csv*")["key"].implode()
    aged = pl.col("ordered_on").dt.year() - pl.col("stocked_on").dt.year()
    return {
        "rows": [f.height for f in by_year],
        "rows together": frame.height,
        "lines twice": [duplicates(f, "order_number", "line") for f in by_year],
        "products twice in an order": duplicates(frame, "order_number", "product"),
        "orders": frame["order_number"].n_unique(),
        "customers": frame["customer"].n_unique(),
        "products": frame["product"].n_unique(),
        "orphans": count(frame, ~(pl.col("customer").is_in(known) & pl.col("product").is_in(products))),
        "from": frame["ordered_on"].min(),
        "to": frame["ordered_on"].max(),
        "stocked at least 15 years before": count(frame, aged >= 15),
    }


def products(folder: Path) -> Counts:
    home = folder / "adventureworks_sales"
    clean = rows(Product, home / "AdventureWorks_products.csv*")
    unclean = rows(Product, home / "AdventureWorks_products_unclean.csv*")
    parts = rows(Part, folder / "adventureworks_supply" / "Product.tsv*")
    return {
        "clean": clean.height,
        "unclean": unclean.height,
        "the same keys": set(clean["key"]) == set(unclean["key"]),
        "another order": clean["key"].to_list() != unclean["key"].to_list(),
        "no size": (clean["size"].null_count(), unclean["size"].null_count()),
        "parts": parts.height,
        "parts by SKU": clean.join(parts, left_on="sku", right_on="number").height,
        "no colour": parts["color"].null_count(),
        "units padded with blanks": count(parts, pl.col("weight_unit").str.ends_with(" ")),
    }


def purchasing(folder: Path) -> Counts:
    home = folder / "adventureworks_supply"
    orders = rows(PurchaseOrder, home / "PurchaseOrderHeader.tsv*")
    lines = rows(PurchaseOrderLine, home / "PurchaseOrderDetail.tsv*")
    offers, vendors = rows(Offer, home / "ProductVendor.tsv*"), rows(Vendor, home / "Vendor.tsv*")
    joined = lines.join(orders, on="order_id")
    return {
        "orders": orders.height,
        "lines": lines.height,
        "offers": offers.height,
        "vendors": vendors.height,
        "from": orders["ordered_at"].dt.date().min(),
        "to": orders["ordered_at"].dt.date().max(),
        "shipped after 9 days": count(orders, pl.col("shipped_at") - pl.col("ordered_at") == timedelta(days=9)),
        "due after 14 days": count(joined, pl.col("due_at") - pl.col("ordered_at") == timedelta(days=14)),
        "rejected": count(lines, pl.col("rejected") > 0),
        "short": count(lines, pl.col("received") < pl.col("ordered")),
        "totals to the cent": count(orders, pl.col("subtotal") + pl.col("tax") + pl.col("freight") == pl.col("total")),
        "not on order": offers["on_order"].null_count(),
        "units of three characters": count(offers, pl.col("unit").str.len_chars() == 3),
        "units padded with blanks": count(offers, pl.col("unit").str.ends_with(" ")),
        "lead time from": offers["lead_time_d"].min(),
        "lead time to": offers["lead_time_d"].max(),
        "no address on the web": vendors["url"].null_count(),
    }


def telemetry(folder: Path) -> Counts:
    frame = rows(Telemetry, folder / "ur3_cobotops" / "dataset_02052023.csv*")
    sensors = [c for c in frame.columns if frame[c].dtype == pl.Float64]
    gaps = frame["at"].diff().drop_nulls()
    return {
        "rows": frame.height,
        "columns": frame.width,
        "no sensor but perhaps J0": count(frame, pl.all_horizontal(pl.col(sensors[1:]).is_null())),
        "no sensor": count(frame, pl.all_horizontal(pl.col(sensors).is_null())),
        "no current in J0": frame["current_j0"].null_count(),
        "no word of a stop": frame["protective_stop"].null_count(),
        "stops": frame["protective_stop"].sum(),
        "grips lost": frame["grip_lost"].sum(),
        "gaps": gaps.filter(gaps > timedelta(seconds=5)).len(),
        "longest gap in seconds": gaps.dt.total_seconds().max(),
        "tiny speeds": count(frame, pl.col("speed_j0").abs().is_between(1e-300, 1e-20)),
    }


def workbook(folder: Path) -> Counts:
    """Hold the workbook against the CSV, which has nine decimals of its numbers."""
    frame = rows(Telemetry, folder / "ur3_cobotops" / "dataset_02052023.csv*")
    book = rows(Workbook, folder / "ur3_cobotops" / "dataset_02052023.xlsx")
    sensors = [c for c in frame.columns if frame[c].dtype == pl.Float64]
    moments = (
        book["at"].str.strip_chars('"').str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_zone="UTC", time_unit="us")
    )
    return {
        "rows": book.height,
        "times in quotes": count(book, pl.col("at").str.starts_with('"')),
        "the same times": moments.to_list() == frame["at"].to_list(),
        "the same nulls": all(frame[c].is_null().equals(book[c].is_null()) for c in sensors),
        "the same words": all(frame[c].equals(book[c]) for c in ("number", "cycle", "protective_stop", "grip_lost")),
        "within nine decimals": all(((frame[c] - book[c]).abs() < 1e-9).all() for c in sensors),
        "with more decimals": any(count(book, pl.col(c).round(9) != pl.col(c)) for c in sensors),
    }


EXPECTED: dict[str, dict[str, Counts]] = {
    "excerpt": {
        "customers": {
            "rows": 46,
            "columns": 13,
            "no prefix": 6,
            "no prefix and no gender": 6,
            "last names beyond ASCII": 2,
            "first names beyond ASCII": 4,
            "income from": 10000,
            "income to": 130000,
            "born from": date(1933, 2, 28),
            "born to": date(1980, 9, 25),
        },
        "sales": {
            "rows": [12, 8, 17],
            "rows together": 37,
            "lines twice": [0, 0, 4],
            "products twice in an order": 0,
            "orders": 26,
            "customers": 28,
            "products": 28,
            "orphans": 0,
            "from": date(2017, 1, 1),
            "to": date(2019, 6, 30),
            "stocked at least 15 years before": 37,
        },
        "products": {
            "clean": 28,
            "unclean": 28,
            "the same keys": True,
            "another order": True,
            "no size": (0, 19),
            "parts": 31,
            "parts by SKU": 28,
            "no colour": 7,
            "units padded with blanks": 19,
        },
        "purchasing": {
            "orders": 13,
            "lines": 12,
            "offers": 13,
            "vendors": 8,
            "from": date(2022, 4, 15),
            "to": date(2025, 9, 21),
            "shipped after 9 days": 9,
            "due after 14 days": 10,
            "rejected": 4,
            "short": 5,
            "totals to the cent": 13,
            "not on order": 8,
            "units of three characters": 13,
            "units padded with blanks": 10,
            "lead time from": 17,
            "lead time to": 19,
            "no address on the web": 6,
        },
        "telemetry": {
            "rows": 27,
            "columns": 24,
            "no sensor but perhaps J0": 7,
            "no sensor": 4,
            "no current in J0": 4,
            "no word of a stop": 7,
            "stops": 4,
            "grips lost": 4,
            "gaps": 16,
            "longest gap in seconds": 18814,
            "tiny speeds": 2,
        },
        "workbook": {
            "rows": 27,
            "times in quotes": 3,
            "the same times": True,
            "the same nulls": True,
            "the same words": True,
            "within nine decimals": True,
            "with more decimals": True,
        },
    },
    "whole": {
        "customers": {
            "rows": 18148,
            "columns": 13,
            "no prefix": 130,
            "no prefix and no gender": 130,
            "last names beyond ASCII": 51,
            "first names beyond ASCII": 39,
            "income from": 10000,
            "income to": 170000,
            "born from": date(1910, 8, 13),
            "born to": date(1980, 12, 26),
        },
        "sales": {
            "rows": [2630, 23935, 29481],
            "rows together": 56046,
            "lines twice": [0, 0, 4],
            "products twice in an order": 0,
            "orders": 25162,
            "customers": 17411,
            "products": 130,
            "orphans": 0,
            "from": date(2017, 1, 1),
            "to": date(2019, 6, 30),
            "stocked at least 15 years before": 56046,
        },
        "products": {
            "clean": 293,
            "unclean": 293,
            "the same keys": True,
            "another order": True,
            "no size": (0, 175),
            "parts": 504,
            "parts by SKU": 293,
            "no colour": 248,
            "units padded with blanks": 205,
        },
        "purchasing": {
            "orders": 4012,
            "lines": 8845,
            "offers": 460,
            "vendors": 104,
            "from": date(2022, 4, 15),
            "to": date(2025, 9, 21),
            "shipped after 9 days": 4000,
            "due after 14 days": 8788,
            "rejected": 563,
            "short": 380,
            "totals to the cent": 4012,
            "not on order": 305,
            "units of three characters": 460,
            "units padded with blanks": 199,
            "lead time from": 10,
            "lead time to": 120,
            "no address on the web": 98,
        },
        "telemetry": {
            "rows": 7409,
            "columns": 24,
            "no sensor but perhaps J0": 54,
            "no sensor": 46,
            "no current in J0": 46,
            "no word of a stop": 54,
            "stops": 278,
            "grips lost": 243,
            "gaps": 3,
            "longest gap in seconds": 18814,
            "tiny speeds": 181,
        },
        "workbook": {
            "rows": 7409,
            "times in quotes": 863,
            "the same times": True,
            "the same nulls": True,
            "the same words": True,
            "within nine decimals": True,
            "with more decimals": True,
        },
    },
}


@everywhere
def test_customers_with_a_byte_order_mark_dollars_and_half_padded_dates(folder: Path, scope: str) -> None:
    assert EXPECTED[scope]["customers"] == customers(folder)


@everywhere
def test_three_years_of_sales_in_which_order_and_line_are_no_key(folder: Path, scope: str) -> None:
    assert EXPECTED[scope]["sales"] == sales(folder)


@everywhere
def test_products_in_another_order_with_more_nulls_and_their_parts_by_sku(folder: Path, scope: str) -> None:
    assert EXPECTED[scope]["products"] == products(folder)


@everywhere
def test_purchasing_without_headers_padded_codes_and_money_to_the_cent(folder: Path, scope: str) -> None:
    assert EXPECTED[scope]["purchasing"] == purchasing(folder)


@everywhere
def test_telemetry_with_decimal_commas_trailing_columns_and_gaps(folder: Path, scope: str) -> None:
    assert EXPECTED[scope]["telemetry"] == telemetry(folder)


@everywhere
def test_the_workbook_says_what_the_text_says_but_for_quotes_and_digits(folder: Path, scope: str) -> None:
    assert EXPECTED[scope]["workbook"] == workbook(folder)


def test_the_excerpts_hold_the_quirks_of_the_bytes() -> None:
    customers = (EXCERPTS / "adventureworks_sales" / "AdventureWorks_customers.csv").read_bytes()
    cobot = (EXCERPTS / "ur3_cobotops" / "dataset_02052023.csv").read_text()
    details = (EXCERPTS / "adventureworks_supply" / "PurchaseOrderDetail.tsv").read_text()

    assert customers.startswith(b"\xef\xbb\xbfCustomerKey,")
    assert b'"$90,000 "' in customers
    assert {2, 1} == {len(line.split(b",")[4].split(b"/")[0]) for line in customers.splitlines()[1:]}
    assert ";cycle ;Robot_ProtectiveStop;grip_lost;;;;;;;;;;;\n" in cobot
    assert "E-" in cobot
    assert details[0].isdigit()


def test_a_licence_stands_beside_each_excerpt() -> None:
    licences = {folder.name: (folder / "LICENSE").read_text() for folder in EXCERPTS.iterdir() if folder.is_dir()}

    assert {"adventureworks_sales", "adventureworks_supply", "ur3_cobotops"} == set(licences)
    assert "MIT License" in licences["adventureworks_sales"]
    assert "Microsoft SQL Server Sample Code" in licences["adventureworks_supply"]
    assert "CC BY 4.0" in licences["ur3_cobotops"]
