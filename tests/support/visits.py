"""A product with a column of every kind, its rows, and the same rows with other values in hidden cells."""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway_lake import scalar

from meshwright.spec import ColumnSpec, DecimalType, ListType, Spec, StructType

Row = Mapping[str, Any]

CLASSES = """
[classes.pii]
[classes."pii.contact"]
[classes."pii.contact.email"]
token = "email"
coarse = "domain"
[classes."pii.contact.phone"]
token = "digits"
coarse = "prefix:4"
[classes."pii.birth"]
coarse = "year"
[classes."pii.moment"]
coarse = "month"
[classes.commercial]
[classes."commercial.price"]
coarse = "bucket:100"
"""
MASKS = {
    "pii": ("text", "null"),
    "pii.contact": ("text", "null"),
    "pii.contact.email": ("email", "domain"),
    "pii.contact.phone": ("digits", "prefix:4"),
    "pii.birth": ("text", "year"),
    "pii.moment": ("text", "month"),
    "commercial": ("text", "null"),
    "commercial.price": ("text", "bucket:100"),
}
"""What CLASSES says, spelled out: how text becomes a token, and the coarse value."""

VISITS = Spec(
    id="sales.visits",
    version="1.0.0",
    owner="desk",
    purpose="operations",
    columns=(
        scalar("visit_no"),
        scalar("region"),
        scalar("score", "integer"),
        scalar("email", "string", "pii.contact.email"),
        scalar("phone", "string", "pii.contact.phone"),
        scalar("born", "date", "pii.birth"),
        scalar("seen_at", "timestamp", "pii.moment"),
        scalar("signed", "boolean", "pii"),
        scalar("margin", "integer", "commercial.price"),
        ColumnSpec(name="fee", type=DecimalType(precision=18, scale=2), classes=("commercial.price",), nullable=True),
        scalar("weight", "number", "commercial"),
        scalar("both", "string", "pii.contact.email", "commercial"),
        ColumnSpec(name="tags", type=ListType(items=scalar("item")), classes=("pii.contact",), nullable=True),
        ColumnSpec(
            name="place",
            type=StructType(
                fields=(
                    scalar("city"),
                    scalar("note", "string", "commercial"),
                    scalar("door", "string", "pii.contact.phone"),
                )
            ),
            nullable=True,
        ),
        ColumnSpec(
            name="calls",
            type=ListType(
                items=ColumnSpec(
                    name="item",
                    type=StructType(fields=(scalar("day", "date"), scalar("by", "string", "pii.contact.email"))),
                    nullable=True,
                )
            ),
            nullable=True,
        ),
    ),
)


@dataclass(frozen=True)
class Cell:
    """The smallest part of a row that is shown or hidden: its path, its kind and its classes."""

    path: str
    kind: str
    classes: tuple[str, ...]

    @property
    def in_list(self) -> bool:
        """Tell whether it stands in each item of a list, where no filter reaches it."""
        return self.path.startswith("calls.")


