"""Who an issuer's token speaks for, and that rights come from principals.toml at each call."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from issuer import AUDIENCE, ISSUER, Issuer, serving

from meshwright import Mesh
from meshwright.access import AccessRequest, Principal, Principals, decide, policies_of
from meshwright.errors import BadSettings, TokenRejected, UnknownPrincipal
from meshwright.io.catalog import HttpRegistry
from meshwright.io.issuer.keys import IssuerKeys
from meshwright.io.issuer.settings import OidcSettings
from meshwright.io.workspace import read_workspace
from meshwright.ports import Clock, PolicyTexts
from meshwright.spec import Registration
from meshwright_catalog.issuer import IssuedTokens
from meshwright_catalog.workspace import workspace_app

PEOPLE = """
[teams.order-desk]
domain = "sales"
purposes = ["operations"]
[teams.planning]
domain = "supply_chain"
purposes = ["operations", "analytics"]
[users.ana]
teams = ["order-desk"]
[users."ben@example.com"]
teams = ["planning"]
[users.twin]
purposes = ["analytics"]
[services.sales-deploy]
domain = "sales"
[services.twin]
domain = "sales"
"""
SERVICE = {"sub": "sales-deploy", "client_id": "sales-deploy"}


OIDC = '[env.prod.catalog.oidc]\nissuer = "{0}"\naudience = "{2}"\njwks = "{1}"\n'


def mesh_toml(folder: Path, text: str) -> None:
    """Write settings whose environment is prod."""
    (folder / "mesh.toml").write_text(f'[mesh]\nenv = "prod"\n{text}')


def workspace(folder: Path, texts: PolicyTexts, text: str) -> None:
    """Make a workspace with policies and no domain."""
    (folder / "policies").mkdir()
    mesh_toml(folder, text)
    for name in ("classes", "purposes", "principals"):
        (folder / "policies" / f"{name}.toml").write_text(getattr(texts, name))
    (folder / "policies" / "mesh.cedar").write_text(texts.central)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with serving({"ed": Ed25519PrivateKey.generate()}) as issuer:
        yield issuer


@pytest.fixture
def people(texts: PolicyTexts) -> Principals:
    return policies_of(PolicyTexts(texts.classes, texts.purposes, PEOPLE, texts.central)).principals


Ask = Callable[..., Principal]


@pytest.fixture
def ask(issuer: Issuer, people: Principals, clock: Clock) -> Callable[..., Ask]:
    """Give a verifier with some settings; it takes the claims of a token."""

    def configured(**settings: Any) -> Ask:
        oidc = OidcSettings(issuer=ISSUER, audience=AUDIENCE, jwks=issuer.jwks, **settings)
        verify = IssuedTokens(oidc, IssuerKeys(issuer.jwks).find, lambda: people, clock)

        def asked(**claims: Any) -> Principal:
            return verify(issuer.token(issuer.claims(clock(), **claims), "ed"))

        return asked

    return configured


def test_a_token_speaks_for_whom_principals_toml_knows(ask: Callable[..., Ask], people: Principals) -> None:
    asks = ask()

    assert people.users["ana"] == asks(sub="ana")
    assert people.services["sales-deploy"] == asks(**SERVICE)


def test_rights_are_never_read_from_a_token(ask: Callable[..., Ask], people: Principals) -> None:
    claimed = ask()(sub="ana", teams=["planning"], purposes=["analytics"], domain="supply_chain", kind="service")

    assert people.users["ana"] == claimed


def test_attack_31_a_service_is_no_person_and_a_person_no_service(ask: Callable[..., Ask], people: Principals) -> None:
    asks = ask()

    assert (people.users["twin"], people.services["twin"]) == (asks(sub="twin"), asks(sub="twin", client_id="twin"))
    for claims in ({"sub": "sales-deploy"}, {"sub": "ana", "client_id": "ana"}):
        with pytest.raises(UnknownPrincipal):
            asks(**claims)


def test_attack_31_a_product_that_nobody_declared_is_no_service(ask: Callable[..., Ask]) -> None:
    with pytest.raises(UnknownPrincipal):
        ask()(sub="sales.orders", client_id="sales.orders")


def test_services_are_told_by_the_claims_that_mesh_toml_says_they_have(
    ask: Callable[..., Ask], people: Principals
) -> None:
    asks = ask(service_claim="azp", services_have={"grant": "client_credentials"})

    service = asks(sub="0b1f", azp="sales-deploy", client_id=None, grant="client_credentials")
    person = asks(sub="ana", azp="portal", client_id=None)

    assert (people.services["sales-deploy"], people.users["ana"]) == (service, person)
    with pytest.raises(TokenRejected, match="a service's or a person's"):
        asks(sub="sales-deploy", azp="sales-deploy")


def test_attack_31_an_address_counts_only_when_the_issuer_verified_it(
    ask: Callable[..., Ask], people: Principals
) -> None:
    asks = ask(user_claim="email")

    verified = asks(sub="7f3c", email="ben@example.com", email_verified=True)

    assert people.users["ben@example.com"] == verified
    for claims in ({}, {"email_verified": False}, {"email_verified": "true"}):
        with pytest.raises(TokenRejected, match="not verified"):
            asks(sub="7f3c", email="ben@example.com", **claims)
    with pytest.raises(TokenRejected, match="no text in 'email'"):
        asks(sub="ana")


def test_teams_come_from_the_claim_alone_where_mesh_toml_says_so(ask: Callable[..., Ask], people: Principals) -> None:
    asks = ask(teams_claim="groups")

    moved = asks(sub="ana", groups=["planning", "no-such-team", "planning"])
    left = asks(sub="ana")

    expected = Principal("user", "ana", "supply_chain", ("planning",), ("analytics", "operations"), claimed=True)
    assert expected == moved
    assert Principal("user", "ana", "", (), (), claimed=True) == left
    assert people.knows(moved)
    assert people.knows(left)


def test_a_service_is_given_no_team_by_a_claim(ask: Callable[..., Ask], people: Principals) -> None:
    asked = ask(teams_claim="groups")(**SERVICE, groups=["planning"])

    assert people.services["sales-deploy"] == asked


def test_who_changes_team_loses_the_old_teams_rights_with_the_claim(
    ask: Callable[..., Ask], texts: PolicyTexts, orders: Registration, clock: Clock
) -> None:
    policies = policies_of(PolicyTexts(texts.classes, texts.purposes, PEOPLE, texts.central), [orders.spec])
    asks = ask(teams_claim="groups")

    def reads(*groups: str) -> bool:
        principal = asks(sub="ana", groups=list(groups))
        return decide(AccessRequest(principal, "operations", clock(), orders.spec), policies).read

    assert [True, False, False] == [reads("order-desk"), reads("planning"), reads()]


@pytest.mark.parametrize(
    "change",
    [("[users.ana]", "[users.anna]"), ("[teams.order-desk]", "[teams.desk]"), ('purposes = ["operations"]\n', "")],
    ids=["the person left", "the team is gone", "the team lost its purpose"],
)
def test_attack_31_a_token_that_lives_longer_than_what_it_stands_on(
    ask: Callable[..., Ask], texts: PolicyTexts, orders: Registration, clock: Clock, change: tuple[str, str]
) -> None:
    before = ask(teams_claim="groups")(sub="ana", groups=["order-desk"])
    people = PEOPLE.replace(*change, 1).replace('teams = ["order-desk"]\n', "")
    policies = policies_of(PolicyTexts(texts.classes, texts.purposes, people, texts.central), [orders.spec])

    decision = decide(AccessRequest(before, "operations", clock(), orders.spec), policies)

    assert (False, False) == (decision.discover, decision.read)
    assert "unknown user 'ana'" in decision.problem


def test_where_an_issuer_is_named_nothing_signs_a_development_token(
    tmp_path: Path, texts: PolicyTexts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace(
        tmp_path,
        texts,
        '[env.prod.catalog]\nurl = "http://127.0.0.1:9"\n' + OIDC.format(ISSUER, f"{ISSUER}/jwks", AUDIENCE),
    )
    mesh = Mesh.open(tmp_path, principal="ana", clock=clock)

    for sign in (lambda: mesh.development_token("ana", 1), lambda: mesh.world.registry(mesh.reader)):
        with pytest.raises(TokenRejected, match="names an issuer") as refused:
            sign()
        assert "MESH_TOKEN" in refused.value.hint
    monkeypatch.setenv("MESH_TOKEN", "an access token")
    assert isinstance(mesh.world.registry(mesh.reader), HttpRegistry)


@pytest.mark.parametrize(
    "jwks",
    [
        "http://issuer.example/jwks",
        "http://169.254.169.254/latest",
        "http://2130706433/jwks",
        "http://0x7f.1/jwks",
        "http://127.0.0.1.example/jwks",
        "http://127.0.0.1@issuer.example/jwks",
        "http://[::ffff:127.0.0.1]/jwks",
        "https://who:secret@issuer.example/jwks",
        "https://issuer.example/jwks#here",
        "https://",
        "https://[::1/jwks",
        "https://issuer.example:99999/jwks",
        "file:///etc/passwd",
        "ftp://issuer.example/jwks",
        "jwks",
        "",
    ],
)
def test_attack_32_keys_at_an_address_that_others_could_answer_for(tmp_path: Path, jwks: str) -> None:
    mesh_toml(tmp_path, OIDC.format(ISSUER, jwks, AUDIENCE))

    with pytest.raises(BadSettings, match=r"\[env\.prod\.catalog\.oidc\.jwks\]") as refused:
        read_workspace(tmp_path)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("jwks", ["https://issuer.example/jwks?p=1", "http://127.0.0.1:9/jwks", "http://[::1]:9/jwks"])
def test_keys_over_https_or_on_this_machine_may_be_named(tmp_path: Path, jwks: str) -> None:
    mesh_toml(tmp_path, OIDC.format(ISSUER, jwks, AUDIENCE))

    oidc = read_workspace(tmp_path).here.catalog.oidc

    assert oidc is not None
    assert (ISSUER, AUDIENCE, jwks, "sub") == (oidc.issuer, oidc.audience, oidc.jwks, oidc.user_claim)


@pytest.mark.parametrize("line", ['issuer = ""', 'audience = ""', 'aud = "mesh"', 'issuer = "issuer.example"'])
def test_attack_42_settings_that_would_believe_anybody(tmp_path: Path, line: str) -> None:
    text = OIDC.format(ISSUER, "https://issuer.example/jwks", AUDIENCE)
    name = line.partition(" ")[0]
    kept = [each for each in text.splitlines() if not each.startswith(name)]
    mesh_toml(tmp_path, "\n".join([*kept, line]))

    with pytest.raises(BadSettings):
        read_workspace(tmp_path)


def test_a_workspace_that_names_an_issuer_takes_its_tokens_and_no_development_tokens(
    tmp_path: Path, issuer: Issuer, texts: PolicyTexts, sign: Callable[[str], str], clock: Clock
) -> None:
    workspace(tmp_path, texts, OIDC.format(ISSUER, issuer.jwks, AUDIENCE))
    app, _ = workspace_app(tmp_path, None, None, clock)
    at: datetime = clock()

    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        statuses = [
            client.get("/api/v1/products", headers={"Authorization": f"Bearer {token}"}).status_code
            for token in (issuer.token(issuer.claims(at), "ed"), sign("ana"))
        ]
        page = client.post("/login", data={"token": issuer.token(issuer.claims(at), "ed")})

    assert [200, 401] == statuses
    assert (303, "/") == (page.status_code, page.headers["location"])
