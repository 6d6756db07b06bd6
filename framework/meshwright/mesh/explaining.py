"""Why somebody sees what they see."""

from dataclasses import dataclass
from typing import Any

from meshwright.access import Decision, Principal
from meshwright.errors import UnknownProduct
from meshwright.mesh.admission import decision_of
from meshwright.mesh.inputs import offer
from meshwright.mesh.world import World


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision, laid out: one row a column, and the requests that would show more."""

    principal: str
    purpose: str
    problem: str
    rows: tuple[tuple[str, str, str, str], ...]
    asks: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Put the explanation into JSON-ready values."""
        names = ("column", "level", "decided_by", "why")
        columns = [dict(zip(names, row, strict=True)) for row in self.rows]
        head = {"principal": self.principal, "purpose": self.purpose, "problem": self.problem}
        return head | {"columns": columns, "asks": list(self.asks)}


def decision(world: World, reader: Principal, purpose: str, product: str) -> Decision:
    """Decide about a published product; one that may not be discovered does not exist for the reader."""
    found = offer(world, product, reader)
    decided = decision_of(world, found, reader, purpose)
    if not decided.discover:
        raise UnknownProduct(product, (), "catalog")
    return decided


def explain(world: World, reader: Principal, purpose: str, product: str) -> Explanation:
    """Lay out the decision column by column."""
    decided = decision(world, reader, purpose, product)
    rows = tuple(
        (
            path,
            decided.column(path).level,
            ", ".join(p.id for p in column.by) or "(no policy grants it)",
            "; ".join(dict.fromkeys(p.why for p in column.by if p.why)) or decided.problem,
        )
        for path, column in decided.columns.items()
    )
    asks = tuple(dict.fromkeys(a for a in (decided.ask, *(c.ask for c in decided.columns.values())) if a))
    return Explanation(reader.name, purpose, decided.problem, rows, asks)
