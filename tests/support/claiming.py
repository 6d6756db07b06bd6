"""A desk whose people's teams are those that their tokens name: principals.toml says only who may come in."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import gateway_lake
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from gateway_lake import NO_TLS, serving
from granting import CENTRAL, CLASSES, PEOPLE, Desk
from httpx import Response, request
from issuer import AUDIENCE, ISSUER, Issuer
from issuer import serving as issuing

from meshwright.access import policies_of
from meshwright.io.issuer.keys import IssuerKeys
from meshwright.io.issuer.settings import OidcSettings
from meshwright.ports import PolicyTexts
from meshwright_catalog.issuer import IssuedTokens
from meshwright_catalog.settings import Settings

TEAMS = {
    "ana": ["order-desk"],
    "bob": ["order-desk"],
    "ben": ["planning"],
    "pia": ["planning"],
    "dora": ["data-office"],
    "dan": ["data-office"],
}
LASTS = timedelta(days=30)


def without_teams(people: str) -> str:
    """Say who may come in, and nothing of their teams."""
    head, _, users = people.partition("[users.")
    kept = [row for row in users.splitlines() if not row.startswith("teams = ")]
    return f"{head}[users.{chr(10).join(kept)}\n"


@dataclass(frozen=True)
class ClaimDesk(Desk):
    """The desk behind an issuer; `teams` is what it says of everybody from now on."""

    issuer: Issuer
    teams: dict[str, list[str]] = field(default_factory=lambda: {name: [*teams] for name, teams in TEAMS.items()})

    def headers(self, who: str, **more: str) -> dict[str, str]:
        """Give the headers of somebody with a token of this moment; each is a second newer than the one before."""
        self.served.clock.now += timedelta(seconds=1)
        return self.token(who, *self.teams.get(who, [])) | more

    def token(self, who: str, *teams: str, ago: int = 0) -> dict[str, str]:
        """Give the headers of somebody whose token names these teams, made some seconds ago."""
        now = self.served.clock()
        claims = self.issuer.claims(now - timedelta(seconds=ago), sub=who, groups=list(teams))
        return {"Authorization": f"Bearer {self.issuer.token(claims, 'ed')}"}

    def call(self, headers: dict[str, str], method: str, path: str, body: Any = None) -> Response:
        """Call the API with these headers."""
        url = f"{self.served.url}/api/v1/access/{path}"
        return request(method, url, json=body, headers=headers, trust_env=False, verify=NO_TLS)

    def come(self, *names: str) -> None:
        """Let people come by with a token."""
        for name in names:
            assert 200 == self(name, "GET", "grants").status_code

    def sees_emails(self, who: str = "ben", purpose: str = "analytics") -> bool:
        """Tell whether somebody reads e-mail addresses in the clear, through the gateway."""
        body = {"columns": ["email"], "levels": {"email": "clear"}, "purpose": purpose}
        answer = self.served.ask(body, who, Authorization=self.headers(who)["Authorization"])
        assert answer.status_code in (200, 401, 403, 404), answer.text
        return answer.status_code == 200


@contextmanager
def claim_desk(folder: Path, settings: Settings | None = None, people: str | None = None) -> Generator[ClaimDesk]:
    """Serve twelve orders to people whose tokens say in which teams they are."""
    text = without_teams(PEOPLE) if people is None else people
    policies = policies_of(PolicyTexts(CLASSES, gateway_lake.PURPOSES, text, CENTRAL))
    with (
        issuing({"ed": Ed25519PrivateKey.generate()}) as issuer,
        serving(folder, settings=settings, lasts=LASTS) as served,
    ):
        served.policies[0] = policies
        oidc = OidcSettings(issuer=ISSUER, audience=AUDIENCE, jwks=issuer.jwks, teams_claim="groups")
        keys = IssuerKeys(issuer.jwks)
        served.app.state.verify = IssuedTokens(oidc, keys.find, lambda: served.policies[0].principals, served.clock)
        served.publish()
        served.register()
        yield ClaimDesk(served, issuer)
