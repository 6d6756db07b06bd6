"""Compare columns, at any depth."""

from collections.abc import Iterator, Sequence

from meshwright.compat.change import Change, moved
from meshwright.compat.limits import compare_limits
from meshwright.spec import ColumnSpec, ListType, StructType


def compare_columns(old: Sequence[ColumnSpec], new: Sequence[ColumnSpec], above: str) -> Iterator[Change]:
    """Compare columns by name; `above` is the path that leads to them."""
    before, after = {c.name: c for c in old}, {c.name: c for c in new}
    added = [c for c in new if c.name not in before]
    for name, column in before.items():
        path = f"{above}{name}"
        if name in after:
            yield from _compare(column, after[name], path)
        elif twin := next((c for c in added if (c.type, c.unit) == (column.type, column.unit)), None):
            text = f"column {name!r} is gone; renamed to {twin.name!r}?"
            yield Change(path, "breaking", "column-renamed", text)
        else:
            yield Change(path, "breaking", "column-removed", f"column {name!r} is gone")
    for column in added:
        yield Change(f"{above}{column.name}", "compatible", "column-added", f"column {column.name!r} is new")


def _compare(old: ColumnSpec, new: ColumnSpec, path: str) -> Iterator[Change]:
    if old.nullable != new.nullable:
        yield moved(path, "required", "presence", loosened=new.nullable)
    yield from _compare_types(old, new, path)
    yield from _compare_meaning(old, new, path)
    yield from _compare_classes(old, new, path)
    yield from _compare_references(old, new, path)
    if old.description != new.description:
        yield Change(path, "cosmetic", "description-changed", "the column is described anew")


def _compare_types(old: ColumnSpec, new: ColumnSpec, path: str) -> Iterator[Change]:
    if isinstance(old.type, StructType) and isinstance(new.type, StructType):
        yield from compare_columns(old.type.fields, new.type.fields, f"{path}.")
    elif isinstance(old.type, ListType) and isinstance(new.type, ListType):
        yield from _compare(old.type.items, new.type.items, f"{path}.item")
        yield from compare_limits(old, new, path)
    elif old.type != new.type:
        yield Change(path, "breaking", "type-changed", f"the type was {_name(old)} and is {_name(new)}")
    else:
        yield from compare_limits(old, new, path)


def _name(column: ColumnSpec) -> str:
    facts = column.type.model_dump(exclude={"kind", "fields", "items"})
    return column.type.kind + (f"({', '.join(map(str, facts.values()))})" if facts else "")


def _compare_meaning(old: ColumnSpec, new: ColumnSpec, path: str) -> Iterator[Change]:
    for fact in ("unit", "entity", "event_time", "known_at"):
        was, now = getattr(old, fact), getattr(new, fact)
        if was != now:
            word = fact.replace("_", "-")
            if not was and fact != "unit":
                yield Change(path, "compatible", f"{word}-added", f"{word} is now said")
            else:
                yield Change(path, "breaking", f"{word}-changed", f"{word} was {was} and is {now}")
    if old.keep != new.keep:
        text = f"of several rows with one key, {new.keep} stays instead of {old.keep}"
        yield Change(path, "breaking", "keep-changed", text)


def _compare_classes(old: ColumnSpec, new: ColumnSpec, path: str) -> Iterator[Change]:
    for name in sorted({*old.classes} - {*new.classes}):
        text = f"class {name} is dropped: values are seen that were not to be; data protection must agree"
        yield Change(path, "breaking", "class-lowered", text)
    for name in sorted({*new.classes} - {*old.classes}):
        yield Change(path, "breaking", "class-raised", f"class {name} is new: readers may lose clear values")


def _compare_references(old: ColumnSpec, new: ColumnSpec, path: str) -> Iterator[Change]:
    if old.references == new.references:
        return
    if old.references is None:
        yield Change(path, "compatible", "reference-added", "values now exist in another product")
    elif new.references is None:
        yield Change(path, "breaking", "reference-removed", "values need no longer exist in another product")
    else:
        yield Change(path, "breaking", "reference-changed", "values exist in another column than before")