CELLS = (
    Cell("visit_no", "string", ()),
    Cell("region", "string", ()),
    Cell("score", "integer", ()),
    Cell("email", "string", ("pii.contact.email",)),
    Cell("phone", "string", ("pii.contact.phone",)),
    Cell("born", "date", ("pii.birth",)),
    Cell("seen_at", "timestamp", ("pii.moment",)),
    Cell("signed", "boolean", ("pii",)),
    Cell("margin", "integer", ("commercial.price",)),
    Cell("fee", "decimal", ("commercial.price",)),
    Cell("weight", "number", ("commercial",)),
    Cell("both", "string", ("commercial", "pii.contact.email")),
    Cell("tags", "list", ("pii.contact",)),
    Cell("place.city", "string", ()),
    Cell("place.note", "string", ("commercial",)),
    Cell("place.door", "string", ("pii.contact.phone",)),
    Cell("calls.item.day", "date", ()),
    Cell("calls.item.by", "string", ("pii.contact.email",)),
)
_EMAILS = ("ada@north.example", "Bob@South.example", " ada@North.example", "c.d@north.example", "nobody", "@ada", "a@d")
_PHONES = ("+49 221 5510", "0221-5511", "+49 (221) 5510", "555", "+49 - 55")
_TIMES = tuple(datetime(2026, 1, 5, 8, tzinfo=UTC) + timedelta(days=19 * n, microseconds=n) for n in range(5))
_DATES = tuple(date(1961, 3, 9) + timedelta(days=211 * n) for n in range(6))
POOLS: Mapping[str, Sequence[Any]] = {
    "region": ("EU", "US", "APAC"),
    "score": (1, 2, 2, 7, None),
    "email": (*_EMAILS, None),
    "phone": (*_PHONES, None),
    "born": (*_DATES, None),
    "seen_at": (*_TIMES, None),
    "signed": (True, False, None),
    "margin": (-250, -1, 0, 99, 100, 12_345, None),
    "fee": (Decimal("0.00"), Decimal("99.90"), Decimal("-100.10"), Decimal("250.00"), None),
    "weight": (0.5, -0.0, 0.0, 12.25, None),
    "both": (*_EMAILS, None),
    "tags": ([], ["ada"], ["ada", "bob"], None),
    "place.city": ("Ulm", "Köln", None),
    "place.note": ("quiet", "loud", "", None),
    "place.door": (*_PHONES, None),
    "calls.item.day": (*_DATES, None),
    "calls.item.by": (*_EMAILS, None),
}


def rows(drawn: random.Random, count: int) -> list[dict[str, Any]]:
    """Draw rows; few values repeat often, so that groups and filters find some."""
    return [_row(f"V-{n:02}", {path: drawn.choice(pool) for path, pool in POOLS.items()}, drawn) for n in range(count)]


def _row(number: str, cells: Mapping[str, Any], drawn: random.Random) -> dict[str, Any]:
    place = {name: cells[f"place.{name}"] for name in ("city", "note", "door")}
    calls = [
        {"day": drawn.choice(POOLS["calls.item.day"]), "by": drawn.choice(POOLS["calls.item.by"])}
        for _ in range(drawn.randrange(3))
    ]
    top = {name: value for name, value in cells.items() if "." not in name}
    return {
        "visit_no": number,
        **top,
        "place": None if drawn.random() < 0.1 else place,
        "calls": None if drawn.random() < 0.1 else calls,
    }


def changed(before: Sequence[Row], hidden: Collection[str], drawn: random.Random) -> list[dict[str, Any]]:
    """Put other values into every hidden cell; whether a struct or list is there changes where all of it is hidden."""
    return [_changed(row, hidden, drawn) for row in before]


def _changed(row: Row, hidden: Collection[str], drawn: random.Random) -> dict[str, Any]:
    found = {name: _other(name, value, drawn) if name in hidden else value for name, value in row.items()}
    places = {path.partition(".")[2] for path in hidden if path.startswith("place.")}
    whole = {"city", "note", "door"} == places
    if whole or row["place"] is not None:
        kept: Row = {} if whole else row["place"]
        found["place"] = {
            n: drawn.choice(POOLS[f"place.{n}"]) if n in places else kept[n] for n in ("city", "note", "door")
        }
    parts = {path.rpartition(".")[2] for path in hidden if path.startswith("calls.")}
    nobody: Row = {}
    calls: Sequence[Row] | None = [nobody] * drawn.randrange(4) if parts == {"day", "by"} else row["calls"]
    if calls is not None:
        found["calls"] = [
            {n: drawn.choice(POOLS[f"calls.item.{n}"]) if n in parts else call[n] for n in ("day", "by")}
            for call in calls
        ]
    return found


def _other(name: str, value: Any, drawn: random.Random) -> Any:
    """Draw another value of a column; also one that no row had before, which is longer than any other."""
    longer = {"string": "z" * drawn.randrange(1, 400), "integer": drawn.randrange(10**15)}
    kind = next(cell.kind for cell in CELLS if cell.path == name)
    pool: list[Any] = [each for each in POOLS.get(name, ("V-0", "V-1")) if each != value]
    pool += [longer[kind]] if kind in longer else []
    return drawn.choice(pool)


def within(cells: Collection[str], name: str) -> Iterator[str]:
    """List the cells of a column, or of a part of one."""
    return (path for path in cells if path == name or path.startswith(f"{name}."))
