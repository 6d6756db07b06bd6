"""A build that publishes nothing."""

from collections.abc import Mapping, Sequence

from meshwright.errors.mesh import MeshError, counted


class BuildError(MeshError):
    """A build that leaves the live version as it is."""


class BuildStopped(BuildError):
    """Rows that break rules of severity `error`."""

    def __init__(self, where: str, failed: Mapping[str, int], rows: int) -> None:
        self.failed = dict(failed)
        counts = ", ".join(f"{name} (error): {counted(count, 'row')}" for name, count in sorted(failed.items()))
        super().__init__(
            where, f"nothing published: of {counted(rows, 'row')} break {counts}", "mend the rows or the rule"
        )


class WouldEmpty(BuildError):
    """A build that would put no rows in the place of some: more often a delivery that failed than the truth."""

    def __init__(self, where: str, live: int, failed: Mapping[str, int]) -> None:
        self.live = live
        self.failed = dict(failed)
        why = "; ".join(f"{name}: {counted(count, 'row')}" for name, count in sorted(failed.items()) if count)
        problem = "nothing published: no row is left" + (f" ({why})" if why else "")
        hint = f"look at what was delivered; if none is right, mesh build {where} --allow-empty, once, or "
        hint += "@product(may_be_empty=True), for good"
        super().__init__(where, f"{problem}, and {counted(live, 'row')} would go", hint)


class GroupTooSmall(BuildError):
    """A group of fewer than the declassifier asks for: what is published of it would tell of single ones."""

    SAID = "groups of fewer than"
    """Begins the text by which an engine stops such a build; the number follows."""

    def __init__(self, where: str, at_least: int) -> None:
        self.at_least = at_least
        hint = "leave small groups out before they are summed up, or make the groups wider"
        super().__init__(where, f"nothing published: there are {self.SAID} {at_least}", hint)


class PersonalDataUndeclared(BuildError):
    """Columns that show personal data which their contract does not declare and nobody dismissed; counts, no value."""

    def __init__(self, where: str, found: Sequence[tuple[str, str, str]], file: str) -> None:
        self.columns = tuple(column for column, _, _ in found)
        said = "; ".join(f"{column} looks like {name} ({evidence})" for column, name, evidence in found)
        rest = found[0][1].partition(".")[2]
        hint = f'declare it: Pii("{rest}"), or dismiss it with a reason in {file}'
        super().__init__(where, f"nothing published: {said}", hint)


class RunFailed(BuildError):
    """A transform that raised while its rows were made; the engine's text is kept only where it quotes no cell."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, f"the transform failed: {reason}", "run the transform on examples in a test")


class TableConflict(BuildError):
    """A table that moved on after the build was planned."""

    def __init__(self, table: str, planned: int | None, live: int | None) -> None:
        self.planned, self.live = planned, live
        super().__init__(table, f"planned from version {planned}, but version {live} is live", "build again")


class ForeignCommit(BuildError):
    """A version that no build of this framework made."""

    def __init__(self, table: str, version: int | None, published: int | None = None) -> None:
        self.version = version
        problem = f"version {version} was written by someone else, and is shown to nobody"
        hint = "find out who writes there; `mesh build --adopt` publishes over it"
        hint += f", `--version {published}` reads the last build" if published is not None else ""
        super().__init__(table, problem, hint)


class ShapeChanged(BuildError):
    """A table whose columns or folders are not those of the contract, and cannot become so in one commit."""

    def __init__(self, table: str, problem: str, hint: str) -> None:
        super().__init__(table, problem, hint)


class RowsLost(BuildError):
    """Counts that do not add up: a fault of the framework, so nothing is published."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, f"nothing published: {problem}", "please report this")


class UncomputableRule(BuildError):
    """A rule whose expression fails on the data; the engine's words are left out, for they quote values."""

    def __init__(self, product: str, rule: str, kind: str) -> None:
        self.rule = rule
        hint = "it must give true, false or null for every row: no strict casts or parsing"
        super().__init__(f"rule {rule!r} of {product}", f"cannot be computed ({kind})", hint)
