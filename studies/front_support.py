"""How far the exact fronts are from what was measured: ``python -m studies.front_support``.

For each space and problem: the share of the front's architectures beyond all measured ones of their width (support 0),
and the standard error of their medians relative to them, the median and the largest.
"""

import argparse

import numpy as np

from hwbench_mo import load_benchmark, make_problem
from hwbench_mo.spaces.catalogue import MEASURED

SECOND = ("latency@a100", "latency@rtx3080", "energy@h100", "memory_bfloat16")


def main() -> None:
    """Print a row a space and problem."""
    parser = argparse.ArgumentParser(prog="python -m studies.front_support")
    parser.add_argument("--space", choices=MEASURED, nargs="*", default=MEASURED)
    options = parser.parse_args()
    print("| space | perplexity and | points | beyond measured: perplexity | beyond measured: hardware | ", end="")
    print("standard error: perplexity | standard error: hardware |")
    print("| --- | --- | --: | --: | --: | --: | --: |")
    for name in options.space:
        bench = load_benchmark(name)
        for second in SECOND:
            front = make_problem(bench, ["perplexity", second]).pareto_front()
            cells = [name, second, f"{len(front.codes):,}"]
            errors = []
            for target in ("perplexity", second):
                p = bench.predict(front.codes, target)
                relative = p.standard_error / p.median
                cells.append(f"{np.mean(p.support == 0):.0%}")
                errors.append(f"{np.median(relative):.2%}, at most {relative.max():.2%}")
            print(f"| {' | '.join([*cells, *errors])} |", flush=True)


if __name__ == "__main__":
    main()
