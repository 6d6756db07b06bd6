"""Every error the framework raises, as one tree.

MeshError
├── DefinitionError (TypeError)      what a team wrote down is wrong
│   ├── UnknownColumn (LookupError)
│   ├── ShadowedName
│   ├── UnsupportedType
│   ├── ConformError
│   ├── UnreadableContract
│   ├── TransformReads               a file or table that is none of its inputs
│   ├── TransformVaries              another plan each time
│   ├── TransformCollects
│   ├── TransformRaises
│   ├── LabelDropped
│   ├── DeclassifierRefused          groups that cannot be counted soundly
│   ├── InvalidName (ValueError)
│   ├── PolicyRejected               a policy, class, purpose or principal
│   │   └── UnknownInPermit (LookupError)
│   └── PortMismatch                 a port that the published contract does not fit
├── WorkspaceError                   where things are is wrong
│   ├── NoWorkspace (LookupError)
│   ├── NeedsWorkspace
│   ├── BadSettings (ValueError)
│   ├── UnloadableDomain
│   ├── UnknownDomain (LookupError)
│   ├── UnknownProduct (LookupError)
│   ├── UnknownSource (LookupError)
│   ├── UnknownParameter (LookupError)
│   ├── NotPublished (LookupError)
│   ├── WrongMajor
│   ├── UnknownMajor (LookupError)
│   ├── AlreadyThere (FileExistsError)
│   ├── UnknownFileKind (ValueError)
│   ├── UnknownRevision (LookupError)
│   ├── PastUnknown (LookupError)
│   ├── NoCatalog
│   ├── DuplicateDomain
│   └── DependencyCycle
├── BuildError                       a build that publishes nothing
│   ├── BuildStopped
│   ├── WouldEmpty                   no rows in the place of some
│   ├── RunFailed
│   ├── GroupTooSmall                a declassifier's group that hides nobody
│   ├── PersonalDataUndeclared
│   ├── TableConflict
│   ├── ForeignCommit
│   ├── ShapeChanged
│   ├── RowsLost
│   └── UncomputableRule
├── StoreError                       a table that cannot be read or written
│   ├── StorageFailed (OSError)
│   ├── UnreadableTable
│   ├── UnknownVersion (LookupError)
│   ├── MissingFiles (LookupError)
│   └── UnsafePlace (ValueError)
├── TrainingError                    a training set that is not what its manifest says
│   ├── BadManifest (ValueError)
│   ├── PinGone (LookupError)
│   ├── SpineBroken
│   └── TrainingSetDiffers
├── SourceError                      what an operational system handed over cannot be read
│   ├── SourceIsProduct (PermissionError)
│   ├── SourceMissing (LookupError)
│   ├── SourceUnreadable
│   ├── SourceChanged
│   ├── SourceRejected
│   └── SourceRowsLost
├── AccessError                      who asks may not have what is asked for
│   ├── AccessDenied (PermissionError)
│   ├── UnknownPrincipal (LookupError)
│   ├── DataProtectionOnly (PermissionError)
│   ├── NobodyAsks
│   ├── TokenRejected (PermissionError)
│   ├── KeptHere (TypeError)
│   ├── GrantRejected (ValueError)
│   ├── UnknownGrant (LookupError)
│   ├── NotYourDecision (PermissionError)
│   ├── GrantClosed
│   ├── QueryRejected (ValueError)
│   │   └── TooMuchAsked
│   └── KeysUnusable
└── CatalogError                     the catalog refuses or cannot answer
    ├── NotSignedIn (PermissionError)
    ├── SignInRefused (PermissionError)
    ├── ForeignDomain (PermissionError)
    │   └── NotItsPublisher
    ├── InvalidEvent (ValueError)
    ├── UnknownPolicyVersion (LookupError)
    ├── UnreadableHead (ValueError)
    ├── AuditCutOff (LookupError)    the row that names its last event is gone
    ├── CatalogRefused
    ├── AnswerCut (ConnectionError)
    └── CatalogUnavailable (ConnectionError)
        └── TooManyRequests
"""

