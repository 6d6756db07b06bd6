"""A shop: a small workspace, and the command line to work in it."""

import os
import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from meshwright.io.background import BACKGROUND
from meshwright.mesh import Mesh

ORDERS = """order_id,email,quantity,unit_price_eur,placed_at
O-1,ana@example.com,1,10.50,2026-01-01T00:00:00Z
O-2,ben@example.com,2,11.50,2026-01-02T00:00:00Z
O-3,cy@example.com,3,12.50,2026-01-02T00:00:00Z
O-4,dee@example.com,4,12.50,2026-01-03T00:00:00Z
"""


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Shop:
    """A workspace in a folder of its own."""

    root: Path
    command: Callable[[tuple[str, ...]], Answer]

    def run(self, *arguments: str) -> Answer:
        """Run `mesh` with arguments, as a shell would."""
        forget_domains()
        answer = self.command(arguments)
        end_process()
        return answer

    def works(self, *arguments: str) -> str:
        """Run a command that must succeed, and give what it printed."""
        answer = self.run(*arguments)
        assert answer.code == 0, answer.out + answer.err
        return answer.out

    def module(self, product: str = "sales.orders") -> Path:
        """Find a product's module."""
        domain, _, name = product.partition(".")
        (found,) = (self.root / "domains" / domain).glob(f"*/{name}.py")
        return found

    def rewrite(self, path: Path, old: str, new: str) -> None:
        """Change a file in one place that must be there."""
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def mesh(self, principal: str | None = None, purpose: str | None = None) -> Mesh:
        """Open the workspace anew, as a process that starts would."""
        forget_domains()
        return Mesh.open(self.root, principal=principal, purpose=purpose)


@dataclass(frozen=True)
class Stage:
    """The one folder in which workspaces of tests stand, and copies of what stood there once.

    A workspace cannot be copied elsewhere: its catalog knows tables by where they lie.
    """

    root: Path
    copies: Path

    def set(self, state: str, make: Callable[[], object]) -> None:
        """Bring the folder into a state: the first time by making it, then from the copy."""
        copy = self.copies / state
        if copy.is_dir():
            self.clear()
            shutil.copytree(copy, self.root, symlinks=True, dirs_exist_ok=True)
            return
        make()
        shutil.copytree(self.root, copy, symlinks=True)

    def clear(self) -> None:
        """Leave the folder empty and the current one, with nothing beside it."""
        if self.root.parent.is_dir():
            shutil.rmtree(self.root.parent)
        self.root.mkdir(parents=True)
        os.chdir(self.root)


def end_process() -> None:
    """Wait for what a process that ends would wait for."""
    for thread in threading.enumerate():
        if thread.name == BACKGROUND:
            thread.join()


def forget_domains() -> None:
    """Drop the modules that workspaces of tests brought along."""
    for name in [n for n in sys.modules if n.startswith("shop_")]:
        del sys.modules[name]
