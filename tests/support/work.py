"""What a server does for one request, counted and not timed: SQL statements, policy decisions, tables opened."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import cedarpy
import deltalake
from sqlalchemy import Engine, event


@dataclass
class Work:
    """Statements without their values, how many questions each decision was asked, and the tables opened."""

    statements: list[str] = field(default_factory=list[str])
    decisions: list[int] = field(default_factory=list[int])
    tables: int = 0


@contextmanager
def counted(engine: Engine) -> Generator[Work]:
    """Count what is done in this process while the block runs."""
    work = Work()
    engine_of_policies: Any = cedarpy
    batch, partial = engine_of_policies.is_authorized_batch, engine_of_policies.is_authorized_partial
    opened = deltalake.DeltaTable.__init__

    def statement(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        work.statements.append(text)

    def ask(requests: list[Any], *rest: Any, **more: Any) -> Any:
        work.decisions.append(len(requests))
        return batch(requests, *rest, **more)

    def ask_partly(*given: Any, **more: Any) -> Any:
        work.decisions.append(0)
        return partial(*given, **more)

    def open_table(*given: Any, **more: Any) -> None:
        work.tables += 1
        opened(*given, **more)

    event.listen(engine, "before_cursor_execute", statement)
    try:
        with (
            mock.patch.object(cedarpy, "is_authorized_batch", ask),
            mock.patch.object(cedarpy, "is_authorized_partial", ask_partly),
            mock.patch.object(deltalake.DeltaTable, "__init__", open_table),
        ):
            yield work
    finally:
        event.remove(engine, "before_cursor_execute", statement)
