"""Build the expression that shows a column at its levels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from meshwright.access import Decision
from meshwright.access.leaves import has_fields
from meshwright.markers import RevealLevel
from meshwright.masks import CodedTokens, coarse, masked_lists, once_per_value, token
from meshwright.spec import ColumnSpec, DecimalType, ListType, ScalarType, StructType


@dataclass(frozen=True)
class Masking:
    """What masking needs to know: the decision, each leaf's level, and the key of the join scope."""

    decision: Decision
    levels: Mapping[str, RevealLevel]
    key: tuple[str, str] | None

    def coded(self, columns: Iterable[ColumnSpec]) -> dict[str, CodedTokens]:
        """Give what codes those of the columns that are tokens, and no lists of them."""
        return {
            column.name: CodedTokens(column.type, self.decision.column(column.name).mask, self.key)
            for column in columns
            if isinstance(column.type, ScalarType | DecimalType)
            and self.levels.get(column.name) == "token"
            and self.key is not None
        }

    def column(self, column: ColumnSpec) -> pl.Expr | None:
        """Show a top-level column under its own name; None when nothing of it is shown."""
        shown = self._masked(pl.col(column.name), column, "", in_list=False)
        return None if shown is None else shown.alias(column.name)

    def _masked(self, value: pl.Expr, column: ColumnSpec, above: str, *, in_list: bool) -> pl.Expr | None:
        path = f"{above}.{column.name}" if above else column.name
        kind = column.type
        if isinstance(kind, StructType) and kind.fields:
            return self._struct(value, kind, path, in_list=in_list)
        if isinstance(kind, ListType) and has_fields(kind):
            item = self._masked(pl.element(), kind.items, path, in_list=True)
            if item is None:
                return None
            return value.list.eval(item) if in_list else masked_lists(value, kind, lambda lists: lists.list.eval(item))
        return self._leaf(value, column, path, in_list=in_list)

    def _struct(self, value: pl.Expr, kind: StructType, path: str, *, in_list: bool) -> pl.Expr | None:
        """Rebuild a struct from what is shown of its fields; a null struct stays null."""
        fields = [(f.name, self._masked(value.struct.field(f.name), f, path, in_list=in_list)) for f in kind.fields]
        kept = [field.alias(name) for name, field in fields if field is not None]
        return pl.when(value.is_not_null()).then(pl.struct(kept)) if kept else None

    def _leaf(self, value: pl.Expr, column: ColumnSpec, path: str, *, in_list: bool) -> pl.Expr | None:
        level = self.levels.get(path, "hidden")
        mask = self.decision.column(path).mask
        if level == "clear":
            return value
        if level == "coarse":
            return coarse(value, column.type, mask)
        if level == "token" and self.key is not None:
            return (token if in_list else once_per_value)(value, column.type, mask, self.key)
        return None
