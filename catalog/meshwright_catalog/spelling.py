"""One form for the spellings of a dataset's name that certainly mean the same."""

import posixpath
import re

MESH = "mesh://"
"""How the namespaces of a mesh's own names begin."""
_KNOWN = re.compile(r"(file|s3[an]?|gs|abfss?|wasbs?|hdfs|mesh)://[^/]*", re.IGNORECASE)
_LOCAL = re.compile(r"(?:file(?::/*(?:localhost)?)?)?", re.IGNORECASE)
_DRIVE = re.compile(r"/*([A-Za-z]:[\\/])")


def normalised(namespace: str, name: str) -> tuple[str, str]:
    """Give spellings of one place one form: `s3a` is `s3`, and slashes at the ends say nothing.

    Within a file's path neither do doubled ones and dots; in the key of an object they do.
    """
    namespace = _KNOWN.sub(lambda found: found[0].lower(), namespace, count=1)
    namespace = re.sub(r"^s3[an]://", "s3://", namespace).rstrip("/")
    if _LOCAL.fullmatch(namespace):
        return "file", _path(name)
    return namespace, name.strip("/")


def _path(name: str) -> str:
    if _DRIVE.match(name):
        name = _DRIVE.sub(r"\1", name, count=1).replace("\\", "/")
    return re.sub(r"^//+", "/", posixpath.normpath(name))
