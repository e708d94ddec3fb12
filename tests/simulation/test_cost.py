"""What an evaluation costs in simulated time."""

import numpy as np
import pytest

from hwbench_mo import CostModel, InputError, make_problem


def test_cost_is_what_measuring_takes() -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100", "energy@a100", "latency@xeon_gold", "params"])
    codes = problem.space.sample(5, np.random.default_rng(0))
    bench = problem.benchmark
    cost = CostModel(setup=7, repeats=3, passes=100, flops_per_second=1e12)
    on_devices = (
        3 * (bench.predict(codes, "latency@a100").median + bench.predict(codes, "latency@xeon_gold").median) / 1000
    )
    on_supernet = 3 / 10 * 100 * bench.predict(codes, "flops").median / 1e12  # a tenth of the passes for each repeat
    assert cost.seconds(problem, codes) == pytest.approx(3 * 7 + on_devices + on_supernet)
    free = make_problem("gpt_s", ["params", "flops"])
    assert (cost.seconds(free, codes) == 0).all()
    memory = make_problem("gpt_s", ["memory_float16"])
    assert cost.seconds(memory, codes) == pytest.approx(7 + 3 * bench.predict(codes, "latency@rtx2080").median / 1000)
    with pytest.raises(InputError, match=r"cost.repeats is -1"):
        CostModel(repeats=-1)
