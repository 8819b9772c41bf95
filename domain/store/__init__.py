"""The encrypted store of transactions, alerts, decisions and their audit; the only part that knows DuckDB."""

from domain.store.alerts import QueueSnapshot
from domain.store.features import feature_names
from domain.store.key import KeyCost
from domain.store.opening import Limits
from domain.store.store import Store

__all__ = ["KeyCost", "Limits", "QueueSnapshot", "Store", "feature_names"]
