"""Random people, and policies as values: written in Cedar for the mesh, and decided here in plain Python."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from visits import CELLS, MASKS, VISITS, Cell, Row, within

TEAMS = {"desk": "sales", "planning": "supply_chain", "finance": "finance"}
PURPOSES = {"operations": "", "analytics": "operations", "research": "analytics", "billing": ""}
"""Each purpose with the one above it."""
LEVELS = ("clear", "coarse", "token")
_COARSE = {
    "year": ("date", "timestamp"),
    "month": ("date", "timestamp"),
    "bucket:100": ("integer", "number", "decimal"),
}
_DAY = date(1963, 1, 1)
UNCLASSIFIED = "unclassified"


@dataclass(frozen=True)
class Person:
    """Who asks: a user with teams, and purposes of their own."""

    name: str
    teams: tuple[str, ...]
    purposes: tuple[str, ...]

    @property
    def domain(self) -> str:
        """The domain of the first team."""
        return TEAMS[self.teams[0]] if self.teams else ""

    def may_ask(self, purpose: str) -> bool:
        """Tell whether a purpose, or one above it, is theirs."""
        return any(each in self.purposes for each in above(purpose))


@dataclass(frozen=True)
class Test:
    """What a row policy asks of one column."""

    column: str
    op: Literal["==", "!=", "<", ">", "has", "before"]
    value: Any = None

    def cedar(self) -> str:
        """Write it; a column that is not there is never compared."""
        there = f"resource has {self.column}"
        if self.op == "has":
            return f"({there})"
        if self.op == "before":
            return f'({there} && resource.{self.column} < datetime("{self.value}"))'
        return f"({there} && resource.{self.column} {self.op} {json.dumps(self.value)})"

    def holds(self, row: Row) -> bool:
        """Ask a row."""
        found = row[self.column]
        if found is None or self.op == "has":
            return found is not None
        match self.op:
            case "==":
                return bool(found == self.value)
            case "!=":
                return bool(found != self.value)
            case ">":
                return bool(found > self.value)
            case _:
                return bool(found < self.value)


@dataclass(frozen=True)
class Rule:
    """One policy: `who` is a team or everybody, `purpose` any or one.

    `of` is a class, a cell, what is unclassified, or the whole product.
    """

    effect: Literal["permit", "forbid"]
    actions: tuple[str, ...]
    who: str = ""
    of: str = ""
    purpose: str = ""
    rows: tuple[Test, ...] = ()
    negated: bool = False

    def cedar(self, number: int) -> str:
        """Write it under an id of its own."""
        who = f'principal in Mesh::Team::"{self.who}"' if self.who else "principal"
        actions = ", ".join(f'Mesh::Action::"{action}"' for action in self.actions)
        place = f'Column::"{VISITS.id}/{self.of}"'
        if self.of in MASKS:
            place = f'Class::"{self.of}"'
        elif self.of in ("", UNCLASSIFIED):
            place = f'Product::"{VISITS.id}"'
        tests = " || ".join(test.cedar() for test in self.rows)
        conditions = [f'context.purpose in Mesh::Purpose::"{self.purpose}"'] if self.purpose else []
        conditions += ["!resource.classified"] if self.of == UNCLASSIFIED else []
        conditions += [f"!({tests})" if self.negated else f"({tests})"] if tests else []
        when = f" when {{ {' && '.join(conditions)} }}" if conditions else ""
        head = f'@id("{VISITS.id}.r{number}") @why("drawn")'
        return f"{head} {self.effect}({who}, action in [{actions}], resource in Mesh::{place}){when};"

    @property
    def is_for_anybody(self) -> bool:
        """Tell whether it shows columns to whoever comes: no product may say so, the mesh may."""
        levels = {"see_clear", "see_coarse", "see_token"}
        return self.effect == "permit" and not self.who and not levels.isdisjoint(self.actions)

    def is_about(self, person: Person, purpose: str, action: str) -> bool:
        """Tell whether it speaks of somebody who does something for a purpose."""
        meant = not self.who or self.who in person.teams
        return meant and action in self.actions and (not self.purpose or self.purpose in above(purpose))

    def covers(self, cell: Cell, cls: str) -> bool:
        """Tell whether it speaks of a cell, as far as one of its classes goes."""
        if self.of in ("", UNCLASSIFIED):
            return not self.of or not cls
        if self.of in MASKS:
            return cls == self.of or cls.startswith(f"{self.of}.")
        return cell.path in within([cell.path], self.of)

    def chooses(self, row: Row) -> bool:
        """Tell whether it speaks of a row."""
        return not self.rows or any(test.holds(row) for test in self.rows) != self.negated


@dataclass(frozen=True)
class Access:
    """What somebody may see for a purpose."""

    read: bool
    granted: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]

    @property
    def hidden(self) -> frozenset[str]:
        """The cells that show nothing."""
        return frozenset(path for path, levels in self.granted.items() if not levels or not self.read)

    @property
    def sees_all(self) -> bool:
        """Whether every classified cell is shown in the clear."""
        return all("clear" in self.granted[cell.path] for cell in CELLS if cell.classes)

    def shows(self, row: Row) -> bool:
        """Tell whether a row is shown: a permit holds for it and no forbid, if any policy is about rows."""
        speaking = {rule.effect for rule in self.rules if rule.chooses(row)}
        return speaking == {"permit"}


EVERY_ROW = Rule("permit", ("see_row",))


def above(purpose: str) -> tuple[str, ...]:
    """List a purpose and those above it."""
    return (purpose, *above(PURPOSES[purpose])) if purpose in PURPOSES else ()


def decided(rules: Sequence[Rule], person: Person, purpose: str) -> Access:
    """Decide as the policies say: nothing without a permit, and a forbid ends it."""
    allowed = person.may_ask(purpose)

    def may(action: str, cell: Cell | None = None, cls: str = "") -> bool:
        about = [r for r in rules if r.is_about(person, purpose, action) and (cell is None or r.covers(cell, cls))]
        return {rule.effect for rule in about} == {"permit"}

    def levels(cell: Cell) -> tuple[str, ...]:
        found = (level for level in LEVELS if level != "coarse" or coarse_of(cell) != "null")
        return tuple(v for v in found if all(may(f"see_{v}", cell, cls) for cls in cell.classes or ("",)))

    governed = any("see_row" in rule.actions for rule in rules)
    about_rows = tuple(r for r in rules if r.is_about(person, purpose, "see_row")) if governed else (EVERY_ROW,)
    return Access(allowed and may("read"), {cell.path: levels(cell) for cell in CELLS}, about_rows)


def mask_of(cell: Cell) -> tuple[str, str]:
    """Give how a cell becomes a token, and its coarse value: what its classes agree on, else the safest."""
    masks = {MASKS[name] for name in cell.classes}
    ways, coarse = {way for way, _ in masks}, {value for _, value in masks}
    return (ways.pop() if len(ways) == 1 else "text", coarse.pop() if len(coarse) == 1 else "null")


def coarse_of(cell: Cell) -> str:
    """Name the coarse value of a cell; `null` where its kind has none."""
    how = mask_of(cell)[1]
    return how if cell.kind in _COARSE.get(how, ("string",)) else "null"


def person(drawn: random.Random, name: str = "sam") -> Person:
    """Draw somebody."""
    teams = tuple(drawn.sample(sorted(TEAMS), drawn.choice((0, 1, 1, 1, 2))))
    return Person(name, teams, tuple(sorted(drawn.sample(sorted(PURPOSES), drawn.randrange(1, 4)))))


def policies(drawn: random.Random, who: Person) -> tuple[Rule, ...]:
    """Draw policies; most speak of somebody's teams, so that they see something."""
    reads = _team(drawn, who) if drawn.random() < 0.1 else drawn.choice(["", *who.teams])
    found = [Rule("permit", ("discover",)), Rule("permit", ("read",), reads)]
    found.append(Rule("permit", ("see_clear",), "", UNCLASSIFIED))
    found += [_level_rule(drawn, who) for _ in range(drawn.randrange(1, 7))]
    if drawn.random() < 0.5:
        found += [_row_rule(drawn, who, "permit") for _ in range(drawn.randrange(1, 4))]
        found += [_row_rule(drawn, who, "forbid") for _ in range(drawn.randrange(2))]
    if drawn.random() < 0.05:
        found.append(Rule("forbid", ("read",), _team(drawn, who), "", drawn.choice(sorted(PURPOSES))))
    return tuple(found)


