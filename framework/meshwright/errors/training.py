"""Training sets that cannot be had again."""

from collections.abc import Sequence

from meshwright.errors.mesh import MeshError


class TrainingError(MeshError):
    """A training set that cannot be made, or made again, as its manifest says."""


class BadManifest(TrainingError, ValueError):
    """A manifest that was damaged or changed."""

    def __init__(self, problem: str) -> None:
        super().__init__("manifest", problem, "take the manifest as it was written")


class PinGone(TrainingError, LookupError):
    """A version that a manifest pins and the table no longer has."""

    def __init__(self, product: str, version: int, problem: str) -> None:
        self.product, self.version = product, version
        super().__init__(product, f"version {version} is gone: {problem}", "restore it, or make a new training set")


class SpineBroken(TrainingError):
    """Rows that are not one for each row of the spine."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, problem, "join features with `Port.as_of`, which keeps the spine")


class TrainingSetDiffers(TrainingError):
    """Rows made again that are not the rows of the manifest; `rows` counts them then and now."""

    def __init__(self, where: str, rows: tuple[int, int], columns: Sequence[str], changed: Sequence[str]) -> None:
        self.rows, self.columns, self.changed = rows, tuple(columns), tuple(changed)
        names = ", ".join(repr(c) for c in columns[:5]) + (", ..." if len(columns) > 5 else "")
        why = f"changed since: {', '.join(changed)}" if changed else "look at the policies, the keys and the files"
        super().__init__(
            where, f"differs: {rows[0]} rows then, {rows[1]} now, {len(columns)} columns differ: {names}", why
        )
