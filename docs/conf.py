"""How the documentation is built: ``make docs``."""

import sys
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from hwbench_mo import __version__  # noqa: E402

project = "hwbench_mo"
author = "The authors of hwbench_mo"
copyright = "2026, the authors of hwbench_mo"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "_templates", "gallery", "images", "optunahub"]
nitpicky = False
default_role = "code"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

autosummary_generate = True
templates_path = ["_templates"]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
autodoc_default_options = {"members": True, "undoc-members": False}
napoleon_google_docstring = False
napoleon_use_rtype = False

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"/plot_",
    "reset_modules": ("matplotlib", "gallery_style.reset"),
    "image_srcset": ["2x"],
    "thumbnail_size": (480, 320),
    "show_signature": False,
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "remove_config_comments": True,
}

linkcheck_timeout = 15
linkcheck_retries = 2
linkcheck_ignore = [r"explorer_page\.html"]  # made after the other pages

html_theme = "pydata_sphinx_theme"
html_title = "hwbench_mo"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navigation_with_keys": True,
    "show_toc_level": 2,
    "header_links_before_dropdown": 7,
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "footer_start": ["copyright"],
    "footer_end": [],
    "navbar_persistent": [],
    "navbar_end": ["search-button", "theme-switcher"],
    "show_prev_next": True,
}
html_sidebars = {"start": [], "changes": [], "index": []}


class LinksToSources(SphinxTransform):
    """Links from a page to a file of the checkout that is no page become the name of the file.

    The pages are read both in the checkout, where the links lead to the files, and on the site, which has no sources.
    """

    default_priority = 4  # before MyST resolves links

    def apply(self, **_: object) -> None:
        here = Path(self.env.doc2path(self.env.docname)).parent
        for node in list(self.document.findall(nodes.Element)):
            if isinstance(node, addnodes.download_reference):
                continue  # the gallery's own: the site has these files
            target = node.get("reftarget") or node.get("refuri") or ""
            if "://" in target or target.startswith("#") or not target:
                continue
            path = (here / target.partition("#")[0]).resolve()
            if not path.exists():  # MyST has taken the suffix off
                path = path.with_suffix(".md")
            if path.exists() and (
                path.is_dir() or path.suffix not in (".md", ".rst") or ROOT / "docs" not in path.parents
            ):
                name = path.relative_to(ROOT).as_posix() if ROOT in path.parents else path.name
                shown: list[nodes.Node] = [nodes.literal(text=name)]
                if node.astext() != name:
                    before = node.previous_sibling()
                    within = isinstance(before, nodes.Text) and before.rstrip().endswith("(")
                    opened, closed = (", ", "") if within else (" (", ")")
                    shown = [*node.children, nodes.Text(opened), *shown, nodes.Text(closed)]
                node.replace_self(shown)


class DarkPictures(SphinxTransform):
    """Where a picture has a twin whose name ends in ``-dark``, a dark page shows the twin.

    So a page names one picture, as it must in the checkout, whose viewers know no themes.
    """

    default_priority = 5

    def apply(self, **_: object) -> None:
        here = Path(self.env.doc2path(self.env.docname)).parent
        for node in list(self.document.findall(nodes.image)):
            path = Path(node["uri"])
            twin = path.with_stem(f"{path.stem}-dark")
            if "://" not in node["uri"] and (here / twin).exists():
                dark = node.deepcopy()
                dark["uri"] = twin.as_posix()
                dark["classes"] = [*dark["classes"], "only-dark"]
                node["classes"] = [*node["classes"], "only-light"]
                node.parent.insert(node.parent.index(node) + 1, dark)


def write_explorer(app: Sphinx, exception: Exception | None) -> None:
    """The page that docs/explorer.md links to; too large to be committed, and made in a second."""
    if exception is None and app.builder.format == "html":
        from hwbench_mo import load_benchmark
        from hwbench_mo.explorer import page_of
        from hwbench_mo.spaces.catalogue import MEASURED

        page = page_of([load_benchmark(name) for name in MEASURED])
        (Path(app.outdir) / "explorer_page.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_transform(LinksToSources)
    app.add_transform(DarkPictures)
    app.connect("build-finished", write_explorer)
