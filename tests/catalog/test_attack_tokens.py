"""What is tried with tokens at a catalog that believes one issuer: each is 401 with one body, and fetches nothing."""

import hashlib
import hmac
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi.testclient import TestClient
from httpx2 import Response
from issuer import AUDIENCE, ISSUER, Answer, Issuer, PrivateKey, published, segment, serving, signed

from meshwright.access import Policies, Principal
from meshwright.errors import TokenRejected
from meshwright.io.issuer.keys import IssuerKeys
from meshwright.io.issuer.settings import OidcSettings
from meshwright.io.issuer.tokens import MOST_BYTES, Expected, verify_access_token
from meshwright.io.tokens import Identity, sign_development_token
from meshwright.ports import Clock
from meshwright_catalog.app import create_app
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.issuer import MOST_TEAMS, IssuedTokens
from meshwright_catalog.settings import on_disk


@pytest.fixture(scope="module")
def keys() -> dict[str, PrivateKey]:
    return {
        "rsa": rsa.generate_private_key(65537, 2048),
        "ec": ec.generate_private_key(ec.SECP256R1()),
        "ed": ed25519.Ed25519PrivateKey.generate(),
    }


@pytest.fixture
def issuer(keys: dict[str, PrivateKey]) -> Iterator[Issuer]:
    with serving(keys) as issuer:
        yield issuer


@pytest.fixture
def elsewhere(keys: dict[str, PrivateKey]) -> Iterator[Issuer]:
    """A server of the attacker's, who would like to be asked for keys."""
    with serving({"evil": rsa.generate_private_key(65537, 2048)}) as issuer:
        yield issuer


@dataclass(frozen=True)
class Door:
    """The catalog's API, asked with a token."""

    client: TestClient
    now: datetime

    def ask(self, *tokens: str) -> Response:
        headers = [("Authorization", f"Bearer {token}") for token in tokens]
        return self.client.get("/api/v1/products", headers=headers)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, policies: Policies) -> Iterator[TestClient]:
    """Serve one catalog to all of these tests: what they send leaves nothing in it."""

    def now() -> datetime:
        return datetime.now(UTC)

    def nobody(token: str) -> Principal:
        raise TokenRejected(token)

    database = tmp_path_factory.mktemp("tokens") / "catalog.db"
    app = create_app(on_disk(database), gate=PolicyGate(lambda: policies, now), verify=nobody, clock=now)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def door(client: TestClient, issuer: Issuer, policies: Policies, clock: Clock) -> Door:
    settings = OidcSettings(issuer=ISSUER, audience=AUDIENCE, jwks=issuer.jwks, teams_claim="teams")
    app: Any = client.app
    app.state.verify = IssuedTokens(settings, IssuerKeys(issuer.jwks).find, lambda: policies.principals, clock)
    return Door(client, clock())


def refused(answer: Response) -> bool:
    """Tell whether an answer is the one refusal, word for word."""
    said = {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "A valid token is needed."}
    return (401, said, "Bearer") == (answer.status_code, answer.json(), answer.headers["WWW-Authenticate"])


@pytest.mark.parametrize("kid", ["rsa", "ec", "ed"])
def test_a_token_of_the_issuer_is_taken(door: Door, issuer: Issuer, kid: str) -> None:
    answer = door.ask(issuer.token(issuer.claims(door.now), kid))

    assert (200, ["/jwks"]) == (answer.status_code, issuer.requests)


@pytest.mark.parametrize("typ", ["JWT", None, "at", "mesh-dev+jwt", ["at+jwt"], "id_token+jwt"])
def test_attack_30_a_token_that_is_no_access_token(door: Door, issuer: Issuer, typ: Any) -> None:
    assert refused(door.ask(issuer.token(issuer.claims(door.now), typ=typ)))


