"""Say what a change of policies, contracts or principals brings: who gains and who loses which column."""

import hashlib
import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from meshwright.access.cases import example_rows
from meshwright.access.decide import decide, may_discover
from meshwright.access.decision import AccessRequest, Decision
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal
from meshwright.access.review.everybody import empty_teams, everybody, whoever, with_whoever
from meshwright.access.review.who import purposes_of
from meshwright.access.rows.cases import seen_of
from meshwright.grants import Grant
from meshwright.spec import Spec

WHOLE = ""
"""The path that stands for the product as a whole: its levels are `read`, and without a purpose `discover`."""


ROWS = "(rows)"
"""The path that stands for the rows that are shown: its level is `all`, or names the policies that choose them."""

_EVERY_ROW = "all"

Rows = tuple[Mapping[str, Any], ...]

Asker = tuple[str, str]
"""Name of a principal, and a purpose; without a purpose, who looks whether the product exists."""


@dataclass(frozen=True)
class Rules:
    """Policies, the products that they decide about, the policy tests of those for their example rows, and grants."""

    specs: Mapping[str, Spec]
    policies: Policies
    tests: Mapping[str, str] = field(default_factory=dict[str, str])
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True)
class Examples:
    """How many of the example rows of a product's policy tests somebody saw before, and sees now."""

    before: int
    after: int
    of: int


@dataclass(frozen=True, slots=True)
class AccessChange:
    """One column of a product that one principal sees otherwise than before, for one purpose.

    `rows` counts example rows; None where the product's tests have none, and without a purpose, for which nobody reads.
    """

    product: str
    principal: str
    purpose: str
    column: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    rows: Examples | None = None

    @property
    def gains_clear(self) -> bool:
        """Tell whether values in the clear are new."""
        return "clear" in self.gained


def differences(
    before: Rules, after: Rules, now: datetime, among: Container[str] | None = None
) -> Iterator[AccessChange]:
    """Decide for every principal, purpose and product by both rules, and tell where the answers differ.

    A principal or product that only one side knows sees nothing, or shows nothing, on the other. Of a team without
    people it is told what whoever comes to be in it would see. `among` names the principals and teams to decide about
    (`user:ana`, `team:planning`) where others are wanted.
    """
    return compared((Side.of(before), Side.of(after)), now, among)


def compared(
    sides: tuple["Side", "Side"], now: datetime, among: Container[str] | None = None
) -> Iterator[AccessChange]:
    """Tell what `differences` does, of two sides that were looked at already."""
    before, after = (side.rules for side in sides)
    for product in sorted({*before.specs, *after.specs}):
        same = _same_rules(before, after, product)
        examples = example_rows(after.tests.get(product) or before.tests.get(product, ""))
        for name, purpose in _askers(sides, among):
            if same and sides[0].known.get(name) == sides[1].known.get(name):
                continue
            old, new = (side.granted(product, (name, purpose), now) for side in sides)
            found = list(_compared((product, name, purpose), old.levels, new.levels))
            found = [change for change in found if change.column != ROWS or old.choice != new.choice]
            rows = Examples(old.seen(examples), new.seen(examples), len(examples)) if found and examples else None
            yield from (replace(change, rows=rows if purpose else None) for change in found)


def _compared(
    who: tuple[str, str, str], old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]
) -> Iterator[AccessChange]:
    for path in sorted({*old, *new}):
        had, has = old.get(path, ()), new.get(path, ())
        gained, lost = tuple(v for v in has if v not in had), tuple(v for v in had if v not in has)
        if gained or lost:
            yield AccessChange(*who, path, gained, lost)


@dataclass(frozen=True)
class _Granted:
    """What somebody sees of a product by one side's rules: the levels of each path, and which rows.

    `choice` is equal for the same rows, whatever the policies that choose them are called; empty for none at all.
    """

    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    read: tuple[Decision, Spec] | None = None

    @property
    def choice(self) -> str:
        return _choice(self.read[0]) if self.read else ""

    def seen(self, examples: Rows) -> int:
        """Count the example rows that are shown."""
        return seen_of(examples, *self.read) if self.read else 0


@dataclass(frozen=True)
class Side:
    """Rules that know whoever may come to be in a team, and everybody by name."""

    rules: Rules
    known: Mapping[str, Principal]
    empty: frozenset[str]

    @classmethod
    def of(cls, rules: Rules) -> "Side":
        """Look at rules, each side once."""
        principals = rules.policies.principals
        known = {**everybody(principals), **whoever(principals)}
        return cls(replace(rules, policies=with_whoever(rules.policies)), known, empty_teams(principals))

    def holding(self, grants: tuple[Grant, ...]) -> "Side":
        """Give the same rules with other grants."""
        return replace(self, rules=replace(self.rules, grants=grants))

    def askers(self, names: Container[str]) -> set[Asker]:
        """List some of everybody, with each purpose that they may name and without any."""
        some = {name: who for name, who in self.known.items() if name in names}
        return {(name, why) for name, who in some.items() for why in ("", *purposes_of(who, self.rules.policies))}

    def granted(self, product: str, asker: Asker, now: datetime) -> _Granted:
        """Decide what somebody sees of a product."""
        (name, purpose), policies = asker, self.rules.policies
        if product not in self.rules.specs or name not in self.known:
            return _Granted()
        spec = self.rules.specs[product]
        request = AccessRequest(self.known[name], purpose, now, spec, self.rules.grants)
        if not purpose:
            return _Granted({WHOLE: ("discover",)} if may_discover(request, policies) else {})
        decision = decide(request, policies)
        if not decision.read:
            return _Granted()
        return _Granted({WHOLE: ("read",), ROWS: (_rows(decision),), **_columns(decision)}, (decision, spec))


def _rows(decision: Decision) -> str:
    """Name which rows are shown, and the choice, so that another one has another name."""
    choice = _choice(decision)
    if decision.rows is None or choice == _EVERY_ROW:
        return choice
    told = ", ".join(sorted({condition.policy.id for condition in decision.rows.conditions})) or "none"
    return f"{told} ({choice})"


def _choice(decision: Decision) -> str:
    if decision.rows is None or decision.rows.shown == "all":
        return _EVERY_ROW
    choice = json.dumps(sorted({(each.effect, each.residual) for each in decision.rows.conditions}))
    return hashlib.sha256(choice.encode()).hexdigest()[:8]


def _columns(decision: Decision) -> dict[str, tuple[str, ...]]:
    return {path: tuple(column.granted) for path, column in decision.columns.items()}


def _askers(sides: tuple[Side, Side], among: Container[str] | None) -> list[Asker]:
    """List who is asked about: `among`, or everybody and the teams that have people on neither side."""
    names = among
    if names is None:
        filled = {name for side in sides for name in side.known if name.startswith("team:") and name not in side.empty}
        names = {name for side in sides for name in side.known} - filled
    return sorted(asker for asker in sides[0].askers(names) | sides[1].askers(names))


def _same_rules(before: Rules, after: Rules, product: str) -> bool:
    """Tell whether everything but the principals is the same for a product."""
    if product not in before.specs or product not in after.specs:
        return False
    return _deciding(before, product) == _deciding(after, product)


def _deciding(rules: Rules, product: str) -> tuple[object, ...]:
    policies, spec = rules.policies, rules.specs[product]
    return policies.classes, policies.purposes, policies.central, policies.text(product), spec.columns, spec.owner
