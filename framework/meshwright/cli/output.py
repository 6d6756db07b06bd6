"""What a command prints: lines and tables for people, one JSON document for programs."""

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from meshwright.names import printable

READ_ROWS = {
    "limited": "a row policy lets it read only some rows",
    "none": "no row policy lets it read any row",
}
ROWS_SHOWN = {"limited": "a row policy limits which rows are shown", "none": "none of its rows is yours to see"}
ADVISORY = "read from the storage itself: {} are advisory here, see docs/security.md"


def emit(document: Any) -> None:
    """Print one JSON document; times, dates, decimals, NaN and infinities as text."""
    plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    try:
        text = json.dumps(document, indent=2, default=str, ensure_ascii=plain, allow_nan=False)
    except ValueError:  # JSON has no NaN and no infinity
        text = json.dumps(_finite(document), indent=2, default=str, ensure_ascii=plain)
    print(text)


def line(text: str = "") -> None:
    """Print one line, without control characters."""
    print(printable(text))


def note(text: str) -> None:
    """Print a line beside the answer, which stays whole for whatever reads it."""
    print(printable(text), file=sys.stderr, flush=True)


def progress(text: str) -> None:
    """Print a line about long work, when somebody watches."""
    if sys.stderr.isatty():
        note(text)


WIDEST = 60


def table(header: Sequence[str], rows: Iterable[Sequence[object]], *, indent: str = "  ", widest: int = WIDEST) -> None:
    """Print rows under a header, in columns as wide as they need; longer cells end in an ellipsis."""
    cells = [[_cell(c, widest) for c in row] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    for row in cells:
        print(indent + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())


def _finite(document: Any) -> Any:
    """Write numbers that JSON cannot as text."""
    if isinstance(document, float) and not math.isfinite(document):
        return str(document)
    if isinstance(document, Mapping):
        return {key: _finite(value) for key, value in cast("Mapping[str, Any]", document).items()}
    if isinstance(document, list | tuple):
        return [_finite(value) for value in cast("Sequence[Any]", document)]
    return document


def _cell(value: object, widest: int) -> str:
    text = printable("" if value is None else str(value)).replace("\n", " ")
    return text if len(text) <= widest or isinstance(value, datetime) else f"{text[: widest - 3]}..."
