"""A contract as an Open Data Contract Standard file (v3.1.0), lossless both ways.

What the standard has a field for stands there; the rest stands in `customProperties`, under names that start with
`meshwright`. Source: https://bitol-io.github.io/open-data-contract-standard/
"""

from meshwright.odcs.reading import read
from meshwright.odcs.writing import path_of, write

__all__ = ["path_of", "read", "write"]
