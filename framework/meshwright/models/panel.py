"""Weekly demand of many items, as a model sees it: item by item, week by week."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from meshwright.errors import DefinitionError

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Items times weeks; NaN in `demand` means the item was not there yet or the week is not over.

    `unit_cost_eur` and `lead_weeks` are by item. `features` are items times weeks times names, known at the beginning
    of the week; `exposure` is what demand is in proportion to, such as pieces in the field, at the same moment.
    """

    items: tuple[str, ...]
    demand: Array
    unit_cost_eur: Array
    lead_weeks: Array
    features: Array = field(default_factory=lambda: np.empty((0, 0, 0)))
    exposure: Array = field(default_factory=lambda: np.empty((0, 0)))

    def __post_init__(self) -> None:
        count, weeks = self.demand.shape
        fits = (
            len(self.items) == count == len(self.unit_cost_eur) == len(self.lead_weeks)
            and self.features.shape[:2] in ((count, weeks), (0, 0))
            and self.exposure.shape in ((count, weeks), (0, 0))
        )
        if not fits:
            raise DefinitionError(
                "panel", f"{len(self.items)} items and demand {self.demand.shape} do not fit the rest"
            )

    @property
    def weeks(self) -> int:
        """How many weeks there are."""
        return int(self.demand.shape[1])

    @property
    def horizon(self) -> Array:
        """Weeks that an order must last, by item: until the order of the week after it has arrived."""
        return self.lead_weeks + 1

    def ahead(self) -> Array:
        """Sum the demand over each item's horizon, from every week on; NaN where it is not known whole."""
        return sums_ahead(self.demand, self.horizon)

    def only(self, items: Sequence[int]) -> "Panel":
        """Keep some items, by their numbers."""
        chosen: Numbers = np.asarray(items, dtype=np.intp)
        return Panel(
            items=tuple(self.items[i] for i in items),
            demand=self.demand[chosen],
            unit_cost_eur=self.unit_cost_eur[chosen],
            lead_weeks=self.lead_weeks[chosen],
            features=self.features[chosen] if self.features.size else self.features,
            exposure=self.exposure[chosen] if self.exposure.size else self.exposure,
        )


def sums_ahead(demand: Array, horizon: Array) -> Array:
    """Sum `horizon` weeks of each item from every week on; NaN where one of them is NaN or beyond the end."""
    count, weeks = demand.shape
    longest = int(horizon.max(initial=1))
    padded = np.hstack([demand, np.full((count, longest), np.nan)])
    total = np.zeros((count, weeks))
    for step in range(longest):
        inside = (step < horizon)[:, None]
        total += np.where(inside, padded[:, step : step + weeks], 0.0)
    return total
