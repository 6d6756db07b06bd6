"""The answer as it goes out: piece by piece, no faster than the client takes them, and not after it went away."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import anyio
from anyio import to_thread
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectSendStream
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from meshwright.errors import KeysUnusable, MeshError, StoreError, UnknownVersion
from meshwright_catalog.gateway.auditing import Outcome
from meshwright_catalog.gateway.gateway import Gateway
from meshwright_catalog.gateway.negotiation import Form
from meshwright_catalog.gateway.pieces import Piece, Pieces
from meshwright_catalog.gateway.reading import Asked, Reading

log = logging.getLogger(__name__)

T = TypeVar("T")


_SLICE = 2**18
"""How much is handed to the connection at once, in bytes: so much a slow client has to take within the stalled time."""
_LEAST_PAUSE_S = 0.05
_LATE, _STALLED = "it took too long", "its client took nothing"


class Stopped(Exception):
    """An answer that ends before its end; its sentence is for the log, and holds no value."""


@dataclass
class Progress:
    """How far an answer came: whether it began, its rows, and how it ends if nothing more happens.

    The rows of a piece count from its first byte on.
    """

    started: bool = False
    rows: int = 0
    status: Outcome = "cut"
    problem: Exception | None = None


class ReadResponse(Response):
    """Finds, decides and answers when it is its turn; what is refused before the first byte is raised."""

    def __init__(self, gateway: Gateway, asked: Asked, form: Form) -> None:
        super().__init__()
        self.gateway, self.asked, self.form = gateway, asked, form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, until the end or until the client goes away."""
        progress = Progress()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch, receive, progress, tasks)
            try:
                with self.gateway.streams.place(self.asked.principal):
                    await self._answer(send, progress)
            except Exception as error:  # noqa: BLE001 - it leaves the group as itself, below
                progress.problem = error
            tasks.cancel_scope.cancel()
        if progress.problem is None:
            return
        if not progress.started:
            _tell(progress.problem, self.asked)
            raise progress.problem
        # A client learns of the cut from the missing end of the answer: nothing sound can be written after rows.
        log.warning("the answer to request %s was cut: %s", self.asked.request_id, _said(progress.problem))

    async def _watch(self, receive: Receive, progress: Progress, tasks: TaskGroup) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        if progress.status != "complete":
            progress.status = "left"
            tasks.cancel_scope.cancel()

    async def _answer(self, send: Send, progress: Progress) -> None:
        reading = await self._in_thread(lambda: self.gateway.open(self.asked))
        try:
            with anyio.fail_after(self.gateway.limits.seconds):
                await self._send_all(reading, send, progress)
        except (TimeoutError, MeshError) as error:
            progress.status = "cut" if progress.started else "failed"
            raise Stopped(str(error) or _LATE) if isinstance(error, TimeoutError) else error from None
        except Exception:
            progress.status = "failed"
            raise
        finally:
            await self._close(reading, progress)

    async def _close(self, reading: Reading, progress: Progress) -> None:
        """Note the end in a thread that nothing recalls: a service that stops cancels twice, and waits for threads."""
        work = _contained(lambda: self.gateway.close(reading, progress.rows, progress.status))
        noted = asyncio.get_running_loop().run_in_executor(None, work)
        with anyio.CancelScope(shield=True):
            await asyncio.shield(noted)

    async def _send_all(self, reading: Reading, send: Send, progress: Progress) -> None:
        """Make the next piece while one is on its way; no more than these two are in memory."""
        pieces = Pieces(self.gateway, reading, self.form)
        made, taken = anyio.create_memory_object_stream[Piece](0)
        async with anyio.create_task_group() as tasks, made, taken:
            tasks.start_soon(self._make, pieces, made.clone(), progress)
            tasks.start_soon(self._look_again, pieces, progress, tasks)
            made.close()
            try:
                async for data, rows in taken:
                    progress.rows += rows  # before they go: the audit never tells of fewer than a client may have
                    await self._send(send, data, reading, progress)
            except Exception as error:  # noqa: BLE001 - it leaves the group as itself, below
                progress.problem = progress.problem or error
            tasks.cancel_scope.cancel()
        if progress.problem is not None:
            await self._cut(pieces, send, progress)
            raise progress.problem
        progress.status = "complete"  # before the last word, after which a server says that the client is gone
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _cut(self, pieces: Pieces, send: Send, progress: Progress) -> None:
        """Spoil the answer for whoever does not see that the connection ended early."""
        if progress.started and not isinstance(progress.problem, TimeoutError):
            with anyio.move_on_after(1):
                await send({"type": "http.response.body", "body": pieces.cut(), "more_body": True})

    async def _make(self, pieces: Pieces, made: MemoryObjectSendStream[Piece], progress: Progress) -> None:
        async with made:
            try:
                while (piece := await self._in_thread(pieces.next)) is not None:
                    if piece[0]:
                        await made.send(piece)
            except Exception as error:  # noqa: BLE001 - it is raised where the pieces are sent
                progress.problem = progress.problem or error

    async def _look_again(self, pieces: Pieces, progress: Progress, tasks: TaskGroup) -> None:
        """End the answer when less is granted, though its client be slow and no new piece be made."""
        try:
            while True:
                await anyio.sleep(max(self.gateway.limits.recheck_seconds, _LEAST_PAUSE_S))
                await self._in_thread(pieces.look_again)
        except Exception as error:  # noqa: BLE001 - it is raised where the pieces are sent
            progress.problem = progress.problem or error
            tasks.cancel_scope.cancel()

    async def _send(self, send: Send, data: bytes, reading: Reading, progress: Progress) -> None:
        if not progress.started:
            progress.started = True
            await send({"type": "http.response.start", "status": 200, "headers": self._said_of(reading)})
        for at in range(0, len(data), _SLICE):
            try:
                with anyio.fail_after(self.gateway.limits.stalled_seconds):
                    await send({"type": "http.response.body", "body": data[at : at + _SLICE], "more_body": True})
            except TimeoutError:
                raise TimeoutError(_STALLED) from None

    def _said_of(self, reading: Reading) -> list[tuple[bytes, bytes]]:
        found = {"Content-Type": self.form.content_type, "Vary": "Accept, Accept-Encoding", **reading.headers}
        if self.form.encoding != "identity":
            found["Content-Encoding"] = self.form.encoding
        return [(name.lower().encode(), value.encode("latin-1")) for name, value in found.items()]

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await to_thread.run_sync(_contained(work), limiter=self.gateway.streams.threads)


def _contained(work: Callable[[], T]) -> Callable[[], T]:
    """Turn a panic of Polars, which no `except Exception` sees, into an exception without its text."""

    def contained() -> T:
        try:
            return work()
        except Exception:
            raise
        except BaseException as panic:  # noqa: BLE001 - as the docstring says
            raise Stopped(type(panic).__name__) from None

    return contained


def _tell(error: Exception, asked: Asked) -> None:
    """Say to whoever runs the catalog why a table cannot be read; who asks does not learn it."""
    if isinstance(error, StoreError | KeysUnusable | Stopped) and not isinstance(error, UnknownVersion):
        log.error("the table of %s cannot be read: %s", asked.product, error)


def _said(error: Exception) -> str:
    """Tell of an error in the log; what is not ours may quote a value."""
    return str(error) if isinstance(error, MeshError | Stopped) else type(error).__name__
