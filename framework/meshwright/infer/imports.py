"""The imports that written classes need, sorted as `ruff check --select I` sorts them."""

from meshwright.infer.inferred import Inferred, InferredColumn, Kind
from meshwright.infer.render import marks_of
from meshwright.infer.text import format_text, from_import

_HOMES = {
    "date": "datetime", "datetime": "datetime", "Decimal": "decimal", "Annotated": "typing", "Literal": "typing",
    "Ge": "annotated_types",
}  # fmt: skip
_STANDARD = ("datetime", "decimal", "typing")


def render_imports(inferred: Inferred, *more: str) -> str:
    """Write the imports that source, contract and transform need; `more` names others of `meshwright`."""
    used = {"Contract", "Frame", "Source", *more, type(inferred.format).__name__}
    used -= {"Csv"} if format_text(inferred.format) == "Csv()" else set()
    for column in inferred.columns:
        used |= _names(column)
    homes: dict[str, list[str]] = {}
    for name in sorted(used, key=_isort):
        homes.setdefault(_HOMES.get(name, "meshwright"), []).append(name)
    standard = [from_import(home, homes[home]) for home in _STANDARD if home in homes]
    other = [from_import(home, homes[home]) for home in ("annotated_types", "meshwright") if home in homes]
    return "\n".join(standard) + "\n" * 2 * bool(standard) + "\n".join(other) + "\n"


def _isort(name: str) -> tuple[bool, str]:
    return (name[0].islower(), name)


def _names(column: InferredColumn) -> set[str]:
    marks = [*marks_of(column, contract=False), *marks_of(column, contract=True)]
    found = {mark.partition("(")[0] for mark in marks} | {"Annotated" for _ in marks[:1]}
    return found | {"Literal" for _ in column.values[:1]} | _of_kind(column.kind)


def _of_kind(kind: Kind) -> set[str]:
    if kind.item:
        return _of_kind(kind.item)
    if kind.fields:
        return {"Schema", *(name for field in kind.fields for name in _names(field))}
    return {kind.name} & set(_HOMES)
