"""The catalog's service at an address: how a token's holder reaches it, and what its refusals mean."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from meshwright.errors import CatalogRefused, CatalogUnavailable, NotSignedIn, TooManyRequests
from meshwright.sealed import Sealed

if TYPE_CHECKING:
    import httpx

CONNECT_S = 10.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Service(Sealed):
    """An address, the name that errors give it, and the token of each request; `local` is on this machine."""

    api: str
    where: str
    local: bool
    token: Callable[[], str]

    @classmethod
    def at(cls, url: str, token: Callable[[], str]) -> "Service":
        """Look at an address; raise `CatalogRefused` for one to which a token would travel in the open."""
        parts = urlsplit(url)
        local = parts.hostname in _LOOPBACK
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise CatalogRefused("catalog", "its address is neither https nor on this machine", "a token travels there")
        where = f"catalog at {parts.hostname}" + (f":{parts.port}" if parts.port else "")
        return cls(f"{url.rstrip('/')}/api/v1", where, local, token)

    def client(self, patience_s: float = CONNECT_S) -> "httpx.Client":
        """Open a client that carries the token; an answer may be silent for `patience_s`."""
        import httpx

        headers = {"Authorization": f"Bearer {self.token()}"}
        timeout = httpx.Timeout(CONNECT_S, read=patience_s)
        trusted = _trusted(known=self.api.startswith("https:"), environment=not self.local)
        return httpx.Client(timeout=timeout, trust_env=not self.local, headers=headers, verify=trusted)

    def unreachable(self, error: Exception) -> CatalogUnavailable:
        """Say that no answer came."""
        return CatalogUnavailable(self.where, f"does not answer ({type(error).__name__})")

    def refusal(self, status: int, problem: "Refusal") -> Exception:
        """Say what a refusal means that is the same for every request."""
        match status:
            case 401:
                return NotSignedIn(self.where)
            case 429:
                return TooManyRequests(self.where)
            case 500 | 502 | 503 | 504:
                return CatalogUnavailable(self.where, f"cannot answer just now ({status})")
            case _:
                return CatalogRefused(self.where, f"refused ({status}): {problem.detail}")


@cache
def _trusted(*, known: bool, environment: bool) -> ssl.SSLContext:
    """Read the known authorities once in a process, it takes longer than a small answer; trust none without TLS."""
    import httpx

    return httpx.create_ssl_context(trust_env=environment) if known else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a problem (RFC 9457) says: its sentence, and the columns and smallest requests of a denial."""

    detail: str
    columns: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


def refusal_of(body: bytes) -> Refusal:
    """Read the sentences of a problem; whatever else is sent is not shown."""
    import json

    try:
        said = cast("Mapping[str, Any]", json.loads(body))
        errors: list[Any] = said.get("errors") or []
        told = [str(said["detail"]), *(f"{e['where']} {e['problem']}" for e in errors)]
        columns, asks = (tuple(str(each)[:500] for each in said.get(name) or ()) for name in ("columns", "asks"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refusal("no reason that can be read")
    return Refusal("; ".join(told)[:500], columns, asks)
