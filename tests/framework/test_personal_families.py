"""Names of families, with titles and initials, and numbers that stand as machines write them."""

import polars as pl
import pytest

from meshwright.personal import suggest

FAMILIES = [
    "RAMIREZ",
    "SCHULTZ",
    "O'BRIEN",
    "NGUYEN III",
    "KOWALSKI",
    "Schäfer",
    "van den Berg",
    "García-López",
    "Okafor",
    "Tanaka",
]
TITLED = [
    "Ms Barlow",
    "MRS Bronwyn Sheridan",
    "dhr. T. Peeters",
    "Fam. Bakker",
    "Herr Dr. Keller",
    "Пан Шевченко",
    "Mme Roux",
    "Sra. Peña",
]
INITIALS = ["T. de Groot", "S. Bos", "R. van der Meer", "H. Maas", "C.M. Willems", "A. B. Visser", "K. Vos", "J. Smit"]
FAMILIES_OF_TOWNS = ["Houston", "Paris", "Gdańsk", "Recife", "Pune", "Utrecht", "Lagos", "Cork", "Linz", "Bern"]


def found(name: str, values: list[str] | list[int]) -> list[tuple[str, bool]]:
    """Say what is suggested for a column, and whether it stops a build."""
    return [(suggestion.name, suggestion.certain) for suggestion in suggest(pl.DataFrame({name: values}))]


@pytest.mark.parametrize("values", [FAMILIES, TITLED, INITIALS])
def test_names_under_a_title_that_says_nothing_are_suggested_and_stop_no_build(values: list[str]) -> None:
    assert found("field_7", values) == [("pii.name", False)]


def test_towns_and_brands_are_no_families() -> None:
    brands = ["Bosch", "Makita", "Hilti", "Festool", "Stihl", "Metabo", "Milwaukee", "Ryobi", "Einhell", "Dr. Oetker"]

    assert (found("col_3", FAMILIES_OF_TOWNS), found("marke", brands)) == ([], [])


def test_numbers_with_the_code_of_their_country_and_no_plus_are_telephones() -> None:
    numbers = [254_712_000_000 + n * 7_919_117 % 88_000_000 for n in range(40)]

    assert found("payer", numbers) == [("pii.contact.phone", False)]


def test_numbers_that_begin_alike_are_no_telephones() -> None:
    orders = [4_917_012_300_000 // 10 + n for n in range(40)]

    assert found("ref", orders) == []


def test_bare_numbers_beside_grouped_ones_of_the_same_country_are_telephones() -> None:
    numbers = ["1-718-614-4929", "(305) 994-9614", "(305) 773-8149", "4158645988", "+13124704906", "4158355324"] * 2
    different = [number[:-1] + str(n % 10) for n, number in enumerate(numbers)]

    assert found("src", different) == [("pii.contact.phone", False)]


def test_numbers_that_companies_rent_for_their_callers_are_nobodys() -> None:
    rented = [f"0800/400 {n:03}" for n in range(100, 140)]

    assert found("service", rented) == []


def test_numbers_of_a_state_count_grouped_and_bare_in_one_column() -> None:
    numbers = ["4385 6715 8764", "768764987657", "9622 6696 7123", "962802213430", "2749 6821 7415", "663584061830",
               "2338 0845 8680", "649562911742", "8873 6528 6696", "538756395637", "4385 6715 8764"]  # fmt: skip
    valid = [number for number in numbers if _aadhaar(number)]

    assert found("uid_x", valid) == [("pii.identifier", False)]


def test_a_few_numbers_that_all_prove_a_state_are_suggested() -> None:
    cpf = ["182.781.933-20", "928.850.570-92", "45809470610", "845.147.385-73", "87582131800", "224.889.427-90"]
    more = ["111.444.777-35", "529.982.247-25", "390.533.447-05"]

    assert found("nr_doc", cpf + more) == [("pii.identifier", False)]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("emp_code", ["EMP0117", "EMP4856", "E-2237", "emp0764"], ("pii.identifier", False)),
        ("tgl_lahir", ["Bekasi, 16 Januari 1980", "19/09/2003", "Medan, 22-06-2000"], ("pii.birth_date", True)),
        ("guest_device_mac", ["0f:ee:bd:17:3b:49", "7fd6.f8b9.8a5b", "24-90-DE-88-D1-54"], ("pii.network", True)),
        ("CUST_LNM", ["X", "Y"], ("pii.name", False)),
    ],
)
def test_titles_of_systems_say_what_stands_in_them(name: str, values: list[str], expected: tuple[str, bool]) -> None:
    assert [expected] == found(name, values)


def _aadhaar(number: str) -> bool:
    from stdnum.in_ import aadhaar

    return bool(aadhaar.is_valid(number))


def test_a_bare_name_beside_given_names_is_that_of_a_family() -> None:
    people = pl.DataFrame(
        {"nom": ["DUPONT", "Roux", "O'Neill"], "prénom": ["Jean", "Zoé", "Luc"], "ville": ["X", "Y", "Z"]}
    )
    things = pl.DataFrame({"nom": ["Pince", "Vis", "Moteur"], "prix": [1, 2, 3]})

    assert [("nom", "pii.name"), ("prénom", "pii.name")] == [(each.column, each.name) for each in suggest(people)]
    assert () == suggest(things)
