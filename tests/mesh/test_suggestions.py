"""Personal data that no contract declares stops a build, until it is declared or dismissed by somebody, for a while."""

import polars as pl
import pytest
from shop import Shop

WAIVERS = "domains/sales/policies/waivers/orders.toml"
DISMISSAL = """[dismissals.mails]
column = "email"
class = "pii.contact.email"
reason = "Addresses of shops that we made up."
reviewer = "dora"
reviewed = 2026-01-01
expires = 2999-12-31
"""
WORDS = "known: column, class, reason, reviewer, reviewed, expires"


@pytest.fixture
def undeclared(shop: Shop) -> Shop:
    """The contract of the orders forgets what an e-mail address is."""
    module = shop.module()
    text = module.read_text(encoding="utf-8")
    head, contract, rest = text.partition("(Contract")
    marked = 'Annotated[str, Pii("contact.email")]'
    assert marked in rest, text
    source = head.replace(marked, "str")
    module.write_text(source + contract + rest.replace(marked, "str"), encoding="utf-8")
    return shop


def test_a_build_that_would_publish_it_stops_and_publishes_nothing(undeclared: Shop) -> None:
    said = undeclared.run("build", "sales.orders", "--force")

    assert 1 == said.code
    assert "nothing published: email looks like pii.contact.email (4 of 4 different values look like it" in said.out
    assert f'declare it: Pii("contact.email"), or dismiss it with a reason in {WAIVERS}' in said.out
    assert "@" not in said.out


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("dora", "dora"), 0),
        (("dora", "nobody"), 1),
        (("expires = 2999", "expires = 2020"), 1),
        (("reviewed = 2026", "reviewed = 2998"), 1),
        (("pii.contact.email", "pii.contact"), 0),
        (("pii.contact.email", "pii"), 0),
        (("pii.contact.email", "pii.con"), 1),
        (("pii.contact.email", "pii.name"), 1),
        (('"email"', '"quantity"'), 1),
    ],
)
def test_a_dismissal_lets_it_through_while_it_holds(undeclared: Shop, change: tuple[str, str], code: int) -> None:
    people = undeclared.root / "policies" / "principals.toml"
    people.write_text(people.read_text() + "\n[users.dora]\n" * ("users.dora" not in people.read_text()))
    file = undeclared.root / WAIVERS
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(DISMISSAL.replace(*change), encoding="utf-8")

    said = undeclared.run("build", "sales.orders", "--force")

    assert code == said.code, said.out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("", ""), ""),
        (("ana", "nobody"), "'nobody' is nobody of policies/principals.toml (have it reviewed anew, or remove it)"),
        (("expires = 2999", "expires = 2020"), "expired on 2020-12-31 (have it reviewed anew, or remove it)"),
        (('reason = "Addresses of shops that we made up."\n', ""), "has no reason"),
        (
            ("reason =", "resaon ="),
            "unknown setting 'resaon' (known: column, class, reason, reviewer, reviewed, expires)",
        ),
        (('"email"', '"emial"'), "sales.orders has no column 'emial'; did you mean 'email'?"),
        (("pii.contact.email", "pii.nmae"), "no class 'pii.nmae' is ever suggested; did you mean 'pii.name'?"),
    ],
)
def test_a_dismissal_that_counts_for_nothing_is_a_finding_of_every_check(
    shop: Shop, change: tuple[str, str], said: str
) -> None:
    file = shop.root / WAIVERS
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(DISMISSAL.replace('"dora"', '"ana"').replace(*change), encoding="utf-8")

    answers = shop.run("check"), shop.run("check", "--pii")

    found = [[each for each in answer.out.splitlines() if WAIVERS in each] for answer in answers]
    assert [[f"error: {WAIVERS}: mails: {said}"] if said else []] * 2 == found


def test_what_stands_in_a_field_of_a_list_stops_it_too(undeclared: Shop) -> None:
    module = undeclared.module()
    head, contract, rest = module.read_text(encoding="utf-8").partition("class Order(Contract")
    who = 'class Who(Schema):\n    """Who."""\n\n    at: str\n\n\n'
    text = head.replace("Pii, ", "Schema, ") + who + contract + rest.replace("    email: str", "    who: list[Who]")
    packed = 'rows.with_columns(who=pl.concat_list(pl.struct(at="email"))).drop("email")'
    text = text.replace("conform(rows)", f"conform({packed})").replace(
        "\nfrom meshwright", "\nimport polars as pl\nfrom meshwright"
    )
    module.write_text(text, encoding="utf-8")

    said = undeclared.run("build", "sales.orders", "--force")

    assert 1 == said.code, said.out
    assert "nothing published: who.item.at looks like pii.contact.email (4 of 4" in said.out
    assert "@" not in said.out


def test_check_looks_into_published_tables_when_it_is_asked_to(shop: Shop) -> None:
    shop.works("build", "sales.orders")
    module = shop.module()
    module.write_text(module.read_text().replace('Annotated[str, Pii("contact.email")]', "str"), encoding="utf-8")

    said = shop.run("check", "--pii")

    assert "sales.orders.email: looks like pii.contact.email, which its contract does not declare: 4 of 4" in said.out
    assert "looks like" not in shop.run("check").out
    assert pl.read_delta(str(shop.root / "lake/sales/orders/v1")).height == 4
