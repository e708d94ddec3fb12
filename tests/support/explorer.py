"""The explorer's page in a browser, asked number by number."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwbench_mo import Architecture, Benchmark
from hwbench_mo.benchmark.by_counts import constrained_front
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.typing import Codes, Floats
from tests.support.browser import Opened

NAMES = "const {State, Page, Controls, frontUnder, predict, limitUse, asDict, commandOf, jsonOf} = hwbenchExplorer;"
DRAG = """
    const sliders = [...document.querySelectorAll("#limits input[type=range]")];
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    const times = [];
    for (const slider of sliders) for (let step = 0; step < given[0]; step++) {
      slider.value = Math.round(75 + 150 * step / given[0]);
      const drawn = Page.timings.length;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      while (Page.timings.length === drawn) await frame();
      times.push(Page.timings.at(-1));
    }
    return times;
"""
"""Moves every slider in so many steps; milliseconds from where a limit is set to where everything is drawn."""


def asked(shown: Opened, body: str, *given: object) -> Any:
    """What a function body of JavaScript returns that knows the page's parts, and ``given``."""
    return shown.page.evaluate(f"async (given) => {{ {NAMES} {body} }}", list(given))


def wait_until(shown: Opened, condition: str) -> None:
    """Until an expression of JavaScript is true; Playwright's own way is forbidden by the page."""
    asked(shown, f"while (!({condition})) await new Promise((done) => setTimeout(done, 20));")


def view(shown: Opened, space: str, *, limits: Mapping[str, float], **chosen: object) -> None:
    """Choose a space, limits, and ``goal``, ``metric``, ``device`` and ``confidence``."""
    told = [{"target": name, "bound": bound} for name, bound in limits.items()]
    body = """
        const [space, limits, chosen] = given;
        State.open(space);
        const usual = { goal: "perplexity", metric: "latency", device: "rtx3080", confidence: 0.95 };
        Object.assign(State, usual, chosen, { limits });
        Page.refresh({ limits: true });
    """
    asked(shown, body, space, told, chosen)


def in_page(bench: Benchmark, codes: Codes) -> list[dict[str, Any]]:
    """Architectures as the page has them."""
    space, found = bench.space, []
    for row in codes:
        n = space.n_layer[row[N_LAYER]]
        mlp, head = row[space.mlp_genes][:n].tolist(), row[space.head_genes][:n].tolist()
        shared = {"e": int(row[EMBED_DIM]), "b": int(row[BIAS]), "d": int(row[N_LAYER])}
        found.append({**shared, "mlp": mlp, "head": head})
    return found


def predictions(shown: Opened, bench: Benchmark, codes: Codes, target: str, levels: Sequence[float]) -> Floats:
    """``[n, 3 + k]``; median, standard error, support, and quantiles, as the page says; NaN where nothing is known."""
    body = """
        State.open(given[0]);
        return given[1].map((one) => {
          const p = predict(State.space, one, given[2], given[3]);
          return [p.median, p.standardError, p.support, ...p.quantiles].map((x) => (Number.isNaN(x) ? null : x));
        });
    """
    return np.array(asked(shown, body, bench.space.name, in_page(bench, codes), target, list(levels)), dtype=np.float64)


def fronts(
    shown: Opened, bench: Benchmark, objectives: tuple[str, str], limits: Mapping[str, float], confidence: float | None
) -> tuple[Floats, Floats]:
    """``[n, 2]`` twice; quality and cost, ascending in cost: the page's front and the library's."""
    body = """
        State.open(given[0]);
        const [quality, cost] = given[1];
        const front = frontUnder(State.cells, { quality, cost, limits: given[2], confidence: given[3] });
        return front.map((point) => [point.quality, point.cost]);
    """
    told = [{"target": name, "bound": bound} for name, bound in limits.items()]
    found = np.array(asked(shown, body, bench.space.name, objectives, told, confidence or 0)).reshape(-1, 2)
    exact = constrained_front(bench, objectives, limits, confidence=confidence).values.copy()
    exact[:, 0] *= -1 if objectives[0] == "accuracy" else 1
    return found, exact[np.argsort(exact[:, 1])]


def shown_architecture(shown: Opened) -> Architecture:
    """The one that the page shows."""
    return Architecture.from_dict(asked(shown, "return asDict(State.space, Page.found.architecture);"))


def unpacked(told: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays that a page holds."""
    content = b64decode(told["bytes"])
    return {
        name: np.frombuffer(content, dtype=f"<{kind}", count=prod(shape), offset=start).reshape(shape)
        for name, (kind, start, shape) in told["at"].items()
    }
