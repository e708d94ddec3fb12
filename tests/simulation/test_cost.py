"""What an evaluation costs in simulated time."""

import numpy as np
import pytest

from hwbench_mo import Benchmark, CostModel, InputError, load_benchmark, make_problem
from tests.support.device import fitted_once


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


def test_ten_repeats_cost_what_the_centre_does() -> None:
    quiet = make_problem("gpt_s", ["perplexity", "latency@a100", "energy@h100", "params"])
    codes = quiet.space.sample(4, np.random.default_rng(0))
    cost = CostModel(setup=7)
    latency = sum(quiet.benchmark.predict(codes, f"latency@{name}").median for name in ("a100", "h100")) / 1000
    supernet = 100 * quiet.benchmark.predict(codes, "flops").median / 1e14
    for count in (1, 3, 10):
        expected = 3 * 7 + count * (latency + supernet)
        loud = make_problem("gpt_s", quiet.objectives, noise="sample", repeats=count)
        assert cost.seconds(loud, codes) == pytest.approx(expected)
        assert cost.seconds(quiet, codes, repeats=count) == pytest.approx(expected)
        assert cost.seconds(quiet, codes, repeats=10, done=count) == pytest.approx((10 - count) * (latency + supernet))
    assert (cost.seconds(quiet, codes) == cost.seconds(quiet, codes, repeats=10)).all()
    mixed = cost.seconds(quiet, codes, repeats=np.array([1, 2, 10, 3]), done=np.array([0, 1, 0, 3]))
    assert mixed == pytest.approx([21, 0, 21, 0] + np.array([1, 1, 10, 0]) * (latency + supernet))
    assert (cost.seconds(quiet, codes, repeats=2, done=5) == 0).all()


def test_costs_by_objective_add_up_or_are_the_longest() -> None:
    problem = make_problem("gpt_s", ["params", "energy@a100", "perplexity", "latency@a100", "memory_float16", "flops"])
    codes = problem.space.sample(4, np.random.default_rng(0))
    cost = CostModel()
    params, energy, perplexity, latency, memory, flops = cost.seconds_by_objective(problem, codes).T
    assert (params == 0).all()
    assert (flops == 0).all()
    assert (energy == latency).all()
    assert latency == pytest.approx(10 + problem.benchmark.predict(codes, "latency@a100").median / 100)
    assert memory == pytest.approx(10 + problem.benchmark.predict(codes, "latency@rtx2080").median / 100)
    assert cost.seconds(problem, codes) == pytest.approx(energy + perplexity + memory)
    decoupled = CostModel(decoupled=True)
    longest = np.max([energy, perplexity, memory], axis=0)
    assert decoupled.seconds(problem, codes) == pytest.approx(longest)
    assert (decoupled.seconds(make_problem("gpt_s", ["params"]), codes) == 0).all()
    assert (decoupled.seconds_by_objective(problem, codes).max(axis=1) == decoupled.seconds(problem, codes)).all()


def test_on_a_device_of_ones_own_it_is_what_measuring_there_takes(tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = fitted_once(tmp_path_factory)
    names = ["perplexity", "latency@my_gpu", "energy@my_gpu", "peak_memory@my_gpu"]
    problem = make_problem("gpt_s", names, devices=tables)
    codes = problem.space.sample(4, np.random.default_rng(0))
    cost = CostModel(setup=7, repeats=3)
    by_objective = cost.seconds_by_objective(problem, codes)
    on_device = 7 + 3 * problem.benchmark.predict(codes, "latency@my_gpu").median / 1000
    for column in (1, 2, 3):  # read off the same runs
        assert by_objective[:, column] == pytest.approx(on_device)
    assert cost.seconds(problem, codes) == pytest.approx(on_device + by_objective[:, 0])


def test_a_device_without_latency_has_no_cost_and_says_so() -> None:
    shipped = load_benchmark("gpt_s")
    kept = {name: model for name, model in shipped.models.items() if name in ("energy@h100", "memory_bfloat16")}
    bench = Benchmark(shipped.space, kept)
    for name, lacking in (("energy@h100", "latency@h100"), ("memory_bfloat16", "latency@a100")):
        problem = make_problem(bench, [name, "params"])
        with pytest.raises(InputError, match=f"is not known: that is {lacking} for each repeat, which 'gpt_s' la"):
            CostModel().seconds(problem, problem.space.sample(2, np.random.default_rng(0)))
