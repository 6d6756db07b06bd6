"""Columns of tokens as Arrow's dictionaries: each token is written once, and where it stands as often as it comes."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from meshwright.masks import CodedTokens

pa: Any = import_module("pyarrow")  # it ships no types


class Dictionaries:
    """The columns of an answer that come coded, as Arrow's."""

    def __init__(self, coded: Mapping[str, CodedTokens]) -> None:
        self._coded = coded

    def schema(self, schema: Any) -> Any:
        """Give those columns their type."""
        for name in self._coded:
            at = schema.get_field_index(name)
            schema = schema.set(at, schema.field(at).with_type(pa.dictionary(pa.int32(), schema.field(at).type)))
        return schema

    def table(self, table: Any) -> Any:
        """Put dictionaries where the places in them stand."""
        for name in self._coded:
            at = table.schema.get_field_index(name)
            places = table.column(at).cast(pa.int32()).combine_chunks()
            table = table.set_column(at, name, pa.DictionaryArray.from_arrays(places, self._coded[name].tokens))
        return table
