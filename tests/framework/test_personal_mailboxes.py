"""Addresses of people stop a build; those of roles, programs and messages do not, nor numbers of what lies in stock."""

import polars as pl
import pytest

from meshwright.personal import suggest

IMEIS = [
    "352367163550301",
    "012128271418688",
    "013926744639312",
    "354839264484737",
    "011681516932443",
    "356359252024690",
]


def found(name: str, values: list[str]) -> list[tuple[str, bool]]:
    """Say what is suggested for a column, and whether it stops a build."""
    return [(suggestion.name, suggestion.certain) for suggestion in suggest(pl.DataFrame({name: values}))]


@pytest.mark.parametrize(
    "values",
    [
        ["a.keller@werk.de", "svogel@werk.de", "mrossi@werk.it", "okafor.c@werk.ng", "t.nguyen@werk.vn"],
        ["kitty88@gmail.com", "xx_pro@qq.com", "blume7@web.de", "zz@mail.ru"],
    ],
)
def test_addresses_that_name_people_or_are_private_stop_a_build_under_any_name(values: list[str]) -> None:
    assert found("x9", values) == [("pii.contact.email", True)]


def test_addresses_that_name_nobody_are_told_and_stop_nothing() -> None:
    values = ["halle3@werk.de", "linie-k@werk.de", "band12@werk.de", "kran@werk.de"]

    assert found("x9", values) == [("pii.contact.email", False)]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("dept mailbox", ["procurement@port.co.za", "helpdesk@uni.ac.zw", "warehouse3@shop.co.ke"]),
        ("git_remote", ["git@github.com:northpeak/arm.git", "git@gitlab.lab.intern:ros/nav.git", "ssh://git@h.org/x.git"]),
        ("Message-ID", ["<20240313835954.015e@mx3.hostpoint.net>", "<3295198.96.1775648415@jira-prod.org>"]),
        ("IMEI_STOCK_BOX", IMEIS),
        ("depot_postcode", ["D3 7FZ", "EJ39 8JH", "MW30 2GG"]),
        ("race", ["Volta a Catalunya", "5000 m", "Vasaloppet", "Tour de Pologne"]),
        ("allergens on the menu", ["A", "G, L, M", "H (nuts)"]),
    ],
)  # fmt: skip
def test_what_only_looks_like_somebodys_is_nobodys(name: str, values: list[str]) -> None:
    assert found(name, values) == []


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("race", ["White", "Asian", "Hispanic", "Two or more", "African American"], ("pii", False)),
        ("phone_imei", IMEIS, ("pii.network", False)),
        ("የሰራተኛ ስም", ["ወ/ሮ ሄለን አለሙ", "አቶ አበበ ታደሰ", "ብርሃኑ ወልደ ደስታ"], ("pii.name", True)),
        ("konto", ["61 1020 1068 1080 5603 9288 1250", "74 1090 1476 7902 4647 3140 6524", "08105010123033394129278855",
                   "41114020043652182785338289", "69 1020 1068 8873 7016 3560 0963", "43 1240 1053 0526 2171 5938 1022",
                   "61102010681080560392881250", "74109014767902464731406524"], ("pii.financial", True)),
    ],
)  # fmt: skip
def test_what_is_somebodys_beside_it_is_found(name: str, values: list[str], expected: tuple[str, bool]) -> None:
    assert [expected] == found(name, values)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("au.medicare", "2123456701", "2123456711"),
        ("kz.iin", "840429300106", "840429300105"),
        ("lv.pk", "161175-19997", "161175-19998"),
        ("nz.nhi", "ZAC5361", "ZAC5362"),
        ("nz.nhi", "ZBN77VL", "ZBN77VM"),
        ("orcid", "https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0098"),
        ("sa.id", "1000000008", "1000000009"),
    ],
)
def test_numbers_of_states_prove_themselves_by_their_digits(name: str, right: str, wrong: str) -> None:
    from meshwright.personal.state_numbers import validator

    assert (True, False) == (validator(name)(right), validator(name)(wrong))
