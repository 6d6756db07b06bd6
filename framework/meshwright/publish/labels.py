"""Which classes the rows of a version were published with: its stamp says so, for the contract may change."""

import json
from collections.abc import Mapping

from meshwright.access.kept import with_recorded
from meshwright.access.leaves import leaves
from meshwright.spec import Spec

CLASSES = "classes"
Stamp = Mapping[str, str]


def with_classes(stamp: Stamp, spec: Spec, older: Stamp) -> dict[str, str]:
    """Add the classes of a contract to a stamp, and those of an older one whose rows stay in the table."""
    recorded = recorded_classes(older)
    declared = {leaf.path: leaf.classes for leaf in leaves(spec.columns) if leaf.classes}
    found = {
        path: sorted({*declared.get(path, ()), *recorded.get(path, ())}) for path in sorted({*declared, *recorded})
    }
    return {**stamp, CLASSES: json.dumps(found)}


def recorded_classes(stamp: Stamp) -> Mapping[str, frozenset[str]]:
    """Read the classes from a stamp, by the path of a column or nested field; none where nobody stamped any."""
    found: dict[str, list[str]] = json.loads(stamp.get(CLASSES, "{}"))
    return {path: frozenset(classes) for path, classes in found.items()}


def as_published(spec: Spec, stamp: Stamp) -> Spec:
    """Give what a product promises with the classes added under which the version of that stamp was published.

    A class that a contract drops stays on the rows that are there: until the next build, and in every older version.
    """
    return with_recorded(spec, recorded_classes(stamp))
