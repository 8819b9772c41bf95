"""How the window is put together: threads in one place, view models without widgets."""

import ast
from collections.abc import Iterator
from pathlib import Path

import desktop

ROOT = Path(desktop.__file__).parent
THREADING = {"threading", "concurrent", "multiprocessing", "asyncio"}
# Where work runs in threads, and the composition root. The others are called from several threads and lock what they
# keep.
MAY_THREAD = {"tasks", "bootstrap.py", "opening.py"}  # the last two before there is a window
ONLY_LOCK = {"store_services.py", "latency.py", "metrics.py", "observing.py"}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def attributes_of_threading(tree: ast.Module) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "threading"
    }


def test_threads_are_started_in_one_place() -> None:
    elsewhere = []
    for path, tree in modules():
        if path.parts[0] in MAY_THREAD:
            continue
        names = {name.split(".")[0] for name in imported(tree)} & THREADING
        if path.parts[0] in ONLY_LOCK:
            assert attributes_of_threading(tree) <= {"Lock", "RLock", "Event"}, path
        elif names or any(name.endswith((".QThread", ".QThreadPool", ".QRunnable")) for name in imported(tree)):
            elsewhere.append(str(path))
    assert elsewhere == []


def test_view_models_know_no_widget() -> None:
    looked_at = [
        (path, tree) for path, tree in modules() if path.name.endswith(("view_model.py", "_state.py", "walk.py"))
    ]
    assert len(looked_at) > 8
    with_widgets = [
        str(path)
        for path, tree in looked_at
        if any(name.startswith(("PySide6.QtWidgets", "PySide6.QtGui", "desktop.widgets")) for name in imported(tree))
    ]
    assert with_widgets == []


def test_widgets_know_no_use_case() -> None:
    knowing = [
        str(path)
        for path, tree in modules()
        if path.parts[0] in ("widgets", "support")
        if any(name.startswith(("desktop.services", "desktop.screens", "domain.store")) for name in imported(tree))
    ]
    assert knowing == []
