"""What a sign-in at an issuer is held to, where the issuer is wrong, careless or hostile."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from fastapi.testclient import TestClient
from issuer import AUDIENCE, ISSUER, Answer, Issuer, serving

from meshwright.access import Policies, Principal, Principals
from meshwright.errors import BadSettings, CatalogUnavailable, SignInRefused, TokenRejected
from meshwright.io.issuer.endpoints import Endpoints, endpoints, endpoints_of
from meshwright.io.issuer.settings import LoginSettings, OidcSettings
from meshwright.io.issuer.tokens import Expected, PublicKey, verify_id_token
from meshwright.io.tokens import Identity, sign_development_token
from meshwright.io.workspace import read_workspace
from meshwright.ports import Clock
from meshwright_catalog.app import sign_in_at
from meshwright_catalog.issuer import IssuedTokens
from meshwright_catalog.login.begun import Begun, begin, sealed, unsealed
from meshwright_catalog.login.code import client_of
from meshwright_catalog.login.login import AT_ONCE, Login

HERE = "http://127.0.0.1:8400"
BEGUN = Begun("state", "nonce", "verifier", "/access")
ANSWER = [("code", "c0de"), ("state", "state")]
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": "https://tokens.example/token",
}
NAMED = Endpoints(f"{ISSUER}/auth", "https://tokens.example/token")


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with serving({"ed": Ed25519PrivateKey.generate()}) as issuer:
        yield issuer


@pytest.fixture
def login(issuer: Issuer, policies: Policies, clock: Clock) -> Login:
    """Sign in at an issuer that says whatever a test lets it say."""

    def find(kid: str, algorithm: str) -> PublicKey | None:
        return issuer.keys[kid].public_key() if kid in issuer.keys else None

    settings = OidcSettings(issuer=ISSUER, audience=AUDIENCE, jwks=issuer.jwks)
    tokens = IssuedTokens(settings, find, lambda: policies.principals, clock)
    client = client_of(AUDIENCE, LoginSettings(client_id="catalog", address=HERE), "")
    place = Endpoints(f"{ISSUER}/auth", f"{issuer.url}/token")
    return Login(tokens, client, lambda: place, Ed25519PrivateKey.generate())


def given(issuer: Issuer, clock: Clock, access: dict[str, Any], identity: dict[str, Any], **said: Any) -> None:
    """Let the token endpoint give two tokens; what is usual in them may be changed."""
    at = issuer.claims(clock(), **{"client_id": "catalog"} | access)
    usual = {"aud": "catalog", "nonce": "nonce", "client_id": None}
    ours = issuer.claims(clock(), **usual | identity)
    body = {
        "access_token": issuer.token(at, "ed"),
        "id_token": issuer.token(ours, "ed", typ="JWT"),
        "token_type": "Bearer",
    } | said
    issuer.answer = Answer(body=json.dumps(body).encode())


def test_a_sign_in_whose_tokens_fit_is_taken(login: Login, issuer: Issuer, clock: Clock) -> None:
    given(issuer, clock, {}, {})

    assert 300 == login.finish(BEGUN, ANSWER).seconds


UNFIT: list[tuple[tuple[dict[str, Any], dict[str, Any]], str]] = [
    (({"sub": "ben"}, {}), "not made for this sign-in"),
    (({}, {"sub": "ben"}), "not made for this sign-in"),
    (({"client_id": "portal"}, {}), "not made for this sign-in"),
    (({"aud": "catalog"}, {}), "access token was not accepted"),
    (({"iss": "https://other.example"}, {}), "access token was not accepted"),
    (({"sub": "nobody"}, {"sub": "nobody"}), "your issuer knows you, but this catalog does not"),
    (({"sub": "catalog"}, {"sub": "catalog"}), "your issuer knows you, but this catalog does not"),
    (({}, {"nonce": "other"}), "ID token was not accepted: it is of another sign-in"),
    (({}, {"nonce": None}), "ID token was not accepted: it is of another sign-in"),
    (({}, {"nonce": 7}), "ID token was not accepted: it is of another sign-in"),
    (({}, {"aud": AUDIENCE}), "ID token was not accepted"),
    (({}, {"aud": ["catalog", "portal"]}), "meant for another client"),
    (({}, {"aud": ["catalog", "portal"], "azp": "portal"}), "meant for another client"),
    (({}, {"azp": "portal"}), "meant for another client"),
    (({}, {"iss": "https://other.example"}), "ID token was not accepted"),
    (({}, {"exp": 1}), "has expired"),
    (({}, {"iat": 4_000_000_000, "exp": 4_000_000_300}), "not valid yet"),
    (({}, {"exp": None}), "ID token was not accepted"),
]
"""What is changed in the access token and in the ID token, and what is said of it."""


@pytest.mark.parametrize(("changed", "words"), UNFIT)
def test_attack_30_tokens_that_do_not_fit_one_another_or_us(
    login: Login, issuer: Issuer, clock: Clock, changed: tuple[dict[str, Any], dict[str, Any]], words: str
) -> None:
    given(issuer, clock, *changed)

    with pytest.raises(SignInRefused, match=words):
        login.finish(BEGUN, ANSWER)


@pytest.mark.parametrize(("size", "status"), [(1_000, 303), (3_500, 401)])
def test_a_token_that_a_browser_would_drop_without_a_word_is_told_of(  # noqa: PLR0917 - what a page needs
    login: Login, issuer: Issuer, clock: Clock, app: FastAPI, client: TestClient, size: int, status: int
) -> None:
    sign_in_at(app, login)
    given(issuer, clock, {"groups": "x" * size}, {})
    client.cookies.set("mesh_login", sealed(BEGUN, "catalog", login.key, clock()), domain="127.0.0.1")
    answer = client.get("/login/callback", params=dict(ANSWER))

    assert status == answer.status_code
    assert (status == 303) == ("mesh_token" in client.cookies)
    assert (status == 401) == ("the access token is too long for a cookie" in answer.text)


def test_attack_31_a_service_does_not_sign_in_on_pages(login: Login, issuer: Issuer, clock: Clock) -> None:
    known = Principals(services={"catalog": Principal("service", "catalog", "sales")})
    login = replace(login, tokens=replace(login.tokens, principals=lambda: known))
    given(issuer, clock, {"sub": "catalog"}, {"sub": "catalog"})

    with pytest.raises(SignInRefused, match="a service does not sign in"):
        login.finish(BEGUN, ANSWER)


def test_attack_30_tokens_in_the_place_of_one_another(login: Login, issuer: Issuer, clock: Clock) -> None:
    access = issuer.token(issuer.claims(clock(), client_id="catalog"), "ed")
    identity = issuer.token(issuer.claims(clock(), aud="catalog", nonce="nonce", client_id="catalog"), "ed", typ="JWT")
    both = issuer.claims(clock(), aud=["catalog", AUDIENCE], azp="catalog", nonce="nonce", client_id="catalog")

    for said, words in (
        ({"id_token": access}, "it is no ID token"),
        ({"access_token": identity}, "it is no access token"),
        ({"id_token": issuer.token(both, "ed")}, "it is no ID token"),
        ({"access_token": issuer.token(both, "ed", typ="JWT")}, "it is no access token"),
    ):
        given(issuer, clock, {}, {}, **said)
        with pytest.raises(SignInRefused, match=words):
            login.finish(BEGUN, ANSWER)


@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS256"}, {"kid": None}, {"jku": ISSUER}]
)
def test_attack_30_id_tokens_that_are_signed_otherwise(issuer: Issuer, clock: Clock, header: dict[str, Any]) -> None:
    claims = issuer.claims(clock(), aud="catalog", nonce="nonce")
    token = issuer.token(claims, "ed", **{"typ": None} | header)

    def find(kid: str, algorithm: str) -> PublicKey | None:
        return issuer.keys[kid].public_key() if (kid, algorithm) == ("ed", "EdDSA") else None

    good = issuer.token(claims, "ed", typ=None)
    assert "ana" == verify_id_token(good, find, Expected(ISSUER, "catalog"), "nonce", clock())["sub"]
    with pytest.raises(TokenRejected):
        verify_id_token(token, find, Expected(ISSUER, "catalog"), "nonce", clock())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=400, body=b'{"error": "invalid_grant", "error_description": "secret"}'),
        Answer(status=401),
        Answer(body=b""),
        Answer(body=b"[]"),
        Answer(body=b"\xff"),
        Answer(body=b"[" * 5000),
        Answer(body=b'{"access_token": "secret", "token_type": "Bearer"}'),
        Answer(body=b'{"access_token": "secret", "id_token": 7, "token_type": "Bearer"}'),
        Answer(body=b'{"access_token": "secret", "id_token": "secret", "token_type": "DPoP"}'),
        Answer(body=b'{"access_token": "secret", "id_token": "secret"}'),
        Answer(body=b'{"access_token": "secret", "id_token": "secret", "token_type": "bearer"}'),
    ],
)
def test_answers_without_tokens_sign_nobody_in_and_are_not_repeated(
    login: Login, issuer: Issuer, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    issuer.answer = answer

    with pytest.raises(SignInRefused) as refused:
        login.finish(BEGUN, ANSWER)
    assert "secret" not in str(refused.value) + caplog.text


@pytest.mark.parametrize("status", [301, 302, 307, 308, 500, 503])
def test_attack_32_a_code_goes_nowhere_but_to_the_token_endpoint(login: Login, issuer: Issuer, status: int) -> None:
    with serving(issuer.keys) as elsewhere:
        issuer.answer = Answer(status=status, headers={"Location": elsewhere.url})

        with pytest.raises(CatalogUnavailable):
            login.finish(BEGUN, ANSWER)
        assert [] == elsewhere.requests


@pytest.mark.parametrize(
    "answer",
    [
        [("code", "c0de")],
        [("state", "state")],
        [("code", ""), ("state", "state")],
        [*ANSWER, ("state", "state")],
        [*ANSWER, ("error", "access_denied")],
        [*ANSWER, ("iss", "https://other.example")],
        [("code", "c0de"), ("state", "st\N{COMBINING ACUTE ACCENT}ate")],
    ],
)
def test_what_does_not_fit_the_question_is_not_even_asked_about(
    login: Login, issuer: Issuer, answer: list[tuple[str, str]]
) -> None:
    issuer.requests.clear()

    with pytest.raises(SignInRefused):
        login.finish(BEGUN, answer)
    assert [] == issuer.requests


def test_attack_35_so_many_sign_ins_wait_for_the_issuer_at_once_and_no_more(
    login: Login, issuer: Issuer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshwright_catalog.login.login.WAIT_S", 0)
    given(issuer, clock, {}, {})
    for _ in range(AT_ONCE):
        login.redeeming.acquire()

    with pytest.raises(CatalogUnavailable):
        login.finish(BEGUN, ANSWER)
    login.redeeming.release()
    for _ in range(2):
        assert login.finish(BEGUN, ANSWER).token


def test_what_a_browser_keeps_holds_for_its_client_and_its_time(clock: Clock) -> None:
    key = Ed25519PrivateKey.generate()
    kept = sealed(BEGUN, "catalog", key, clock())

    assert BEGUN == unsealed(kept, "catalog", key, clock() + timedelta(seconds=599))
    for text, client, seal, later in (
        (kept, "catalog", key, 600),
        (kept, "portal", key, 0),
        (kept, "catalog", Ed25519PrivateKey.generate(), 0),
        (sign_development_token(Identity("user", "ana"), key, clock(), timedelta(hours=1)), "mesh", key, 0),
        ("", "catalog", key, 0),
    ):
        with pytest.raises(SignInRefused):
            unsealed(text, client, seal, clock() + timedelta(seconds=later))


def test_what_a_sign_in_is_tied_by_is_not_shown_with_it() -> None:
    """The challenge is that of RFC 7636, appendix B."""
    drawn = iter(["drawn-state", "drawn-nonce", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"])
    begun = begin("/access", lambda: next(drawn))

    assert "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" == begun.challenge
    assert "Begun(back='/access')" == repr(begun)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, NAMED),
        ({"authorization_response_iss_parameter_supported": True}, replace(NAMED, names_itself=True)),
        ({"code_challenge_methods_supported": ["plain", "S256"]}, NAMED),
        ({"code_challenge_methods_supported": ["plain"]}, None),
        ({"code_challenge_methods_supported": "S256"}, None),
        ({"issuer": "https://other.example"}, None),
        ({"issuer": f"{ISSUER}/"}, None),
        ({"token_endpoint": "http://tokens.example/token"}, None),
        ({"token_endpoint": "http://127.0.0.1:9/token"}, None),
        ({"token_endpoint": "https://localhost/token"}, None),
        ({"authorization_endpoint": "javascript:alert(1)"}, None),
        ({"authorization_endpoint": None}, None),
        ({"authorization_endpoint": 7}, None),
    ],
)
def test_attack_32_endpoints_are_taken_from_the_issuers_own_document(
    said: dict[str, Any], found: Endpoints | None
) -> None:
    assert found == endpoints_of(ISSUER, json.dumps(DOCUMENT | said).encode())


@pytest.mark.parametrize("document", [b"", b"[]", b"7", b"{}", b"\xff", b"[" * 5000])
def test_what_is_no_discovery_document_names_no_endpoints(document: bytes) -> None:
    assert None is endpoints_of(ISSUER, document)


def test_a_discovery_document_is_fetched_once_for_many_sign_ins(issuer: Issuer) -> None:
    document = {name: value.replace(ISSUER, issuer.url) for name, value in DOCUMENT.items()}
    issuer.answer = Answer(body=json.dumps(document).encode())
    issuer.requests.clear()
    find = endpoints(issuer.url, LoginSettings(client_id="catalog", address=HERE))

    assert {f"{issuer.url}/auth"} == {find().authorization for _ in range(20)}
    assert ["/.well-known/openid-configuration"] == issuer.requests


LOGIN = """
[env.dev.catalog.oidc]
issuer = "https://issuer.example"
audience = "urn:mesh:catalog"
jwks = "https://issuer.example/jwks"
[env.dev.catalog.oidc.login]
"""


@pytest.mark.parametrize(
    "lines",
    [
        'client_id = "catalog"',
        'client_id = ""\naddress = "https://catalog.example"',
        'client_id = "catalog"\naddress = "http://catalog.example"',
        'client_id = "catalog"\naddress = "https://catalog.example/"',
        'client_id = "catalog"\naddress = "https://catalog.example/pages"',
        'client_id = "catalog"\naddress = "https://catalog.example?x=1"',
        'client_id = "catalog"\naddress = "https://catalog.example"\nclient_secret = "hidden"',
        'client_id = "catalog"\naddress = "https://catalog.example"\nscopes = ["email"]',
        'client_id = "catalog"\naddress = "https://catalog.example"\nscopes = ["openid email"]',
        'client_id = "catalog"\naddress = "https://catalog.example"\ntoken_endpoint = "https://issuer.example/token"',
        'client_id = "catalog"\naddress = "https://catalog.example"\ntoken_endpoint_auth_method = "private_key_jwt"',
        'client_id = "catalog"\naddress = "https://u:hidden@catalog.example"',
    ],
)
def test_attack_42_settings_of_a_login_that_would_leave_a_door_open(tmp_path: Path, lines: str) -> None:
    (tmp_path / "mesh.toml").write_text(LOGIN + lines)

    with pytest.raises(BadSettings, match=r"env\.dev\.catalog\.oidc\.login") as refused:
        read_workspace(tmp_path)
    assert "hidden" not in str(refused.value)


def test_the_address_to_register_at_the_issuer_follows_from_where_browsers_find_the_pages() -> None:
    assert f"{HERE}/login/callback" == LoginSettings(client_id="catalog", address=HERE).redirect_uri
