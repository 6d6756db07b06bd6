"""Suggest which columns hold personal data, with counts as evidence and never a value.

A suggestion needs the column's name, or values that pass a pattern and, where there is one, a checksum. Names that
only speak of personal data (`email_verified`, `product_name`) are left out, and of closed vocabularies all but what
people are called: bare patterns take every order number for a telephone number.
"""

from meshwright.personal.suggest import Suggestion as Suggestion
from meshwright.personal.suggest import suggest as suggest
from meshwright.personal.vocabularies import alternatives as alternatives
from meshwright.personal.vocabularies import may_be_listed as may_be_listed
from meshwright.personal.vocabularies import may_be_personal as may_be_personal
