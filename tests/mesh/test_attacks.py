"""What an insider without clear rights tries at the workspace: old versions, dropped labels, hidden names."""

import json
from typing import Any

import pytest
from shop import Shop

EMAIL = 'email: Annotated[str, Pii("contact.email")]'
OUTSIDER = '\n[teams.outsiders]\ndomain = "other"\npurposes = ["analytics"]\n[users.eve]\nteams = ["outsiders"]\n'
ONLY_SALES = """
@id("sales.orders.team") @why("the team works with it")
permit(
  principal in Mesh::Team::"sales-team",
  action in [Mesh::Action::"discover", Mesh::Action::"read"],
  resource == Mesh::Product::"sales.orders"
);
"""


def rows(shop: Shop, *arguments: str) -> Any:
    return json.loads(shop.works("read", *arguments, "--json"))["rows"]


def without_label(shop: Shop) -> None:
    """Take the class off the contract's column, and publish a constant in its place from now on."""
    module = shop.module()
    head, contract, rest = module.read_text(encoding="utf-8").partition("(Contract,")
    rest = rest.replace(EMAIL, "email: str", 1).replace(
        "conform(rows)", 'conform(rows.with_columns(email=__import__("polars").lit("nobody")))'
    )
    module.write_text(head + contract + rest, encoding="utf-8")


@pytest.fixture
def hidden(shop: Shop) -> Shop:
    """A shop whose product only its own team may discover, and eve, who is not of it."""
    principals = shop.root / "policies" / "principals.toml"
    principals.write_text(principals.read_text(encoding="utf-8") + OUTSIDER, encoding="utf-8")
    (shop.root / "domains/sales/policies/orders.cedar").write_text(ONLY_SALES, encoding="utf-8")
    return shop


def test_attack_18_a_class_that_is_dropped_stays_on_the_rows_published_with_it(shop: Shop) -> None:
    without_label(shop)

    before_the_build = rows(shop, "sales.orders")
    shop.works("build")
    old_version = rows(shop, "sales.orders", "--version", "0")
    now = rows(shop, "sales.orders", "-c", "email")

    assert {"tok1"} == {row["email"][:4] for row in before_the_build}
    assert {"tok1"} == {row["email"][:4] for row in old_version}
    assert {"nobody"} == {row["email"] for row in now}


def test_attack_19_an_append_keeps_the_classes_of_the_rows_that_stay(shop: Shop) -> None:
    shop.rewrite(shop.module(), 'purpose="operations"', 'purpose="operations", mode="append"')
    shop.rewrite(shop.module(), "order_id: Annotated[str, Key()]", "order_id: str")
    without_label(shop)
    shop.rewrite(shop.module(), "conform(rows.", "conform(rows.head(1).")
    shop.works("build")

    read = rows(shop, "sales.orders", "-c", "email")

    assert len(read) > 4
    assert {"tok1"} == {row["email"][:4] for row in read}


def test_attack_15_rejected_rows_keep_the_classes_they_were_rejected_under(shop: Shop) -> None:
    shop.rewrite(shop.module(), EMAIL, "email: str")
    shop.rewrite(shop.module(), 'purpose="operations"', 'purpose="operations", mode="append"')
    module = shop.module()
    head, contract, rest = module.read_text(encoding="utf-8").partition("(Contract,")
    marked = rest.replace("email: ", "email: Annotated[str, Matches('[a-c].*'), Pii('contact.email')] #", 1)
    module.write_text(
        "from meshwright import Matches\n" + head.replace("email: str", EMAIL) + contract + marked, encoding="utf-8"
    )
    shop.works("build")
    shop.rewrite(module, "Matches('[a-c].*'), Pii('contact.email')", "Matches('.*')")
    shop.rewrite(module, "conform(rows)", 'conform(rows.with_columns(email=__import__("polars").lit("nobody")))')
    shop.works("build")

    read = rows(shop, "sales.orders__rejected", "-c", "email")
    of_a_version = rows(shop, "sales.orders__rejected", "-c", "email", "--version", "1")

    assert {"tok1"} == {row["email"][:4] for row in read}
    assert {"tok1"} == {row["email"][:4] for row in of_a_version}


