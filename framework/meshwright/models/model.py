"""A model of a domain: the product that it publishes, the rows it learns from, and how it is judged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from meshwright.models.report import ForecastReport
from meshwright.products import Consumer, Product


@dataclass(frozen=True, kw_only=True)
class Model:
    """Tie a published forecast to its training set; `judge` takes its rows, a seed and the manifest's id."""

    product: Product[..., Any]
    training: Consumer[...]
    judge: Callable[[pl.DataFrame, int, str], ForecastReport]
