"""Ask a catalog service for access, and decide about what others ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from meshwright.errors import (
    CatalogRefused,
    DataProtectionOnly,
    GrantClosed,
    GrantRejected,
    NotYourDecision,
    UnknownGrant,
    UnknownProduct,
)
from meshwright.grants import (
    Act,
    EmergencyRequest,
    Grant,
    GrantList,
    GrantRequest,
    GrantView,
    HeldGrants,
    Orphan,
    Orphans,
    Said,
    Status,
    Which,
)
from meshwright.io.service import Service, refusal_of

A = TypeVar("A", bound=BaseModel)

_PATHS: Mapping[Act, str] = {
    "approve": "requests/{}/approve",
    "refuse": "requests/{}/refuse",
    "revoke": "grants/{}/revoke",
    "confirm": "grants/{}/recertify",
    "review": "grants/{}/review",
}


@dataclass(frozen=True, slots=True)
class HttpGrants:
    """`Grants` of one token's holder."""

    service: Service

    def request(self, wanted: GrantRequest) -> GrantView:
        """Ask; raise `GrantRejected` or `UnknownProduct`."""
        return self._asked("requests", wanted)

    def break_glass(self, wanted: EmergencyRequest) -> GrantView:
        """Open classified columns for an hour without asking."""
        return self._asked("break-glass", wanted)

    def say(self, grant: str, act: Act, note: str = "") -> GrantView:
        """Approve, refuse, revoke, confirm or review."""
        status, body = self._send("POST", _PATHS[act].format(quote(grant, safe="")), Said(note=note))
        where, told = f"grant {grant[:40]}", refusal_of(body).detail
        match status:
            case 403:
                raise NotYourDecision(where, told)
            case 404:
                raise UnknownGrant(grant)
            case 409:
                raise GrantClosed(where, told)
            case 422:
                raise GrantRejected(where, told)
            case _:
                return self._read(status, body, GrantView)

    def listed(self, which: Which, product: str | None = None, status: Status | None = None) -> Sequence[GrantView]:
        """List grants, newest first."""
        asked = {"which": which, "product": product, "status": status}
        query = {name: value for name, value in asked.items() if value is not None}
        page = self._read(*self._send("GET", "grants", query=query), GrantList)
        found = [*page.grants]
        while page.next:
            page = self._read(*self._send("GET", "grants", query=query | {"before": page.next}), GrantList)
            found += page.grants
        return found

    def held(self) -> Sequence[Grant]:
        """Give the grants that may count for the caller."""
        return self._read(*self._send("GET", "held"), HeldGrants).grants

    def orphans(self) -> Sequence[Orphan]:
        """List what nobody answers for; raise `DataProtectionOnly`."""
        status, body = self._send("GET", "orphans")
        if status == 403:
            raise DataProtectionOnly(self.service.where)
        return self._read(status, body, Orphans).orphans

    def _asked(self, path: str, wanted: GrantRequest | EmergencyRequest) -> GrantView:
        status, body = self._send("POST", path, wanted)
        if status == 404:
            raise UnknownProduct(wanted.product, (), "catalog")
        if status == 422:
            raise GrantRejected(f"request for {wanted.product}", refusal_of(body).detail)
        return self._read(status, body, GrantView)

    def _send(
        self, method: str, path: str, said: BaseModel | None = None, query: Mapping[str, Any] | None = None
    ) -> tuple[int, bytes]:
        import httpx

        text = said.model_dump_json() if said is not None else None
        headers = {"Content-Type": "application/json"} if text else {}
        try:
            with self.service.client() as client:
                url = f"{self.service.api}/access/{path}"
                found = client.request(method, url, params=dict(query or {}), content=text, headers=headers)
                return found.status_code, found.content
        except httpx.HTTPError as problem:
            raise self.service.unreachable(problem) from None

    def _read(self, status: int, body: bytes, kind: type[A]) -> A:
        if status not in (200, 201):
            raise self.service.refusal(status, refusal_of(body))
        try:
            return kind.model_validate_json(body)
        except ValidationError:
            hint = "is it a Meshwright catalog, and not newer than this library?"
            raise CatalogRefused(self.service.where, "answered what this version does not understand", hint) from None
