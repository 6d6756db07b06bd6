"""What the ERP hands over about spares: two products read it."""

from datetime import datetime

from meshwright import Source, Sqlite


class ErpSpareConsumption(Source, name="erp.spare_consumption", format=Sqlite(table="spare_consumption")):
    """One statement of what a repair used: a correction is a second row with a later `recorded_at`."""

    consumption_id: str
    part_number: str
    serial_number: str
    return_id: str
    quantity: int
    consumed_at: datetime
    recorded_at: datetime
