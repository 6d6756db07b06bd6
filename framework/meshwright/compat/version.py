"""Whether a version number says what changed (semantic versioning, https://semver.org)."""

from collections.abc import Sequence

from meshwright.compat.change import Change
from meshwright.compat.contract import changes
from meshwright.spec import Spec


def needed_version(old: str, found: Sequence[Change]) -> str:
    """Give the lowest version that says what changed since `old`: the major part for readers that break."""
    major, minor, patch = _parts(old)
    kinds = {change.kind for change in found}
    if "breaking" in kinds:
        return f"{major + 1}.0.0"
    if "compatible" in kinds:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if kinds else old


def version_problem(old: Spec, new: Spec) -> str | None:
    """Say in one sentence why the new version number does not do, or None when it does."""
    needed = needed_version(old.version, changes(old, new))
    if _parts(new.version) < _parts(old.version):
        return f"version {new.version} is older than {old.version}"
    if _parts(new.version) < _parts(needed):
        return f"version {new.version} hides what changed since {old.version}: make it {needed}"
    return None


def _parts(version: str) -> tuple[int, int, int]:
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch
