"""The world: everything that happened, before any system wrote it down."""

from dataclasses import dataclass

from thenar_operations.arrays import Ints, stream
from thenar_operations.costs import Costs, draw_costs
from thenar_operations.customers import Customers, draw_customers
from thenar_operations.fleet import Fleet, run_fleet
from thenar_operations.orders import Orders, draw_orders
from thenar_operations.plan import Plan, draw_plan
from thenar_operations.production import Hands, draw_hands
from thenar_operations.software import FIRMWARE, MOTION, Rollout, roll_out
from thenar_operations.suppliers import Suppliers, draw_suppliers
from thenar_operations.telemetry import Readings, Stops, draw_readings, draw_stops
from thenar_operations.warehouse import Warehouse
from thenar_operations.weeks import END_SECOND


@dataclass(frozen=True)
class World:
    """One seed's history."""

    seed: int
    plan: Plan
    customers: Customers
    orders: Orders
    suppliers: Suppliers
    costs: Costs
    hands: Hands
    warehouse: Warehouse
    fleet: Fleet
    firmware: Rollout
    motion: Rollout
    readings: Readings
    stops: Stops

    @property
    def owner(self) -> Ints:
        """Return each hand's customer; meaningless for a hand that nobody bought."""
        return self.orders.customer[self.hands.line]


def live(seed: int, scale: float) -> World:
    """Let 130 weeks pass."""
    plan, customers, suppliers, costs = (
        draw_plan(seed),
        draw_customers(seed, scale),
        draw_suppliers(seed),
        draw_costs(seed),
    )
    orders = draw_orders(seed, scale, customers)
    hands = draw_hands(seed, orders)
    warehouse = Warehouse(seed, plan, suppliers, costs.weekly_eur)
    fleet = run_fleet(seed, hands, orders, customers, warehouse)
    rng = stream(seed, "software")
    sold = hands.shipped.copy()
    sold[sold < 0] = END_SECOND
    firmware = roll_out(rng, FIRMWARE, hands.assembled, sold)
    motion = roll_out(rng, MOTION, hands.assembled, sold)
    load = customers.load[orders.customer[hands.line]]
    return World(
        seed, plan, customers, orders, suppliers, costs, hands, warehouse, fleet, firmware, motion,
        draw_readings(seed, plan, fleet, firmware, load), draw_stops(seed, plan, fleet, firmware),
    )  # fmt: skip
