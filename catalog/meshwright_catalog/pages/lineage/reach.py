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
        return self._has(node, column)

    def line(self, line: Line) -> bool:
        """Tell whether what is reached flows along a line."""
        return (
            self._has(line.source, line.source_column)
            and self.node(line.target)
            and self._has(line.target, line.target_column)
        )

    def _has(self, node: Node | Crowd, column: Column) -> bool:
        if isinstance(node, Node) and self.impact is not None and node.key == self.impact.product:
            return column is None or self.impact.column in (None, column)
        if isinstance(node, Crowd) or column is None:
            return self.node(node)
        return column in self._columns.get(node.key, ())

    @cached_property
    def _columns(self) -> dict[str, set[str]]:
        told = self.impact.products if self.impact else ()
        return {each.id: {column.name for column in each.columns} for each in told}
