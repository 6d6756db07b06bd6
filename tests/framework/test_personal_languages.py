# ruff: noqa: E501, RUF001 - columns of several scripts, one a line
"""Personal data is suggested whatever the language and script of a column's name and of its values."""

import polars as pl
import pytest

from meshwright.personal import Suggestion, suggest

NUMBERED = {
    "身份证号": ["440106200704031289", "110105199612081635"],
    "СНИЛС": ["112-233-445 95", "087-654-303 00"],
    "ЕГН": ["7508248083", "6902103819", "5712087871"],
}
CARDS = [
    "TNPYP8JX66", "Y407P9W823", "JGWGHPX9F4", "RXCTR1KX59", "WJFN0GLJ85", "J7KNR0PMX0", "XM6ZWKYZ74",
    "VRWK707P49", "M7LHYTNR08", "GZH6M440K4", "GT50RKCXR5", "XWRTGXF117", "JJR5R5VJ24", "GRCM3P1X87",
    "X1GRXCFX37", "JK2C3WCRG1", "YW10W5JRK0", "R78HKZYN98", "R9VN7TZM54", "KVJ7N126Y7", "LHM4C9MHH5",
]  # fmt: skip
CHINESE = ["王伟", "李娜", "张强", "刘洋", "陈静", "杨敏", "赵军", "黄丽", "周涛"]
RUSSIAN = ["Сидоров П.П.", "Кузнецова О. В.", "Иванов Олег Петрович", "Попова Анна Сергеевна", "Волков Игорь"]


def found(name: str, *values: object) -> Suggestion | None:
    """Give what is suggested for one column."""
    suggestions = suggest(pl.DataFrame({name: list(values)}, strict=False))
    return suggestions[0] if suggestions else None


def named(name: str, *values: object) -> str | None:
    """Give the class suggested for one column."""
    suggestion = found(name, *values)
    return suggestion.name if suggestion else None


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("氏名", ["佐藤 太郎", "鈴木花子"], "pii.name"),
        ("ФИО", RUSSIAN, "pii.name"),
        ("اسم المريض", ["خالد حسن", "فاطمة العتيبي"], "pii.name"),
        ("छात्र का नाम", ["राहुल वर्मा", "पूजा शर्मा"], "pii.name"),
        ("携帯番号", ["080-1514-5875", "070-5256-3562"], "pii.contact.phone"),
        ("رقم الجوال", ["٠٥٠١٢٣٤٥٦٧", "٠٥٥٩٨٧٦٥٤٣"], "pii.contact.phone"),
        ("адрес электронной почты", ["anna@example.org", "ivan@example.org"], "pii.contact.email"),
        ("địa chỉ", ["12 Lê Lợi, Quận 1", "Thôn 3, xã Hòa Bình"], "pii.address"),
        ("생년월일", ["1988년 10월 10일", "781213", "1976.12.03"], "pii.birth_date"),
        ("生年月日", ["昭和63年3月25日", "S45.3.3"], "pii.birth_date"),
        ("doğum yeri", ["Ankara", "İzmir"], "pii.location"),
        ("Nr. dowodu", ["ABA300000", "CCY123456"], "pii.identifier"),
        ("年収", ["469万円", "4,900,000円"], "pii"),
        ("既往歴", ["高血圧", "喘息"], "pii"),
        ("Religionszugehörigkeit", ["rk", "ohne"], "pii"),
        ("возраст", [34, 56, 23], "pii"),
        ("имя пользователя", ["olga77", "igor_k"], "pii.identifier"),
    ],
)
def test_a_name_says_in_its_own_language_what_stands_in_a_column(
    name: str, values: list[object], expected: str
) -> None:
    assert expected == named(name, *values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (CHINESE, "pii.name"),
        (["geb. 3.5.1971", "* 24.7.1990", "born 3 May 1971", "geb. 26.04.1954"], "pii.birth_date"),
        (["GA1.2.1686364362.1709533112", "GA1.1.171999317.1715961495"] + [f"GA1.2.{n}.1709533112" for n in range(10**6, 10**6 + 8)], "pii.network"),
        (["CORP\\hmeier", "@keller_ada", "@lis77", "CORP\\klis", "@a.fischer", "@bob1", "@cid_x", "@dora9"], "pii.identifier"),
        (["06 12 34 56 78", "07 98 76 54 32", "06.11.22.33.44", "0745678901", "06 99 88 77 66", "07 11 22 33 55", "06 22 33 44 55", "07 33 44 55 66"], "pii.contact.phone"),
        (["ledig", "verheiratet", "geschieden"], "pii"),
        (["E11.9", "I10.90", "J45.0", "F32.1", "M54.5", "K21.0", "N39.0", "E78.5"], "pii"),
        (["I have diabetes", "my depression got worse", "two miscarriages", "HIV positive", "no complaints"], "pii"),
        ([f"Rückruf bei Frau Keller um {n} Uhr" for n in range(8, 18)], "pii.text"),
        ([f"login ok user=u{n} ip=84.23.{n}.{n}" for n in range(40, 50)], "pii.text"),
    ],
)  # fmt: skip
def test_values_say_under_any_name_what_they_are_and_only_warn(values: list[str], expected: str) -> None:
    suggestion = found("spalte7", *values)

    assert suggestion is not None
    assert (expected, False) == (suggestion.name, suggestion.certain)


@pytest.mark.parametrize(("name", "values"), NUMBERED.items())
def test_a_number_of_a_state_under_its_name_with_its_checksum_stops_a_build(name: str, values: list[str]) -> None:
    suggestion = found(name, *values)

    assert suggestion is not None
    assert ("pii.identifier", True) == (suggestion.name, suggestion.certain)


def test_numbers_of_cards_are_known_by_their_check_digits_and_others_are_not() -> None:
    others = [card[:-1] + str((int(card[-1]) + 1) % 10) for card in CARDS]

    assert "pii.identifier" == named("feld_21", *CARDS)
    assert named("feld_21", *others) is None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("email", ["info@example.org", "rechnung@example.com", "service-3@example.net", "no-reply@example.org"]),
        ("SPS_IP", ["192.168.3.4", "10.20.7.39", "172.16.0.36"]),
        ("Werksanschrift", [f"Industriestr. {n}, 34117 Kassel" for n in range(1, 12)]),
        ("adresse du siège social", [f"{n} rue de l'Industrie, 69003 Lyon" for n in range(1, 12)]),
        ("工場所在地", [f"愛知県豊田市トヨタ町{n}番地" for n in range(1, 12)]),
        ("USt-IdNr.", ["DE301060432", "DE211728004", "DE339500194"]),
        ("наименование товара", ["Стол «Мария» дуб", "Шоколад «Алёнка»", "Торт «Наполеон»"]),
        ("会社名", ["株式会社山田製作所", "トヨタ自動車"]),
        ("品名", ["轴承", "马达", "高压阀", "方向盘", "石油", "张力器", "温度计", "金属片", "周转箱"]),
        ("diagnosis", ["bearing worn", "firmware corrupt, reflashed", "compressor failure", "no fault found"]),
        ("連絡先種別", ["自宅", "勤務先"]),
    ],
)
def test_what_is_a_company_s_a_machine_s_or_only_about_people_is_left_out(name: str, values: list[str]) -> None:
    assert found(name, *values) is None
