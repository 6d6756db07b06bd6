"""Ask for access and decide about it: the same words in a workspace and at a catalog's address."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from meshwright.errors import GrantRejected, UnknownColumn, UnknownMajor
from meshwright.grants import EmergencyRequest, GrantLevel, GrantRequest, Grants, GrantView, Orphan, Status
from meshwright.markers import RevealLevel
from meshwright.mesh.past import past
from meshwright.moments import ending
from meshwright.registry import WhoCan, WhoCanQuery
from meshwright.unfit import unfit


@contextmanager
def _told(product: str) -> Generator[None]:
    """Tell of what no request can hold by what is wrong with it."""
    try:
        yield
    except ValidationError as error:
        raise GrantRejected(f"request for {product[:130]}", unfit(error)) from None
    except ValueError as error:
        raise GrantRejected(f"request for {product[:130]}", f"until: {error}") from None


class Asking(ABC):
    """Requests and grants of one principal, through the catalog."""

    @property
    @abstractmethod
    def _grants(self) -> Grants:
        """Open the catalog's grants as the principal."""

    @abstractmethod
    def _now(self) -> datetime:
        """Tell the time."""

    def request(  # noqa: PLR0913 - each by name
        self,
        product: str,
        *,
        level: GrantLevel,
        purpose: str,
        until: datetime | date | timedelta,
        reason: str,
        columns: Sequence[str] = (),
        cls: str = "",
        grantee: str = "",
    ) -> GrantView:
        """Ask the owner for columns or a class at a level; return how the request stands.

        `until` is a time with its zone, a date (to its end, in UTC) or a span from now.
        `grantee` is `team:NAME` or `service:domain.product`; empty: yourself.
        """
        if isinstance(until, datetime) and until.tzinfo is None:
            raise GrantRejected(f"request for {product[:130]}", "until has no time zone", "write it in UTC, with a Z")
        with _told(product):
            wanted = GrantRequest(
                product=product,
                columns=tuple(columns),
                cls=cls,
                level=level,
                purpose=purpose,
                until=ending(until, self._now()),
                reason=reason,
                grantee=grantee,
            )
        return self._grants.request(wanted)

    def break_glass(
        self, product: str, *, purpose: str, reason: str, columns: Sequence[str] = (), cls: str = ""
    ) -> GrantView:
        """Open columns, or a class, for one hour without asking; loud, and reviewed."""
        with _told(product):
            wanted = EmergencyRequest(product=product, columns=tuple(columns), cls=cls, purpose=purpose, reason=reason)
        return self._grants.break_glass(wanted)

    @abstractmethod
    def _sights(self, product: str, asked: WhoCanQuery) -> WhoCan:
        """Say who may see a product; a moment that is asked about is past."""

    def who_can(
        self,
        product: str,
        *,
        column: str | None = None,
        level: RevealLevel | None = None,
        at: datetime | None = None,
        major: int | None = None,
    ) -> WhoCan:
        """List who may see a product, or could at a past moment: by the catalog, else by the files and git.

        Everybody is named to the product's own domain, its owners and data protection; others are told of themselves.
        It is of the newest major version, or of `major`. Raises `UnknownColumn`, `UnknownMajor` or `PastUnknown`.
        """
        moment = at and past(at, self._now())
        try:
            asked = WhoCanQuery(column=column, level=level, at=moment, major=major)
        except ValidationError:  # no column has a name that is so long, no major version such a number
            if column is None and major is not None:
                raise UnknownMajor(product, major) from None
            raise UnknownColumn(product, (column or "")[:80], ()) from None
        return self._sights(product, asked)

    def requests(self, *, status: Status | None = None) -> Sequence[GrantView]:
        """List what waits for you, newest first; with a status, what stands so now."""
        return self._grants.listed("waiting", status=status)

    def grants(
        self, product: str | None = None, *, owned: bool = False, status: Status | None = None
    ) -> Sequence[GrantView]:
        """List your own grants, or those of products that you answer for, newest first; those of a status, if named."""
        return self._grants.listed("owned" if owned else "mine", product, status)

    def approve(self, grant: str, *, note: str = "") -> GrantView:
        """Approve a request, as owner or as data protection; raise `NotYourDecision` for who asked."""
        return self._grants.say(grant, "approve", note)

    def refuse(self, grant: str, *, reason: str) -> GrantView:
        """Refuse a request."""
        return self._grants.say(grant, "refuse", reason)

    def revoke(self, grant: str, *, note: str = "") -> GrantView:
        """End a grant, or withdraw a request; it counts at the next decision."""
        return self._grants.say(grant, "revoke", note)

    def recertify(self, grant: str, *, note: str = "") -> GrantView:
        """Confirm as owner that a grant is still needed."""
        return self._grants.say(grant, "confirm", note)

    def review(self, grant: str, *, note: str = "") -> GrantView:
        """Say that a broken glass was looked at."""
        return self._grants.say(grant, "review", note)

    def orphans(self) -> Sequence[Orphan]:
        """List products without an owner and requests that nobody can decide; raise `DataProtectionOnly`."""
        return self._grants.orphans()
