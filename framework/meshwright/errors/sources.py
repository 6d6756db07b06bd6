"""What an operational system handed over cannot be read."""

from collections.abc import Sequence

from meshwright.errors.mesh import MeshError


class SourceError(MeshError):
    """A delivery of an operational system that cannot be read as its class says."""

    def __init__(self, source: str, file: str, problem: str, hint: str = "") -> None:
        self.source = source
        self.file = file
        super().__init__(f"source {source!r}" + (f", {file}" if file else ""), problem, hint)


class SourceIsProduct(SourceError, PermissionError):
    """A source that lies in the table of a product."""

    def __init__(self, source: str, product: str, major: str) -> None:
        self.product = product
        hint = f'read it through a port: class ...(InputPort, of="{product}", version={major})'
        super().__init__(source, "", f"lies in the table of {product}, which has classes and policies", hint)


class SourceMissing(SourceError, LookupError):
    """No file, table or sheet where the source should be."""

    def __init__(
        self,
        source: str,
        where: str,
        problem: str = "no file there",
        hint: str = "correct the place in mesh.toml, or have it delivered",
    ) -> None:
        super().__init__(source, where, problem, hint)


class SourceUnreadable(SourceError):
    """A file that is empty, cut short or of another kind."""


class SourceChanged(SourceError):
    """A delivery with other columns, another order or another dialect than its class says."""

    def __init__(self, source: str, file: str, problems: Sequence[str], hint: str) -> None:
        self.problems = tuple(problems)
        super().__init__(source, file, "; ".join(problems), hint)


class SourceRejected(SourceError):
    """A delivery of which no row can be read."""

    def __init__(self, source: str, rows: int, columns: Sequence[str]) -> None:
        where = ", ".join(repr(c) for c in columns) or "no column in particular"
        hint = "say in its class how it is written, or have it delivered as before"
        super().__init__(source, "", f"none of {rows:,} rows can be read, because of {where}", hint)


class SourceRowsLost(SourceError):
    """Rows read that were neither accepted nor rejected: a mistake in a reader."""

    def __init__(self, source: str, read: int, accepted: int, rejected: int) -> None:
        super().__init__(source, "", f"{read} rows read, but {accepted} accepted and {rejected} rejected")
