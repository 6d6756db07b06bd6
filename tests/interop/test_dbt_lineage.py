"""dbt tells our catalog what it built: `dbt-ol` on DuckDB, its events posted to a running service.

Its environment is made by `scripts/install --all`, for it holds back versions that others use.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from meshwright.io.tokens import Identity, sign_development_token, signing_key

pytestmark = pytest.mark.interop

ROOT = Path(__file__).parents[2]
DBT = ROOT / ".venv-dbt" / "bin"
PROJECT = Path(__file__).parent / "dbt-project"
MESH = [sys.executable, "-m", "meshwright"]
SERVICES = '\n[services.sales-dbt]\ndomain = "sales"\n\n[services.planning-dbt]\ndomain = "planning"\n'
EVENTS = 8
"""START and COMPLETE of the run, of two models and of the tests of one."""


@dataclass(frozen=True)
class Service:
    """A workspace's catalog as it runs, and the way to a token of it."""

    url: str
    root: Path

    def token(self, service: str) -> str:
        """Sign a token for a service, as `mesh token` does."""
        key = signing_key(self.root / ".mesh" / "signing.pem")
        return sign_development_token(Identity("service", service), key, datetime.now(UTC), timedelta(hours=1))

    def get(self, path: str, service: str, **query: Any) -> Any:
        """Ask as a service; what it may not know is None."""
        headers = {"Authorization": f"Bearer {self.token(service)}"}
        answer = httpx.get(f"{self.url}{path}", params=query, headers=headers, trust_env=False, timeout=60)
        assert answer.status_code in (200, 404), answer.text
        return answer.json() if answer.status_code == 200 else None


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    root = tmp_path_factory.mktemp("shop")
    subprocess.run([*MESH, "init", "--name", "shop", "--me", "ana"], cwd=root, check=True, capture_output=True)
    with (root / "policies" / "principals.toml").open("a", encoding="utf-8") as principals:
        principals.write(SERVICES)
    command = [*MESH, "catalog", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        yield Service(found[0], root)
        process.terminate()


@dataclass(frozen=True)
class Ran:
    """A run of dbt, and the name of the tables that it made."""

    code: int
    said: str
    namespace: str


def dbt(service: Service, folder: Path, producer: str, namespace: str) -> Ran:
    """Build the project in a folder of its own, and let its events go to the service as one producer."""
    shutil.copytree(PROJECT, folder)
    database = folder / "shop.duckdb"
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("OPENLINEAGE", "DBT_"))}
    surroundings = plain | {
        "PATH": f"{DBT}{os.pathsep}{plain['PATH']}",
        "HOME": str(folder),
        "DO_NOT_TRACK": "1",
        "NO_PROXY": "*",
        "SHOP_DATABASE": str(database),
        "OPENLINEAGE_NAMESPACE": namespace,
        "OPENLINEAGE__TRANSPORT__TYPE": "http",
        "OPENLINEAGE__TRANSPORT__URL": service.url,
        "OPENLINEAGE__TRANSPORT__COMPRESSION": "gzip",
        "OPENLINEAGE__TRANSPORT__AUTH__TYPE": "api_key",
        "OPENLINEAGE__TRANSPORT__AUTH__API_KEY": service.token(producer),
    }
    arguments = [str(DBT / "dbt-ol"), "build", "--project-dir", ".", "--profiles-dir", "."]
    ran = subprocess.run(arguments, cwd=folder, env=surroundings, check=False, capture_output=True, text=True)
    return Ran(ran.returncode, ran.stdout + ran.stderr, f"duckdb://{database}")


@pytest.fixture(scope="module")
def built(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    ran = dbt(service, tmp_path_factory.mktemp("dbt") / "project", "sales-dbt", "shop/sales")
    assert ran.code == 0, ran.said
    return ran


def field(ran: Ran, table: str, column: str) -> str:
    return f"datasetField:{ran.namespace}:shop.main.{table}:{column}"


def test_every_event_of_dbt_is_taken(built: Ran) -> None:
    assert f"Emitted {EVENTS} OpenLineage events" in built.said
    assert "Failed to emit" not in built.said


def test_the_models_and_the_job_between_them_are_in_the_graph(service: Service, built: Ran) -> None:
    a, b = (f"dataset:{built.namespace}:shop.main.{table}" for table in "ab")

    told = service.get("/marquez/api/v1/lineage", "sales-dbt", nodeId=b, depth=5)

    edges = {(e["origin"], e["destination"]) for node in told["graph"] for e in node["outEdges"]}
    assert {(a, "job:shop/sales:shop.main.shop.b.build.run"), ("job:shop/sales:shop.main.shop.b.build.run", b)} == edges


def test_the_columns_are_followed_through_the_model(service: Service, built: Ran) -> None:
    told = service.get("/marquez/api/v1/column-lineage", "sales-dbt", nodeId=f"dataset:{built.namespace}:shop.main.b")

    edges = {(e["origin"], e["destination"]) for node in told["graph"] for e in node["outEdges"]}
    pairs = [("id", "id"), ("email", "contact"), ("quantity", "doubled")]
    assert {(field(built, "a", source), field(built, "b", target)) for source, target in pairs} == edges


def test_runs_of_dbt_ended_well(service: Service, built: Ran) -> None:
    told = service.get("/marquez/api/v1/namespaces/shop%2Fsales/jobs", "sales-dbt")

    states = {job["name"]: job["latestRun"]["state"] for job in told["jobs"]}
    names = {"dbt-run-shop", "shop.main.shop.a.build.run", "shop.main.shop.a.build.test", "shop.main.shop.b.build.run"}
    assert dict.fromkeys(names, "COMPLETED") == states


def test_another_domain_is_not_told_of_them(service: Service, built: Ran) -> None:
    table = f"dataset:{built.namespace}:shop.main.b"

    assert service.get("/marquez/api/v1/lineage", "planning-dbt", nodeId=table) is None


def test_a_producer_writes_in_no_namespace_but_its_own(service: Service, tmp_path: Path) -> None:
    ran = dbt(service, tmp_path / "project", "planning-dbt", "shop/sales")

    table = f"dataset:{ran.namespace}:shop.main.b"
    assert "403" in ran.said
    assert service.get("/marquez/api/v1/lineage", "sales-dbt", nodeId=table) is None
    assert service.get("/marquez/api/v1/lineage", "planning-dbt", nodeId=table) is None


@pytest.mark.parametrize(("producer", "namespace"), [("planning-dbt", "shop/planning"), ("sales-dbt", "shop/planning")])
def test_neither_a_table_nor_a_namespace_of_another_domain_is_written(
    service: Service, built: Ran, producer: str, namespace: str
) -> None:
    event = {
        "eventTime": "2026-11-20T10:00:00Z",
        "eventType": "COMPLETE",
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "01a22043-8916-748b-accc-3646b1fd55ac"},
        "job": {"namespace": namespace, "name": "steal"},
        "outputs": [{"namespace": built.namespace, "name": "shop.main.b"}],
    }
    headers = {"Authorization": f"Bearer {service.token(producer)}"}

    answer = httpx.post(f"{service.url}/api/v1/lineage", json=event, headers=headers, trust_env=False, timeout=60)

    assert 403 == answer.status_code
