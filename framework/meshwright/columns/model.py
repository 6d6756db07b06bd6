"""Keep Pydantic's view of a row and the table's the same."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import core_schema

from meshwright.errors import DefinitionError, ShadowedName

_MAY_DIFFER = frozenset({"title", "json_schema_extra", "json_schema_serialization_defaults_required"})


def check_attributes(model: type[BaseModel], root: type[BaseModel]) -> None:
    """Refuse attributes that hide a method of the root class, or that Pydantic would skip."""
    for name in vars(model).get("__annotations__", {}):
        if name.startswith("_") and not name.startswith("__"):
            where = f"{model.__name__}.{name}"
            raise DefinitionError(where, "a leading underscore is kept for the mesh's own columns", "rename the column")
        if not name.startswith("__") and hasattr(root, name):
            raise ShadowedName(model.__name__, name)


def check_model(model: type[BaseModel], root: type[BaseModel]) -> None:
    """Refuse validators and settings: they would judge a row in Python that no check judges on a table."""
    found = model.__pydantic_decorators__
    for validators in (found.validators, found.field_validators, found.root_validators, found.model_validators):
        for name in validators:
            raise DefinitionError(f"{model.__name__}.{name}", "a Pydantic validator sees no table", "write a @rule")
    for name, value in model.model_config.items():
        if name not in _MAY_DIFFER and value != root.model_config.get(name):
            raise DefinitionError(model.__name__, f"setting {name} changes which rows are valid", "leave it out")


def as_table_row(schema: core_schema.CoreSchema, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    """Make datetimes aware and let a vocabulary take its values, for a table holds neither naive times nor members."""
    return cast("core_schema.CoreSchema", _walk(schema, handler))


def _walk(part: Any, handler: GetCoreSchemaHandler) -> Any:
    if isinstance(part, list):
        return [_walk(each, handler) for each in cast("Sequence[Any]", part)]
    if not isinstance(part, dict):
        return part
    walked = {name: _walk(inner, handler) for name, inner in cast("dict[str, Any]", part).items()}
    if walked.get("type") == "datetime":
        return walked | {"tz_constraint": "aware"}
    target = walked
    if walked.get("type") == "definition-ref":
        target = cast("dict[str, Any]", handler.resolve_ref_schema(cast("core_schema.CoreSchema", walked)))
    return _by_value(target) if target.get("type") == "enum" else walked


def _by_value(vocabulary: Mapping[str, Any]) -> core_schema.CoreSchema:
    """Let the values of an Enum in where strictness wants its members; alone, for the shared schema stays strict."""
    alone = cast("core_schema.CoreSchema", {name: part for name, part in vocabulary.items() if name != "ref"})
    return core_schema.no_info_before_validator_function(_member(vocabulary["members"]), alone)


def _member(members: Sequence[Any]) -> Callable[[Any], Any]:
    known: dict[tuple[type, object], Any] = {(type(member.value), member.value): member for member in members}

    def find(value: Any) -> Any:
        return known.get((type(value), value), value) if isinstance(value, str | int) else value

    return find
