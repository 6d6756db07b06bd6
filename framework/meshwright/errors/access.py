"""Who asks may not have what is asked for."""

from collections.abc import Collection, Sequence

from meshwright.errors.mesh import MeshError, nearest


class AccessError(MeshError):
    """A request that who asks may not make."""


class AccessDenied(AccessError, PermissionError):
    """Columns, levels or a product that the policies do not grant.

    `asks` are the smallest requests that would do: commands, or what somebody would have to write.
    """

    def __init__(self, product: str, problem: str, columns: Sequence[str] = (), asks: Sequence[str] = ()) -> None:
        self.product = product
        self.columns = tuple(columns)
        self.asks = tuple(dict.fromkeys(ask for ask in asks if ask))
        commands = [ask for ask in self.asks if ask.startswith("mesh ")]
        mine = all(command.startswith("mesh access request ") for command in commands)
        hints = [ask for ask in self.asks if ask not in commands]
        if commands:
            hints.append(f"{'run' if mine else 'ask the owner to run'}: {' && '.join(commands)}")
        super().__init__(product, problem, "; ".join(hints))


class UnknownPrincipal(AccessError, LookupError):
    """A person or service that the mesh does not know."""

    def __init__(self, kind: str, name: str, known: Collection[str]) -> None:
        self.principal = name
        hint = "people and services stand in policies/principals.toml"
        super().__init__("principals", f"no {kind} {name[:80]!r}{nearest(name[:80], known)}", hint)


class DataProtectionOnly(AccessError, PermissionError):
    """Something that is for the people of data protection alone."""

    def __init__(self, where: str) -> None:
        hint = "policies/principals.toml names its teams: data_protection = [...]"
        super().__init__(where, "is for data protection alone", hint)


class NobodyAsks(AccessError):
    """A read by nobody in particular."""

    def __init__(self) -> None:
        super().__init__(
            "mesh", "nobody asks", "name yourself with --as NAME, MESH_PRINCIPAL or principal in mesh.toml"
        )


class TokenRejected(AccessError, PermissionError):
    """A token that is expired, forged or meant for something else."""

    def __init__(self, problem: str, hint: str = "make a new one with `mesh token`") -> None:
        super().__init__("token", problem, hint)


class KeptHere(AccessError, TypeError):
    """A plan that would be serialised with what its reader alone may hold: a key of tokens, or a token to sign in."""

    def __init__(self) -> None:
        problem = "it reads with a key or a token of yours, and is not serialised"
        super().__init__("plan", problem, "collect it, and send the rows")


class GrantRejected(AccessError, ValueError):
    """A request for access, or what somebody says about one or about policies, that cannot be taken as it is.

    `field` is what of a request it is about, as `GrantRequest` names it; empty: no field of its own.
    """

    def __init__(self, where: str, problem: str, hint: str = "", *, field: str = "") -> None:
        self.field = field
        super().__init__(where, problem, hint)


class UnknownGrant(AccessError, LookupError):
    """A grant that is not there, or not for who asks to see."""

    def __init__(self, name: str) -> None:
        super().__init__("grant", f"there is no grant {name[:40]!r}", "see `mesh access grants` and `requests`")


class NotYourDecision(AccessError, PermissionError):
    """Something that somebody else decides."""


class GrantClosed(AccessError):
    """Something said to a grant that does not fit how it stands."""


class QueryRejected(AccessError, ValueError):
    """A filter, order or limit that does not fit the columns as the reader sees them."""


class TooMuchAsked(QueryRejected):
    """A read that is more than one read may take: too many rows to sort, groups, columns or conditions."""


class KeysUnusable(AccessError):
    """A key file that is missing, damaged or readable by others."""
