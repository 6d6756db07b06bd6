"""Row conditions as Polars expressions: what is not in this list is refused.

An expression is what Cedar answers, row by row. Where a value is missing it is null, which shows no row.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import polars as pl

from meshwright.access.decision import RowCondition
from meshwright.access.rows.residual import ROW, Node, about_row, parts_of
from meshwright.access.rows.schema import DECIMAL_SCALE, no_attribute, optional
from meshwright.errors import PolicyRejected, nearest
from meshwright.spec import ColumnSpec, Spec

_MOMENT = pl.Datetime("us", "UTC")
_NUMBER = pl.Decimal(38, DECIMAL_SCALE)
_NEVER = pl.lit(value=False)
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
_LEAST, _MOST = Decimal("-922337203685477.5808"), Decimal("922337203685477.5807")
_ORDERED = ("integer", "timestamp", "date")
_EQUAL = (*_ORDERED, "string", "boolean", "decimal")
_COMPARE: dict[str, tuple[Callable[[pl.Expr, pl.Expr], pl.Expr], Sequence[str]]] = {
    "==": (lambda a, b: a == b, _EQUAL),
    "!=": (lambda a, b: a != b, _EQUAL),
    "<": (lambda a, b: a < b, _ORDERED),
    "<=": (lambda a, b: a <= b, _ORDERED),
    ">": (lambda a, b: a > b, _ORDERED),
    ">=": (lambda a, b: a >= b, _ORDERED),
    "lessThan": (lambda a, b: a < b, ("decimal",)),
    "lessThanOrEqual": (lambda a, b: a <= b, ("decimal",)),
    "greaterThan": (lambda a, b: a > b, ("decimal",)),
    "greaterThanOrEqual": (lambda a, b: a >= b, ("decimal",)),
}


def row_filter(conditions: Iterable[RowCondition], spec: Spec) -> pl.Expr:
    """Show a row that a permit holds for and no forbid, if it has every value that these read without asking `has`.

    Raises `PolicyRejected` for what is not in the list of things that can be filtered by.
    """
    known = [(each.effect, json.loads(each.residual)) for each in conditions]
    rows = _Rows(spec, checked=False)
    permits = [rows.condition(node).fill_null(value=False) for effect, node in known if effect == "permit"]
    forbids = [rows.condition(node).fill_null(value=True) for effect, node in known if effect == "forbid"]
    read = dict.fromkeys(name for _, node in known for name in columns_read(node))
    taken = {name for _, node in known for name in columns_read(node, (".",))}
    sound = [_sound(rows.column(name), present=name in taken and not rows.optional(name)) for name in read]
    return pl.all_horizontal(pl.any_horizontal(_NEVER, *permits), *(~each for each in forbids), *sound)


def check_condition(node: Node, spec: Spec) -> None:
    """Refuse what could not be filtered by, whoever asks; raise `PolicyRejected`."""
    _Rows(spec, checked=True).condition(node)


def columns_read(node: object, kinds: Sequence[str] = (".", "has")) -> Iterator[str]:
    """List the columns of the row that a node reads, or only asks whether they are there."""
    found = _fields(node)
    for fields in (_fields(found.get(kind)) for kind in kinds):
        if fields.get("left") == ROW:
            yield str(fields["attr"])
    for part in parts_of(node):
        yield from columns_read(part, kinds)


def attribute(column: ColumnSpec) -> pl.Expr:
    """Give a column as Cedar has it: times in whole milliseconds, dates as midnight, decimals with four places."""
    value = pl.col(column.name)
    match column.type.kind:
        case "timestamp":
            return value.dt.truncate("1ms")
        case "date":
            return value.cast(_MOMENT, strict=False)
        case "decimal":
            return value.cast(_NUMBER, strict=False)
        case _:
            return value


def _sound(column: ColumnSpec, *, present: bool) -> pl.Expr:
    """Hold back a row without a value that is read, or with one that Cedar cannot say."""
    value = pl.col(column.name)
    match column.type.kind:
        case "timestamp":
            said = value.is_between(pl.lit(_FIRST, dtype=_MOMENT), pl.lit(_LAST, dtype=_MOMENT))
        case "date":
            said = value.is_between(pl.lit(_FIRST.date()), pl.lit(_LAST.date()))
        case "decimal":
            said = value.cast(_NUMBER, strict=False).is_between(pl.lit(_LEAST, _NUMBER), pl.lit(_MOST, _NUMBER))
        case "list":
            said = value.list.drop_nulls().list.len() == value.list.len()
        case _:
            said = value.is_not_null()
    said = said.fill_null(value=False)
    return said if present else value.is_null() | said


@dataclass(frozen=True)
class _Rows:
    """Reads Cedar's JSON of a condition; `checked`: nobody asks yet, and what is not about the row may be anything."""

    spec: Spec
    checked: bool

    def column(self, name: str) -> ColumnSpec:
        found = self.spec.column(name)
        if found is None:
            raise _refused(f"unknown column {name!r}{nearest(name, [c.name for c in self.spec.columns])}")
        if problem := no_attribute(found):
            raise _refused(f"column {name!r} {problem}")
        return found

    def optional(self, name: str) -> bool:
        return optional(self.column(name), self.spec)

    def condition(self, node: Node) -> pl.Expr:
        """Read what is true or false."""
        kind, inner = _parts(node)
        if self._settled(node):
            return _NEVER
        match kind:
            case "!":
                return ~self.condition(inner["arg"])
            case "&&":
                return self.condition(inner["left"]) & self.condition(inner["right"])
            case "||":
                return self.condition(inner["left"]) | self.condition(inner["right"])
            case "if-then-else":
                test = pl.when(self.condition(inner["if"]))
                return test.then(self.condition(inner["then"])).otherwise(self.condition(inner["else"]))
            case _:
                return self._single(node)

    def _single(self, node: Node) -> pl.Expr:
        """Read a condition that holds no other."""
        kind, inner = _parts(node)
        fields = _fields(inner)
        of_row = fields.get("left") == ROW
        match kind:
            case "Value" if isinstance(inner, bool):
                return pl.lit(inner)
            case ".":
                return self._value(node, ("boolean",))
            case "has" if of_row:
                return pl.col(self.column(fields["attr"]).name).is_not_null()
            case "in" | "is" if of_row and self.checked:
                return _NEVER
            case "like":
                return self._value(fields["left"], ("string",)).str.contains(_pattern(fields["pattern"]))
            case _:
                return self._comparison(kind, inner)

    def _comparison(self, kind: str, inner: Any) -> pl.Expr:
        if kind in _COMPARE:
            compare, kinds = _COMPARE[kind]
            fields = _fields(inner)
            left, right = (fields["left"], fields["right"]) if fields else inner
            return compare(self._value(left, kinds), self._value(right, kinds))
        if kind == "isEmpty":
            return self._value(inner["arg"], ("list",)).list.len() == 0
        if kind in ("contains", "containsAny", "containsAll"):
            return self._among(kind, inner["left"], inner["right"])
        raise _refused(f"`{kind}` cannot be filtered by")

    def _among(self, kind: str, left: Node, right: Node) -> pl.Expr:
        """Read a set that contains, or that is compared with another; one of the two is a list of the row's."""
        if kind == "contains" and not about_row(left):
            value = self._value(right, _EQUAL)
            return pl.any_horizontal(_NEVER, *(value == each for each in self._literals(left)))
        if not about_row(left):
            values = pl.any_horizontal(_NEVER, *(pl.element() == each for each in self._literals(left)))
            items = self._value(right, ("list",)).list.eval(values)
            return items.list.all() if kind == "containsAll" else items.list.any()
        items = self._value(left, ("list",))
        wanted = self._literals({"Set": [right]} if kind == "contains" else right)
        found = [items.list.contains(each) for each in wanted]
        return pl.all_horizontal(found) if kind == "containsAll" else pl.any_horizontal(found)

    def _value(self, node: Node, kinds: Sequence[str]) -> pl.Expr:
        """Read one side of a comparison: a column of the row, or a literal."""
        kind, inner = _parts(node)
        if kind == "." and inner["left"] == ROW:
            column = self.column(inner["attr"])
            if column.type.kind not in kinds:
                raise _refused(f"column {column.name!r} is {column.type.kind}, which cannot be compared so")
            return attribute(column)
        return pl.lit(None) if self._settled(node) else _literal(node)

    def _literals(self, node: Node) -> list[pl.Expr]:
        if self._settled(node):
            return [pl.lit(None)]
        kind, inner = _parts(node)
        if kind == "Value" and isinstance(inner, list):
            return [_literal({"Value": each}) for each in cast("list[object]", inner)]
        if kind != "Set":
            raise _refused(f"`{kind}` cannot be filtered by")
        return [_literal(each) for each in inner]

    def _settled(self, node: Node) -> bool:
        return self.checked and not about_row(node)


