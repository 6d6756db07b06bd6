"""Describe a file that nobody described: types, formats, keys, ranges, vocabularies and personal data."""

from meshwright.infer.imports import render_imports as render_imports
from meshwright.infer.infer import infer as infer
from meshwright.infer.inferred import Inferred as Inferred
from meshwright.infer.inferred import InferredColumn as InferredColumn
from meshwright.infer.render import render_contract as render_contract
from meshwright.infer.render import render_return as render_return
from meshwright.infer.render import render_source as render_source
