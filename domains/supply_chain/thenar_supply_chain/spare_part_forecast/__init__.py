"""The forecast of spares and hands: ports, features, training set, model and the product that publishes it."""

from thenar_supply_chain.spare_part_forecast.forecast import spare_part_forecast
from thenar_supply_chain.spare_part_forecast.model import judge
from thenar_supply_chain.spare_part_forecast.training import spare_part_training

__all__ = ["judge", "spare_part_forecast", "spare_part_training"]
