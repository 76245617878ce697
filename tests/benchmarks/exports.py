"""How long exports take over the project's own plans: `python -m tests.benchmarks.exports`, after `make build`.

Bars, warm: one chart in any format 1.5 s, a briefing of 20 charts as slides 5 s, its pictures as a zip 20 s. Prints one line a measure and
exits with 1 when a bar is missed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from analytics import export
from analytics.store import Store

ONE, DECK, PICTURES = 1.5, 5.0, 20.0
CHARTS = 20
METRIC = "product.industrial_spot_check_pass_rate"
SHARED = """SELECT metric_id FROM indicators WHERE value IS NOT NULL AND metric_id IS NOT NULL
            GROUP BY metric_id ORDER BY count(DISTINCT plan_id) DESC, metric_id LIMIT $most"""


def seconds(run: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def line(name: str, taken: float, bar: float, size: int) -> bool:
    """Print a measure; True when its bar is met."""
    print(f"{name:<28} {taken:6.2f} s   (bar {bar:4.1f} s)   {size / 1024:7.0f} KiB   {'' if taken <= bar else 'MISSED'}".rstrip())
    return taken <= bar


def measure(store: Store) -> bool:
    """Print every measure; True when all bars are met."""
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    view = export.compare_view(store, METRIC)
    met = []
    for fmt in export.FORMATS:
        made = export.render(view, fmt)  # imports and fonts are not part of the measure
        met.append(line(f"one chart, {fmt}", seconds(lambda fmt=fmt: export.render(view, fmt)), ONE, len(made.data)))
    metrics = store.query(SHARED, {"most": CHARTS})["metric_id"]
    basket = export.Briefing(items=tuple(export.Item("compare", {"metric": metric}) for metric in metrics))
    brief = export.build(store, basket)
    print(f"{CHARTS} charts, views            {seconds(lambda: export.build(store, basket)):6.2f} s")
    for fmt in export.BRIEFING_FORMATS:
        start = time.perf_counter()
        made = export.render_made(brief, fmt)
        met.append(line(f"{CHARTS} charts, {fmt}", time.perf_counter() - start, PICTURES if fmt == "zip" else DECK, len(made.data)))
    return all(met)


def main() -> int:
    """Measure over the built database."""
    return 0 if measure(Store()) else 1


if __name__ == "__main__":
    sys.exit(main())
