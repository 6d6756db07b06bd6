"""Labelled columns that no Faker made: files of other people labelled by hand, and numbers in forms of their countries.

A label is for what identifies a person, or is sensitive by itself. Nothing was tuned on these.
"""

import csv
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import phonenumbers
from labelled_columns import Draw, Labelled
from stdnum import get_cc_module

EXCERPTS = Path(__file__).parents[1] / "framework" / "excerpts"
PERSONAL = {
    "FirstName": "pii.name",
    "LastName": "pii.name",
    "BirthDate": "pii.birth_date",
    "MaritalStatus": "pii",
    "Gender": "pii",
    "EmailAddress": "pii.contact.email",
    "AnnualIncome": "pii",
}
"""Every column of the excerpts in which personal data stands; all others are of things, orders and robots."""
_HEADS = {
    "Product": "id name number make finished colour safety reorder cost price size size_unit weight_unit weight days "
    "line class style subcategory model sell_start sell_end discontinued rowguid modified",
    "ProductVendor": "product vendor lead_time standard_price last_cost last_receipt min_order max_order on_order unit "
    "modified",
    "PurchaseOrderDetail": "order line due quantity product unit_price total received rejected stocked modified",
    "PurchaseOrderHeader": "order revision status employee_id vendor ship_method ordered shipped subtotal tax freight "
    "total modified",
    "Vendor": "id account_number name credit_rating preferred active web_address modified",
}
"""The names that the publisher gives, for the files that have no header line."""
_FORMS = {
    "ca.sin": "ddddddddd",
    "au.tfn": "ddddddddd",
    "gb.nhs": "dddddddddd",
    "in_.aadhaar": "dddddddddddd",
    "de.idnr": "ddddddddddd",
    "dk.cpr": "DMYdddd",
    "no.fodselsnummer": "DMYddddd",
    "is_.kennitala": "DMYddd9",
    "za.idnr": "YMDdddd08d",
    "il.idnr": "ddddddddd",
    "kr.rrn": "YMD1dddddd",
    "bg.egn": "YMDdddd",
    "ee.ik": "3YMDdddd",
    "lt.asmens": "4YMDdddd",
    "hr.oib": "ddddddddddd",
    "us.ssn": "ddddddddd",
    "tr.tckimlik": "ddddddddddd",
    "ch.ssn": "756dddddddddd",
}
"""Numbers by which states know people: d is any digit; Y, M and D are those of a day."""


def columns(seed: int, rows: int = 200) -> Iterator[Labelled]:
    """Give every column; the same seed draws the same numbers."""
    yield from _of_excerpts()
    drawn = random.Random(seed)
    for name in _FORMS:
        draw = partial(_national, drawn, name)
        for spelled in ("national_id", "field_9"):
            yield Labelled(spelled, f"numbers {name}", [draw() for _ in range(rows)], "pii.identifier")
    for region in ("NO", "AT", "KR", "MX", "ZA", "IE", "NZ", "GR"):
        for kind, form in _phones(drawn, region).items():
            for spelled in ("phone", "field_4"):
                yield Labelled(spelled, f"phones {region} {kind}", [form() for _ in range(rows)], "pii.contact.phone")
    yield from (Labelled("code", f"no {name}", [draw() for _ in range(rows)], None) for name, draw in _codes(drawn))


def _of_excerpts() -> Iterator[Labelled]:
    for file in sorted(EXCERPTS.glob("*/*.[ct]sv")):
        separator = {"adventureworks_sales": ",", "ur3_cobotops": ";"}.get(file.parent.name, "\t")
        with file.open(encoding="utf-8-sig", newline="") as lines:
            read = list(csv.reader(lines, delimiter=separator))
        head = _HEADS[file.stem].split() if separator == "\t" else read.pop(0)
        for name, values in zip(head, zip(*read, strict=False), strict=False):
            if name:
                yield Labelled(name, file.stem, [value or None for value in values], PERSONAL.get(name))


def _national(drawn: random.Random, name: str) -> str:
    module: Any = get_cc_module(*name.split("."))
    while True:
        day = {
            "Y": f"{drawn.randrange(40, 99)}",
            "M": f"{drawn.randrange(1, 13):02}",
            "D": f"{drawn.randrange(1, 29):02}",
        }
        found = "".join(
            day.get(letter, str(drawn.randrange(10)) if letter == "d" else letter) for letter in _FORMS[name]
        )
        if module.is_valid(found):
            return str(module.format(found)) if hasattr(module, "format") else found


def _phones(drawn: random.Random, region: str) -> dict[str, Draw]:
    def number(form: str) -> str:
        mobile = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        while True:
            found: Any = phonenumbers.PhoneNumber()
            found.merge_from(mobile)
            found.national_number = int(str(found.national_number)[:-4] + f"{drawn.randrange(10**4):04}")
            if phonenumbers.is_valid_number(found):
                return phonenumbers.format_number(found, getattr(phonenumbers.PhoneNumberFormat, form))

    return {
        "as a link": lambda: number("RFC3966"),
        "with dots": lambda: number("INTERNATIONAL").replace(" ", "."),
        "with an extension": lambda: f"{number('INTERNATIONAL')} ext. {drawn.randrange(100)}",
        "from abroad": lambda: number("E164").replace("+", "00"),
    }


def _codes(drawn: random.Random) -> Iterator[tuple[str, Draw]]:
    """Give what only looks like such a number: as long, and grouped as they are."""
    for form in ("ddd ddd ddd", "dddd dddd dddd", "dd ddd ddd ddd", "dddddd-dddd", "dddddd-ddddddd", "ddd-dd-dddd"):
        yield form, partial(_digits, drawn, form)


def _digits(drawn: random.Random, form: str) -> str:
    return "".join(str(drawn.randrange(10)) if letter == "d" else letter for letter in form)
