"""What both type checkers must reject: the lines marked `rejected`, and no other."""

import polars as pl
from accepted import Cost, ErpOrder, Order, orders, training_rows

from meshwright import Contract, Frame, Key, Mesh, Sla, product, rule

orders(Cost.example(), ErpOrder.example())  # rejected: the inputs are swapped
orders(pl.LazyFrame(), Cost.example())  # rejected: nobody claims the frame
orders(ErpOrder.example())  # rejected: an input is missing
orders(ErpOrder.example(), Cost.example(), sharE=0.5)  # rejected: no such parameter
Mesh.open().build(training_rows)  # rejected: a consumer is no product
Mesh.open().load(orders)  # rejected: a product is no consumer
Mesh.open().read(ErpOrder)  # rejected: a source is not read through the mesh
Cost.as_of(pl.LazyFrame(), Order.example(), at="ordered_at")  # rejected: the facts are of another schema
pl.LazyFrame().pipe(Cost.as_of, Order.example(), at="ordered_at")  # rejected: the same through a pipe
wrong: Frame[Cost] = Order.example()  # rejected: the claim is another
ordered: Frame[Order] = Order.example().filter(pl.col("cost_eur") > 0)  # rejected: what was filtered claims nothing
Key(keep="newest")  # rejected: no such row
Sla(latency=3600)  # rejected: a length of time is a timedelta


class Ruled(Contract, id="sales.orders", version="1.0.0", on_fail="warn"):
    """Two rules that are none."""

    order_id: str

    @rule(severity="fatal")  # rejected: no such severity
    def holds() -> pl.Expr:
        """Always."""
        return pl.col("order_id") != ""

    @rule  # rejected: a rule is an expression
    def fails() -> bool:
        """Never."""
        return False


@product(owner="order-desk", purpose="order-fulfilment")
def unconformed(erp: Frame[ErpOrder]) -> Frame[Order]:
    """Forget to conform."""
    return erp.select("order_id")  # rejected: a frame that claims nothing


@product(owner="order-desk", purpose="order-fulfilment")
def other(costs: Frame[Cost]) -> Frame[Order]:
    """Conform to the wrong class."""
    return Cost.conform(costs)  # rejected: the claim is another


@product(owner="order-desk", purpose="order-fulfilment")  # rejected: returns no contract
def unpromised(erp: Frame[ErpOrder]) -> pl.LazyFrame:
    """Promise nothing."""
    return erp


@product(owner="order-desk", purpose="order-fulfilment")  # rejected: a port is no contract
def passed_on(costs: Frame[Cost]) -> Frame[Cost]:
    """Publish another's schema."""
    return costs


@product(owner="order-desk")  # rejected: a product without a purpose
def purposeless(erp: Frame[ErpOrder]) -> Frame[Order]:
    """Read for nothing."""
    return Order.conform(erp)
