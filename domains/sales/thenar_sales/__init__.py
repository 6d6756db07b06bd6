"""Sales: who ordered which hand, what was shipped, and what came back."""

from meshwright import Domain
from thenar_sales.customers import customers
from thenar_sales.installed_base import installed_base
from thenar_sales.orders import orders
from thenar_sales.returns import returns
from thenar_sales.shipments import shipments
from thenar_sales.weekly_demand import weekly_demand

domain = Domain(
    name="sales",
    owner="order-desk",
    package=__name__,
    products=(customers, orders, shipments, returns, weekly_demand, installed_base),
)