def _literal(node: Node) -> pl.Expr:
    kind, inner = _parts(node)
    if kind == "Value" and "__extn" in _fields(inner):
        extension: Mapping[str, str] = inner["__extn"]
        kind, inner = extension["fn"], [{"Value": extension["arg"]}]
    if kind == "Value" and isinstance(inner, bool | int | str):
        return pl.lit(inner, dtype=pl.Int64 if type(inner) is int else None)
    if kind == "decimal":
        return pl.lit(Decimal(inner[0]["Value"]), dtype=_NUMBER)
    if kind in ("datetime", "offset"):
        return pl.lit(_moment(kind, inner), dtype=_MOMENT)
    raise _refused(f"`{kind}` cannot be filtered by")


def _moment(kind: str, inner: Any) -> datetime:
    """Read a time; one that was computed comes as an offset from 1970."""
    if kind == "offset":
        start, ((unit, duration),) = inner[0], inner[1].items()
        found = re.fullmatch(r"(-?\d{1,15})ms", duration[0]["Value"])
        if unit != "duration" or found is None:
            raise _refused("a time is computed from what is no duration")
        return _moment("datetime", start["datetime"]) + timedelta(milliseconds=int(found[1]))
    moment = datetime.fromisoformat(inner[0]["Value"])
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _pattern(parts: Iterable[Any]) -> str:
    """Write a `like` as a regular expression that means every character as it stands."""
    found = [".*" if part == "Wildcard" else "".join(f"\\x{{{ord(c):x}}}" for c in part["Literal"]) for part in parts]
    return rf"(?s)\A{''.join(found)}\z"


def _parts(node: Node) -> tuple[str, Any]:
    if len(node) != 1:
        raise _refused("an answer of Cedar has another form than expected")
    return next(iter(node.items()))


def _fields(inner: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}


def _refused(problem: str) -> PolicyRejected:
    return PolicyRejected("row policy", problem)
