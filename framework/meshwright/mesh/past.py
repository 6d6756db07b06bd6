"""Which past moment is asked about."""

from datetime import UTC, datetime

from meshwright.errors import PastUnknown
from meshwright.moments import up_to_now


def past(at: datetime, now: datetime) -> datetime:
    """Refuse what is yet to come, as `PastUnknown`; a day that has begun is asked about up to now."""
    if at.tzinfo is None:
        raise PastUnknown(at, "it has no time zone", "write it in UTC, with a Z")
    at = up_to_now(at, now)
    if at > now:
        raise PastUnknown(at, "it is yet to come", "ask for a past one; without --at it is now")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise PastUnknown(at, "it lies outside of the calendar", "ask for a later time") from None
