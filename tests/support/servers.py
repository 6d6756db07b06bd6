"""Applications behind the server that people start."""

import asyncio
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn

from meshwright_catalog.server import listen, server_config

LOOKS_S = 0.01


class Prompt(uvicorn.Server):
    """The server of `mesh catalog serve`, which ends as soon as it may: the original lets 0.1 s pass, and twice."""

    async def main_loop(self) -> None:
        while not await self.on_tick(0):  # noqa: ASYNC110 - it is told by a flag
            await asyncio.sleep(LOOKS_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for each in (*self.servers, *(sockets or ())):
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - it keeps sets
            await asyncio.sleep(LOOKS_S)
        for server in self.servers:
            await server.wait_closed()
        await self.lifespan.shutdown()


@contextmanager
def served_at(app: Any) -> Generator[str]:
    """Serve an application on a free port of this machine, and give its address."""
    config = server_config(app, port=0)
    listening = listen(config)
    server = Prompt(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
