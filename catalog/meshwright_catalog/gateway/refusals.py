"""How a read that is refused is told: a status, and a sentence that repeats no value."""

from meshwright.errors import (
    AccessDenied,
    ForeignCommit,
    KeysUnusable,
    QueryRejected,
    StoreError,
    TooManyRequests,
    TooMuchAsked,
    UnknownVersion,
    UnsafePlace,
)


def about_read(error: Exception) -> tuple[int, str] | None:
    """Choose a status and a sentence for an error that is about reading rows; None for any other."""
    match error:
        case AccessDenied():
            return 403, error.problem
        case TooMuchAsked():
            return 400, _sentence(error)
        case QueryRejected():
            return 422, _sentence(error)
        case UnknownVersion() if error.version > error.live:
            return 404, "There is no such version yet."
        case UnknownVersion():
            return 410, "There was no version then, or it is no longer kept."
        case TooManyRequests():
            return 429, "Too many reads are under way; try again in a moment."
        case ForeignCommit():
            return 503, "That version of the product's table was made by no build, and is not shown; ask its owner."
        case UnsafePlace():
            return (
                503,
                "The product's table lies in none of the roots that this catalog reads; whoever runs it adds one.",
            )
        case StoreError() | KeysUnusable():
            return 503, "The product's table cannot be read just now; its owner can tell why."
        case _:
            return None


def _sentence(error: QueryRejected) -> str:
    return f"{error.problem} ({error.hint})" if error.hint else error.problem
