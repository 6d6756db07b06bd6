"""Personal data is suggested with counts as evidence, and what only looks or sounds like it is left out."""

import random
import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from stdnum import luhn
from stdnum.ca import sin

from meshwright.personal import suggest
from meshwright.personal.kinds import KINDS

ROOT = Path(__file__).parents[2]


def found(name: str, *values: object) -> str | None:
    """The class suggested for one column."""
    suggestions = suggest(pl.DataFrame({name: list(values)}, strict=False))
    return suggestions[0].name if suggestions else None


EMAILS = [f"p{n}@example.org" for n in range(20)]
IBANS = ["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "FR1420041010050500013M02606"]
CARDS = ["4111 1111 1111 1111", "5500-0000-0000-0004", "340000000000009", "6011000000000004"]
UPPER = ["ANNA", "JONAS", "BIRGIT", "CÉDRIC", "GIULIA", "JAVIER", "KATARZYNA", "MEHMET", "ASTRID", "RAHUL"]
PHONES = ["+49 30 1234567", "+1 (555) 010-9999", "0049-40-7654321", "030/123456"]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("contact", EMAILS, "pii.contact.email"),
        ("EmailAddress", EMAILS, "pii.contact.email"),
        ("email", [], "pii.contact.email"),
        ("customer_email_verified", [True, False], None),
        ("email_count", [1, 2, 3], None),
        ("email", ["yes", "no"], None),
        ("domain", ["***@example.org", "***@example.com", "***@example.net"], None),
        ("phone", PHONES, "pii.contact.phone"),
        ("Mobile Phone", [4915112345678, 4915112345679], "pii.contact.phone"),
        ("reach", ["+49 30 1234567", "+1 555 010 9999", "+44 20 7946 0958"], "pii.contact.phone"),
        ("order_number", ["20260102001", "20260102002", "20260102003"], None),
        ("phone_type", ["home", "work"], None),
        ("FirstName", ["Ada", "Bob"], "pii.name"),
        ("surname", ["Lovelace", "Babbage"], "pii.name"),
        ("customer_name", ["Ada Lovelace", "Charles Babbage"], "pii.name"),
        ("product_name", ["Hand", "Arm"], None),
        ("supplier_contact_name", ["Ada Lovelace", "Charles Babbage"], "pii.name"),
        ("file_name", ["a.csv", "b.csv"], None),
        ("name", ["Hand", "Arm"], None),
        ("first_name", [1, 2, 3], None),
        ("BirthDate", ["04/08/1966", "5/14/1965"], "pii.birth_date"),
        ("date_of_birth", ["1966-04-08"], "pii.birth_date"),
        ("birth_rate", [1.5, 2.5], None),
        ("street", ["Hauptstr. 1", "Main St 2"], "pii.address"),
        ("shipping_address", ["Hauptstr. 1", "Main St 2"], "pii.address"),
        ("address_line_2", ["c/o Ada", "Floor 2"], "pii.address"),
        ("memory_address", ["ff00", "ff01"], None),
        ("item", [f"Road-150 Red, {n}" for n in range(40, 60)] + ["Touring-2000 Blue, 60"], None),
        ("drop_off", [f"Ring Road {n}" for n in range(10, 20)] + ["Hauptstr. 7-9", "Lange Gasse 3"], "pii.address"),
        ("postal_code", ["10115", "20095"], "pii.address.postcode"),
        ("home_city", ["Berlin", "Hamburg"], "pii.address.city"),
        ("iban", IBANS, "pii.financial"),
        ("reference", IBANS, "pii.financial"),
        ("reference", ["DE89370400440532013001", "DE00370400440532013000", "GB00WEST12345698765432"], None),
        ("card", CARDS, "pii.financial"),
        ("serial", ["4111111111111112", "5500000000000005", "6011000000000005"], None),
        ("ssn", ["078-05-1120", "219-09-9999"], "pii.identifier"),
        ("phone_number", PHONES, "pii.contact.phone"),
        ("passport_number", ["C01X00T47"], "pii.identifier"),
        ("part_number", ["123-45-6789A", "123-45-6789B", "123-45-6789C"], None),
        ("ip_address", ["192.168.0.1", "10.0.0.7"], "pii.network"),
        ("origin", ["192.168.0.1", "203.0.113.9", "2001:db8::1"], "pii.network"),
        ("firmware", ["1.12.0.3", "1.12.0.4", "2.0.0.1"], None),
        ("strip_id", ["a", "b"], None),
        ("gender", ["F", "M"], "pii"),
        ("marital_status", ["S", "M"], "pii"),
        ("annual_income", ["$90,000 ", "$60,000 "], "pii"),
        ("comment", ["ask p1@example.org", *["fine"] * 30], "pii.text"),
        ("remark", ["fine"] * 3 + ["good"], None),
        ("log", ["mail from p1@example.org", "mail to p2@example.org", "re: p3@example.org", "ok"], "pii.text"),
        ("col_5", [f"0171 {n}" for n in range(2345601, 2345612)], "pii.contact.phone"),
        ("col_5", [f"030/{n}" for n in range(334456, 334468)] + ["+49 171 2345678"], "pii.contact.phone"),
        ("col_5", [f"({n}) 555-0187" for n in (212, 312, 415, 512, 617, 713, 805, 917)], "pii.contact.phone"),
        ("Teilenummer", [f"0171 {n}" for n in range(2345601, 2345612)], None),
        ("col_5", [f"27-27-91-{n}" for n in range(10, 30)], None),
        ("col_5", [f"4711-0815-{n}" for n in range(10, 30)], None),
        ("Tel.-Nr.", ["030/123456", "0171 1234567"], "pii.contact.phone"),
        ("whatsapp", [491711234567.0, None], "pii.contact.phone"),
        ("cell_voltage", [3.7123456, 3.8123456], None),
        ("bemerkung", [f"bitte 0171 {n} anrufen" for n in range(2345601, 2345605)], "pii.text"),
        ("value", [f"{n} SCHMIDT" for n in UPPER], "pii.name"),
        ("besuch", [*UPPER, *map(str.title, UPPER)], "pii.name"),
        ("machine", UPPER, None),
        ("colour", ["Amber", "Ruby", "Olive", "Violet", "Jade", "Hazel", "Rosa", "Rose", "Ginger"], None),
        ("col_5", [f"{letter}. Schmidt" for letter in "ABCDEFGHK"], "pii.name"),
        ("pruefer", ["Schmidt", "Weber", "Koch"], "pii.name"),
        ("owner", ["Platform", "Sales", "Data"], None),
        ("lieferant", [f"{n} GMBH" for n in UPPER], None),
        ("is_customer", [True, False], None),
        ("geb_datum", [date(1984, 3, 7), date(1990, 12, 24)], "pii.birth_date"),
        ("Geb.", ["7.3.84", "24.12.90"], "pii.birth_date"),
        ("birth_year", [1984, 1990], "pii.birth_date"),
        ("birth_weight", [3120, 2990], None),
        ("order_date", [date(1984, 3, 7), date(1990, 12, 24)], None),
        ("home_lat", [51.43218, 48.13712], "pii.location"),
        ("driver_position", ["51.43218, 7.01234", "48.13712,11.57549"], "pii.location"),
        ("plant_lat", [51.43218, 48.13712], None),
        ("home_position", ["0, -90, 0", "10, -80, 5"], None),
        ("plant_city", ["Essen", "Ulm"], None),
        ("seal", [f"O-Ring {n}x2" for n in range(20, 40)], None),
        ("place", [f"Lagerplatz {n}" for n in range(20, 40)], None),
        ("motion", [f"Verfahrweg {n} mm" for n in range(300, 320)], None),
        ("pack", [f"Schraube M{n}, 1000 Stück" for n in range(3, 20)], None),
        ("to", [f"{n} Maple Ave, Tulsa, OK 74{n}" for n in range(101, 112)], "pii.address"),
        ("bill_to", [f"Lindenallee {n}, 45127 Essen" for n in range(20, 32)], "pii.address"),
        ("address", ["DB12", "IW64"], None),
        ("from", [f"Ada Weber <p{n}@example.org>" for n in range(9)], "pii.contact.email"),
        ("client_addr", [f"203.0.113.{n}:44321" for n in range(9)], "pii.network"),
        ("amount", [1.5, 2.5, None], None),
        ("payload", [b"\x00", b"\x01"], None),
        ("tags", [["first"]], None),
    ],
)
def test_a_column_is_suggested_by_its_name_and_its_values(
    name: str, values: list[object], expected: str | None
) -> None:
    assert expected == found(name, *values)