from meshwright.errors.access import AccessDenied as AccessDenied
from meshwright.errors.access import AccessError as AccessError
from meshwright.errors.access import DataProtectionOnly as DataProtectionOnly
from meshwright.errors.access import GrantClosed as GrantClosed
from meshwright.errors.access import GrantRejected as GrantRejected
from meshwright.errors.access import KeptHere as KeptHere
from meshwright.errors.access import KeysUnusable as KeysUnusable
from meshwright.errors.access import NobodyAsks as NobodyAsks
from meshwright.errors.access import NotYourDecision as NotYourDecision
from meshwright.errors.access import QueryRejected as QueryRejected
from meshwright.errors.access import TokenRejected as TokenRejected
from meshwright.errors.access import TooMuchAsked as TooMuchAsked
from meshwright.errors.access import UnknownGrant as UnknownGrant
from meshwright.errors.access import UnknownPrincipal as UnknownPrincipal
from meshwright.errors.building import BuildError as BuildError
from meshwright.errors.building import BuildStopped as BuildStopped
from meshwright.errors.building import ForeignCommit as ForeignCommit
from meshwright.errors.building import GroupTooSmall as GroupTooSmall
from meshwright.errors.building import PersonalDataUndeclared as PersonalDataUndeclared
from meshwright.errors.building import RowsLost as RowsLost
from meshwright.errors.building import RunFailed as RunFailed
from meshwright.errors.building import ShapeChanged as ShapeChanged
from meshwright.errors.building import TableConflict as TableConflict
from meshwright.errors.building import UncomputableRule as UncomputableRule
from meshwright.errors.building import WouldEmpty as WouldEmpty
from meshwright.errors.catalog import AnswerCut as AnswerCut
from meshwright.errors.catalog import AuditCutOff as AuditCutOff
from meshwright.errors.catalog import CatalogError as CatalogError
from meshwright.errors.catalog import CatalogRefused as CatalogRefused
from meshwright.errors.catalog import CatalogUnavailable as CatalogUnavailable
from meshwright.errors.catalog import ForeignDomain as ForeignDomain
from meshwright.errors.catalog import InvalidEvent as InvalidEvent
from meshwright.errors.catalog import NotItsPublisher as NotItsPublisher
from meshwright.errors.catalog import NotSignedIn as NotSignedIn
from meshwright.errors.catalog import SignInRefused as SignInRefused
from meshwright.errors.catalog import TooManyRequests as TooManyRequests
from meshwright.errors.catalog import UnknownPolicyVersion as UnknownPolicyVersion
from meshwright.errors.catalog import UnreadableHead as UnreadableHead
from meshwright.errors.definition import ConformError as ConformError
from meshwright.errors.definition import DeclassifierRefused as DeclassifierRefused
from meshwright.errors.definition import DefinitionError as DefinitionError
from meshwright.errors.definition import InvalidName as InvalidName
from meshwright.errors.definition import LabelDropped as LabelDropped
from meshwright.errors.definition import PolicyRejected as PolicyRejected
from meshwright.errors.definition import PortMismatch as PortMismatch
from meshwright.errors.definition import ShadowedName as ShadowedName
from meshwright.errors.definition import TransformCollects as TransformCollects
from meshwright.errors.definition import TransformRaises as TransformRaises
from meshwright.errors.definition import TransformReads as TransformReads
from meshwright.errors.definition import TransformVaries as TransformVaries
from meshwright.errors.definition import UnknownColumn as UnknownColumn
from meshwright.errors.definition import UnknownInPermit as UnknownInPermit
from meshwright.errors.definition import UnreadableContract as UnreadableContract
from meshwright.errors.definition import UnsupportedType as UnsupportedType
from meshwright.errors.mesh import MeshError as MeshError
from meshwright.errors.mesh import counted as counted
from meshwright.errors.mesh import nearest as nearest
from meshwright.errors.sources import SourceChanged as SourceChanged
from meshwright.errors.sources import SourceError as SourceError
from meshwright.errors.sources import SourceIsProduct as SourceIsProduct
from meshwright.errors.sources import SourceMissing as SourceMissing
from meshwright.errors.sources import SourceRejected as SourceRejected
from meshwright.errors.sources import SourceRowsLost as SourceRowsLost
from meshwright.errors.sources import SourceUnreadable as SourceUnreadable
from meshwright.errors.storing import MissingFiles as MissingFiles
from meshwright.errors.storing import StorageFailed as StorageFailed
from meshwright.errors.storing import StoreError as StoreError
from meshwright.errors.storing import UnknownVersion as UnknownVersion
from meshwright.errors.storing import UnreadableTable as UnreadableTable
from meshwright.errors.storing import UnsafePlace as UnsafePlace
from meshwright.errors.training import BadManifest as BadManifest
from meshwright.errors.training import PinGone as PinGone
from meshwright.errors.training import SpineBroken as SpineBroken
from meshwright.errors.training import TrainingError as TrainingError
from meshwright.errors.training import TrainingSetDiffers as TrainingSetDiffers
from meshwright.errors.workspace import AlreadyThere as AlreadyThere
from meshwright.errors.workspace import BadSettings as BadSettings
from meshwright.errors.workspace import DependencyCycle as DependencyCycle
from meshwright.errors.workspace import DuplicateDomain as DuplicateDomain
from meshwright.errors.workspace import NeedsWorkspace as NeedsWorkspace
from meshwright.errors.workspace import NoCatalog as NoCatalog
from meshwright.errors.workspace import NotPublished as NotPublished
from meshwright.errors.workspace import NoWorkspace as NoWorkspace
from meshwright.errors.workspace import PastUnknown as PastUnknown
from meshwright.errors.workspace import UnknownDomain as UnknownDomain
from meshwright.errors.workspace import UnknownFileKind as UnknownFileKind
from meshwright.errors.workspace import UnknownMajor as UnknownMajor
from meshwright.errors.workspace import UnknownParameter as UnknownParameter
from meshwright.errors.workspace import UnknownProduct as UnknownProduct
from meshwright.errors.workspace import UnknownRevision as UnknownRevision
from meshwright.errors.workspace import UnknownSource as UnknownSource
from meshwright.errors.workspace import UnloadableDomain as UnloadableDomain
from meshwright.errors.workspace import WorkspaceError as WorkspaceError
from meshwright.errors.workspace import WrongMajor as WrongMajor
