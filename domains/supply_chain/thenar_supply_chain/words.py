"""The words and patterns that several products of this domain share."""

from typing import Literal

import polars as pl

Joint = Literal["wrist", "thumb", "fingers"]
Location = Literal["PARTS", "SPARES", "HANDS"]
PART = r"[A-Z]{3}-\d{4}"
HAND = r"SN-\d{7}"
LOT = r"LOT-\d{6}"
ITEM = rf"{PART}|H\d(-Lite)?"
WEEK = pl.duration(weeks=1)
