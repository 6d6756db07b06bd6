"""Publish a build: the transform runs once, the written files are tested, and one commit makes them live."""

from meshwright.publish.build import publish
from meshwright.publish.build_key import (
    READER,
    BuildInputs,
    build_key,
    changed_parts,
    code_hash,
    key_parts,
    live_parts,
    running_versions,
)
from meshwright.publish.heal import heal, live_rejected, live_runs
from meshwright.publish.labels import as_published, recorded_classes
from meshwright.publish.publication import Publication, Published

__all__ = [
    "READER",
    "BuildInputs",
    "Publication",
    "Published",
    "as_published",
    "build_key",
    "changed_parts",
    "code_hash",
    "heal",
    "key_parts",
    "live_parts",
    "live_rejected",
    "live_runs",
    "publish",
    "recorded_classes",
    "running_versions",
]