def test_attack_30_unsigned(door: Door, issuer: Issuer) -> None:
    head, claims, signature = issuer.token(issuer.claims(door.now)).split(".")
    said = {"typ": "at+jwt", "kid": "rsa"}
    for alg in ("none", "None", "NONE", "nOnE", ""):
        forged = f"{segment(said | {'alg': alg})}.{claims}"
        assert refused(door.ask(f"{forged}."))
        assert refused(door.ask(f"{forged}.{signature}"))
    assert refused(door.ask(f"{head}.{claims}."))
    assert refused(door.ask(f"{head}.{claims}"))
    assert refused(door.ask(head))
    assert refused(door.ask(f"{head}.{claims}.{signature}.{signature}"))


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_attack_30_hs256_with_the_public_key(door: Door, issuer: Issuer, encoding: Encoding) -> None:
    secret = issuer.keys["rsa"].public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    said = f"{segment({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'rsa'})}.{segment(issuer.claims(door.now))}"
    forged = f"{said}.{segment(hmac.new(secret, said.encode(), hashlib.sha256).digest())}"

    assert refused(door.ask(forged))


@pytest.mark.parametrize("alg", ["RS512", "PS256", "ES384", "ES256", "EdDSA", "HS512", "RSA1_5", 256, None])
def test_attack_30_an_algorithm_that_is_not_the_keys(door: Door, issuer: Issuer, alg: Any) -> None:
    assert refused(door.ask(issuer.token(issuer.claims(door.now), alg=alg)))


@pytest.mark.parametrize(
    "kid", ["../../etc/passwd", "/dev/null", "rsa\0", "' OR 1=1 --", "http://127.0.0.1/", "", None, 1, ["rsa"]]
)
def test_attack_30_a_key_id_that_goes_elsewhere(door: Door, issuer: Issuer, keys: Any, kid: Any) -> None:
    header = {"alg": "RS256", "typ": "at+jwt"} | ({} if kid is None else {"kid": kid})

    assert refused(door.ask(signed(header, issuer.claims(door.now), keys["rsa"])))
    assert set(issuer.requests) <= {"/jwks"}


@pytest.mark.parametrize("name", ["jku", "x5u"])
def test_attack_30_32_a_key_at_an_address_that_the_token_names(
    door: Door, issuer: Issuer, elsewhere: Issuer, name: str
) -> None:
    evil = elsewhere.token(elsewhere.claims(door.now), "evil", **{name: elsewhere.jwks})
    known = elsewhere.token(elsewhere.claims(door.now), "evil", kid="rsa", **{name: elsewhere.jwks})
    genuine = issuer.token(issuer.claims(door.now), **{name: elsewhere.jwks})

    assert all(refused(door.ask(token)) for token in (evil, known, genuine))
    assert [] == elsewhere.requests


def test_attack_30_32_an_issuer_that_the_token_names(door: Door, elsewhere: Issuer) -> None:
    forged = elsewhere.token(elsewhere.claims(door.now, iss=elsewhere.url), "evil")

    assert refused(door.ask(forged))
    assert [] == elsewhere.requests


def test_attack_30_a_key_that_the_token_brings(door: Door, elsewhere: Issuer) -> None:
    own = published("evil", elsewhere.keys["evil"])
    for header in ({"jwk": own}, {"jwk": own, "kid": "rsa"}, {"x5c": ["MIIB"]}):
        assert refused(door.ask(elsewhere.token(elsewhere.claims(door.now), "evil", **header)))


@pytest.mark.parametrize("name", ["crit", "b64", "zip", "enc", "jku", "jwk", "x5u", "x5c"])
@pytest.mark.parametrize("value", [["exp"], {}, "DEF", True])
def test_attack_30_a_header_that_asks_for_more(door: Door, issuer: Issuer, name: str, value: Any) -> None:
    assert refused(door.ask(issuer.token(issuer.claims(door.now), **{name: value})))


