"""Where a table's files are: delta-rs percent-encodes the folder's name, and Polars takes that literally."""

import re
from typing import Any
from urllib.parse import unquote

from deltalake import DeltaTable

from meshwright.errors import BadSettings

LOCAL = "file://"
_UNSPEAKABLE = re.compile(r"[\\|^\[\]]|%[0-9A-Fa-f]{2}")


def speakable(folder: str) -> str:
    """Return a local folder that an address can spell; delta-rs panics at others, or writes next to them."""
    if "://" not in folder and _UNSPEAKABLE.search(folder):
        raise BadSettings(folder, "Delta cannot keep tables in a folder with \\ | ^ [ ] or the like of %41 in its name")
    return folder


class PlainTable(DeltaTable):
    """A table whose folder may hold spaces, umlauts and the like, also when Polars scans it."""

    def file_uris(self, *args: Any, **options: Any) -> list[str]:
        """List the live files: on a local disk the table's folder as it is, below it what the log says."""
        found = super().file_uris(*args, **options)
        if "deletionVectors" in (self.protocol().reader_features or ()):
            return found  # deleted rows are looked up by the encoded path: better no file than rows that came back
        folder = super().table_uri.removeprefix(LOCAL)
        return [unquote(folder) + path[len(folder) :] if path.startswith(folder) else path for path in found]

    @property
    def table_uri(self) -> str:
        """Tell the table's address, of a local folder as `file_uris` spells it."""
        address = super().table_uri
        return unquote(address) if address.startswith(LOCAL) else address
