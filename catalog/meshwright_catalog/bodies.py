"""The JSON that a request brings: said to be JSON, not too deep, and with each name once in an object."""

import json
from collections import Counter
from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from meshwright_catalog.nesting import beyond


class OneMeaning(APIRoute):
    """A route whose body means the same to every reader; any other is refused before it is looked at."""

    as_whole: ClassVar[bool] = True
    """Whether the body is refused for how deep any part of it is nested; where not, the route looks at each part."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answer as FastAPI does, with a body that was read here."""
        answer = super().get_route_handler()
        if self.body_field is None:
            return answer

        async def answered(request: Request) -> Response:
            read = _Read(request.scope, request.receive)
            if body := await read.body():
                if not _said_to_be_json(read.headers.get("content-type", "")):
                    raise _refused("media_type")
                read.parsed = parsed(body)
                if self.as_whole and (where := beyond(read.parsed)) is not None:
                    raise _refused("recursion_depth_exceeded", *where)
            return await answer(read)

        return answered


class EachPart(OneMeaning):
    """A route whose body is a list of which each item is taken or refused on its own."""

    as_whole: ClassVar[bool] = False


class _Read(Request):
    """A request whose JSON was read already."""

    parsed: Any = None

    async def json(self) -> Any:
        """Give what was read."""
        return self.parsed


def parsed(body: bytes) -> Any:
    """Read JSON; raise `RequestValidationError` for what cannot be read, or what two readers could take for two."""
    try:
        return json.loads(body, object_pairs_hook=_each_name_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _refused("json_invalid", position=error.pos) from None
    except RecursionError:
        raise _refused("recursion_depth_exceeded") from None
    except UnicodeDecodeError:
        raise _refused("string_unicode") from None
    except ValueError:  # the standard library reads no number of thousands of digits
        raise _refused("int_parsing_size") from None


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise _refused("repeated_name", name)
    return found


def _no_number(_: str) -> None:
    """Refuse `NaN` and `Infinity`: Python reads them, and nobody else."""
    raise _refused("not_finite")


def _said_to_be_json(content_type: str) -> bool:
    """Tell whether a header says JSON, in any of its kinds, as FastAPI understands it."""
    message = Message()
    message["content-type"] = content_type
    kind = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (kind == "json" or kind.endswith("+json"))


def _refused(kind: str, *where: str | int, **facts: Any) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", *where), "ctx": facts}])
