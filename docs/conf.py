"""How the documentation is built: ``sphinx-build -W docs OUT`` (warnings are errors)."""

import sys
from pathlib import Path

from salespipe import __version__

sys.path.insert(0, str(Path(__file__).parent))  # generated.py

project = "salespipe"
version = release = __version__
author = "salespipe"
extensions = [
    "generated",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
]

html_theme = "furo"
html_title = "salespipe"
html_static_path = ["static"]
html_css_files = ["tables.css"]
html_math_renderer = "mathml"  # browsers draw it themselves: nothing is fetched from the network
html_show_copyright = False
html_show_sphinx = False

exclude_patterns = ["pictures", "_build"]
myst_enable_extensions = ["dollarmath", "fieldlist"]
myst_heading_anchors = 3
# A shell block may hold a comment in any language, and the blocks marked `text` are no code.
highlight_language = "text"

numpydoc_show_class_members = False
autodoc_typehints = "none"  # numpydoc names types, with units and shapes
autodoc_member_order = "bysource"
