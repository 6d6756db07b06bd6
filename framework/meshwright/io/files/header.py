"""Compare the columns of a delivery with those of the class, and say what would make them fit."""

import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches

from meshwright.errors import SourceChanged
from meshwright.names import snake_case
from meshwright.spec import ColumnSpec

NO_HEADER = "if the file has none, write header=False; if lines stand above it, skip=..."


def positions(
    found: Sequence[str], columns: Sequence[ColumnSpec], source: str, file: str, *, hint: str = ""
) -> list[int]:
    """Find each column of the class among the names of a delivery; names that are blank belong to no column.

    `hint` replaces the advice when none of the names is known. Raises `SourceChanged` that names every difference.
    """
    wanted = [c.name for c in columns]
    missing = [name for name in wanted if name not in found]
    unexpected = [name for name in found if name not in wanted and name.strip()]
    twice = sorted({name for name in wanted if list(found).count(name) > 1})
    pairs = _pairs(missing, unexpected, some_known=len(missing) < len(wanted))
    if len(missing) == len(wanted) and len(pairs) * 2 < len(wanted):
        # The names may be values of a row that stands where the header should: they must not be shown.
        raise SourceChanged(source, file, [f"none of the {len(wanted)} columns is there by name"], hint or NO_HEADER)
    if missing or unexpected or twice:
        raise SourceChanged(source, file, _problems(missing, unexpected, twice), _mapping(pairs, unexpected))
    return [list(found).index(name) for name in wanted]


def _problems(missing: Sequence[str], unexpected: Sequence[str], twice: Sequence[str]) -> list[str]:
    problems: list[str] = []
    if missing:
        problems.append(f"missing: {', '.join(map(repr, missing))}")
    if unexpected:
        problems.append(f"unexpected: {', '.join(repr(u[:80]) for u in unexpected)}")
    if twice:
        problems.append(f"there twice: {', '.join(map(repr, twice))}")
    return problems


def _pairs(missing: Sequence[str], unexpected: Sequence[str], *, some_known: bool) -> dict[str, str]:
    """Match names that look alike; where others are known and one is left on each side, those two belong together."""
    free = {_plain(name): name for name in reversed(unexpected)}
    pairs: dict[str, str] = {}
    for name in missing:
        match = get_close_matches(_plain(name), list(free), 1, cutoff=0.6)
        if match:
            pairs[name] = free.pop(match[0])
    left = [name for name in missing if name not in pairs]
    if some_known and len(left) == len(free) == 1:
        pairs[left[0]] = next(iter(free.values()))
    return pairs


def _mapping(pairs: dict[str, str], unexpected: Collection[str]) -> str:
    lines = [f'{snake_case(old)}: Annotated[..., Column("{new}")]' for old, new in pairs.items()]
    rest = [name for name in unexpected if name not in pairs.values()]
    if rest:
        lines.append(f"add {', '.join(repr(r[:80]) for r in rest)} to the class, or have it left out")
    if not lines:
        return "drop the columns from the class, or have them delivered again"
    return "write " + ", ".join(lines) if pairs else lines[0]


def _plain(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())
