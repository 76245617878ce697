"""Exports: what is seen, with its sources, as a file that can be edited and defended.

    from analytics import export
    view = export.compare_view(store, "food.food_pass_rate", chart="dot", lang="zh")       # or domain_view, statements_view, cascade_view, findings_view
    data, file_name, mime = export.render(view, "pptx")                                    # export.FORMATS
    basket = export.Briefing(title="…").add(export.Item("compare", {"metric": "food.food_pass_rate"}))
    data, file_name, mime = export.render_briefing(store, basket, "docx")                  # export.BRIEFING_FORMATS
    export.package(store, folder)                                                          # every table, Frictionless
"""
from analytics.export.briefing import Briefing, Item, build
from analytics.export.common import BadSpec, ExportError, TooLarge
from analytics.export.listings import cascade_view, findings_view, statements_view
from analytics.export.package import package
from analytics.export.render import BRIEFING_FORMATS, FORMATS, Rendered, render, render_briefing, render_made
from analytics.export.view import Source, View
from analytics.export.views import compare_view, comparison_view, domain_view

__all__ = ["BRIEFING_FORMATS", "FORMATS", "BadSpec", "Briefing", "ExportError", "Item", "Rendered", "Source", "TooLarge", "View", "build", "cascade_view",
           "compare_view", "comparison_view", "domain_view", "findings_view", "package", "render", "render_briefing", "render_made", "statements_view"]
