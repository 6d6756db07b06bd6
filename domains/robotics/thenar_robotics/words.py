"""The words that several products of this domain share."""

from typing import Literal

HandModel = Literal["H1", "H2", "H2-Lite"]
Joint = Literal["wrist", "thumb", "fingers"]
