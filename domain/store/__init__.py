"""The encrypted store of transactions, alerts, decisions and their audit; the only part that knows DuckDB."""

from domain.access.wrapping import KeyCost
from domain.store.alerts import QueueSnapshot
from domain.store.features import feature_names
from domain.store.opening import Limits
from domain.store.queue_sql import Viewer
from domain.store.store import Store

__all__ = ["KeyCost", "Limits", "QueueSnapshot", "Store", "Viewer", "feature_names"]
