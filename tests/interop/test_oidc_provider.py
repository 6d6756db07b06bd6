"""A certified OpenID provider says who asks: its tokens are taken, and what was made of them is not."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi.testclient import TestClient
from openid import Provider, lay_out, running

from meshwright.access import Principal
from meshwright.errors import MeshError
from meshwright.io.issuer.kept import PAUSE_S
from meshwright.io.issuer.keys import IssuerKeys
from meshwright.io.issuer.settings import OidcSettings
from meshwright_catalog.issuer import IssuedTokens
from meshwright_catalog.workspace import PolicyFolder, workspace_app

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay_out(tmp_path)


@dataclass
class Moment:
    """The present, moved by a test."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def who(provider: Provider, folder: Path, moment: Moment) -> Callable[[str], Principal]:
    settings = OidcSettings(
        issuer=provider.issuer, audience=provider.audience, jwks=f"{provider.issuer}/jwks", teams_claim="teams"
    )
    policies = PolicyFolder(folder / "policies")
    keys = IssuerKeys(settings.jwks, lambda: moment().timestamp())
    return IssuedTokens(settings, keys.find, lambda: policies().principals, moment)


def test_the_node_of_the_interop_environment_runs_the_provider(provider: Provider) -> None:
    assert "v24" == provider.node.partition(".")[0]


@pytest.mark.parametrize(
    ("client", "algorithm"), [("sales-deploy", "RS256"), ("planning-deploy", "ES256"), ("sales.orders", "EdDSA")]
)
def test_a_service_is_known_by_its_client_credentials(
    provider: Provider, who: Callable[[str], Principal], client: str, algorithm: str
) -> None:
    token = provider.service_token(client)

    header = jwt.get_unverified_header(token)
    assert (algorithm, "at+jwt") == (header["alg"], header["typ"])
    assert ("service", client, ()) == ((found := who(token)).kind, found.name, found.teams)


def test_a_person_is_known_by_the_access_token_and_not_by_the_id_token(
    provider: Provider, who: Callable[[str], Principal]
) -> None:
    ana, ben = provider.user_tokens("ana"), provider.user_tokens("ben")

    assert Principal("user", "ana", "sales", ("order-desk",), ("operations",), claimed=True) == who(ana["access_token"])
    assert ("planning",) == who(ben["access_token"]).teams
    for token in (ana["id_token"], ben["id_token"]):
        with pytest.raises(MeshError):
            who(token)


@pytest.mark.parametrize(
    ("client", "asked"), [("stranger", {}), ("ana", {}), ("sales-deploy", {"resource": "urn:other"})]
)
def test_attack_31_tokens_for_others_or_of_others(
    provider: Provider, who: Callable[[str], Principal], client: str, asked: dict[str, str]
) -> None:
    with pytest.raises(MeshError):
        who(provider.service_token(client, **asked))


def test_attack_30_expired(provider: Provider, who: Callable[[str], Principal], moment: Moment) -> None:
    token = provider.service_token("sales-deploy")
    expires = jwt.decode(token, options={"verify_signature": False})["exp"]

    moment.ahead = datetime.fromtimestamp(expires - 5, UTC) - datetime.now(UTC)
    before = who(token).name
    moment.ahead += timedelta(seconds=5)

    assert "sales-deploy" == before
    with pytest.raises(MeshError, match="expired"):
        who(token)


def test_attack_30_forged(provider: Provider, who: Callable[[str], Principal]) -> None:
    token = provider.service_token("sales-deploy")
    head, claims, signature = token.split(".")
    header, said = (json.loads(urlsafe_b64decode(part + "==")) for part in (head, claims))
    public = jwt.PyJWKClient(f"{provider.issuer}/jwks").get_signing_key_from_jwt(token).key
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = f"{part(header | {'alg': 'HS256'})}.{claims}"
    forged = [
        f"{part(header | {'alg': 'none'})}.{claims}.",
        f"{unsigned}.{part(hmac.new(secret, unsigned.encode(), hashlib.sha256).digest())}",
        f"{head}.{part(said | {'sub': 'planning-deploy', 'client_id': 'planning-deploy'})}.{signature}",
        f"{head}.{part(said | {'exp': said['exp'] + 1})}.{signature}",
        f"{part(header | {'jku': provider.issuer + '/jwks'})}.{claims}.{signature}",
        f"{part(header | {'kid': '../jwks'})}.{claims}.{signature}",
        f"{part(header | {'crit': ['exp']})}.{claims}.{signature}",
        f"{head}.{claims}.{provider.service_token('planning-deploy').split('.')[2]}",
    ]

    assert "sales-deploy" == who(token).name
    for each in forged:
        with pytest.raises(MeshError):
            who(each)


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_keys_that_the_provider_rotates_are_followed(
    provider: Provider, who: Callable[[str], Principal], moment: Moment
) -> None:
    old = provider.service_token("sales-deploy")
    before = who(old).name
    provider.rotate()
    moment.ahead += timedelta(seconds=PAUSE_S)
    after = who(provider.service_token("sales-deploy")).name

    assert ("sales-deploy", "sales-deploy") == (before, after)
    with pytest.raises(MeshError, match="none of the issuer's"):
        who(old)


def test_a_catalog_that_names_the_provider_lets_its_people_in(provider: Provider, folder: Path) -> None:
    lines = [f'issuer = "{provider.issuer}"', f'audience = "{provider.audience}"', f'jwks = "{provider.issuer}/jwks"']
    (folder / "mesh.toml").write_text("\n".join(["[env.dev.catalog.oidc]", *lines]))
    app, _ = workspace_app(folder, None, None, lambda: datetime.now(UTC))

    with TestClient(app, base_url="http://127.0.0.1") as client:

        def ask(token: str) -> int:
            return client.get("/api/v1/products", headers={"Authorization": f"Bearer {token}"}).status_code

        tokens = provider.user_tokens("ben")
        statuses = [ask(tokens["access_token"]), ask(provider.service_token("sales-deploy")), ask(tokens["id_token"])]

    assert [200, 200, 401] == statuses
