"""Training sets: rows joined point in time, and the manifest by which they can be made again."""

from meshwright.features.canonical import ColumnDigest, canonical_order, column_digests, rows_digest
from meshwright.features.manifest import Manifest, Pin, manifest_of
from meshwright.features.spine import require_spine
from meshwright.features.training_set import TrainingSet, require_same, training_set_of

__all__ = [
    "ColumnDigest",
    "Manifest",
    "Pin",
    "TrainingSet",
    "canonical_order",
    "column_digests",
    "manifest_of",
    "require_same",
    "require_spine",
    "rows_digest",
    "training_set_of",
]
