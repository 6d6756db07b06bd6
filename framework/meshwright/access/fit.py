"""Whether a published contract fits an input port, and whether the decision grants what the port asks."""

from collections.abc import Iterator, Mapping

from meshwright.access.decision import Decision
from meshwright.access.leaves import Leaf, has_fields, leaves
from meshwright.access.requests import to_read
from meshwright.dtypes import lossless, polars_type
from meshwright.errors import AccessDenied, PortMismatch, nearest
from meshwright.markers import RevealLevel
from meshwright.masks import token_type
from meshwright.spec import ColumnSpec, ListType, PortSpec, Spec, StructType


def port_decision(port: PortSpec, spec: Spec, decision: Decision) -> Mapping[str, RevealLevel]:
    """Give the level of every column and field that the port reads; what it does not name stays hidden.

    A port asks for clear, or for what its `Level` says. Raises `PortMismatch` when the contract does not fit, and
    `AccessDenied` with the smallest requests when less is granted than asked.
    """
    levels, asked = port_levels(port, spec), asked_levels(port)
    if not decision.read:
        problem = decision.problem or f"{decision.principal} may not read it for {decision.purpose!r}"
        raise AccessDenied(spec.id, problem, asks=(to_read(spec, decision, asked),))
    denied = [path for path, level in asked.items() if level not in (*decision.column(path).granted, "hidden")]
    if denied:
        wanted = ", ".join(f"{path!r} as {asked[path]}" for path in denied)
        problem = f"{decision.principal} may not see {wanted} for {decision.purpose!r}"
        raise AccessDenied(spec.id, problem, denied, [_request(decision, path, asked[path]) for path in denied])
    return levels


def port_levels(port: PortSpec, spec: Spec) -> Mapping[str, RevealLevel]:
    """Give the level that a port asks of every column and field it reads; raise `PortMismatch` when it does not fit."""
    if problems := port_problems(port, spec):
        raise PortMismatch(port.product, problems)
    asked, names = asked_levels(port), {column.name for column in port.columns}
    read = [leaf.path for c in spec.columns if c.name in names for leaf in leaves([c])]
    return {path: asked.get(path, "hidden") for path in read}


def asked_levels(port: PortSpec) -> dict[str, RevealLevel]:
    """Say which level the port asks of each leaf; the innermost `Level` counts, and without one it is clear."""
    return {leaf.path: level for column in port.columns for leaf, level in _asked(column, "", "clear")}


def port_problems(port: PortSpec, spec: Spec) -> tuple[str, ...]:
    """List what in a port differs from the published contract, one clause each, with what to write."""
    if port.major != spec.major:
        return (f"version {port.major} is asked, {spec.version} is published",)
    return tuple(_columns(port.columns, spec.columns, "", "clear"))


def _columns(
    asked: tuple[ColumnSpec, ...], published: tuple[ColumnSpec, ...], above: str, level: RevealLevel
) -> Iterator[str]:
    known = {column.name: column for column in published}
    for column in asked:
        path = f"{above}{column.name}"
        if column.name in known:
            yield from _column(column, known[column.name], path, column.level or level)
        else:
            yield f"column {path!r} is not published{nearest(column.name, known)}"


def _column(asked: ColumnSpec, published: ColumnSpec, path: str, level: RevealLevel) -> Iterator[str]:
    if level == "hidden":
        yield f"column {path!r} asks for nothing: drop it"
    yield from _type(asked, published, path, level)
    if published.nullable and not asked.nullable:
        yield f"column {path!r} may be null: write `| None`"
    if asked.unit and asked.unit != published.unit:
        yield f"column {path!r} is in {published.unit or 'no unit'}, not in {asked.unit}"
    if asked.entity and asked.entity != published.entity:
        yield f"column {path!r} identifies {published.entity or 'no entity'}, not {asked.entity}"
    if asked.classes != published.classes:
        yield f"column {path!r} has {_named(published.classes)}, not {_named(asked.classes)}"


def _type(asked: ColumnSpec, published: ColumnSpec, path: str, level: RevealLevel) -> Iterator[str]:
    a, p = asked.type, published.type
    if isinstance(a, StructType) and isinstance(p, StructType):
        yield from _columns(a.fields, p.fields, f"{path}.", level)
    elif isinstance(a, ListType) and isinstance(p, ListType) and has_fields(p):
        yield from _column(a.items, p.items, f"{path}.{a.items.name}", a.items.level or level)
    else:
        have, want = polars_type(token_type(p) if level == "token" else p), polars_type(a)
        if not lossless(have, want):
            as_token = " (a token is text)" if level == "token" else ""
            yield f"column {path!r} is {have}{as_token}, not {want}"


def _named(classes: tuple[str, ...]) -> str:
    marks = [f'Pii("{c[4:]}")' if c.startswith("pii.") else f'Class("{c}")' for c in classes]
    return " and ".join(marks) or "no class"


def _asked(column: ColumnSpec, above: str, level: RevealLevel) -> Iterator[tuple[Leaf, RevealLevel]]:
    """Walk to the leaves, with the level that holds there."""
    path, level = f"{above}{column.name}", column.level or level
    kind = column.type
    if isinstance(kind, StructType) and kind.fields:
        for field in kind.fields:
            yield from _asked(field, f"{path}.", level)
    elif isinstance(kind, ListType) and has_fields(kind):
        yield from _asked(kind.items, f"{path}.", level)
    else:
        yield Leaf(path, kind, frozenset(column.classes)), level


def _request(decision: Decision, path: str, level: RevealLevel) -> str:
    column = decision.column(path)
    return "" if level in column.forbidden else decision.request(level, *column.classes, path=path)
