"""`mesh doctor` names what is wrong below a workspace, and is content with a sound one."""

import json
import sqlite3
from contextlib import closing

from shop import Shop


def test_a_sound_workspace_is_well(shop: Shop) -> None:
    assert "all well\n" == shop.works("doctor")


def test_a_domain_pattern_that_finds_nothing_is_named(shop: Shop) -> None:
    shop.rewrite(shop.root / "mesh.toml", '"domains/*"', '"domains/*", "nowhere/*"')

    assert "warning: mesh.toml: no domain lies at 'nowhere/*'" in shop.works("doctor")


def test_a_folder_of_secrets_that_others_may_read_is_named(shop: Shop) -> None:
    state = shop.root / ".mesh"
    state.chmod(0o755)
    (state / "catalog.db").chmod(0o644)

    said = shop.works("doctor")

    assert f"warning: {state}: can be read by others (chmod go-rwx {state})" in said
    assert f"{state / 'catalog.db'}: can be read by others" in said


def test_keys_that_others_may_read_are_an_error(shop: Shop) -> None:
    shop.works("read", "sales.orders")
    (shop.root / ".mesh" / "keys.json").chmod(0o644)

    answer = shop.run("doctor")

    assert 1 == answer.code
    assert "keys.json: can be read by others" in answer.out


def test_a_catalog_that_lags_behind_the_table_is_named(shop: Shop) -> None:
    shop.works("build", "--force")
    with closing(sqlite3.connect(shop.root / ".mesh" / "catalog.db")) as database, database:
        database.execute("DELETE FROM registrations")
        database.execute("DELETE FROM products")

    findings = json.loads(shop.works("doctor", "--json"))

    assert ["the catalog knows no version, version 1 is live"] == [f["problem"] for f in findings]


def test_a_catalog_out_of_reach_is_one_finding_and_the_tables_are_still_looked_at(shop: Shop) -> None:
    (lost,) = (shop.root / "lake/sales/orders/v1").glob("*.parquet")
    lost.unlink()
    shop.rewrite(shop.root / "mesh.toml", 'path = ".mesh/catalog.db"', 'url = "http://127.0.0.1:9"')

    answer = shop.run("doctor")

    assert 1 == answer.code
    assert 1 == answer.out.count("does not answer")
    assert "1 of its files are missing" in answer.out


def test_each_environment_that_names_no_catalog_has_its_own(shop: Shop) -> None:
    toml = shop.root / "mesh.toml"
    shop.rewrite(toml, 'path = ".mesh/catalog.db"', "")
    toml.write_text(toml.read_text(encoding="utf-8") + '\n[env.trial]\nroot = "trial"\n', encoding="utf-8")

    found = shop.run("--env", "trial", "search", "--as", "ana")

    assert "nothing found" in found.out
    assert (shop.root / ".mesh" / "catalog-trial.db").is_file()
    assert "sales.orders" in shop.works("search")


def test_policies_that_cannot_be_obeyed_are_named_and_no_catalog_is_blamed(shop: Shop) -> None:
    central = shop.root / "policies" / "mesh.cedar"
    central.write_text(central.read_text(encoding="utf-8") + "\npermit(", encoding="utf-8")

    answer = shop.run("doctor")

    assert 1 == answer.code
    assert "policies/mesh.cedar:" in answer.out
    assert "is no Cedar policy" in answer.out
    assert "the catalog knows" not in answer.out
