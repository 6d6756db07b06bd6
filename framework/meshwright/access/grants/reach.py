"""What a grant reaches in a contract as it is now, and what the classes there allow."""

from collections.abc import Iterable

from meshwright.access.leaves import Leaf, leaves
from meshwright.access.policies import Policies
from meshwright.access.taxonomy import ClassRule
from meshwright.grants import Grant
from meshwright.spec import Spec

PERSONAL = "pii"
"""The class of personal data; what is below it is personal, too."""


def reached(grant: Grant, spec: Spec) -> tuple[Leaf, ...]:
    """List the columns and nested fields that a grant names, by path, by class or as what is unclassified."""
    found = leaves(spec.columns)
    if grant.columns:
        return tuple(leaf for leaf in found if any(_within(leaf.path, named) for named in grant.columns))
    if grant.cls:
        return tuple(leaf for leaf in found if any(_within(name, grant.cls) for name in leaf.classes))
    return tuple(leaf for leaf in found if not leaf.classes)


def opened(grant: Grant, spec: Spec) -> frozenset[str]:
    """List the classes that a grant opens: all those of the columns it names, or its class with what is below."""
    classes = frozenset(name for leaf in reached(grant, spec) for name in leaf.classes)
    if not grant.cls:
        return classes
    return frozenset({grant.cls, *(name for name in classes if _within(name, grant.cls))})


def named_classes(grant: Grant, spec: Spec) -> frozenset[str]:
    """List the classes of the columns that a grant names; none for one of a class, which holds whatever is below."""
    return opened(grant, spec) if grant.columns else frozenset()


def shows_personal_data(grant: Grant, spec: Spec) -> bool:
    """Tell whether a grant shows personal data in the clear: also where it opens the last closed class beside it."""
    beside = {grant.cls, *(name for leaf in reached(grant, spec) for name in leaf.classes)}
    return grant.level == "clear" and is_personal(beside)


def is_personal(classes: Iterable[str]) -> bool:
    """Tell whether one of several classes is of personal data."""
    return any(_within(name, PERSONAL) for name in classes)


def rules_of(grant: Grant, spec: Spec, policies: Policies) -> tuple[ClassRule, ...]:
    """Give the rules of the classes that a grant opens; without any, those of what is unclassified.

    A class that the mesh does not know allows nothing anyway: decisions hide its columns.
    """
    known = policies.classes.rules
    found = tuple(known[name] for name in sorted(opened(grant, spec)) if name in known)
    return found or (ClassRule(""),)


def _within(name: str, above: str) -> bool:
    return name == above or name.startswith(f"{above}.")
