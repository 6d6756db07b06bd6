"""Ask a catalog service which policies wait and which decided, approve and go back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from meshwright.errors import CatalogRefused, NotYourDecision, UnknownPolicyVersion, UnknownProduct
from meshwright.io.service import Service, refusal_of
from meshwright.registry import PolicyVersion, PolicyVersions

A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class HttpPolicyReview:
    """`PolicyReview` of one token's holder."""

    service: Service

    def pending(self) -> Sequence[PolicyVersion]:
        """List the versions that wait."""
        return self._sent("GET", "policies/pending", "", None, PolicyVersions).versions

    def versions(self, product: str) -> Sequence[PolicyVersion]:
        """List a product's versions, newest first."""
        return self._sent("GET", f"products/{quote(product, safe='')}/policies", product, None, PolicyVersions).versions

    def approve(self, product: str, number: int) -> PolicyVersion:
        """Put a version in force that waits."""
        path = f"products/{quote(product, safe='')}/policies/approval"
        return self._sent("POST", path, product, number, PolicyVersion)

    def roll_back(self, product: str, number: int | None = None) -> PolicyVersion:
        """Let the version before, or the one named, decide again."""
        path = f"products/{quote(product, safe='')}/policies/rollback"
        return self._sent("POST", path, product, number, PolicyVersion)

    def _sent(self, method: str, path: str, product: str, number: int | None, kind: type[A]) -> A:
        import httpx

        query = {} if number is None else {"number": number}
        try:
            with self.service.client() as client:
                found = client.request(method, f"{self.service.api}/{path}", params=query)
        except httpx.HTTPError as problem:
            raise self.service.unreachable(problem) from None
        told = refusal_of(found.content) if found.status_code != 200 else None
        if told is None:
            return self._read(found.content, kind)
        match found.status_code:
            case 403:
                raise NotYourDecision(product or self.service.where, told.detail)
            case 404 if "version" in told.detail or "wait" in told.detail:
                raise UnknownPolicyVersion(product, told.detail.removeprefix("The product ").rstrip("."))
            case 404:
                raise UnknownProduct(product, (), "catalog")
            case status:
                raise self.service.refusal(status, told)

    def _read(self, body: bytes, kind: type[A]) -> A:
        try:
            return kind.model_validate_json(body)
        except ValidationError:
            hint = "is it a Meshwright catalog, and not newer than this library?"
            raise CatalogRefused(self.service.where, "answered what this version does not understand", hint) from None
