"""What the lineage page shows, as it stands in its address; every other state of the page is a link."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from pydantic import Field

from meshwright.registry import MAX_DEPTH, AsOf, Words
from meshwright.spec import Value
from meshwright_catalog.pages.lineage.gather import BESIDE, Crowd
from meshwright_catalog.pages.lineage.picture import Node
from meshwright_catalog.pages.lineage.words import anchor
from meshwright_catalog.pages.render import address

Names = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)]
Shown = Annotated[list[Annotated[str, Field(pattern=r"^-?\d{1,3}:\d{1,4}$")]], Field(max_length=100)]


class State(Value):
    """Hops each way, nodes gone on from, nodes with open columns, and how many nodes of a crowded layer to show.

    `find` are words to look for, `at` a version or time, `reach` a product or column whose reach is shown, `path_from`
    and `path_to` the ends of a way.
    """

    depth: int = Field(default=1, ge=1, le=MAX_DEPTH)
    expand: Names = Field(default=[])
    columns: Names = Field(default=[])
    show: Shown = Field(default=[])
    find: Words = ""
    at: Words = ""
    reach: Words = ""
    path_from: Words = ""
    path_to: Words = ""

    @property
    def shown(self) -> dict[int, int]:
        """Of how many nodes each layer may consist."""
        return {int(layer): int(count) for layer, _, count in (each.partition(":") for each in self.show)}

    def when(self) -> AsOf:
        """Tell as of when; raise `ValueError`."""
        return AsOf.of(self.at.strip()) if self.at.strip() else AsOf()

    def kept(self, *without: str) -> Iterator[tuple[str, str]]:
        """Give what a form that changes some of the state has to keep of the rest."""
        stated = self.model_dump(exclude=set(without), exclude_defaults=True)
        yield from parse_qsl(urlencode(stated, doseq=True))


class Links:
    """The addresses of the same page in another state; they end at the node that they change."""

    def __init__(self, product: str, state: State) -> None:
        self.product, self.state = product, state

    def _to(self, at: str = "", /, **changes: object) -> str:
        state = self.state.model_dump() | changes
        state["depth"] = "" if state["depth"] == 1 else state["depth"]
        return address(f"/products/{self.product}/lineage", state) + (f"#{anchor(at)}" if at else "")

    def expand(self, node: Node) -> str:
        """Go on from a node, or no more."""
        return self._to(node.key, expand=_toggled(self.state.expand, node.key))

    def columns(self, node: Node) -> str:
        """Open a node's columns, or close them."""
        return self._to(node.key, columns=_toggled(self.state.columns, node.key))

    def crowd(self, crowd: Crowd, count: int) -> str:
        """Show as many nodes of a layer; as few as unasked without saying so."""
        others = [each for each in self.state.show if not each.startswith(f"{crowd.layer}:")]
        return self._to(crowd.key, show=others + [f"{crowd.layer}:{count}"] * (count > BESIDE))

    def column(self, node: Node, column: str) -> str:
        """Choose a column as the beginning of a way, or as its end."""
        chosen = f"{node.key}.{column}"
        if self.state.path_from and not self.state.path_to:
            return self._to(node.key, path_to=chosen)
        return self._to(node.key, path_from=chosen, path_to="")

    def without(self, *names: str) -> str:
        """Forget a part of the state."""
        return self._to(**dict.fromkeys(names, ""))

    def reach(self, what: str) -> str:
        """Show what a product or column reaches."""
        return self._to(reach=what, path_from="", path_to="")

    def deeper(self, depth: int) -> str:
        """Show as many hops each way."""
        return self._to(depth=min(depth, MAX_DEPTH))

    def start(self) -> str:
        """Begin anew."""
        return address(f"/products/{self.product}/lineage", {})


def _toggled(names: list[str], name: str) -> list[str]:
    return [each for each in names if each != name] if name in names else [*names, name]
