"""The server that people start, and what it need not say."""

import logging
import socket

import uvicorn
from starlette.types import ASGIApp

_AHEAD = 2**18
"""How much of an answer the machine keeps for a connection, in bytes; Linux takes twice as much."""
_CUT = "ASGI callable returned without completing response."


def server_config(app: ASGIApp, port: int) -> uvicorn.Config:
    """Say how uvicorn serves an application on this machine alone; 0 is a free port."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", server_header=False)
    config.timeout_graceful_shutdown = 10  # a long answer is cut rather than waited for
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    return config


def listen(config: uvicorn.Config) -> socket.socket:
    """Take the port, so that whoever comes as soon as the address is told waits in line.

    A connection holds little of an answer: what left the gateway is read though rights have ended, and a slow client is
    seen to take something while a large buffer would be full for minutes.
    """
    listening = config.bind_socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _AHEAD)
    listening.listen(config.backlog)
    return listening


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether nobody said it yet: whoever cuts an answer logs which, and why."""
    return record.msg != _CUT
