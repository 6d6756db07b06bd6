"""Sign a person in: send a browser to the issuer, and believe what it brings back only when all of it holds.

Who somebody is, says the access token, verified as everywhere. The ID token ties it to this browser's sign-in, and is
then forgotten.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from meshwright.errors import CatalogUnavailable, SignInRefused, TokenRejected, UnknownPrincipal
from meshwright.io.issuer.endpoints import Endpoints
from meshwright.io.issuer.tokens import Expected, verify_id_token
from meshwright_catalog.issuer import IssuedTokens
from meshwright_catalog.login.begun import Begun, begin, not_begun, sealed, unsealed
from meshwright_catalog.login.code import Client, Tokens, authorization_address, redeem

AT_ONCE = 8
"""How many codes are changed for tokens at a time: a slow issuer keeps no more of the service's threads than these."""
WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An access token that holds, and for how long."""

    token: str = field(repr=False)
    seconds: int


@dataclass(frozen=True)
class Login:
    """Sign-in at one issuer: `tokens` verifies whom a token speaks for, `key` signs what browsers keep meanwhile."""

    tokens: IssuedTokens
    client: Client
    endpoints: Callable[[], Endpoints]
    key: Ed25519PrivateKey = field(repr=False)
    draw: Callable[[], str] = lambda: secrets.token_urlsafe(32)
    redeeming: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    @property
    def issuer(self) -> str:
        """The issuer's host, as people know it."""
        return urlsplit(self.tokens.settings.issuer).netloc

    @property
    def address(self) -> str:
        """Where browsers find the pages."""
        parts = urlsplit(self.client.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"

    def begin(self, back: str) -> tuple[str, str]:
        """Return where to send a browser, and what it keeps; raise `CatalogUnavailable` while that is not known."""
        begun = begin(back, self.draw)
        place = self.endpoints()
        kept = sealed(begun, self.client.id, self.key, self.tokens.clock())
        return authorization_address(place, self.client, begun), kept

    def begun(self, kept: str) -> Begun:
        """Read what a browser kept; raise `SignInRefused` when that is nothing of ours, or too old."""
        return unsealed(kept, self.client.id, self.key, self.tokens.clock())

    def finish(self, begun: Begun, answer: Sequence[tuple[str, str]]) -> SignedIn:
        """Sign in by the issuer's answer, in the browser that began.

        Raises `SignInRefused` when anything does not fit, and `CatalogUnavailable` while the issuer does not answer.
        """
        said = dict(answer)
        if len(said) != len(answer) or not secrets.compare_digest(said.get("state", "").encode(), begun.state.encode()):
            raise not_begun()
        place = self.endpoints()
        self._check_issuer(said.get("iss"), place)
        code = said.get("code", "")
        if "error" in said or not code:
            raise SignInRefused("the issuer did not sign you in")
        if not self.redeeming.acquire(timeout=WAIT_S):
            raise CatalogUnavailable("issuer", "is being asked by others; try again")
        try:
            given = redeem(code, begun, place, self.client)
        finally:
            self.redeeming.release()
        return SignedIn(given.access, self._seconds(given, begun.nonce))

    def _check_issuer(self, named: str | None, place: Endpoints) -> None:
        """Hold the answer to be of our issuer, where it says whose it is or would have to (RFC 9207)."""
        expected = self.tokens.settings.issuer
        if named != expected and (named is not None or place.names_itself):
            raise SignInRefused("the answer is not of the issuer that this catalog believes")

    def _seconds(self, given: Tokens, nonce: str) -> int:
        """Verify both tokens, and that they are of one person and for us; tell how long the access token holds."""
        tokens, now = self.tokens, self.tokens.clock()
        expected = Expected(tokens.settings.issuer, self.client.id)
        try:
            identity = verify_id_token(given.id, tokens.find, expected, nonce, now)
        except TokenRejected as refused:
            raise SignInRefused(f"the ID token was not accepted: {refused.problem}") from None
        try:
            claims = tokens.claims(given.access)
            who = tokens.principal(claims)
        except TokenRejected as refused:
            raise SignInRefused(f"the access token was not accepted: {refused.problem}") from None
        except UnknownPrincipal:
            raise SignInRefused(
                "your issuer knows you, but this catalog does not", "ask for an entry in policies/principals.toml"
            ) from None
        if claims["sub"] != identity["sub"] or claims[tokens.settings.service_claim] != self.client.id:
            raise SignInRefused("the access token was not made for this sign-in")
        if who.kind != "user":
            raise SignInRefused("a service does not sign in on pages", "let it send its token")
        return int(claims["exp"] - now.timestamp())
