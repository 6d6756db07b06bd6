"""The catalog refuses or cannot answer."""

from meshwright.errors.mesh import MeshError


class CatalogError(MeshError):
    """A catalog that refuses what was asked, or cannot answer."""


class NotSignedIn(CatalogError, PermissionError):
    """A request to the catalog without a valid token."""

    def __init__(self, where: str = "catalog") -> None:
        super().__init__(
            where, "a valid token is needed", "make one with `mesh token`; with an issuer, put its own into MESH_TOKEN"
        )


class SignInRefused(CatalogError, PermissionError):
    """Somebody who came back from the issuer and is not signed in; nothing of what they brought is told."""

    def __init__(self, problem: str, hint: str = "sign in again") -> None:
        super().__init__("sign-in", problem, hint)


class ForeignDomain(CatalogError, PermissionError):
    """A publisher that writes outside of its own domain."""

    def __init__(self, where: str = "catalog") -> None:
        super().__init__(where, "a publisher writes only what its own domain owns", "ask the owner to publish it")


class NotItsPublisher(ForeignDomain):
    """A build whose token is not of a service that registers the product: it would read by somebody else's rights."""

    def __init__(self, product: str, catalog: str) -> None:
        domain = product.partition(".")[0]
        problem = f"nothing was read: the {catalog} takes it only with a token of a service of {domain}"
        hint = f"put into MESH_TOKEN what `mesh token {product}` prints in the catalog's workspace; "
        hint += f"with an issuer, a token of a client of {domain}"
        CatalogError.__init__(self, product, problem, hint)


class InvalidEvent(CatalogError, ValueError):
    """An OpenLineage event that cannot be understood."""

    def __init__(self, problem: str) -> None:
        super().__init__("lineage event", problem)


class UnknownPolicyVersion(CatalogError, LookupError):
    """A version of a product's policies that is not there, or not as it would have to be."""

    def __init__(self, product: str, problem: str) -> None:
        super().__init__(product, problem, f"`mesh access versions {product}` lists them")


class UnreadableHead(CatalogError, ValueError):
    """A file that holds no head of an audit."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, problem, "`mesh audit head --export FILE` writes one")


class AuditCutOff(CatalogError, LookupError):
    """An audit of which nobody can tell the last event, for the row that names it was deleted."""

    def __init__(self, where: str = "catalog") -> None:
        problem = "the row that names the audit's last event was deleted"
        super().__init__(where, problem, "`mesh audit verify` tells what is left; restore the catalog from a backup")


class CatalogRefused(CatalogError):
    """A request that the catalog understood and would not carry out."""


class CatalogUnavailable(CatalogError, ConnectionError):
    """A catalog that does not answer, or cannot write just now."""

    def __init__(self, where: str, problem: str, hint: str = "try again") -> None:
        super().__init__(where, problem, hint)


class TooManyRequests(CatalogUnavailable):
    """A catalog that takes no more requests from this caller for a while."""

    def __init__(self, where: str) -> None:
        super().__init__(where, "takes no more requests from you just now (429)")


class AnswerCut(CatalogError, ConnectionError):
    """Rows that stopped coming before their end: what came is not the answer."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, f"the answer was cut off: {problem}", "read again; nothing of it was kept")
