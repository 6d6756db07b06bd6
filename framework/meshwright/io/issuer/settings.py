"""What mesh.toml says of the company's OpenID Connect issuer: whom it names, and how people sign in there."""

from collections.abc import Mapping
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from meshwright.io.section import Section

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class LoginSettings(Section):
    """How people sign in on the pages: as which client of the issuer, and the `address` where browsers find the pages.

    Both endpoints are those of the issuer's discovery document, unless they stand here. A confidential client's secret
    stands in the variable MESH_LOGIN_SECRET or in `secret_file`, never here.
    """

    client_id: str = Field(min_length=1)
    address: str
    token_endpoint_auth_method: Literal["none", "client_secret_basic", "client_secret_post"] = "none"
    secret_file: str = ".mesh/login-secret"
    scopes: tuple[str, ...] = ("openid",)
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None

    @field_validator("address", "authorization_endpoint", "token_endpoint")
    @classmethod
    def _over_https(cls, address: str | None) -> str | None:
        return address if address is None else trusted(address)

    @field_validator("address")
    @classmethod
    def _nothing_behind(cls, address: str) -> str:
        """Take where the pages begin: what follows it is ours to say."""
        parts = urlsplit(address)
        if parts.path or parts.query:
            raise PydanticCustomError("address", "has something behind host and port, also if only a slash")
        return address

    @field_validator("scopes")
    @classmethod
    def _of_openid(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in scopes or any(not scope or set(scope) & set(' "\\') for scope in scopes):
            raise PydanticCustomError("scopes", 'are no scopes, or are without "openid"')
        return scopes

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:  # noqa: N804 - after validation there is an instance
        if (self.authorization_endpoint is None) != (self.token_endpoint is None):
            raise PydanticCustomError("endpoints", "names one endpoint of two: name both, or neither")
        return self

    @property
    def redirect_uri(self) -> str:
        """Where the issuer sends people back to: registered there exactly like this."""
        return f"{self.address}/login/callback"


class OidcSettings(Section):
    """Whose access tokens the catalog takes, for which audience, where the issuer's keys are, and what names whom.

    `services_have` are claims that every token of a service carries; without any, a service is who asks for itself:
    its subject is its client. What a token says of teams counts for `teams_days` where its person shows no newer one:
    for what they approved, and in whose stead others decide. With `login` people sign in at the issuer; without, they
    paste a token.
    """

    issuer: str = Field(min_length=1)
    audience: str = Field(min_length=1)
    jwks: str
    user_claim: str = "sub"
    service_claim: str = "client_id"
    teams_claim: str | None = None
    teams_days: int = Field(default=30, ge=1, le=365)
    services_have: Mapping[str, str] = Field(default_factory=dict)
    login: LoginSettings | None = None

    @field_validator("issuer", "jwks")
    @classmethod
    def _over_https(cls, address: str) -> str:
        return trusted(address)


def trusted(address: str) -> str:
    """Take an address whose answers nobody on the way can change: https, or this machine's own."""
    try:
        parts = urlsplit(address)
        local = parts.scheme == "http" and parts.hostname in LOOPBACK
        plain = parts.port != 0 and not (parts.username or parts.password or parts.fragment)
    except ValueError:
        raise PydanticCustomError("address", "is no address") from None
    if not plain or not parts.hostname or not (parts.scheme == "https" or local):
        raise PydanticCustomError("address", "is no https address, nor one of this machine")
    return address


def is_here(address: str) -> bool:
    """Tell whether an address is one of this machine."""
    return urlsplit(address).hostname in LOOPBACK
