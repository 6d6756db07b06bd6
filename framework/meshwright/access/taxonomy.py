"""The mesh's two trees: classes of data, and purposes of use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meshwright.access.toml import days_of, entries, text_of, truth_of
from meshwright.errors import PolicyRejected, nearest
from meshwright.masks import PLAIN, Mask, check_coarse, check_normalise

_CLASS = re.compile(r"[a-z][a-z0-9_-]{0,62}(\.[a-z][a-z0-9_-]{0,62}){0,7}")
_PURPOSE = re.compile(r"[a-z][a-z0-9-]{0,62}")
_SETTINGS = {"description", "token", "coarse", "influence", "grant_days", "confirm_days", "break_glass"}


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One class: what it means, how its values are masked, and what rows chosen by it inherit.

    `influence` is the class that a column inherits which a value of this class only influences (by a condition or a
    join, without being copied); empty: none. A grant of the class lasts at most `grant_days`, and only as long as its
    owner confirms it every `confirm_days`. `break_glass` lets people open it for an hour without being granted it.
    """

    name: str
    description: str = ""
    mask: Mask = PLAIN
    influence: str = ""
    grant_days: int = 365
    confirm_days: int = 90
    break_glass: bool = False


@dataclass(frozen=True)
class Classes:
    """The class tree; a dot separates a class from its parent, and what a class leaves out it takes from there."""

    rules: Mapping[str, ClassRule]

    def __contains__(self, name: object) -> bool:
        return name in self.rules

    def mask(self, classes: frozenset[str]) -> Mask:
        """Give the mask of a column with several classes: what they agree on, else the safest."""
        found = [self.rules[name].mask for name in sorted(classes) if name in self.rules]
        normalise = {mask.normalise for mask in found}
        coarse = {mask.coarse for mask in found}
        return Mask(
            normalise=normalise.pop() if len(normalise) == 1 else "text",
            coarse=coarse.pop() if len(coarse) == 1 else "null",
        )


@dataclass(frozen=True)
class Purposes:
    """The purpose tree: purpose → parent, or the empty text at the top."""

    parents: Mapping[str, str]

    def __contains__(self, name: object) -> bool:
        return name in self.parents

    @staticmethod
    def could_name(text: str) -> bool:
        """Tell whether a text could be a purpose's name; what could not may be a value, and is quoted nowhere."""
        return _PURPOSE.fullmatch(text) is not None

    def allowed(self, purpose: str, granted: tuple[str, ...]) -> bool:
        """Tell whether a purpose or one above it is among the granted."""
        seen: set[str] = set()
        while purpose in self.parents and purpose not in seen:
            if purpose in granted:
                return True
            seen.add(purpose)
            purpose = self.parents[purpose]
        return False

    def open_to(self, granted: tuple[str, ...]) -> tuple[str, ...]:
        """List the purposes that somebody may name: those granted first, then those below them."""
        below = (name for name in sorted(self.parents) if name not in granted and self.allowed(name, granted))
        return (*(name for name in granted if name in self), *below)


def parent_class(name: str) -> str:
    """Give the class above; the empty text at the top."""
    return name.rpartition(".")[0]


def parse_classes(text: str, file: str = "policies/classes.toml") -> Classes:
    """Read the class tree; raise `PolicyRejected` for an orphan, a bad name or an unknown mask."""
    raw = entries(text, "classes", file)
    rules: dict[str, ClassRule] = {}
    for name in sorted(raw, key=lambda n: n.count(".")):
        rules[name] = _class_rule(name, raw[name], rules, file)
    for rule in rules.values():
        if rule.influence and rule.influence not in rules:
            raise PolicyRejected(file, f"class {rule.name!r} influences unknown class {rule.influence!r}")
    return Classes(rules)


def _class_rule(name: str, raw: Mapping[str, Any], above: Mapping[str, ClassRule], file: str) -> ClassRule:
    where = f"{file}: class {name!r}"
    if _CLASS.fullmatch(name) is None:
        raise PolicyRejected(where, "is not a valid name", "lower-case words, dots between them")
    parent = parent_class(name)
    if parent and parent not in above:
        raise PolicyRejected(where, f"parent {parent!r} is not declared{nearest(parent, above)}")
    inherited = above[parent] if parent else ClassRule("")
    if unknown := set(raw) - _SETTINGS:
        raise PolicyRejected(where, f"unknown setting {min(unknown)!r}")
    mask = Mask(
        normalise=check_normalise(text_of(raw, "token", where, inherited.mask.normalise), where),
        coarse=check_coarse(text_of(raw, "coarse", where, inherited.mask.coarse), where),
    )
    influence = text_of(raw, "influence", where, inherited.influence)
    return ClassRule(
        name,
        text_of(raw, "description", where),
        mask,
        influence,
        grant_days=days_of(raw, "grant_days", where, inherited.grant_days),
        confirm_days=days_of(raw, "confirm_days", where, inherited.confirm_days),
        break_glass=truth_of(raw, "break_glass", where, default=inherited.break_glass),
    )


def parse_purposes(text: str, file: str = "policies/purposes.toml") -> Purposes:
    """Read the purpose tree; raise `PolicyRejected` for an unknown parent or a circle."""
    raw = entries(text, "purposes", file)
    parents: dict[str, str] = {}
    for name, row in raw.items():
        where = f"{file}: purpose {name!r}"
        if unknown := set(row) - {"parent", "description"}:
            raise PolicyRejected(where, f"unknown setting {min(unknown)!r}", "known: description, parent")
        parents[name] = text_of(row, "parent", where)
    for name, parent in parents.items():
        where = f"{file}: purpose {name!r}"
        if _PURPOSE.fullmatch(name) is None:
            raise PolicyRejected(where, "is not a valid name", "lower-case words, hyphens between them")
        if parent and parent not in parents:
            raise PolicyRejected(where, f"parent {parent!r} is not declared{nearest(parent, parents)}")
        if _circular(name, parents):
            raise PolicyRejected(where, "is its own ancestor")
    return Purposes(parents)


def _circular(name: str, parents: Mapping[str, str]) -> bool:
    above = parents[name]
    for _ in parents:
        if above == name:
            return True
        above = parents.get(above, "")
    return False
