# ruff: noqa: E501, RUF001 - rows of a table of columns in several scripts read best on one line
"""People are found under what ERP, CRM, HR and hospital systems call them, and their accounts, keys and plates."""

import polars as pl
import pytest

from meshwright.personal import Suggestion, may_be_listed, suggest

NAMES = [
    "Ada Keller",
    "Ben Fischer",
    "Clara Wolf",
    "David Braun",
    "Eva Schulz",
    "Felix Krause",
    "Greta Lang",
    "Hans Vogt",
]
SURNAMES = ["Keller", "Fischer", "Wolf", "Braun", "Schulz", "Krause", "Lang", "Vogt"]
LOGINS = ["KELLERA", "bfischer", "CWOLF", "DBRAUN", "eschulz", "FKRAUSE", "GLANG", "HVOGT"]
UUIDS = [f"4bf92f35-77b3-4da6-a3ce-929d0e0e{n}" for n in range(1000, 1008)]
CODES = [f"GX{n}" for n in range(10001, 10009)]
PLATES = ["HH-AB 123", "M-XY 9876", "KÖ C 45", "AB12 CDE", "34 ABC 12", "京A12345", "А123ВС 77", "12-345-67"]
DIALLED = ["030/1234567", "0171 2345678", "+49 40 765432", "(0221) 998877", "0151-23456789", "089 445566"]


def found(name: str, *values: object) -> Suggestion | None:
    """What is suggested for one column."""
    suggestions = suggest(pl.DataFrame({name: list(values)}, strict=False))
    return suggestions[0] if suggestions else None


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("NACHN", SURNAMES, "pii.name"),
        ("ENAME", NAMES, "pii.name"),
        ("sn", SURNAMES, "pii.name"),
        ("pt_name", ["KELLER^ADA^B", "FISCHER^BEN", "WOLF^CLARA", "BRAUN^DAVID"], "pii.name"),
        ("Name & phone", [f"{name}, 0171 23456{n:02}" for n, name in enumerate(NAMES)], "pii.name"),
        ("emergency_contact", [f"{name} (mother) 020 7946 09{n:02}" for n, name in enumerate(NAMES)], "pii.name"),
        ("approved by / date", [f"{name} 0{n + 1}.05.2024" for n, name in enumerate(NAMES)], "pii.name"),
        ("Klassenlehrer", ["Fr. Keller", "Hr. Fischer", *SURNAMES[2:]], "pii.name"),
        ("Sürücü", ["Ahmet Kaya", "Ayşe Demir", "Mehmet Çelik"], "pii.name"),
        ("담당자명", ["김민준 대리", "이서연", "박지훈 과장", "최민서 부장"], "pii.name"),
        ("PERNR", ["00012345", "00012346", "00012347"], "pii.identifier"),
        ("visitor_guid", UUIDS, "pii.identifier"),
        ("guest_id", CODES, "pii.identifier"),
        ("Öğrenci Numarası", ["2039735571", "2023798743", "2091853269"], "pii.identifier"),
        ("学生番号", ["B20429514", "B20422964", "B20410191"], "pii.identifier"),
        ("Kennzeichen", PLATES, "pii.identifier"),
        ("license_plate", PLATES, "pii.identifier"),
        ("plate", PLATES, "pii.identifier"),
        ("anonymised_patient", CODES, "pii.identifier"),
        ("Geschl.", ["m", "w", "d"], "pii"),
        ("Staatsang.", ["D", "TR", "PL"], "pii"),
        ("created_by", LOGINS, "pii.identifier"),
        ("AENAM", LOGINS, "pii.identifier"),
        ("session_user", LOGINS, "pii.identifier"),
        ("ctx_u", ["l.schneider", "ACME\\bfischer", "c.wolff", "d.braun@ACME", "e.schulz", "ACME\\fkrause", "g.lange", "h.vogt"], "pii.identifier"),
        ("GBDAT", ["19660408", "19650514", "19720101"], "pii.birth_date"),
        ("D.O.B", ["04/08/1966", "05/14/1965"], "pii.birth_date"),
        ("né(e) le", ["08/04/1966", "14/05/1965"], "pii.birth_date"),
        ("geburts_datum", ["08.04.1966", "14.05.1965"], "pii.birth_date"),
        ("dateOfBirth", ["1966-04-08", "1965-05-14"], "pii.birth_date"),
        ("WhatsApp", ["+351 919 310 953", "(31)98749-7049", "11 987497049"], "pii.contact.phone"),
        ("mobile2", DIALLED, "pii.contact.phone"),
        ("Telefon2", DIALLED, "pii.contact.phone"),
        ("Kontakt", DIALLED, "pii.contact.phone"),
        ("Numer rodzica", ["507 528 491", "630 548 641", "674 905 552"], "pii.contact.phone"),
        ("upi", ["ada.keller@okaxis", "ben12@ybl", "clara@oksbi"], "pii.financial"),
        ("masked_card", ["**** **** **** 7172", "4111XXXXXXXX1111"], "pii.financial"),
        ("dx", ["I10", "E11.9", "J45.909"], "pii"),
        ("category (caste)", ["OBC", "SC", "ST"], "pii"),
        ("ubicacion_tecnico", ["-12.039829,-77.077820", "lat:-12.00202 lon:-77.00160"], "pii.location"),
        ("收件人", ["陈小姐", "王晓明 收", "张先生", "李女士"], "pii.name"),
        ("home_w3w", ["///teal.stone.apple", "white.stone.apple", "///navy.engine.mole"], "pii.location"),
        ("punch_in_geo", ["-33.863148 ; 151.266049", "-33.937944,151.176447"], "pii.location"),
        ("BSB+Acc", ["735-050 280119", "082153 / 826223470", "BSB 113-410 Acc 514235"], "pii.financial"),
        ("lønnskonto", ["1503 22 69548", "15032031665", "36240763715"], "pii.financial"),
        ("field3", [f"8{7000000000 + 7018311 * n}" for n in range(1, 12)] + [f"8 701 22{n} 10 10" for n in range(9)],
         "pii.contact.phone"),
    ],
)  # fmt: skip
def test_a_system_names_what_it_holds_of_people(name: str, values: list[object], expected: str) -> None:
    suggestion = found(name, *values)

    assert suggestion is not None
    assert expected == suggestion.name


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("created_by", ["import", "svc_orders", "batch-7", "system"]),
        ("created_by_system", LOGINS),
        ("Temp. (max.)", [21.5, 22.5]),
        ("Prod. Nr.", CODES),
        ("parent_id", CODES),
        ("client_id", UUIDS),
        ("order_uuid", UUIDS),
        ("sn", [f"SN{n}" for n in range(10001, 10009)]),
        ("cn", ["ada.example.com", "bob.example.com"]),
        ("well_plate", PLATES),
        ("name_plate", ["400 V 50 Hz", "230 V 50 Hz"]),
        ("Kennzeichen_Art", ["A-100", "B-200"]),
        ("license_plate", ["LPN01234567", "LPN01234568"]),
        ("cell_id", [10927528, 10855500, 10647079]),
        ("asset_tag", ["961-24-7192", "630-89-7595", "708-23-9342"]),
        ("Halbleiter Nr", CODES),
        ("signed", ["Y", "N"]),
        ("position", ["Left", "Right"]),
        ("naissance_veau", ["2023-04-18", "2023-06-12"]),
        ("NIP kontrahenta", ["5526322110", "9724711966"]),
        ("供应商", ["上海吴氏机械制造厂", "宁波宏达塑料有限公司"]),
        ("rose_cultivar", ["Madame Hardy", "Graham Thomas", "Gertrude Jekyll", "Pierre de Ronsard", "Queen Elizabeth"]),
        ("srv_ipv6", ["fd9f:6cfa:f546::70", "::1", "fdb2:c5e8:50f3::52"]),
        ("iccid_agv_modem", ["8949020064974760094", "8949020082030972404"]),
    ],
)
def test_programs_machines_and_companies_are_not_taken_for_people(name: str, values: list[object]) -> None:
    assert found(name, *values) is None