def read_by(rules: Sequence[Rule]) -> frozenset[str]:
    """List the columns that row policies read."""
    return frozenset(test.column for rule in rules for test in rule.rows)


def principals(who: Person) -> str:
    """Write policies/principals.toml."""
    teams = "".join(f'[teams.{name}]\ndomain = "{domain}"\n' for name, domain in TEAMS.items())
    return f"{teams}[users.{who.name}]\nteams = {_list(who.teams)}\npurposes = {_list(who.purposes)}\n"


def purposes() -> str:
    """Write policies/purposes.toml."""
    return "".join(f'[purposes.{name}]\nparent = "{parent}"\n' for name, parent in PURPOSES.items())


def _list(names: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _team(drawn: random.Random, who: Person) -> str:
    return (
        drawn.choice(["", *who.teams, *who.teams, *who.teams]) if drawn.random() < 0.9 else drawn.choice(sorted(TEAMS))
    )


def _purpose(drawn: random.Random, who: Person) -> str:
    return "" if drawn.random() < 0.5 else drawn.choice([*who.purposes, *who.purposes, *sorted(PURPOSES)])


def _level_rule(drawn: random.Random, who: Person) -> Rule:
    effect = "permit" if drawn.random() < 0.85 else "forbid"
    actions = tuple(f"see_{level}" for level in drawn.sample(LEVELS, drawn.choice((1, 1, 2))))
    named = [cell.path for cell in CELLS if not cell.in_list]
    of = drawn.choice([*MASKS, *MASKS, *named, "place", ""] if effect == "permit" else [*MASKS, *named])
    return Rule("permit" if effect == "permit" else "forbid", actions, _team(drawn, who), of, _purpose(drawn, who))


def _row_rule(drawn: random.Random, who: Person, effect: Literal["permit", "forbid"]) -> Rule:
    tests = tuple(_test(drawn) for _ in range(drawn.choice((0, 1, 1, 2) if effect == "permit" else (1, 1, 2))))
    purpose = _purpose(drawn, who) if drawn.random() < 0.3 else ""
    return Rule(effect, ("see_row",), _team(drawn, who), "", purpose, tests, bool(tests) and drawn.random() < 0.3)


def _test(drawn: random.Random) -> Test:
    return drawn.choice(
        [
            Test("region", "==", drawn.choice(("EU", "US"))),
            Test("region", "!=", "APAC"),
            Test("score", ">", drawn.randrange(3)),
            Test("score", "has"),
            Test("margin", "<", drawn.choice((0, 100))),
            Test("signed", "has"),
            Test("email", "!=", "nobody"),
            Test("born", "before", _DAY),
        ]
    )
