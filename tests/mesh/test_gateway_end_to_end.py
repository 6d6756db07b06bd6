"""Two workspaces and one catalog service: the second domain has of the first what the gateway hands over, no more."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, cast

import polars as pl
import pytest
from planning import plan_demand
from shop import ORDERS, Answer, Shop

from meshwright import Consumer, Frame, InputPort, Key, Level, Pii, consumer
from meshwright.errors import (
    AccessDenied,
    CatalogUnavailable,
    NeedsWorkspace,
    NotSignedIn,
    PinGone,
    QueryRejected,
    UnknownMajor,
    UnknownProduct,
    UnknownVersion,
)
from meshwright.io.catalog import HttpRegistry
from meshwright.io.gateway import HttpGateway
from meshwright.mesh import Mesh
from meshwright.mesh.recording import deliver_pending, pending
from meshwright.mesh.remote import RemoteMesh
from meshwright.ports import RowStream
from meshwright.query import ReadRequest

pytestmark = pytest.mark.slow  # servers and processes of their own: the default suite has ten minutes

HIDDEN = "project-nightingale"
PEOPLE = f"""
[teams.planning-team]
domain = "planning"
purposes = ["analytics"]
[teams.{HIDDEN}]
domain = "stealth"
purposes = ["analytics"]
[users.pia]
teams = ["planning-team"]
[services."planning.demand"]
domain = "planning"
purposes = ["analytics"]
"""
EMAIL = 'email: Annotated[str, Level("token"), Pii("contact.email")]'


class Ordered(InputPort, of="sales.orders", version=1):
    """What was ordered, and by whom, as a token."""

    order_id: Annotated[str, Key()]
    quantity: int
    email: Annotated[str, Level("token"), Pii("contact.email")]


@consumer(owner="planning-team", purpose="analytics", spine="orders")
def buyers(orders: Frame[Ordered]) -> pl.LazyFrame:
    """Orders and their buyers."""
    return orders


@dataclass(frozen=True)
class Two:
    """The workspace of sales, whose lake nobody else knows; that of planning; and the catalog's address."""

    sales: Shop
    planning: Shop
    url: str
    lake: Path
    service: subprocess.Popen[str]

    def token(self, name: str) -> str:
        return self.sales.works("token", name).strip()

    def mesh(self, name: str, purpose: str = "analytics") -> RemoteMesh:
        return Mesh.open(catalog=self.url, token=self.token(name), purpose=purpose)

    def permit(self, grantee: str) -> None:
        self.sales.works(
            *("access", "allow", grantee, "sales.orders", "--class", "pii.contact.email"),
            *("--level", "token", "--purpose", "analytics"),
        )
        self.sales.works("build")

    def publish(self, line: str) -> None:
        file = self.sales.root / "orders.csv"
        file.write_text(file.read_text() + line + "\n")
        self.sales.works("build")


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[[tuple[str, ...]], Answer]) -> Iterator[Two]:
    def shop(name: str) -> Shop:
        root = tmp_path / name
        root.mkdir()

        def run(arguments: tuple[str, ...]) -> Answer:
            monkeypatch.chdir(root)
            return command(arguments)

        made = Shop(root, run)
        made.works("init", "--name", "shop", "--me", "ana")
        return made

    sales, lake = shop("sales"), tmp_path / "a-place-that-is-secret"
    sales.rewrite(sales.root / "mesh.toml", 'root = "lake"', f'root = "{lake}"')
    (sales.root / "orders.csv").write_text(ORDERS)
    sales.works("new", "product", "sales.orders", "--from", "orders.csv")
    principals = sales.root / "policies" / "principals.toml"
    principals.write_text(principals.read_text() + PEOPLE)
    sales.works("build")
    arguments = [sys.executable, "-m", "meshwright", "catalog", "serve", "--port", "0"]
    with subprocess.Popen(arguments, cwd=sales.root, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        url = service.stdout.readline().split()[-1]
        planning = shop("planning")
        planning.rewrite(planning.root / "mesh.toml", 'path = ".mesh/catalog.db"', f'url = "{url}"')
        plan_demand(planning, port=f"quantity: int\n    {EMAIL}", contract=f"quantity: int\n    {DEMAND_EMAIL}")
        refers = 'Annotated[str, Key(), References("sales.orders", "order_id")]'
        planning.rewrite(planning.module("planning.demand"), "Annotated[str, Key()]", refers)
        found = Two(sales, planning, url, lake, service)
        monkeypatch.setenv("MESH_TOKEN", found.token("planning.demand"))
        yield found
        service.terminate()


DEMAND_EMAIL = 'email: Annotated[str, Class("pii.pseudonym")]'


def everything_below(folder: Path) -> bytes:
    """Read all that a workspace holds."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_domain_builds_on_another_with_what_the_gateway_hands_over(two: Two) -> None:
    two.permit("planning.demand")
    two.planning.works("build")
    table = two.planning.root / "lake" / "planning" / "demand" / "v1"
    built = pl.read_delta(str(table)).sort("order_id")

    assert [1, 2, 3, 4] == built["quantity"].to_list()
    assert built["email"].str.starts_with("tok1_").all()
    assert "up to date" in two.planning.works("plan")
    held = everything_below(two.planning.root)
    assert [False, False] == [secret in held for secret in (str(two.lake).encode(), b"ana@example.com")]
    two.publish("O-5,eve@example.com,5,13.50,2026-01-04T00:00:00Z")
    assert "changed: input sales.orders" in two.planning.works("plan")
    two.planning.works("build")
    assert [1, 2, 3, 4, 5] == sorted(pl.read_delta(str(table))["quantity"].to_list())
    drawn = two.planning.works("lineage", "planning.demand.email", "--as", "ana")
    assert "sales.orders.email" in drawn


def test_less_granted_than_asked_stops_the_build_with_the_smallest_request(two: Two) -> None:
    refused = two.planning.run("build")
    two.permit("planning.demand")
    two.planning.works("build")
    policy = two.sales.root / "domains" / "sales" / "policies" / "orders.cedar"
    two.sales.rewrite(policy, 'Mesh::Service::"planning.demand"', 'Mesh::Service::"sales.orders"')
    (policy.parent / "tests" / "orders.yaml").unlink()
    two.sales.works("build")
    again = two.planning.run("build", "--force")

    for answer in (refused, again):
        assert 1 == answer.code
        assert "'email' is not granted as token for 'analytics'; granted: nothing" in answer.out + answer.err
        assert "sales.orders --class pii.contact.email --level token --purpose analytics" in answer.out + answer.err
    log = two.planning.root / "lake" / "planning" / "demand" / "v1" / "_delta_log"
    assert 1 == len(list(log.glob("*.json")))


def test_a_token_that_could_not_register_the_product_reads_nothing(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    two.permit("planning-team")
    two.permit("planning.demand")
    asked: list[str] = []
    read = HttpGateway.read

    def counted(gateway: HttpGateway, product: str, request: ReadRequest) -> AbstractContextManager[RowStream]:
        asked.append(product)
        return read(gateway, product, request)

    monkeypatch.setattr(HttpGateway, "read", counted)
    for name in ("pia", "sales.orders"):
        monkeypatch.setenv("MESH_TOKEN", two.token(name))
        refused = two.planning.run("build")

        assert 1 == refused.code
        assert "planning.demand: failed: nothing was read: the catalog at 127.0.0.1:" in refused.out
        assert "takes it only with a token of a service of planning" in refused.out
        assert "hint: put into MESH_TOKEN what `mesh token planning.demand` prints" in refused.out
    assert ([], False) == (asked, (two.planning.root / "lake").exists())
    monkeypatch.setenv("MESH_TOKEN", two.token("planning.demand"))
    assert "version 0" in two.planning.works("build")
    monkeypatch.setenv("MESH_TOKEN", two.token("pia"))
    (step,) = two.planning.mesh().plan()
    assert ("unknown", True) == (step.action, "only with a token of a service of planning" in step.reason)


def test_what_another_service_of_the_domain_read_is_built_anew(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    principals = two.sales.root / "policies" / "principals.toml"
    deploy = '[services."planning.deploy"]\ndomain = "planning"\npurposes = ["analytics"]\n'
    principals.write_text(principals.read_text() + deploy)
    two.permit("planning.demand")
    two.permit("planning.deploy")
    first = two.planning.works("build")
    monkeypatch.setenv("MESH_TOKEN", two.token("planning.deploy"))
    planned, again, same = two.planning.works("plan"), two.planning.works("build"), two.planning.works("build")

    assert "version 0" in first
    assert "changed: reader of inputs" in planned
    assert "version 1" in again
    assert "up to date at version 1" in same


def test_other_rows_of_the_same_version_are_other_inputs(two: Two) -> None:
    two.permit("planning.demand")
    first = two.planning.works("build")
    own = two.sales.root / "domains/sales/policies/orders.cedar"
    permit = '@id("sales.orders.rows") @why("few") permit(principal, action == Mesh::Action::"see_row", '
    own.write_text(
        f'{own.read_text()}\n{permit}resource in Mesh::Product::"sales.orders") when {{ resource.quantity > 2 }};'
    )
    two.sales.works("build")
    planned, built, again = two.planning.works("plan"), two.planning.works("build"), two.planning.works("build")

    assert "a row policy" not in first
    assert "changed: rights to orders, rights to sales.orders.order_id" in planned
    assert "  of sales.orders a row policy lets it read only some rows\n" in built
    assert "up to date at version 1" in again
    table = pl.read_delta(str(two.planning.root / "lake" / "planning" / "demand" / "v1"))
    assert [3, 4] == sorted(table["quantity"].to_list())


def test_tokens_of_another_key_are_other_inputs(two: Two) -> None:
    two.permit("planning.demand")
    two.planning.works("build")
    two.sales.works("access", "rotate-keys", "--yes")

    assert "changed: rights to orders" in two.planning.works("plan")
    assert "version 1" in two.planning.works("build")
    assert "up to date" in two.planning.works("build")


def test_a_build_that_ended_before_it_was_registered_is_resumed_by_its_reader_alone(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    principals = two.sales.root / "policies" / "principals.toml"
    deploy = '[services."planning.deploy"]\ndomain = "planning"\npurposes = ["analytics"]\n'
    principals.write_text(principals.read_text() + deploy)
    two.permit("planning.demand")
    two.permit("planning.deploy")

    def gone(*_: object) -> None:
        raise CatalogUnavailable("catalog", "is gone")

    with monkeypatch.context() as while_gone:
        while_gone.setattr(HttpRegistry, "register", gone)
        two.planning.works("build")
    demand = two.token("planning.demand")
    monkeypatch.setenv("MESH_TOKEN", two.token("planning.deploy"))
    mesh = two.planning.mesh()
    (waiting,) = pending(mesh.world)
    kept = waiting.read_bytes()
    deliver_pending(mesh.world)
    of_another = versions(two)
    waiting.write_bytes(kept)
    monkeypatch.setenv("MESH_TOKEN", two.token("pia"))
    deliver_pending(mesh.world)
    of_nobody = versions(two), waiting.exists()
    waiting.unlink()
    monkeypatch.setenv("MESH_TOKEN", demand)
    resumed = two.planning.works("build")

    assert ([], ([], True)) == (of_another, of_nobody)
    assert "up to date at version 0" in resumed
    assert [(0, "planning.demand")] == versions(two)


def versions(two: Two) -> list[tuple[int | None, str]]:
    """List what was registered of the planned product, and by whom."""
    return [
        (r.delta_version, r.registered_by)
        for r in HttpRegistry(two.url, token=two.token("planning.demand")).releases("planning.demand")
    ]


def test_a_training_set_through_the_gateway_is_pinned_and_made_again(two: Two) -> None:
    two.permit("planning.demand")
    mesh = Mesh.open(two.planning.root, principal="planning.demand", purpose="analytics")
    listed: Consumer[...] = buyers
    made = mesh.training_set(listed)
    two.publish("O-5,eve@example.com,5,13.50,2026-01-04T00:00:00Z")
    again = mesh.rebuild(made.manifest, listed)
    gone = replace(made.manifest, pins=tuple(replace(pin, delta_version=77) for pin in made.manifest.pins))

    assert [4, 4] == [made.rows.height, again.rows.height]
    assert 5 == mesh.load(listed).collect().height
    (pin,) = made.manifest.pins
    assert ("sales.orders", "1.0.0") == (pin.product, pin.contract_version)
    with pytest.raises(PinGone, match="version 77"):
        mesh.rebuild(gone, listed)


def test_without_a_workspace_a_token_reads_searches_shows_explains_and_follows(two: Two, tmp_path: Path) -> None:
    two.publish("O-5,eve@example.com,5,13.50,2026-01-04T00:00:00Z")
    mesh = two.mesh("pia")
    view = mesh.view("sales.orders", where={"quantity": "5"}, columns=["order_id"])

    assert ["O-5"] == view.frame.collect()["order_id"].to_list()
    assert ("email",) == mesh.view("sales.orders").hidden
    assert 5 == mesh.read("sales.orders").collect().height
    assert 2 == mesh.read("sales.orders").head(2).filter(pl.col("quantity") > 0).collect().height
    assert 4 == mesh.read("sales.orders", version=0).select(pl.len()).collect().item()
    assert ["sales.orders"] == [hit.id for hit in mesh.search("orders").hits]
    assert {"email": "hidden", "quantity": "clear"}.items() <= mesh.show("sales.orders").levels.items()
    assert ["email"] == [row[0] for row in mesh.explain("sales.orders").rows if row[1] == "hidden"]
    assert "sales.orders" in [node.id for node in mesh.lineage("sales.orders").nodes]
    assert 5 == view.__class__(mesh.read("sales.orders"), {}, (), 0).write(str(tmp_path / "orders.parquet"))
    assert 5 == pl.read_parquet(tmp_path / "orders.parquet").height
    direct = two.sales.mesh("ana", "analytics")
    assert [False, True] == [each.view("sales.orders").advisory for each in (mesh, direct)]
    assert ["gateway", "advisory"] == [each.view("sales.orders").enforced for each in (mesh, direct)]
    assert ["gateway", "advisory"] == [each.enforced for each in (mesh, direct)]
    assert all(f"enforced: {each.enforced}" in repr(each) for each in (mesh, direct))


def test_what_cannot_be_at_a_catalog_says_so(two: Two) -> None:
    mesh = two.mesh("pia")

    with pytest.raises(NeedsWorkspace, match="'build' needs a workspace"):
        mesh.build("sales.orders")
    with pytest.raises(UnknownProduct, match=r"did you mean 'sales.orders'"):
        mesh.read("sales.order")
    with pytest.raises(AccessDenied, match="may not see 'email'") as denied:
        mesh.view("sales.orders", columns=["email"])
    assert denied.value.asks
    with pytest.raises(AccessDenied, match="a purpose is needed"):
        two.mesh("pia", purpose="").view("sales.orders")
    with pytest.raises(UnknownVersion, match="no version 9"):
        mesh.view("sales.orders", version=9)
    with pytest.raises(QueryRejected, match="quantty"):
        mesh.view("sales.orders", columns=["quantty"])
    with pytest.raises(QueryRejected, match="an order needs a limit"):
        mesh.view("sales.orders", order_by=["quantity"])
    with pytest.raises(NeedsWorkspace, match="'principal' needs a workspace"):
        cast("Any", Mesh).open(catalog=two.url, principal="bob")  # no checker lets it through
    spoken_for = two.planning.run("read", "sales.orders", "--catalog", two.url, "--as", "bob")
    assert (2, True) == (spoken_for.code, "leave --as out" in " ".join(spoken_for.err.split()))
    os.environ.pop("MESH_TOKEN")
    with pytest.raises(NotSignedIn):
        Mesh.open(catalog=two.url)


def test_an_older_major_is_read_where_it_is_asked_for(two: Two) -> None:
    two.sales.rewrite(two.sales.module(), 'version="1.0.0"', 'version="2.0.0"')
    two.publish("O-5,eve@example.com,5,13.50,2026-01-04T00:00:00Z")
    mesh = two.mesh("ana")

    assert [5, 5, 4] == [mesh.read("sales.orders", major=asked).collect().height for asked in (None, 2, 1)]
    with pytest.raises(UnknownMajor, match="has no major version 3"):
        mesh.read("sales.orders", major=3)


def test_no_command_tells_an_outsider_of_hidden_consumers_or_places(
    two: Two, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    two.permit(HIDDEN)
    at, product = ("--catalog", two.url), "sales.orders"
    monkeypatch.setenv("MESH_TOKEN", two.token("pia"))
    (tmp_path / "nowhere").mkdir()
    outsider = Shop(tmp_path / "nowhere", two.planning.command)
    said = [
        outsider.run(*arguments, *at, *form)
        for form in ((), ("--json",))
        for arguments in (
            ("search",),
            ("show", product, "--purpose", "analytics"),
            ("read", product, "--purpose", "analytics"),
            ("read", product, "--purpose", "analytics", "-c", "email"),
            ("access", "explain", product, "--purpose", "analytics"),
            ("access", "explain", product, "--purpose", "nothing"),
            ("lineage", product),
            ("lineage", "sales.order"),
        )
    ]
    told = "".join(answer.out + answer.err for answer in said)

    assert [0, 0, 0, 1, 0, 1, 0, 2] * 2 == [answer.code for answer in said]
    assert [] == [secret for secret in (HIDDEN, two.lake.name, "@example.com") if secret in told]
    whole = two.sales.works("show", product, "--json")
    assert str(two.lake) in json.loads(whole)["facts"]["table"]


def test_a_service_that_is_gone_stops_the_build_in_one_line(two: Two) -> None:
    two.service.terminate()
    two.service.wait()
    answer = two.planning.run("build")

    assert 1 == answer.code
    assert "does not answer" in answer.out + answer.err
    with pytest.raises(CatalogUnavailable):
        Mesh.open(two.planning.root, principal="planning.demand", purpose="analytics").load(buyers)


def test_a_running_service_makes_tokens_with_rotated_keys(two: Two) -> None:
    two.permit("planning-team")
    before = two.mesh("pia").read("sales.orders").collect()["email"]

    two.sales.works("access", "rotate-keys", "--yes")
    after = two.mesh("pia").read("sales.orders").collect()["email"]

    old, new = (set(tokens.str.extract("^tok1_(k[0-9a-f]{8})_")) for tokens in (before, after))
    assert (1, 1, set()) == (len(old), len(new), old & new)
