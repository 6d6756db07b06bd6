"""What a reader sees instead of a classified value: a keyed token, or a coarser value."""

from meshwright.masks.coarse import MOST_BUCKETS, coarse
from meshwright.masks.coded import CodedTokens
from meshwright.masks.lists import masked_lists
from meshwright.masks.mask import PLAIN, Mask, check_coarse, check_normalise, has_coarse
from meshwright.masks.once import OncePerValue, once_per_value
from meshwright.masks.tokens import SPACE, canonical_text, token, token_type

__all__ = [
    "MOST_BUCKETS",
    "PLAIN",
    "SPACE",
    "CodedTokens",
    "Mask",
    "OncePerValue",
    "canonical_text",
    "check_coarse",
    "check_normalise",
    "coarse",
    "has_coarse",
    "masked_lists",
    "once_per_value",
    "token",
    "token_type",
]
