"""What is asked of the policies, and what they answer."""

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal

from meshwright.access.principals import Principal
from meshwright.grants import Grant, GrantLevel
from meshwright.markers import RevealLevel, RowsShown
from meshwright.masks import PLAIN, Mask
from meshwright.names import governed_by
from meshwright.spec import Spec

ShownLevel = Literal["token", "coarse", "clear"]
"""The levels at which something of a value is shown: those that policies and grants open."""
_SHOWN: tuple[ShownLevel, ...] = ("clear", "coarse", "token")
LEVELS: tuple[RevealLevel, ...] = ("clear", "coarse", "token", "hidden")
"""From most to least."""

ALWAYS = '{"Value": true}'
"""The residual of a row condition that asks nothing of the row."""


def levels_above(level: RevealLevel) -> tuple[ShownLevel, ...]:
    """List the levels that show more, the strongest first."""
    return _SHOWN[: LEVELS.index(level)]


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """Who asks for which product, what for and when; `now` is UTC-aware.

    `grants` are those of the principal and their teams, also of other products: the decision works out which are in
    force.
    """

    principal: Principal
    purpose: str
    now: datetime
    spec: Spec
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyReference:
    """A policy that decided, and the reason it states."""

    id: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands between somebody and a level of a column, or reading the product at all.

    `forbidden`: the policies in `by` keep it, whatever is permitted. `purpose`: it is theirs for `purpose`, another one
    that they may name. `permit`: the policy in `by` permits it, but to `whom`, for `purpose` or at a time (`when`);
    what is empty would do as it is.
    """

    level: GrantLevel
    reason: Literal["forbidden", "purpose", "permit"]
    by: tuple[PolicyReference, ...] = ()
    purpose: str = ""
    whom: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class ColumnDecision:
    """What one column (or nested field, by its path) may show.

    `level` is the strongest of `granted`. `by` decided it: permits, or the forbids that hide. `forbidden` are levels
    that a forbid keeps, whatever is permitted. `ask` is the smallest request for the next level up, `ask_clear` the one
    for clear where that is another; empty when nothing would do. `missing` are the forbids above what is granted, and
    what `access.missing` adds to them.
    """

    level: RevealLevel = "hidden"
    granted: tuple[RevealLevel, ...] = ()
    by: tuple[PolicyReference, ...] = ()
    ask: str = ""
    forbidden: tuple[RevealLevel, ...] = ()
    classes: tuple[str, ...] = ()
    mask: Mask = PLAIN
    ask_clear: str = ""
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class RowCondition:
    """What one row policy still asks of each row, once reader, purpose and time are known.

    `residual` is Cedar's JSON of it, `text` its Cedar, as far as it is told to whom it is about: to others than those
    who know the product's policies with types in the place of what hidden columns are held against.
    """

    policy: PolicyReference
    effect: Literal["permit", "forbid"]
    residual: str
    text: str


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """All that Cedar needs to decide about single rows, as its JSON: the request but for the row, policies, facts."""

    product: str
    request: str
    policies: str
    facts: str


@dataclass(frozen=True, slots=True)
class RowRule:
    """Which rows are shown: those that a permit holds for and no forbid; without a permit, none.

    `columns` are read to tell. `asked` is for checking the filter against Cedar itself.
    """

    conditions: tuple[RowCondition, ...]
    columns: tuple[str, ...]
    asked: RowQuestion = field(compare=False, repr=False)

    @property
    def shown(self) -> RowsShown:
        """Tell which rows are shown; all, where nothing is forbidden and a permit asks nothing of a row."""
        conditions = {(each.effect, each.residual) for each in self.conditions}
        effects = {effect for effect, _ in conditions}
        if "permit" not in effects or ("forbid", ALWAYS) in conditions:
            return "none"
        return "all" if ("permit", ALWAYS) in conditions and effects == {"permit"} else "limited"


@dataclass(frozen=True)
class Decision:
    """The one answer that every surface obeys: may the product be found, be read, and each column at which level.

    `problem` says why everything is denied when the request or a policy is at fault. `scope` is where tokens are
    equal. A path that is not in `columns` is hidden. `policies` is the hash of all that decided.
    `rows` tells which rows are shown; None: all. `grants` are the ids of the grants among what decided. `foreign` is a
    person of another domain, who asks for a grant where the product's own domain writes a permit. `asks` are the
    columns' requests for the next level up, put together to be few. `missing` is what would let somebody read at all.
    """

    product: str
    principal: str
    purpose: str
    grantee: str = ""
    scope: str = ""
    discover: bool = False
    read: bool = False
    columns: Mapping[str, ColumnDecision] = field(default_factory=dict[str, ColumnDecision])
    by: tuple[PolicyReference, ...] = ()
    ask: str = ""
    problem: str = ""
    policies: str = ""
    rows: RowRule | None = None
    grants: tuple[str, ...] = ()
    foreign: bool = False
    asks: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def rows_shown(self) -> RowsShown:
        """Tell which rows are shown: all, those that fit the conditions of `rows`, or none."""
        if not self.read:
            return "none"
        return self.rows.shown if self.rows is not None else "all"

    def column(self, path: str) -> ColumnDecision:
        """Give the decision of a column or nested field; hidden when it has none."""
        return self.columns.get(path, ColumnDecision()) if self.read else ColumnDecision()

    def request(self, level: str, *classes: str, path: str = "") -> str:
        """Write the smallest request for a level of a column of these classes; without any, of what is unclassified.

        A grant is asked for by the column's `path`: a class could open others, and two grants together open no more
        than either. Several paths stand between commas. A permit is written class by class.
        """
        if self.foreign:
            named = f" --columns {shlex.quote(path)}" if classes else ""
            what = f"{named} --level {level if classes else 'read'} --purpose {self.purpose}"
            return f"mesh access request {governed_by(self.product)}{what} --until 30d --reason '...'"
        line = f"mesh access allow {self.grantee} {governed_by(self.product)}"
        wanted = [f" --class {name} --level {level}" for name in classes] or [" --level read"]
        return " && ".join(f"{line}{each} --purpose {self.purpose}" for each in wanted)

    def digest(self) -> str:
        """Hash the whole decision (SHA-256, hex)."""
        known = asdict(self)
        if self.rows is not None:
            del known["rows"]["asked"]
        return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.digest())


def join_scope(principal: Principal, purpose: str) -> str:
    """Name the scope in which tokens are equal: the reader's domain, and the purpose."""
    return f"{principal.domain or principal.name}/{purpose}"
