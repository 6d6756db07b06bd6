"""A workspace whose catalog is kept in a PostgreSQL: named in mesh.toml, without its password."""

import subprocess
import sys

import pytest
from postgres import running
from shop import Shop


def name_database(shop: Shop, address: str) -> None:
    shop.rewrite(shop.root / "mesh.toml", 'path = ".mesh/catalog.db"', f'database = "{address}"')


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("postgresql://mesh:geheim@db.example/catalog", "holds a password: put it into the variable PGPASSWORD"),
        ("postgresql://db.example/catalog?user=mesh&password=geheim", "holds a password"),
        ("", "is no address such as postgresql://USER@HOST/DATABASE"),
        ("mysql://mesh@db.example/catalog", "is no address such as postgresql://USER@HOST/DATABASE"),
    ],
)
def test_a_password_does_not_stand_in_the_repository(empty: Shop, address: str, problem: str) -> None:
    name_database(empty, address)

    answer = empty.run("doctor")

    assert 1 <= answer.code
    assert problem in answer.err
    assert "geheim" not in answer.err + answer.out


@pytest.mark.interop
def test_a_database_that_does_not_answer_is_one_line_without_its_address(shop: Shop) -> None:
    name_database(shop, "postgresql://mesh@127.0.0.1:1/catalog")

    answer = shop.run("doctor")

    assert "catalog: the database cannot be used just now: it does not answer" in answer.out
    assert "127.0.0.1" not in answer.out + answer.err


@pytest.mark.interop
def test_the_catalog_of_a_workspace_is_kept_in_a_database(shop: Shop) -> None:
    with running() as server:
        name_database(shop, server.url("catalog"))
        file = shop.root / ".mesh" / "catalog.db"
        before = file.stat().st_mtime_ns

        shop.works("build", "--force")
        assert "sales.orders" in shop.works("search", "orders")
        assert "sales.orders" in shop.works("lineage", "sales.orders")
        assert "catalog:" not in shop.works("doctor")
        assert before == file.stat().st_mtime_ns


@pytest.mark.interop
def test_a_service_is_started_on_a_database(shop: Shop) -> None:
    with running() as server:
        name_database(shop, server.url("catalog"))
        command = [sys.executable, "-m", "meshwright", "--workspace", str(shop.root), "catalog", "serve", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
            assert service.stdout is not None
            said = service.stdout.readline()
            service.terminate()

        assert "catalog of a PostgreSQL at http://127.0.0.1:" in said
