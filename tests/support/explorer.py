"""The explorer's page in a browser, asked number by number."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwbench_mo import Architecture, Benchmark, InfeasibleError
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


def check_front(
    shown: Opened, bench: Benchmark, objectives: tuple[str, str], limits: Mapping[str, float], confidence: float | None
) -> int:
    """The page's front of a quality and a cost is the library's: to the last digit or the one before. Its points."""
    body = """
        State.open(given[0]);
        const [quality, cost] = given[1];
        const front = frontUnder(State.cells, { quality, cost, limits: given[2], confidence: given[3] });
        return front.map((point) => [point.quality, point.cost]);
    """
    told = [{"target": name, "bound": bound} for name, bound in limits.items()]
    found = np.array(asked(shown, body, bench.space.name, objectives, told, confidence or 0)).reshape(-1, 2)
    try:
        exact = constrained_front(bench, objectives, limits, confidence=confidence).values.copy()
    except InfeasibleError:
        exact = np.zeros((0, 2))
    exact[:, 0] *= -1 if objectives[0] == "accuracy" else 1
    exact = exact[np.argsort(exact[:, 1])]
    np.testing.assert_allclose(found, exact, rtol=5e-16, err_msg=f"{bench} {objectives} {limits} {confidence}")
    return len(exact)


LIMITED = ("latency@a100", "energy@h100", "latency@rtx3080", "params")


def random_limits(
    bench: Benchmark, rng: np.random.Generator, confidence: float | None, quality: str
) -> dict[str, float]:
    """Up to four limits, and at times one on quality, near what some architecture takes."""
    anchor, names = bench.space.sample(1, rng), rng.permutation(LIMITED)[: rng.integers(5)].tolist()
    limits = {}
    for name in [*names, quality] if rng.random() < 0.4 else names:
        sign, level = (-1 if name == "accuracy" else 1), 0.5 if confidence is None else confidence
        amount = bench.predict(anchor, name).quantile([level if sign > 0 else 1 - level])[0, 0]
        limits[name] = float(abs(amount) * (1 + sign * rng.uniform(0.0, 0.4)))
    return limits


def check_random_fronts(shown: Opened, bench: Benchmark, seed: int, n: int) -> int:
    """`check_front` for n choices of quality, cost, limits and confidence; how many points all have."""
    rng, n_points = np.random.default_rng(seed), 0
    for _ in range(n):
        confidence = (None, 0.9, 0.95, 0.99)[rng.integers(4)]
        quality, cost = ("perplexity", "accuracy")[rng.integers(2)], str(rng.choice(LIMITED))
        limits = random_limits(bench, rng, confidence, quality)
        n_points += check_front(shown, bench, (quality, cost), limits, confidence)
    return n_points


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