@pytest.mark.parametrize(
    "asking",
    [("read",), ("access", "explain"), ("show",), ("lineage",)],
    ids=["read", "explain", "show", "lineage"],
)
@pytest.mark.parametrize("suffix", ["", "__rejected"])
def test_attack_17_a_product_that_may_not_be_discovered_is_as_unknown_as_one_that_is_not_there(
    hidden: Shop, asking: tuple[str, ...], suffix: str
) -> None:
    there = hidden.run(*asking, f"sales.orders{suffix}", "--as", "eve")
    nowhere = hidden.run(*asking, f"sales.ordures{suffix}", "--as", "eve")

    assert 2 == there.code == nowhere.code
    assert there.err == nowhere.err.replace("ordures", "orders")
    assert there.out == nowhere.out


def test_attack_17_a_product_that_was_never_built_is_not_given_away_either(hidden: Shop) -> None:
    (hidden.root / "more.csv").write_text("id\n1\n", encoding="utf-8")
    hidden.works("new", "product", "sales.secrets", "--from", "more.csv")
    (hidden.root / "domains/sales/policies/secrets.cedar").write_text("", encoding="utf-8")

    said = hidden.run("read", "sales.secrets", "--as", "eve").err

    assert "error: workspace and catalog: no product 'sales.secrets'\n" == said


def test_attack_18_who_may_not_read_learns_nothing_of_versions(hidden: Shop) -> None:
    policy = hidden.root / "domains/sales/policies/orders.cedar"
    everybody = (
        '@id("sales.orders.all") @why("w") permit(principal, action == Mesh::Action::"discover", '
        'resource == Mesh::Product::"sales.orders");'
    )
    policy.write_text(f"{ONLY_SALES}\n{everybody}", encoding="utf-8")

    live = hidden.run("read", "sales.orders", "--as", "eve", "--purpose", "analytics")
    beyond = hidden.run("read", "sales.orders", "--as", "eve", "--purpose", "analytics", "--version", "99")

    assert "may not read it" in live.err
    assert live.err == beyond.err


def test_everybody_is_told_that_policies_cannot_be_obeyed_and_its_domain_what_stands_there(hidden: Shop) -> None:
    (hidden.root / "domains/sales/policies/orders.cedar").write_text("// eve\npermit(secret)", encoding="utf-8")

    own = hidden.run("read", "sales.orders", "--as", "sales.orders").err
    other = hidden.run("read", "sales.orders", "--as", "eve").err

    place = "domains/sales/policies/orders.cedar:2"
    expected = f"error: sales.orders: nobody may read it while its policies cannot be obeyed: {place} is wrong\n"
    assert f"cannot be obeyed: {place}: is no Cedar policy" in own
    assert f"{expected}  hint: ask the owner to run: mesh check\n" == other


WRONG = {
    "a wildcard": (
        'permit(principal, action == Mesh::Action::"see_clear", resource) when { resource.classified };',
        "is a wildcard",
    ),
    "another product": (
        'permit(principal, action == Mesh::Action::"read", resource == Mesh::Product::"sales.leads");',
        "names 'sales.leads'",
    ),
    "a class that is not there": (
        'forbid(principal, action == Mesh::Action::"see_clear", resource in Mesh::Class::"nope");',
        "unknown class 'nope'",
    ),
    "an annotation that nobody obeys": (
        '@expires("2020-01-01") forbid(principal, action == Mesh::Action::"read", resource);',
        "unknown annotation @expires",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_attack_26_a_build_stops_before_it_publishes_by_policies_that_no_catalog_takes(hidden: Shop, kind: str) -> None:
    policy = hidden.root / "domains/sales/policies/orders.cedar"
    own = ("read", "sales.orders", "--as", "ana", "--purpose", "operations", "--json")
    before = policy.read_text(encoding="utf-8")
    rows = hidden.works(*own)
    text, problem = WRONG[kind]
    policy.write_text(f'{before}\n@id("sales.orders.x") @why("w") {text}', encoding="utf-8")

    built = hidden.run("build", "--force")
    policy.write_text(before, encoding="utf-8")

    said = [line for line in (built.out + built.err).splitlines() if "orders.cedar" in line]
    assert (1, 1) == (built.code, len(said))
    assert problem in said[0]
    assert rows == hidden.works(*own)  # the same version of the table, and nothing about it is changed


def test_attack_37_what_a_build_writes_lies_in_folders_that_others_of_the_machine_do_not_enter(shop: Shop) -> None:
    folders = [shop.root / "lake", *(each for each in (shop.root / "lake").rglob("*") if each.is_dir())]

    closed = [each for each in folders if not each.stat().st_mode & 0o007]
    assert {"lake", "sales", "orders", "v1"} <= {each.name for each in closed}
