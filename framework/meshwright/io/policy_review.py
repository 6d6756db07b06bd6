"""Ask a catalog service which policies wait and which decided, approve, refuse and go back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from meshwright.errors import (
    CatalogRefused,
    GrantRejected,
    MeshError,
    NotYourDecision,
    PastUnknown,
    UnknownColumn,
    UnknownMajor,
    UnknownPolicyVersion,
    UnknownProduct,
)
from meshwright.io.service import Service, refusal_of
from meshwright.registry import PolicyVersion, PolicyVersions, WhoCan, WhoCanQuery

A = TypeVar("A", bound=BaseModel)


def _of(product: str) -> str:
    return f"products/{quote(product, safe='')}/policies"


@dataclass(frozen=True, slots=True)
class HttpPolicyReview:
    """`PolicyReview` of one token's holder."""

    service: Service

    def pending(self) -> Sequence[PolicyVersion]:
        """List the versions that wait."""
        return self._sent("GET", "policies/pending", "", PolicyVersions).versions

    def versions(self, product: str) -> Sequence[PolicyVersion]:
        """List a product's versions, newest first."""
        return self._sent("GET", _of(product), product, PolicyVersions).versions

    def approve(self, product: str, number: int) -> PolicyVersion:
        """Put a version in force that waits."""
        return self._sent("POST", f"{_of(product)}/approval", product, PolicyVersion, params={"number": number})

    def refuse(self, product: str, number: int, reason: str) -> PolicyVersion:
        """Refuse a version that waits, for good."""
        query, said = {"number": number}, {"note": reason}
        return self._sent("POST", f"{_of(product)}/refusal", product, PolicyVersion, params=query, json=said)

    def who_can(self, product: str, asked: WhoCanQuery) -> WhoCan:
        """Say who may see a product; raise `PastUnknown` for a time of which the catalog knows nothing."""
        query = {name: value for name, value in asked.model_dump(mode="json").items() if value is not None}
        path = f"products/{quote(product, safe='')}/who-can"

        def unknown(detail: str) -> MeshError:
            told = detail.partition(": ")[2].rstrip(".")
            if "no such major" in detail and asked.major is not None:
                return UnknownMajor(product, asked.major, told)
            if "no such column" in detail and asked.column is not None:
                return UnknownColumn(product, asked.column, (), told)
            if "time" in detail and asked.at is not None:
                return PastUnknown(asked.at, detail.rpartition(": ")[2].rstrip("."), "ask for a later time, or without")
            return UnknownProduct(product, (), "catalog")

        return self._sent("GET", path, product, WhoCan, unknown, params=query)

    def roll_back(self, product: str, number: int | None = None) -> PolicyVersion:
        """Let the version before, or the one named, decide again."""
        query = {} if number is None else {"number": number}
        return self._sent("POST", f"{_of(product)}/rollback", product, PolicyVersion, params=query)

    def _sent(
        self,
        method: str,
        path: str,
        product: str,
        kind: type[A],
        unknown: Callable[[str], MeshError] | None = None,
        **said: Any,
    ) -> A:
        import httpx

        try:
            with self.service.client() as client:
                found = client.request(method, f"{self.service.api}/{path}", **said)
        except httpx.HTTPError as problem:
            raise self.service.unreachable(problem) from None
        told = refusal_of(found.content) if found.status_code != 200 else None
        if told is None:
            return self._read(found.content, kind)
        match found.status_code:
            case 403:
                raise NotYourDecision(product or self.service.where, told.detail)
            case 404 if unknown is not None:
                raise unknown(told.detail)
            case 404 if "version" in told.detail or "wait" in told.detail:
                raise UnknownPolicyVersion(product, told.detail.removeprefix("The product ").rstrip("."))
            case 404:
                raise UnknownProduct(product, (), "catalog")
            case 422 if "json" in said:
                raise GrantRejected(product, told.detail)
            case status:
                raise self.service.refusal(status, told)

    def _read(self, body: bytes, kind: type[A]) -> A:
        try:
            return kind.model_validate_json(body)
        except ValidationError:
            hint = "is it a Meshwright catalog, and not newer than this library?"
            raise CatalogRefused(self.service.where, "answered what this version does not understand", hint) from None
