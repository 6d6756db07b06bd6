"""Find out how delimited text is written: encoding, delimiter, quotes, lines above, header."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from meshwright.formats import Csv
from meshwright.io.files import delimited, dialect
from meshwright.io.files.where import SourceFile, open_bytes

_LINES = 400
_REGULAR = 0.5
_VALUE = re.compile(r"[-+$€£]?\s?[0-9][0-9.,:/\- ]*[0-9%€$]?(?:[eE][-+]?[0-9]+)?|true|false|", re.IGNORECASE)

Row = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a table begin, whether names stand above them, and which fields have one.

    `titled`: what stands above names some fields and not all, or two alike.
    """

    skip: int
    header: bool
    names: tuple[str, ...]
    titled: bool = False


def csv_format(file: SourceFile) -> Csv:
    """Find encoding, delimiter and quotes; skip and header are found from the rows."""
    with delimited.faults(file, file.name, Csv()):
        encoding = dialect.encoding(file.path) or "utf-8"
        dialect.require_text(file)
    with delimited.faults(file, file.name, Csv(encoding=encoding)), open_bytes(file.path) as stream:
        text = io.TextIOWrapper(stream, encoding=delimited.codec(encoding), newline="")
        head = [line for _, line in zip(range(_LINES), text, strict=False)]
    scores = {
        (delimiter, quote): _regularity(head, delimiter, quote)
        for quote in ('"', None)
        for delimiter in dialect.DELIMITERS
    }
    delimiter, quote = max(scores, key=lambda pair: scores[pair])
    if scores[delimiter, quote][0] < _REGULAR:
        return Csv(encoding=encoding)
    return Csv(encoding=encoding, delimiter=delimiter, quote=quote)


def _regularity(head: Sequence[str], delimiter: str, quote: str | None) -> tuple[float, bool, int]:
    """Score a dialect: the share of rows as wide as usual, whether quotes count, and that width."""
    reader = delimited.csv_reader(iter(head), Csv(delimiter=delimiter, quote=quote))
    widths: list[int] = []
    while True:
        try:
            widths.append(len(next(reader)))
        except StopIteration:
            break
        except csv.Error:
            widths.append(0)
    several = [w for w in widths if w > 1]
    usual, count = Counter(several).most_common(1)[0] if several else (1, 0)
    return (count / max(len(widths), 1), quote is not None, usual)


def layout(rows: Sequence[Row]) -> Layout:
    """Find the first row of the table by its usual number of fields, and tell whether it holds names."""
    widths = [_width(row) for row in rows]
    usual = Counter(w for w in widths if w > 0).most_common(1)[0][0] if any(widths) else 0
    first = next((i for i, row in enumerate(rows) if len(row) >= usual and widths[i] * 5 >= usual * 4), 0)
    if first >= len(rows):
        return Layout(0, False, ())
    names = [(cell or "") for cell in rows[first]]
    body = [row for row in rows[first + 1 :] if len(row) == len(names)]
    if not _is_header(names, body):
        above = [(cell or "") for cell in rows[first - 1]] if first else []
        if len(above) == len(names) and sum(map(bool, above)) > 1 and _is_header(above, [rows[first], *body]):
            return Layout(
                first, False, tuple(_distinct(above)), titled=True
            )  # titles of some columns, the last of none
        return Layout(first, False, _numbered(len(names)))
    while names and not names[-1].strip() and not any(row[len(names) - 1] for row in body):
        names.pop()
    if len(set(names)) < len(names) or not all(name.strip() for name in names):
        return Layout(first + 1, False, tuple(_distinct(names)), titled=True)
    return Layout(first, True, tuple(names))


def _width(row: Row) -> int:
    return next((i for i in range(len(row), 0, -1) if row[i - 1]), 0)


def _is_header(names: Sequence[str], body: Sequence[Row]) -> bool:
    """Names are words; a row of values has numbers where numbers follow, or stands again below."""
    given = [n for n in names if n.strip()]
    if not given or any(_VALUE.fullmatch(n.strip()) for n in given):
        return False
    columns = [[row[i] for row in body if row[i]] for i, name in enumerate(names) if name.strip()]
    if any(column and all(_VALUE.fullmatch((v or "").strip()) for v in column) for column in columns):
        return True
    again = sum(name in column for name, column in zip(given, columns, strict=True))
    return again * 2 < len(given) and all(len(n) <= 80 and "@" not in n for n in given)


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"column_{i}" for i in range(1, count + 1))


def _distinct(names: Sequence[str]) -> list[str]:
    """Name columns whose header is blank or not unique, so that the class can."""
    found: list[str] = []
    for at, name in enumerate(names, 1):
        plain = name.strip() or f"column_{at}"
        found.append(plain if plain not in found else f"{plain}_{at}")
    return found


def with_layout(format: Csv, found: Layout) -> Csv:
    """Write what was found into the format."""
    return replace(format, skip=found.skip, header=found.header)