@pytest.mark.parametrize(
    ("taken", "change"),
    [
        (True, {"exp": 1}),
        (False, {"exp": 0}),
        (False, {"exp": -1}),
        (True, {"iat": 30}),
        (False, {"iat": 31}),
        (True, {"nbf": 30}),
        (False, {"nbf": 31}),
        (False, {"iat": 31, "nbf": 0}),
        (False, {"exp": 24 * 3600 + 1}),
    ],
)
def test_attack_30_expired_or_not_begun(door: Door, issuer: Issuer, change: dict[str, int], *, taken: bool) -> None:
    moments = {name: int(door.now.timestamp()) + seconds for name, seconds in change.items()}
    answer = door.ask(issuer.token(issuer.claims(door.now, **moments)))

    assert taken == (answer.status_code == 200)
    assert taken or refused(answer)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "urn:other"},
        {"aud": ["urn:other"]},
        {"aud": []},
        {"aud": {"urn:mesh:catalog": 1}},
        {"iss": "https://issuer.example/"},
        {"iss": "https://issuer.example.evil.example"},
        {"iss": ["https://issuer.example"]},
        {"iss": "mesh-dev"},
        *({name: None} for name in ("iss", "aud", "sub", "iat", "exp", "client_id")),
        {"exp": "4102444800"},
        {"exp": 4102444800.5},
        {"exp": True},
        {"exp": [4102444800]},
        {"nbf": "soon"},
        {"iat": None, "nbf": 0},
        {"sub": ""},
        {"sub": ["ana"]},
        {"sub": {"name": "ana"}},
        {"client_id": 7},
    ],
)
def test_attack_30_claims_that_are_wrong_or_missing(door: Door, issuer: Issuer, change: dict[str, Any]) -> None:
    assert refused(door.ask(issuer.token(issuer.claims(door.now, **change))))


def test_attack_30_a_name_that_stands_twice_or_a_number_that_is_none(door: Door, issuer: Issuer) -> None:
    whole = json.dumps(issuer.claims(door.now))
    header = '{"alg":"RS256","typ":"at+jwt","kid":"rsa"'
    assert refused(door.ask(issuer.token(f'{whole[:-1]},"x":NaN}}'.encode())))
    for twice in (f'{{"sub":"ben",{whole[1:]}', f'{whole[:-1]},"sub":"ben"}}', f'{whole[:-1]},"x":{{"a":1,"a":2}}}}'):
        assert refused(door.ask(issuer.token(twice.encode())))
    for more in (',"kid":"rsa"}', ',"alg":"RS256"}', ',"typ":"at+jwt"}'):
        assert refused(door.ask(signed((header + more).encode(), whole.encode(), issuer.keys["rsa"])))
    assert 200 == door.ask(signed(f"{header}}}".encode(), whole.encode(), issuer.keys["rsa"])).status_code


@pytest.mark.parametrize(
    "claims",
    [b"", b"[]", b"null", b'"ana"', b"{", b"\xff\xfe", b"[" * 3000, b'{"exp":NaN}', b'{"exp":' + b"9" * 5000 + b"}"],
)
def test_attack_30_claims_that_are_no_claims(door: Door, issuer: Issuer, claims: bytes) -> None:
    assert refused(door.ask(issuer.token(claims)))
    assert refused(door.ask(signed(claims, issuer.claims(door.now), issuer.keys["rsa"])))


def test_attack_30_two_megabytes(door: Door, issuer: Issuer) -> None:
    head, claims, signature = issuer.token(issuer.claims(door.now)).split(".")

    assert refused(door.ask("A" * 2_000_000))
    assert refused(door.ask(f"{head}.{'A' * 2_000_000}.{signature}"))
    assert refused(door.ask(f"{head}.{claims}.{signature}{'A' * 9000}"))
    assert [] == issuer.requests


