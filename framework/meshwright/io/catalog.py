"""Ask a catalog service: the `Registry` of one caller over HTTP."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from meshwright.audit import AuditHead, AuditPage, AuditQuery
from meshwright.errors import (
    AuditCutOff,
    CatalogRefused,
    DataProtectionOnly,
    ForeignDomain,
    MeshError,
    UnknownColumn,
    UnknownProduct,
    UnknownVersion,
)
from meshwright.io.grants import HttpGrants
from meshwright.io.policy_review import HttpPolicyReview
from meshwright.io.service import Service, refusal_of
from meshwright.ports import Event
from meshwright.registry import (
    MAX_PAGE,
    AsOf,
    Entry,
    EntryPage,
    History,
    Impact,
    ImpactQuery,
    LineageGraph,
    LineagePath,
    LineageQuery,
    PathQuery,
    Publisher,
    Receipt,
    Release,
    SearchPage,
    SearchQuery,
)
from meshwright.spec import Registration

if TYPE_CHECKING:
    import httpx

A = TypeVar("A", bound=BaseModel)


class HttpRegistry:
    """A catalog at an address, as one token's holder sees it. Keeps no connection between calls.

    Every call raises `CatalogUnavailable` when the service does not answer and `NotSignedIn` when the token does not
    hold. A token is sent only over https, or to this machine.
    """

    def __init__(self, url: str, *, token: str) -> None:
        self._service = Service.at(url, lambda: token)

    def register(self, registration: Registration) -> Receipt:
        """Add or replace one product's entry; raise `ForeignDomain` for all but a service of its domain."""
        response = self._send("PUT", f"/products/{quote(registration.spec.id)}", json=registration.model_dump_json())
        return self._read(response, Receipt)

    def publisher(self, product: str) -> Publisher:
        """Name the token's holder as who registers a product; raise `ForeignDomain` for whom `register` refuses."""
        return self._read(self._send("GET", f"/products/{quote(product, safe='')}/publisher"), Publisher)

    def find(self, product: str, major: int | None = None) -> Entry | None:
        """Return a product's entry, or None when the caller may not discover it or nobody registered it."""
        response = self._send("GET", f"/products/{quote(product, safe='')}", query={"major": major})
        return None if response.status_code == 404 else self._read(response, Entry)

    def products(self) -> Sequence[Entry]:
        """List every entry the caller may discover, by id, each in its newest major version."""
        found: dict[str, Entry] = {}
        offset, total = 0, 1
        while offset < total:
            query = {"limit": MAX_PAGE, "offset": offset}
            page = self._read(self._send("GET", "/products", query=query), EntryPage)
            found |= {entry.spec.id: entry for entry in page.entries}
            offset, total = offset + MAX_PAGE, page.total
        return tuple(found.values())

    def releases(self, product: str) -> Sequence[Release]:
        """List a product's registrations, newest first; none when the caller may not discover it."""
        response = self._send("GET", f"/products/{quote(product, safe='')}/versions")
        return () if response.status_code == 404 else self._read(response, History).releases

    def search(self, query: SearchQuery) -> SearchPage:
        """Find products by words and filters."""
        asked = query.model_dump(exclude={"text", "classification"})
        asked |= {"q": query.text, "class": query.classification}
        return self._read(self._send("GET", "/search", query=asked), SearchPage)

    def lineage(self, query: LineageQuery) -> LineageGraph:
        """Follow data up or down from a product or column.

        Raises `UnknownProduct`, `UnknownColumn` or, for a version of which no run told, `UnknownVersion`.
        """
        return self._asked("/lineage", query, [(query.product, query.column)], LineageGraph)

    def impact(self, query: ImpactQuery) -> Impact:
        """Tell what a product or column reaches; raise as `lineage` does."""
        return self._asked("/lineage/impact", query, [(query.product, query.column)], Impact)

    def path(self, query: PathQuery) -> LineagePath:
        """Find the shortest way of data between two products or columns; raise as `lineage` does."""
        ends = [(query.product, query.column), (query.to_product, query.to_column)]
        return self._asked("/lineage/path", query, ends, LineagePath)

    def _asked(self, path: str, query: AsOf, ends: Sequence[tuple[str, str | None]], kind: type[A]) -> A:
        response = self._send("GET", path, query=query.model_dump(mode="json"))
        if response.status_code == 404:
            raise self._unknown(ends, query.version)
        return self._read(response, kind)

    def _unknown(self, ends: Sequence[tuple[str, str | None]], version: int | None) -> MeshError:
        """Find out which of the products or columns asked about is not there, if not the version."""
        for product, column in ends:
            entry = self.find(product)
            if entry is None:
                return UnknownProduct(product, (), "catalog")
            known = [each.name for each in entry.spec.columns]
            if column is not None and column not in known and version is None:
                return UnknownColumn(product, column, known)
            if version is not None:
                return UnknownVersion(product, version, entry.delta_version)
        return UnknownProduct(ends[0][0], (), "catalog")

    def record(self, event: Event) -> None:
        """Hand over one OpenLineage event of the caller's own domain."""
        self._checked(self._send("POST", "/lineage", json=_json(event)))

    @property
    def policy_review(self) -> HttpPolicyReview:
        """Review policy versions as the token's holder."""
        return HttpPolicyReview(self._service)

    def audit(self, query: AuditQuery) -> AuditPage:
        """List who read, was refused and changed what; raise `DataProtectionOnly` for everybody else."""
        return self._read(self._protected("GET", "/audit", query=query.model_dump(mode="json")), AuditPage)

    def audit_head(self) -> AuditHead:
        """Tell the audit's last event, signed; raise `AuditCutOff`, or `DataProtectionOnly` for everybody else."""
        response = self._protected("GET", "/audit/head")
        if response.status_code == 410:
            raise AuditCutOff(self._service.where)
        return self._read(response, AuditHead)

    def _protected(self, method: str, path: str, *, query: Mapping[str, Any] | None = None) -> "httpx.Response":
        """Ask what only data protection is told."""
        response = self._send(method, path, query=query)
        if response.status_code == 403:
            raise DataProtectionOnly(self._service.where)
        return response

    @property
    def grants(self) -> HttpGrants:
        """Ask for access and decide about it as the token's holder."""
        return HttpGrants(self._service)

    def _send(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, json: str | None = None
    ) -> "httpx.Response":
        import httpx

        headers = {"Content-Type": "application/json"} if json else {}
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            with self._service.client() as client:
                return client.request(method, f"{self._service.api}{path}", params=asked, content=json, headers=headers)
        except httpx.HTTPError as problem:
            raise self._service.unreachable(problem) from None

    def _checked(self, response: "httpx.Response") -> "httpx.Response":
        match response.status_code:
            case 200 | 201:
                return response
            case 403:
                raise ForeignDomain(self._service.where)
            case status:
                raise self._service.refusal(status, refusal_of(response.content))

    def _read(self, response: "httpx.Response", kind: type[A]) -> A:
        try:
            return kind.model_validate_json(self._checked(response).content)
        except ValidationError:
            hint = "is it a Meshwright catalog, and not newer than this library?"
            raise CatalogRefused(self._service.where, "answered what this version does not understand", hint) from None


def _json(event: Event) -> str:
    import json

    return json.dumps(event, separators=(",", ":"))
