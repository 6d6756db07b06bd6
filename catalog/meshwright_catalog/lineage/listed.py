"""Hand a list to a statement as one JSON text, so that it is compiled once for lists of any length."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, String, Text, bindparam, cast, column, func, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

Statement = Select[*tuple[Any, ...]]


def some(of: BigInteger | Text, dialect: str) -> Select[*tuple[Any, ...]]:
    """Select what is handed over as `some`, numbers or texts, for `in_`."""
    given = bindparam("some", type_=String)
    if dialect == "sqlite":
        return select(type_coerce(func.json_each(given).table_valued("value", name="listed").c.value, of))
    each = func.jsonb_array_elements_text(cast(given, JSONB))
    return select(cast(each.table_valued(column("value", Text), name="listed").render_derived().c.value, of))


def rows(connection: Connection, statement: Statement, of: Iterable[object]) -> list[Any]:
    """Give what a statement finds for these values."""
    return [*connection.execute(statement, {"some": json.dumps([*of])}).all()]
