"""Suggest which columns hold personal data, with counts as evidence and never a value.

A suggestion needs the column's name, or values that pass a pattern and, where there is one, a checksum. Names that
only speak of personal data (`email_verified`, `product_name`) and closed vocabularies are left out: bare patterns
take every order number for a telephone number.
"""

from meshwright.personal.suggest import Suggestion as Suggestion
from meshwright.personal.suggest import suggest as suggest
