"""What of a value does not fit, in words, without what stood there."""

from pydantic import ValidationError


def unfit(error: ValidationError) -> str:
    """Name each part that does not fit, and why."""
    faults = error.errors(include_url=False, include_input=False)
    told = {".".join(map(str, each["loc"])): each["msg"] for each in faults}
    return "; ".join(f"{where}: {words[:1].lower()}{words[1:]}" for where, words in told.items())
