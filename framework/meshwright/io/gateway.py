"""Read products through the gateway of a catalog service: the `Gateway` of one token's holder over HTTP."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, cast, get_args
from urllib.parse import quote

from pydantic import ValidationError

from meshwright.errors import (
    AccessDenied,
    AnswerCut,
    CatalogRefused,
    CatalogUnavailable,
    QueryRejected,
    TooManyRequests,
    UnknownProduct,
    UnknownVersion,
)
from meshwright.io.arrow import ArrowStream
from meshwright.io.service import Service, refusal_of
from meshwright.markers import RevealLevel, RowsShown
from meshwright.ports import RowStream
from meshwright.query import ReadRequest
from meshwright.registry import AccessAnswer

if TYPE_CHECKING:
    import httpx

ARROW = "application/vnd.apache.arrow.stream"
PATIENCE_S = 120.0
"""How long an answer may be silent: the gateway may have to sort or to count first."""
MOST_REFUSED = 64 * 1024
WAITS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""How long to wait, in seconds and one after the other, while every place of the gateway is taken."""


class HttpGateway:
    """The gateway at a catalog's address. Holds one batch of an answer at a time, and no connection between calls.

    Raises `CatalogUnavailable` when the service does not answer, `NotSignedIn` when the token does not hold, and
    `AnswerCut` when rows stop coming before their end.
    """

    def __init__(self, url: str, *, token: Callable[[], str], waits: Sequence[float] = WAITS) -> None:
        self._service = Service.at(url, token)
        self._waits = waits

    @contextmanager
    def read(self, product: str, request: ReadRequest) -> Generator[RowStream]:
        """Open an answer and close it at the end, however much of it was read; wait for a place where none is free.

        A build reads its inputs at once, and each takes one of the places that the gateway has for the reader.
        """
        with ExitStack() as stack:
            for wait in self._waits:
                try:
                    found = stack.enter_context(self._read(product, request))
                    break
                except TooManyRequests:
                    time.sleep(wait)
            else:
                found = stack.enter_context(self._read(product, request))
            yield found

    @contextmanager
    def _read(self, product: str, request: ReadRequest) -> Generator[RowStream]:
        import httpx

        address = f"{self._service.api}/products/{quote(product, safe='')}/read"
        wanted = f'{ARROW}; dictionaries="tokens"'
        headers = {"Content-Type": "application/json", "Accept": wanted, "Accept-Encoding": "identity"}
        body = request.model_dump_json(exclude_none=True)
        started = False
        try:
            with (
                self._service.client(PATIENCE_S) as client,
                client.stream("POST", address, content=body, headers=headers) as response,
            ):
                if response.status_code != 200:
                    raise self._refused(product, request, response)
                started = True
                yield self._stream(response)
        except httpx.HTTPError as problem:
            if started:
                raise AnswerCut(self._service.where, type(problem).__name__) from None
            raise self._service.unreachable(problem) from None

    def access(self, product: str, purpose: str, major: int | None = None) -> AccessAnswer | None:
        """Tell what the caller may see of a product for a purpose; None when they may not discover it."""
        import httpx

        address = f"{self._service.api}/products/{quote(product, safe='')}/access"
        asked = {"purpose": purpose} | ({"major": major} if major is not None else {})
        try:
            with self._service.client() as client:
                response = client.get(address, params=asked)
        except httpx.HTTPError as problem:
            raise self._service.unreachable(problem) from None
        if response.status_code == 404:
            return None
        if response.status_code != 200:
            raise self._service.refusal(response.status_code, refusal_of(response.content))
        try:
            return AccessAnswer.model_validate_json(response.content)
        except ValidationError:
            raise self._not_understood() from None

    def _stream(self, response: "httpx.Response") -> RowStream:
        if response.headers.get("content-type", "").partition(";")[0] != ARROW:
            raise self._not_understood()
        stream = ArrowStream(response.iter_raw(), self._service.where)
        version = response.headers.get("mesh-version", "")
        if not version.isdecimal():
            raise self._not_understood()
        scope, rows = response.headers.get("mesh-scope", ""), self._rows(response)
        policies = response.headers.get("mesh-policies", "")
        return RowStream(int(version), self._levels(response), stream.schema, stream.batches(), scope, rows, policies)

    def _rows(self, response: "httpx.Response") -> RowsShown:
        said = response.headers.get("mesh-rows", "all")
        found = next((rows for rows in get_args(RowsShown) if rows == said), None)
        if found is None:
            raise self._not_understood()
        return cast("RowsShown", found)

    def _levels(self, response: "httpx.Response") -> Mapping[str, RevealLevel]:
        import json

        try:
            said: Any = json.loads(response.headers.get("mesh-levels", ""))
            found: dict[str, RevealLevel] = {str(name): level for name, level in said.items()}
        except (ValueError, AttributeError):
            raise self._not_understood() from None
        if set(found.values()) - set(get_args(RevealLevel)):
            raise self._not_understood()
        return found

    def _refused(self, product: str, request: ReadRequest, response: "httpx.Response") -> Exception:
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > MOST_REFUSED:
                break
        said = refusal_of(bytes(body))
        match response.status_code:
            case 403:
                return AccessDenied(product, said.detail, said.columns, said.asks)
            case 404 | 410 if request.version is not None and (response.status_code == 410 or "version" in said.detail):
                return UnknownVersion(product, request.version)
            case 404:
                return UnknownProduct(product, (), "catalog")
            case 400 | 406 | 413 | 422:
                return QueryRejected(product, said.detail)
            case 503:
                return CatalogUnavailable(self._service.where, f"cannot answer (503): {said.detail}", "")
            case status:
                return self._service.refusal(status, said)

    def _not_understood(self) -> CatalogRefused:
        hint = "is it a Meshwright catalog, and not newer than this library?"
        return CatalogRefused(self._service.where, "answered what this version does not understand", hint)
