"""What of a picture a product or column reaches."""

from dataclasses import dataclass
from functools import cached_property

from meshwright.registry import Impact
from meshwright_catalog.pages.lineage.gather import Crowd
from meshwright_catalog.pages.lineage.picture import Column, Line, Node


@dataclass(frozen=True)
class Reached:
    """Tells of nodes, columns and lines whether an impact reaches them; without one, of none."""

    impact: Impact | None

    def node(self, node: Node | Crowd) -> bool:
        """Tell whether anything of a node, or of one node of a crowd, is reached; where it begins is not."""
        keys = node.members if isinstance(node, Crowd) else (node.key,)
        return any(key in self._columns for key in keys)

    def column(self, node: Node, column: str) -> bool:
        """Tell whether a column is reached, or is where it begins."""
        return self._has(node.key, column)

    def line(self, line: Line) -> bool:
        """Tell whether what is reached flows along a line."""
        return any(
            self._has(edge.source, edge.source_column)
            and edge.target in self._columns
            and self._has(edge.target, edge.target_column)
            for edge in line.told
        )

    def _has(self, node: str, column: Column) -> bool:
        if self.impact is not None and node == self.impact.product:
            return column is None or self.impact.column in (None, column)
        return node in self._columns and column in (None, *self._columns[node])

    @cached_property
    def _columns(self) -> dict[str, set[str]]:
        told = self.impact.products if self.impact else ()
        return {each.id: {column.name for column in each.columns} for each in told}
