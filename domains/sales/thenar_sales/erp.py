"""What the ERP hands over about order lines: two products read it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from meshwright import Decimals, Pii, Source, Sqlite

HandModel = Literal["H1", "H2", "H2-Lite"]


class ErpOrderLine(Source, name="erp.order_lines", format=Sqlite(table="order_lines")):
    """One statement of an order line: a correction is a second row with a later `recorded_at`."""

    line_id: str
    order_id: str
    line_number: int
    customer_id: Annotated[str, Pii("identifier")]
    email: Annotated[str, Pii("contact.email")]
    hand_model: str
    quantity: int
    unit_price_eur: Annotated[Decimal, Decimals(18, 2)]
    placed_at: datetime
    promised_for: datetime
    recorded_at: datetime
