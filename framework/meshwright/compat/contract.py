"""Compare whole contracts: their columns, rules, key and service levels."""

from collections.abc import Iterator
from datetime import timedelta

from meshwright.compat.change import Change, moved
from meshwright.compat.columns import compare_columns
from meshwright.markers import Severity
from meshwright.spec import RuleSpec, Spec

_STRICTER: dict[Severity, int] = {"warn": 0, "quarantine": 1, "error": 2}


def changes(old: Spec, new: Spec) -> tuple[Change, ...]:
    """List how `new` differs from `old`, breaking changes first."""
    found = [
        *_identity(old, new),
        *compare_columns(old.columns, new.columns, ""),
        *_order(old, new),
        *_severities(old, new),
        *_rules(old, new),
        *_service_levels(old, new),
        *_surroundings(old, new),
    ]
    if not found and old.model_copy(update={"version": new.version}) != new:
        found.append(Change("", "cosmetic", "other-changed", "the contract is written in another way"))
    return tuple(sorted(found, key=lambda c: ("breaking", "compatible", "cosmetic").index(c.kind)))


def _identity(old: Spec, new: Spec) -> Iterator[Change]:
    if old.id != new.id:
        yield Change("", "breaking", "id-changed", f"{old.id} became {new.id}, which is another product")
    if set(old.keys) != set(new.keys):
        yield Change("", "breaking", "key-changed", f"the key was {list(old.keys)} and is {list(new.keys)}")


def _order(old: Spec, new: Spec) -> Iterator[Change]:
    names = {c.name for c in old.columns} & {c.name for c in new.columns}
    if [c.name for c in old.columns if c.name in names] != [c.name for c in new.columns if c.name in names]:
        yield Change("", "cosmetic", "order-changed", "columns stand in another order")


def _severities(old: Spec, new: Spec) -> Iterator[Change]:
    if old.on_fail != new.on_fail:
        yield moved("", "on-fail", "on_fail", loosened=_STRICTER[new.on_fail] < _STRICTER[old.on_fail])
    for column in new.columns:
        before = old.column(column.name)
        if before is not None and before.on_fail != column.on_fail:
            strict, was = _STRICTER[column.on_fail or new.on_fail], _STRICTER[before.on_fail or old.on_fail]
            if strict != was:
                yield moved(column.name, "on-fail", "on_fail", loosened=strict < was)


def _rules(old: Spec, new: Spec) -> Iterator[Change]:
    before, after = {r.name: r for r in old.rules}, {r.name: r for r in new.rules}
    for name in sorted(before.keys() - after.keys()):
        yield Change(name, "breaking", "rule-removed", f"rule {name!r} is no longer checked")
    for name in sorted(after.keys() - before.keys()):
        yield Change(name, "compatible", "rule-added", f"rule {name!r} is new")
    for name in sorted(before.keys() & after.keys()):
        yield from _rule(before[name], after[name], (old.on_fail, new.on_fail))


def _rule(old: RuleSpec, new: RuleSpec, on_fail: tuple[Severity, Severity]) -> Iterator[Change]:
    was, strict = _STRICTER[old.severity or on_fail[0]], _STRICTER[new.severity or on_fail[1]]
    if was != strict and old.severity != new.severity:
        yield moved(new.name, "rule-severity", f"the severity of rule {new.name!r}", loosened=strict < was)
    if (old.expression, old.columns) != (new.expression, new.columns):
        text = f"rule {new.name!r} is another expression, which may let more rows through"
        yield Change(new.name, "breaking", "rule-changed", text)
    if old.description != new.description:
        yield Change(new.name, "cosmetic", "description-changed", f"rule {new.name!r} is described anew")


def _service_levels(old: Spec, new: Spec) -> Iterator[Change]:
    for name, longer_is_looser in (("latency", True), ("frequency", True), ("retention", False)):
        was: timedelta | None = getattr(old.sla, name)
        now: timedelta | None = getattr(new.sla, name)
        if was != now:
            looser = now is None or (was is not None and (now > was) == longer_is_looser)
            yield moved(f"sla.{name}", "sla", name, loosened=looser)
    if old.sla.availability != new.sla.availability:
        share = new.sla.availability
        looser = share is None or (old.sla.availability is not None and share < old.sla.availability)
        yield moved("sla.availability", "sla", "availability", loosened=looser)


def _surroundings(old: Spec, new: Spec) -> Iterator[Change]:
    for name in ("description", "owner", "purpose", "tags", "partition_by"):
        if getattr(old, name) != getattr(new, name):
            rule = f"{name.replace('_by', '')}-changed"
            yield Change(name, "cosmetic", rule, f"{name} is another")
    for name in ("ports", "sources"):
        if getattr(old, name) != getattr(new, name):
            yield Change(name, "compatible", "inputs-changed", f"{name} are others; readers see no difference")
