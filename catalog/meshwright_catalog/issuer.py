"""Say who an issuer's access token speaks for: the token names them, principals.toml knows them."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

from meshwright.access import Principal, Principals
from meshwright.errors import TokenRejected, UnknownPrincipal
from meshwright.io.issuer.settings import OidcSettings
from meshwright.io.issuer.tokens import Expected, FindKey, verify_access_token
from meshwright.ports import Clock

log = logging.getLogger(__name__)

MOST_TEAMS = 200


@dataclass(frozen=True)
class IssuedTokens:
    """Verify access tokens of the configured issuer; `principals` are read at each call."""

    settings: OidcSettings
    find: FindKey
    principals: Callable[[], Principals]
    clock: Clock

    def __call__(self, token: str) -> Principal:
        """Return the principal; raise `TokenRejected` or `UnknownPrincipal`, and `CatalogUnavailable` without keys."""
        try:
            return self.principal(self.claims(token))
        except TokenRejected as problem:
            log.info("an access token was refused: %s", problem.problem)
            raise
        except UnknownPrincipal:
            log.info("an access token was refused: it names nobody of principals.toml")
            raise

    def claims(self, token: str) -> Mapping[str, Any]:
        """Return what a token says that holds; raise `TokenRejected`, and `CatalogUnavailable` without keys."""
        expected = Expected(self.settings.issuer, self.settings.audience)
        return verify_access_token(token, self.find, expected, self.clock())

    def principal(self, claims: Mapping[str, Any]) -> Principal:
        """Return who the claims of a token that holds speak of; raise `TokenRejected` or `UnknownPrincipal`."""
        known, client = self.principals(), _text(claims, self.settings.service_claim)
        if self._is_service(claims, client):
            return known.find(client, "service")
        name = _text(claims, self.settings.user_claim)
        if self.settings.user_claim == "email" and claims.get("email_verified") is not True:
            raise TokenRejected("the issuer has not verified the e-mail address")
        if self.settings.teams_claim is None:
            return known.find(name)
        member = known.member(name, _teams(claims.get(self.settings.teams_claim, [])))
        return replace(member, issued_at=datetime.fromtimestamp(claims["iat"], UTC))

    def _is_service(self, claims: Mapping[str, Any], client: str) -> bool:
        """Tell a service from a person: it asks for itself (RFC 9068, 5), or carries what mesh.toml says it does."""
        asks_for_itself = bool(claims["sub"] == client)
        marks = self.settings.services_have
        if not marks:
            return asks_for_itself
        marked = all(claims.get(name) == value for name, value in marks.items())
        if asks_for_itself and not marked:
            raise TokenRejected("it could be a service's or a person's")
        return marked


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise TokenRejected(f"it has no text in {name!r}")
    return value


def _teams(value: Any) -> list[str]:
    teams = cast("list[object]", value) if isinstance(value, list) else None
    if teams is None or len(teams) > MOST_TEAMS:
        raise TokenRejected(f"its teams are no list, or more than {MOST_TEAMS}")
    if not all(isinstance(team, str) for team in teams):
        raise TokenRejected("its teams are not all names")
    return cast("list[str]", teams)
