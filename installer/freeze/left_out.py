"""What PyInstaller would bring along and whyflag never loads, each with the reason. Read by whyflag.spec.

Modules that are left out cannot be imported; files are left out by pattern, matched against their place in the program.
A module that is needed after all shows as ModuleNotFoundError in `whyflag doctor --self-test`.
"""

MODULES = {
    "numba": "shap's compiled TreeSHAP is loaded by its file; numba serves shap's other explainers",
    "llvmlite": "numba's LLVM, 170 MB",
    "shap": "its compiled file is added by itself: nothing imports the package",
    "pandas": "rows go as Arrow tables; scikit-learn and pyarrow take pandas only where it is",
    "skimage": "lime explains tables here, not images",
    "imageio": "skimage's",
    "tifffile": "skimage's",
    "networkx": "torch's partitioner for compiling, which is not done here",
    "lime.lime_image": "lime explains tables here, not images",
    "lime.wrappers": "for images",
    "tkinter": "the window is Qt's; matplotlib draws into files",
    "IPython": "for notebooks",
    "ipywidgets": "for notebooks",
    "pytest": "a test tool",
    "pip": "nothing is installed at run time",
    "hf_xet": "a downloader: nothing is downloaded",
    "tensorboard": "nothing is logged there",
    "torch.utils.tensorboard": "nothing is logged there",
    "torch.utils.benchmark": "for developers of torch",
    "torch.utils.bottleneck": "for developers of torch",
    "PySide6.QtTest": "a test tool",
    "PySide6.QtSvgWidgets": "icons are rendered by QtSvg",
    "pyqtgraph.opengl": "no third dimension is drawn",
    "pyqtgraph.examples": "examples",
    "pyqtgraph.console": "an interactive console",
    "pyqtgraph.flowchart": "an editor of flowcharts",
}

FILES = {
    "bitsandbytes/libbitsandbytes_cuda*.so": "for graphics cards",
    "bitsandbytes/libbitsandbytes_rocm*.so": "for graphics cards",
    "bitsandbytes/libbitsandbytes_xpu*.so": "for graphics cards",
    "libcudart.so.*": "for graphics cards",
    "torch/test/*": "torch's own tests",
    "torch/bin/*[!r]": "torch's own tests and tools, but not torch_shm_manager, without which it does not start",
    "torch/include/*": "for compiling against torch",
    "torch/share/*": "for compiling against torch",
    "pyarrow/include/*": "for compiling against Arrow",
    "pyarrow/tests/*": "Arrow's own tests",
    "pyarrow/*.pyx": "sources of compiled modules",
    "pyarrow/*.pxd": "sources of compiled modules",
    "pyarrow/*.pxi": "sources of compiled modules",
    "pyarrow/*flight*": "a network service",
    "pyarrow/*_s3fs*": "a cloud's file system",
    "pyarrow/*_gcsfs*": "a cloud's file system",
    "pyarrow/*_azurefs*": "a cloud's file system",
    "pyarrow/*libarrow_s3*": "a cloud's file system",
    "pyarrow/_substrait*": "another engine's plans",
    "pyarrow/*gandiva*": "an expression compiler",
    "pyarrow/_orc*": "files of Hadoop",
    "PySide6/Qt/translations/*": "the window's words are its own",
    "PySide6/Qt/qml/*": "no QML is used",
    "PySide6/Qt/plugins/platforms/libq[elmv]*": "for screens without a desktop: frame buffers, EGL, VNC",
    "PySide6/Qt/plugins/egldeviceintegrations/*": "for screens without a desktop",
    "PySide6/Qt/lib/libQt6Egl*": "for screens without a desktop",
    "PySide6/Qt/plugins/generic/*": "for input devices without a desktop",
    "PySide6/Qt/plugins/networkinformation/*": "no network is used; QtNetwork is there for a local socket",
    "PySide6/Qt/plugins/tls/*": "no network is used",
    "PySide6/Qt/plugins/imageformats/libq[!sij]*": "pictures of the window are SVG, PNG and JPEG",
    "PySide6/Qt/plugins/platformthemes/libqgtk3.so": "the window has a theme of its own; GTK brings cairo and pango",
    "matplotlib/mpl-data/sample_data/*": "samples",
    "matplotlib/mpl-data/images/*": "buttons of matplotlib's own window",
}

# Of transformers' models, 500 families with 50 MB of code for pictures, sound and texts, these are in the program:
# SmolLM2 is a llama, the rest are those that transformers and peft import by themselves, and other small text models
# that `whyflag narrator build` may be given. A clone of the repository has them all.
FAMILIES = frozenset(
    ("auto", "bloom", "encoder_decoder", "gemma", "gemma2", "gemma3", "gpt2", "gpt_neox", "granite", "llama", "mistral",
     "olmo2", "phi", "phi3", "qwen2", "qwen3", "qwen3_5", "smollm3", "stablelm", "t5")
)  # fmt: skip
