"""The server that people start, and what it need not say."""

import logging

import uvicorn
from starlette.types import ASGIApp

_CUT = "ASGI callable returned without completing response."


def server_config(app: ASGIApp, port: int) -> uvicorn.Config:
    """Say how uvicorn serves an application on this machine alone; 0 is a free port."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", server_header=False)
    config.timeout_graceful_shutdown = 10  # a long answer is cut rather than waited for
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    return config


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether nobody said it yet: whoever cuts an answer logs which, and why."""
    return record.msg != _CUT