def test_telephone_numbers_with_and_without_the_code_of_their_country_count_together() -> None:
    at_home = [f"07{n:02} 318 45{n:02}" for n in range(10, 20)]
    abroad = [f"+254 7{n:02} 318 45{n:02}" for n in range(10, 20)] + [f"2547{n:02}31846{n:02}" for n in range(10, 20)]

    suggestion = found("data_04", *at_home, *abroad)

    assert suggestion is not None
    assert ("pii.contact.phone", 30) == (suggestion.name, suggestion.matched)


def test_numbers_of_telephones_of_which_some_are_of_no_plan_any_more_warn() -> None:
    held = [f"06 {n} 3{n % 10} 5{n % 10} 25" for n in range(10, 90)] + [f"07 1{n} 60 38 6{n}" for n in range(10)] * 2

    suggestion = found(
        "col_5", *held, *[f"07 2{n} 6{n} 38 60" for n in range(10)], *[f"07 16 6{n} 38 60" for n in range(8)]
    )

    assert suggestion is not None
    assert "pii.contact.phone" == suggestion.name


def test_a_role_of_one_of_many_languages_warns_where_nothing_else_says_that_names_stand_there() -> None:
    suggestion = found("Sürücü", "Kaya", "Demir", "Çelik", "Aksoy")

    assert suggestion is not None
    assert not suggestion.certain


@pytest.mark.parametrize("name", ["uzytkownik", "angelegt_von", "Sürücü"])
def test_what_people_are_called_by_in_any_language_is_never_listed(name: str) -> None:
    assert not may_be_listed(name, ["A1", "B2", "C3"])
