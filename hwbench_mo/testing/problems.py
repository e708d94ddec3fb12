"""The problems that an optimizer is checked on: from one architecture to 10^35, one to three objectives, and noise."""

from collections.abc import Callable

from hwbench_mo.problems import Problem, make_problem
from hwbench_mo.spaces import SearchSpace

TINY = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1,), bias=(True,))
SINGLE = SearchSpace(name="single", embed_dim=(64,), n_layer=(1,), mlp_ratio=(2,), n_head=(1,), bias=(True,))

PROBLEMS: dict[str, Callable[[], Problem]] = {
    "gpt_s": lambda: make_problem("gpt_s", ["perplexity", "latency@a100"]),
    "gpt_m, 3 objectives": lambda: make_problem("gpt_m", ["accuracy", "latency@xeon_gold", "energy@h100"]),
    "gpt_l, 1 objective": lambda: make_problem("gpt_l", ["perplexity"]),
    "gpt_s_wide": lambda: make_problem("gpt_s_wide", ["params", "flops"]),
    "noisy": lambda: make_problem("gpt_s", ["perplexity", "energy@v100"], noise="sample", seed=1),
    "tiny": lambda: make_problem(TINY, ["params", "macs"]),
    "single": lambda: make_problem(SINGLE, ["params"]),
}
