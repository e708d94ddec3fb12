"""How soon a page of ``experiments.report`` opens: ``python -m benchmarks.page outputs/report.html``.

In headless Chromium, several times: milliseconds by the clock until it can be read, and until its pictures are drawn,
and of the processor in the page's main thread. On a busy machine the processor's say more.
"""

import argparse
from pathlib import Path
from statistics import median

from tests.support.browser import chromium

MARKS = ("readable", "drawn")


def main() -> None:
    """Print a row a page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page")
    parser.add_argument("pages", type=Path, nargs="+")
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with chromium() as browser:
        for path in options.pages:
            found: dict[str, list[float]] = {name: [] for name in (*MARKS, "processor")}
            for _ in range(options.times):
                page = browser.new_page(viewport={"width": 1300, "height": 900})
                session = page.context.new_cdp_session(page)
                session.send("Performance.enable", {"timeDomain": "threadTicks"})
                page.goto(path.resolve().as_uri())
                page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
                for name in MARKS:
                    found[name].append(page.evaluate("(name) => performance.getEntriesByName(name)[0].startTime", name))
                metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
                found["processor"].append(1000 * metrics["TaskDuration"])
                page.close()
            medians = ", ".join(f"{name} {median(values):.0f} ms" for name, values in found.items())
            print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {medians}")


if __name__ == "__main__":
    main()
