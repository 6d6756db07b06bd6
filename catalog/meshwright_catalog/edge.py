"""What every request passes first: its name, its host, its size; and what every answer carries."""

import asyncio
import logging
import re
import zlib
from dataclasses import dataclass
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from meshwright_catalog.problems import problem_response
from meshwright_catalog.settings import Settings

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
"""A UUID, with hyphens or without: any other text could be somebody's name, and is kept nowhere."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser would hide where our own forms come from
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Refused(Exception):
    """A request that goes no further."""

    status: int
    detail: str


class Edge:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through whole and small enough, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        answer = _Answer(send, _request_id(headers))
        try:
            self._check_host(headers)
            _check_text(scope)
            body = await self._body(headers, receive)
            kept = [pair for pair in scope["headers"] if pair[0] != b"content-encoding"]
            scope = {**scope, "headers": kept, "request_id": answer.request_id}
            await self.app(scope, _replay(body, receive), answer)
        except Refused as refused:
            await problem_response(refused.status, refused.detail)(scope, receive, answer)
        except asyncio.CancelledError:  # nobody but a server that stops cancels the whole of a request
            log.warning("request %s was cut: the service stops", answer.request_id)
            if not answer.started:
                await problem_response(503, "The catalog is stopping; try again.")(scope, receive, answer)
        except Exception as error:  # noqa: BLE001 - the last door: what fails in here must not show its inside
            log.error(  # noqa: TRY400 - a trace shows messages, and those may hold values
                "request %s failed: %s at %s", answer.request_id, type(error).__name__, _place(error)
            )
            if not answer.started:
                await problem_response(500, "Something went wrong in the catalog.")(scope, receive, answer)

    def _check_host(self, headers: Headers) -> None:
        host = headers.get("host", "").lower()
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if name not in self.settings.hosts:
            raise Refused(421, "This catalog is not addressed by that name.")

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        """Read the body to its end, unpacked; both forms are measured while they come."""
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip"):
            raise Refused(415, "A body may be sent plain or as gzip.")
        body, more = bytearray(), True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message["type"] == "http.request" and message.get("more_body", False)
            if len(body) > self.settings.max_body:
                raise Refused(413, f"A body may have {self.settings.max_body} bytes.")
        return _unpacked(bytes(body), self.settings.max_body) if encoding == "gzip" else bytes(body)


def _check_text(scope: Scope) -> None:
    """Refuse a null character, which no name has and not every database takes."""
    if "\0" in scope["path"]:
        raise Refused(404, "There is nothing of that name.")
    if b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
        raise Refused(422, "A null character stands in the query.")


class _Answer:
    """Sends the answer, with the headers that every one carries."""

    def __init__(self, send: Send, request_id: str) -> None:
        self.send = send
        self.request_id = request_id
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            headers.setdefault("Cache-Control", "no-store")
            for name, value in _HEADERS.items():
                headers[name] = value
        await self.send(message)


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else str(uuid4())


def _unpacked(body: bytes, limit: int) -> bytes:
    unzip = zlib.decompressobj(wbits=31)
    try:
        plain = unzip.decompress(body, limit + 1)
    except zlib.error:
        raise Refused(400, "The body is not gzip.") from None
    if len(plain) > limit:
        raise Refused(413, f"A body may have {limit} bytes, unpacked.")
    if not unzip.eof:
        raise Refused(400, "The body ends too early.")
    return plain


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replayed() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _place(error: BaseException) -> str:
    """Say where an error arose, without its message: that may hold a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "nowhere"
