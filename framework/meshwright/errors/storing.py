"""A table that cannot be read or written."""

from collections.abc import Collection

from meshwright.errors.mesh import MeshError


class StoreError(MeshError):
    """A table, or the storage under it, that does not do what it must."""


class StorageFailed(StoreError, OSError):
    """A storage that cannot be written or read: full, read-only, unreachable."""

    def __init__(self, where: str, problem: str, hint: str = "look at space and permissions") -> None:
        super().__init__(where, f"cannot be written or read: {problem}", hint)


class UnreadableTable(StoreError):
    """A table whose log says nothing that can be read."""

    def __init__(self, table: str, problem: str) -> None:
        super().__init__(table, f"the table's log cannot be read: {problem}", "restore the log from a backup")


class UnknownVersion(StoreError, LookupError):
    """A version that a table does not have, or no longer."""

    def __init__(self, table: str, version: int, live: int | None = None) -> None:
        self.version = version
        self.live = -1 if live is None else live
        known = "" if live is None else f"; the live one is {live}"
        super().__init__(table, f"there is no version {version}{known}", "older ones may be gone")


class MissingFiles(StoreError, LookupError):
    """Files that the log names and the folder lacks."""

    def __init__(self, table: str, files: Collection[str]) -> None:
        self.files = tuple(sorted(files))
        problem = f"{len(files)} of its files are missing, such as {self.files[0]!r}"
        super().__init__(table, problem, "restore them, or build the product again")


class UnsafePlace(StoreError, ValueError):
    """A table's address that leads out of the store's root."""

    def __init__(self, table: str, root: str) -> None:
        super().__init__(table, f"lies outside of {root}", "compose addresses with the store's `place`")
