"""What the fleet service hands over: two products read it."""

from datetime import datetime

from meshwright import JsonLines, Source


class FleetEvent(Source, name="fleet.events", format=JsonLines()):
    """Something that happened to a connected hand: software was installed, or the hand stopped itself."""

    event_id: str
    kind: str
    serial_number: str
    component: str | None
    version: str | None
    joint: str | None
    cause: str | None
    at: datetime
    recorded_at: datetime
