"""REMEMBERS: the registry's database; names are loaded when first asked for, so that rows cost no Peewee."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_registry.store.proof_rows import Attempt as Attempt
    from tui_registry.store.proof_rows import DiscoveredModel as DiscoveredModel
    from tui_registry.store.proof_rows import DiscoveryReport as DiscoveryReport
    from tui_registry.store.proof_rows import Finding as Finding
    from tui_registry.store.proof_rows import ModelSeen as ModelSeen
    from tui_registry.store.proof_rows import SeenLimit as SeenLimit
    from tui_registry.store.read_proofs import ProofReads as ProofReads
    from tui_registry.store.reads import Reads as Reads
    from tui_registry.store.rotating import Rotation as Rotation
    from tui_registry.store.rotating import rotate as rotate
    from tui_registry.store.rows import CatalogBatch as CatalogBatch
    from tui_registry.store.rows import CatalogModel as CatalogModel
    from tui_registry.store.rows import CatalogPrice as CatalogPrice
    from tui_registry.store.rows import CatalogProvider as CatalogProvider
    from tui_registry.store.rows import Counts as Counts
    from tui_registry.store.rows import EffectivePrice as EffectivePrice
    from tui_registry.store.rows import Identified as Identified
    from tui_registry.store.rows import ImportReport as ImportReport
    from tui_registry.store.rows import KnownSeed as KnownSeed
    from tui_registry.store.rows import NewResult as NewResult
    from tui_registry.store.rows import RowSource as RowSource
    from tui_registry.store.rows import StateDifference as StateDifference
    from tui_registry.store.rows import new_result as new_result
    from tui_registry.store.store import Store as Store
    from tui_registry.store.tables import KeyControl as KeyControl
    from tui_registry.store.tables import KnownProvider as KnownProvider
    from tui_registry.store.tables import Limits as Limits
    from tui_registry.store.tables import Model as Model
    from tui_registry.store.tables import ModelObservation as ModelObservation
    from tui_registry.store.tables import ModelPricing as ModelPricing
    from tui_registry.store.tables import ObservedLimit as ObservedLimit
    from tui_registry.store.tables import Pricing as Pricing
    from tui_registry.store.tables import Provider as Provider
    from tui_registry.store.tables import Result as Result
    from tui_registry.store.tables import Run as Run
    from tui_registry.store.write_proofs import ProofWrites as ProofWrites
    from tui_registry.store.writes import Writes as Writes

_PROOF_ROWS = (
    "Attempt",
    "DiscoveredModel",
    "DiscoveryReport",
    "Finding",
    "ModelSeen",
    "SeenLimit",
)
_HOMES = {
    "Reads": "reads",
    "Store": "store",
    "Writes": "writes",
    "ProofReads": "read_proofs",
    "ProofWrites": "write_proofs",
    "Rotation": "rotating",
    "rotate": "rotating",
}
_TABLES = (
    "KeyControl", "KnownProvider", "Limits", "Model", "ModelObservation", "ModelPricing", "ObservedLimit",
    "Pricing", "Provider", "Result", "Run",
)  # fmt: skip
_HOMES |= dict.fromkeys(_TABLES, "tables") | dict.fromkeys(_PROOF_ROWS, "proof_rows")


def __getattr__(name: str) -> object:
    """A public name of the store from the file it lives in; raises AttributeError for any other."""
    home = import_module(f"{__name__}.{_HOMES.get(name, 'rows')}")
    try:
        return getattr(home, name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
