"""Whose a dataset is by what its name says, before anybody wrote it: names of a mesh, and places of its tables.

A place is read as the most generous reader would: what may be another spelling of a domain's table is that domain's.
"""

import posixpath
import re
import unicodedata
from collections.abc import Set as AbstractSet
from urllib.parse import unquote

from meshwright_catalog.spelling import MESH, normalised

_TABLE = re.compile(r"(?=/([a-z][a-z0-9_]{0,62})/[a-z][a-z0-9_]{0,79}/v[0-9]{1,9}(?:[/#?;]|$))")
_NOBODY = ""
_ENCODED = 3
"""How often a place may be percent-encoded until it is read no further."""


def owner_of(namespace: str, name: str, domains: AbstractSet[str]) -> str | None:
    """Name the domain that a dataset belongs to by right; empty for a mesh's name that is no domain's, None elsewhere.

    In a mesh's own namespaces a name is `domain.rest`. `domains` are those of the mesh: a place is theirs where a
    table of theirs would lie, and so is all that lies within.
    """
    namespace, name = normalised(namespace, name)
    if namespace.startswith(MESH):
        domain, dot, _ = name.partition(".")
        return domain if dot else _NOBODY
    found = domain_of_place(f"{namespace}/{name}")
    return found if found in domains else None


def domain_of_place(place: str) -> str | None:
    """Name the domain in or below whose product's table a place lies, by the folders of a lake; None elsewhere."""
    for _ in range(_ENCODED):
        place = unquote(place)
    plain = unicodedata.normalize("NFKC", place).casefold().replace("\\", "/")
    found = _TABLE.findall(posixpath.normpath(f"/./{plain}"))
    return found[-1] if found else None
