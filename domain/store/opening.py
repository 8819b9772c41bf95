"""Opens the encrypted file and shuts every other door: a hardened DuckDB connection.

The order matters: LOAD and ATTACH need the file system, everything after them must not. The store itself is read and
written through DuckDB's local file system, which therefore stays; `enable_external_access=false` narrows it to the
store's own files, and the network's file systems, which the cipher's extension brings along, are disabled by name.
"""

import importlib.resources
import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from domain.errors import CipherMissing
from domain.store.faults import damaged, in_our_words

CIPHER_PACKAGE = "duckdb_extension_httpfs"
# Bytes, of a new store's file; an older one keeps its own. Half of DuckDB's: a case reads single rows here and there,
# each at the cost of its block, and opens in a tenth less time. Half of that again is no faster, and takes more memory.
BLOCK_SIZE = 131_072
START: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "default_block_size": BLOCK_SIZE,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a store may take of the machine: memory in MiB (beyond it, encrypted spill), threads, spill in MiB."""

    memory_mib: int = 2048
    threads: int = os.cpu_count() or 1
    spill_mib: int = 20_480


def connect(path: Path, key: str, spill: Path, limits: Limits, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection whose default database is the store. `path` is made where nothing stands there.

    Raises CipherMissing, StoreInUse, StoreDamaged, StoreWriteFailed.
    """
    connection = duckdb.connect(":memory:", config=START)
    try:
        _load_cipher(connection)
        _attach(connection, path, key, read_only)
        for setting in (
            f"SET memory_limit = '{limits.memory_mib}MiB'",
            f"SET threads = {limits.threads}",
            f"SET temp_directory = {quoted(str(spill))}",
            f"SET max_temp_directory_size = '{limits.spill_mib}MiB'",
            "SET temp_file_encryption = true",
            "SET enable_progress_bar = false",  # it would print between a command's lines
            "SET disabled_filesystems = 'HTTPFileSystem,S3FileSystem,HuggingFaceFileSystem'",
            "SET enable_external_access = false",
            "SET allowed_configs = ['memory_limit']",  # the one setting that may change later
            "SET lock_configuration = true",
        ):
            connection.execute(setting)
    except BaseException:
        connection.close()
        raise
    return connection


def quoted(text: str) -> str:
    """An SQL string literal, where a statement takes no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _load_cipher(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        folder = importlib.resources.files(CIPHER_PACKAGE) / "extensions" / f"v{duckdb.__version__}"
        connection.execute(f"LOAD {quoted(str(folder / 'httpfs.duckdb_extension'))}")
    except (ModuleNotFoundError, duckdb.Error) as error:
        raise CipherMissing(
            f"The encryption library for DuckDB {duckdb.__version__} cannot be loaded: {error}",
            "Install whyflag again with installer/run.",
        ) from error


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, key: str, read_only: bool) -> None:
    mode = ", READ_ONLY" if read_only else ""
    try:
        connection.execute(
            f"ATTACH {quoted(str(path))} AS store (ENCRYPTION_KEY {quoted(key)}, ENCRYPTION_CIPHER 'GCM'{mode})"
        )
        connection.execute("USE store")
    except duckdb.Error as error:
        # The passphrase was proved against the key file before: whatever fails now, the file is at fault.
        raise (in_our_words(error, str(path)) or damaged(str(path), str(error))) from error
