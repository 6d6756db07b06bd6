"""How deep JSON may be nested: whatever reads it calls itself once a level, and has no stack without end."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

MOST_LEVELS = 100
"""Of objects and lists in one another; a schema of 40 structs within structs has fewer."""
_NAMED = 4

Place = tuple[str | int, ...]


def beyond(value: object) -> Place | None:
    """Name where a value is nested deeper than may be, by its first few steps; None where it is nowhere."""
    open_parts: list[Iterator[tuple[str | int, object]]] = [iter([("", value)])]
    steps: list[str | int] = []
    while open_parts:
        step, inner = next(open_parts[-1], (None, None))
        if step is None:
            open_parts.pop()
            del steps[-1:]
        elif isinstance(inner, (dict, list, tuple)):
            steps.append(step)
            open_parts.append(_parts(cast("Mapping[str, object] | Sequence[object]", inner)))
            if len(open_parts) > MOST_LEVELS + 1:
                return tuple(steps[1 : _NAMED + 1])
    return None


def _parts(value: Mapping[str, object] | Sequence[object]) -> Iterator[tuple[str | int, object]]:
    return iter(value.items()) if isinstance(value, Mapping) else enumerate(value)
