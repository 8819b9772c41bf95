"""In place of the contributed hook, which brings in every module of torch: only what the analysis finds is needed."""

from pathlib import Path

from PyInstaller.utils.hooks import collect_dynamic_libs, collect_submodules, get_package_paths

TORCH = Path(get_package_paths("torch")[1])
module_collection_mode = "pyz+py"  # torch reads the source of its own settings modules
binaries = collect_dynamic_libs("torch", search_patterns=["lib*.so*"])
binaries += [(str(TORCH / "bin" / "torch_shm_manager"), "torch/bin")]  # torch asks for it when it is imported
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
hiddenimports = collect_submodules("torch._dynamo.polyfills")  # torch imports them by name
