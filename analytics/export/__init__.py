"""Exports: what is seen, with its sources, as a file that can be edited and defended.

    from analytics import export
    view = export.compare_view(store, "food.food_pass_rate", chart="dot", lang="zh")
    view = export.comparison_view(store, found, rows, chart="dot", filters="…")     # of a Comparison at hand
    # also domain_view, statements_view, cascade_view, findings_view
    data, file_name, mime = export.render(view, "pptx")                             # export.FORMATS
    basket = export.Briefing(title="…").add(export.Item("compare", {"metric": "food.food_pass_rate"}))
    made = export.build(store, basket)
    data, file_name, mime = export.render_made(made, "docx")                        # export.BRIEFING_FORMATS
    export.package(store, folder)                                                   # every table, Frictionless

Names are fetched from their modules when they are first used: the libraries behind the formats take most of a second to import,
which a command that exports nothing should not pay for.
"""

from importlib import import_module
from typing import Any

HOMES = {
    "briefing": ("Briefing", "Item"),
    "common": ("BadSpec", "ExportError", "TooLarge"),
    "made": ("Made", "build"),
    "listings": ("cascade_view", "findings_view", "statements_view"),
    "datapackage": ("package",),
    "formats": ("BRIEFING_FORMATS", "FORMATS", "Rendered", "render", "render_briefing", "render_made"),
    "view": ("Source", "View"),
    "views": ("compare_view", "comparison_view", "domain_view"),
}
HOME_OF = {name: module for module, names in HOMES.items() for name in names}
__all__ = sorted(HOME_OF)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    """A public name, from the module that holds it."""
    if name not in HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{HOME_OF[name]}"), name)
    globals()[name] = found
    return found
