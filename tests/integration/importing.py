"""What the import tests share: small files, and a store to take them in."""

from collections.abc import Sequence
from pathlib import Path

from domain.import_report import ImportReport
from domain.intake import import_files
from domain.mapping import load_mapping
from domain.progress import finish
from domain.store import Store
from domain.transactions import Transaction

HEADER = "transaction_id,occurred_at,customer_id,amount"
PAYSIM = (
    "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud"
    ",isFlaggedFraud"
)
PAYSIM_ROWS = [
    "1,PAYMENT,9839.64,C1231006815,170136.0,160296.36,M1979787155,0.0,0.0,0,0",
    "26,TRANSFER,181.0,C1305486145,181.0,0.0,C553264065,0.0,0.0,1,1",
]


def take(store: Store, *paths: Path, mapping: str = "whyflag", **options: str) -> ImportReport:
    return finish(import_files(store, paths, load_mapping(mapping), "ann", **options))


def csv(folder: Path, lines: Sequence[str], name: str = "in.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def whole(store: Store) -> tuple[Transaction, ...]:
    ids = [id_ for (id_,) in store.database.query("SELECT transaction_id FROM transactions ORDER BY rowid")]
    return store.transactions.get(ids)