def test_attack_30_two_megabytes_at_the_server_itself_end_before_anybody_looks_at_them(
    served: str, sign: Callable[[str], str]
) -> None:
    at = urlsplit(served)
    with socket.create_connection((at.hostname or "", at.port or 0)) as calling:
        calling.sendall(b"GET /api/v1/products HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ")
        with suppress(ConnectionError):  # it hangs up while we still talk
            for _ in range(32):
                calling.sendall(b"A" * 2**16)
        with suppress(ConnectionError):
            assert calling.recv(12) in (b"", b"HTTP/1.1 400")
    after = httpx.get(
        f"{served}/api/v1/products", headers={"Authorization": f"Bearer {sign('ana')}"}, trust_env=False, timeout=60
    )

    assert 200 == after.status_code


def test_attack_30_a_token_that_is_too_long_is_not_even_read(issuer: Issuer, clock: Clock) -> None:
    token = issuer.token(issuer.claims(clock(), more="A" * MOST_BYTES))

    def find(kid: str, algorithm: str) -> None:
        raise AssertionError("it asked for a key")

    with pytest.raises(TokenRejected, match="too long"):
        verify_access_token(token, find, Expected(ISSUER, AUDIENCE), clock())


def test_attack_30_two_tokens_in_one_call(door: Door, issuer: Issuer) -> None:
    good = issuer.token(issuer.claims(door.now))

    assert refused(door.ask(good, good))
    assert refused(door.ask(good, "other"))
    assert refused(door.ask(f"{good}, Bearer {good}"))
    assert 200 == door.ask(good).status_code


@pytest.mark.parametrize("place", [0, 1, 2])
def test_attack_30_any_byte_changed(door: Door, issuer: Issuer, place: int) -> None:
    parts = issuer.token(issuer.claims(door.now), "ed").split(".")
    for at in range(0, len(parts[place]) - 1, 7):
        changed = list(parts)
        changed[place] = parts[place][:at] + ("A" if parts[place][at] != "A" else "B") + parts[place][at + 1 :]
        assert refused(door.ask(".".join(changed)))


def test_attack_30_a_signature_of_another_token(door: Door, issuer: Issuer) -> None:
    ana, ben = (issuer.token(issuer.claims(door.now, sub=name)).split(".") for name in ("ana", "ben"))

    assert refused(door.ask(".".join([*ben[:2], ana[2]])))


def test_attack_30_a_development_token_where_an_issuer_is_named(
    door: Door, signing: ed25519.Ed25519PrivateKey, sign: Callable[[str], str]
) -> None:
    fresh = sign_development_token(Identity("user", "ana"), signing, door.now, timedelta(hours=1))

    assert refused(door.ask(fresh))
    assert refused(door.ask(sign("sales.orders")))


@pytest.mark.parametrize("name", ["zoe", "ANA", "ana ", "a" * 5000, "sales.orders", "../ana", "ána"])
def test_attack_31_somebody_whom_the_mesh_does_not_know(door: Door, issuer: Issuer, name: str) -> None:
    assert refused(door.ask(issuer.token(issuer.claims(door.now, sub=name))))
    assert refused(door.ask(issuer.token(issuer.claims(door.now, sub=name, client_id=name))))


@pytest.mark.parametrize(
    "teams",
    [
        [f"team-{n}" for n in range(10_000)],
        [f"t{n}" for n in range(MOST_TEAMS + 1)],
        "order-desk",
        {"order-desk": True},
        ["order-desk", 7],
        [["order-desk"]],
        7,
        None,
    ],
)
def test_attack_31_ten_thousand_groups_or_what_is_no_list(door: Door, issuer: Issuer, teams: Any) -> None:
    claims = issuer.claims(door.now) | {"teams": teams}

    assert refused(door.ask(issuer.token(claims)))


def test_attack_32_what_the_issuer_answers_is_never_repeated(door: Door, issuer: Issuer) -> None:
    issuer.answer = Answer(status=500, body=b"secret of the inner network")
    answer = door.ask(issuer.token(issuer.claims(door.now)))

    assert 503 == answer.status_code
    assert "secret" not in answer.text + str(answer.headers)
    assert issuer.url not in answer.text
