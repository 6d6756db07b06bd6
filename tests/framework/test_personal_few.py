"""Columns of few different values: names of a team are noticed, codes and kinds are left alone."""

import polars as pl
import pytest

from meshwright.personal import Suggestion, alternatives, may_be_listed, may_be_personal, suggest

PEOPLE = ["Ada Keller", "Tomasz Lis", "Ines Duarte", "Marek Hol", "Lea Brun"]
STOPPED = {
    "handled_by": PEOPLE,
    "assigned_to": ["Keller, Ada", "Lis, Tomasz", "Duarte, Ines"],
    "worker": ["ADA KELLER", "TOMASZ LIS", "INES DUARTE"],
    "field_3": PEOPLE,
    "responsable": PEOPLE[:2],
}
WARNED = {
    "agent": ["Ada", "Tomasz", "Ines", "Marek", "Lea"],
    "boss": ["Keller", "Lis", "Duarte", "Hol", "Brun"],
    "last_name": ["Keller", "Lis", "Duarte"],
    "login": ["ada.keller", "tomasz.lis", "ines.duarte"],
    "acct": ["ada.keller", "tomasz.lis", "ines.duarte"],
    "seen": ["A. Keller", "T. Lis", "I. Duarte"],
}
LEFT = {
    "status": ["open", "closed", "waiting"],
    "colour": ["Red", "Amber", "Ruby", "Scarlet"],
    "month": ["April", "May", "June"],
    "model": ["H1", "H2", "H2-Lite"],
    "team": ["Assembly Line", "Final Test"],
    "customer": ["Retail", "Wholesale"],
    "part_name": ["Martin Coupling", "Oscar Clamp"],
    "supplier": ["Robert Bosch GmbH", "Carl Zeiss AG", "Igus GmbH"],
}


def found(name: str, values: list[str], rows: int = 200) -> Suggestion | None:
    """What is suggested for a column in which these values come back."""
    column = [values[n % len(values)] for n in range(rows)]
    return next(iter(suggest(pl.DataFrame({name: column}))), None)


@pytest.mark.parametrize("rows", [24, 200])
@pytest.mark.parametrize("name", STOPPED)
def test_full_names_stop_a_build_however_few_they_are(name: str, rows: int) -> None:
    suggestion = found(name, STOPPED[name], rows)

    assert suggestion is not None
    assert ("pii.name", True) == (suggestion.name, suggestion.certain)


@pytest.mark.parametrize("name", WARNED)
def test_what_may_be_names_warns(name: str) -> None:
    suggestion = found(name, WARNED[name])

    assert suggestion is not None
    assert (True, False) == (suggestion.name in ("pii.name", "pii.identifier"), suggestion.certain)


@pytest.mark.parametrize("name", LEFT)
def test_a_closed_vocabulary_is_left_alone(name: str) -> None:
    assert None is found(name, LEFT[name])


@pytest.mark.parametrize(
    ("name", "values"),
    [("bsn", ["111222333", "123456782"]), ("BurgerServiceNummer", ["111222333", "123456782"]), ("nif", ["123456789"])],
)
def test_the_number_of_a_state_under_its_own_name_stops_a_build(name: str, values: list[str]) -> None:
    (suggestion,) = suggest(pl.DataFrame({name: values}))

    assert ("pii.identifier", True) == (suggestion.name, suggestion.certain)


def test_what_is_only_called_like_the_number_of_a_state_warns() -> None:
    (suggestion,) = suggest(pl.DataFrame({"bsn": ["111222334", "123456783", "123456700"]}))

    assert ("pii.identifier", False) == (suggestion.name, suggestion.certain)


@pytest.mark.parametrize("value", ["m", "f", "x", "female", "not stated", "O+", "Berlin", "self-employed", "1984"])
def test_a_word_of_a_vocabulary_is_nobody_s(value: str) -> None:
    assert not may_be_personal(value, ("pii",))


@pytest.mark.parametrize(
    "value", ["Ada Keller", "KELLER, ADA", "ada.keller", "Ada", "a@b.de", "+49 30 12345", "Hauptstr. 1", "x" * 41]
)
def test_a_name_an_address_a_number_and_a_long_text_are_somebody_s(value: str) -> None:
    assert may_be_personal(value, ("pii",))


def test_in_a_column_of_names_everything_but_a_title_is_a_name() -> None:
    said = {value: may_be_personal(value, ("pii.name",)) for value in ("Dr.", "Frau", "Hol", "brun")}

    assert {"Dr.": False, "Frau": False, "Hol": True, "brun": True} == said


def test_a_pattern_that_spells_values_out_lists_them() -> None:
    assert ("Ada Keller", "Tomasz Lis") == alternatives("(?:Ada Keller|Tomasz Lis)")
    assert () == alternatives(r"ORD-\d{8}")
    assert () == alternatives("[A-Z]{2}|x")


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("order_status", ["open", "in_transit", "Not paid"], True),
        ("hand", ["H1", "H2", "H2-Lite"], True),
        ("country", ["DE", "PT"], True),
        ("size", ["small", "large"], True),
        ("handled_by", ["AK1", "TL2"], False),
        ("login", ["u1", "u2"], False),
        ("checked", ["keller", "lis"], False),
        ("checked", ["AK", "TL"], False),
        ("checked", ["KELLER", "LIS"], False),
        ("state", ["open", "Ada Keller"], False),
        ("type", ["12345678", "23456789"], False),
    ],
)
def test_codes_and_kinds_are_listed_and_what_may_be_names_is_not(name: str, values: list[str], expected: bool) -> None:
    assert expected == may_be_listed(name, values)
