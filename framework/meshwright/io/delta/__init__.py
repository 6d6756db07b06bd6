"""Delta tables as the store: what delta-rs commits unchecked is checked before it gets there."""

from meshwright.io.delta.snapshot import DeltaSnapshot
from meshwright.io.delta.store import DeltaStore

__all__ = ["DeltaSnapshot", "DeltaStore"]
