"""What a change of a contract means for those who read the product.

A looser promise breaks its readers, a tighter one does not; what cannot be proven harmless counts as breaking. Classes
break in both directions: lowered, values are seen that were not to be; raised, readers lose clear values.
"""

from meshwright.compat.change import Change, Kind
from meshwright.compat.contract import changes
from meshwright.compat.version import needed_version, version_problem

__all__ = ["Change", "Kind", "changes", "needed_version", "version_problem"]