def test_order_numbers_that_pass_a_checksum_by_chance_are_not_cards() -> None:
    numbers = random.Random(7)
    orders = [f"4{numbers.randrange(10**15):015}" for _ in range(2_000)]

    assert found("order_number", *orders) is None


def test_numbers_of_a_state_in_its_groups_are_told_from_other_groups_of_three() -> None:
    numbers = random.Random(7)
    valid = [sin.format(f"{body}{luhn.calc_check_digit(body)}") for body in map(str, range(13069254, 13069274))]
    others = [f"{numbers.randrange(1000):03}-{numbers.randrange(1000):03}-{numbers.randrange(1000):03}" for _ in valid]

    assert "pii.identifier" == found("field_9", *valid)
    assert found("field_9", *others) is None


def test_a_long_value_that_is_no_address_is_told_so_at_once() -> None:
    assert found("to", *[f"via {'a' * 150}{n}x" for n in range(10, 30)]) is None


def test_a_closed_vocabulary_is_no_name_but_a_birth_date_stays_one() -> None:
    many = pl.DataFrame(
        {"sales_person_name": ["North", "South"] * 100, "birth_date": ["1966-04-08", "1965-05-14"] * 100}
    )

    assert ["birth_date"] == [s.column for s in suggest(many)]


def test_evidence_is_counts_and_never_a_value() -> None:
    frame = pl.DataFrame({"contact": [*EMAILS, "nobody", None]})

    (suggestion,) = suggest(frame)

    assert "20 of 21 different values look like it, the name does not say so" == suggestion.evidence
    assert (21, 20, False) == (suggestion.checked, suggestion.matched, suggestion.named)
    assert "@" not in repr(suggestion)


def test_each_column_has_at_most_one_suggestion_and_an_empty_frame_has_those_of_its_names() -> None:
    empty = pl.DataFrame(schema={"email": pl.String, "first_name": pl.String, "quantity": pl.Int64})

    assert [("email", "pii.contact.email"), ("first_name", "pii.name")] == [(s.column, s.name) for s in suggest(empty)]


def test_every_suggested_class_stands_in_the_class_tree_of_the_mesh() -> None:
    classes = tomllib.loads((ROOT / "policies" / "classes.toml").read_text())["classes"]

    assert {kind.name for kind in KINDS} <= set(classes)
