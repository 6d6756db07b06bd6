"""Where a date may stand for a moment in what the API is sent: as the page's form and the command read one."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from meshwright.moments import Moment, ending, last_moment

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _end(day: date) -> datetime:
    return ending(day, last_moment(day))


def _by_day(read: Callable[[date], datetime]) -> Callable[[object], object]:
    """Read a date, and leave whatever else stands there."""

    def found(given: object) -> object:
        if not (isinstance(given, str) and _DAY.fullmatch(given)):
            return given
        try:
            return read(date.fromisoformat(given))
        except ValueError:
            raise PydanticCustomError("date_outside", "Input should be a day of the calendar") from None

    return found


_SAID = WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]})

Until = Annotated[Moment, BeforeValidator(_by_day(_end)), _SAID]
"""A time with its zone, or a date: to its end in UTC."""
Past = Annotated[Moment, BeforeValidator(_by_day(last_moment)), _SAID]
"""A time with its zone, or a date: its last moment in UTC."""
