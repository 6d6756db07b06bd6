"""What somebody could ask for to see more of a column, and how few requests a whole product takes."""

from collections.abc import Mapping
from dataclasses import replace

from meshwright.access.decision import LEVELS, ColumnDecision, Decision, ShownLevel, levels_above
from meshwright.access.leaves import Leaf, leaves
from meshwright.grants import MAX_COLUMNS
from meshwright.markers import RevealLevel
from meshwright.masks import has_coarse
from meshwright.spec import Spec


def open_above(column: ColumnDecision, leaf: Leaf) -> tuple[ShownLevel, ...]:
    """List the levels above what is granted that no forbid keeps and the column's type has, the strongest first."""
    coarsens = has_coarse(column.mask, leaf.type)
    return tuple(v for v in levels_above(column.level) if v not in column.forbidden and (v != "coarse" or coarsens))


def steps(column: ColumnDecision, leaf: Leaf) -> tuple[ShownLevel, ...]:
    """List the levels above what is granted that a request could open, the next one first."""
    above = reversed(open_above(column, leaf))
    return tuple(level for level in above if column.classes or level == "clear")


def with_asks(decision: Decision, column: ColumnDecision, leaf: Leaf) -> ColumnDecision:
    """Write the smallest request for the next level up, and for clear where that is another."""
    wanted = [decision.request(level, *column.classes, path=leaf.path) for level in steps(column, leaf)]
    if not wanted:
        return column
    clear = wanted[-1] if len(wanted) > 1 and "clear" not in column.forbidden else ""
    return replace(column, ask=wanted[0], ask_clear=clear)


def to_read(spec: Spec, decision: Decision, wanted: Mapping[str, RevealLevel]) -> str:
    """Write the one request that lets somebody read, and see the columns that are wanted at a level of each.

    A grant of classified columns opens the rest, too.
    """
    asked = {path: level for path, level in wanted.items() if level != "hidden"}
    classified = {leaf.path: leaf.classes for leaf in leaves(spec.columns) if leaf.path in asked and leaf.classes}
    if decision.problem or not (decision.ask and decision.foreign and classified):
        return decision.ask
    level = next(level for level in LEVELS if level in {asked[path] for path in classified})
    classes = {name for each in classified.values() for name in each}
    return decision.request(level, *sorted(classes), path=",".join([*classified][:MAX_COLUMNS]))


def together(decision: Decision, found: Mapping[str, Leaf]) -> tuple[str, ...]:
    """Put the requests for the next level up together: of each level one that names the columns.

    A permit is written class by class: several of them stay as they are, and so does a request for the unclassified.
    """
    asks: list[str] = []
    by_level: dict[ShownLevel, dict[str, tuple[str, ...]]] = {}
    for path, column in decision.columns.items():
        if column.ask and decision.foreign and column.classes:
            by_level.setdefault(steps(column, found[path])[0], {})[path] = column.classes
        else:
            asks.append(column.ask)
    for level, columns in by_level.items():
        for start in range(0, len(columns), MAX_COLUMNS):
            paths = [*columns][start : start + MAX_COLUMNS]
            classes = (name for path in paths for name in columns[path])
            asks.append(decision.request(level, *classes, path=",".join(paths)))
    return tuple(dict.fromkeys(filter(None, asks)))
