"""Every check finds the fault that it is for."""

import random
import warnings
from typing import Any

import numpy as np
import pytest

from hwbench_mo import Problem
from hwbench_mo.testing import CHECKS, ConformanceError, check_optimizer
from hwbench_mo.typing import Codes, Values
from optimizers import RandomSearch


class Sampler:
    """Keeps every promise; its faulty children break one each."""

    def __init__(self, problem: Problem, *, seed: int) -> None:
        self.problem, self.space, self.rng = problem, problem.space, np.random.default_rng(seed)
        self.seen: set[bytes] = set()

    def ask(self, n: int) -> Any:
        found: list[Codes] = []
        for code in self.space.sample(50 + 20 * n, self.rng):
            if len(found) < n and code.tobytes() not in self.seen:
                self.seen.add(code.tobytes())
                found.append(code)
        return np.array(found, dtype=np.int64).reshape(-1, self.space.n_genes)

    def tell(self, codes: Codes, values: Values) -> None:
        pass


class Repetitive(Sampler):
    def ask(self, n: int) -> Any:
        return np.repeat(super().ask(min(n, 1)), n, axis=0)


class Floating(Sampler):
    def ask(self, n: int) -> Any:
        return super().ask(n).astype(float)


class Greedy(Sampler):
    def ask(self, n: int) -> Any:
        return super().ask(n + 1)


class NotCanonical(Sampler):
    def ask(self, n: int) -> Any:
        codes = super().ask(n)
        codes[:, -1] = self.space.n_choices[-1] - 1
        return codes


class Seedless(Sampler):
    def __init__(self, problem: Problem, *, seed: int) -> None:
        super().__init__(problem, seed=0)


class Unseeded(Sampler):
    def __init__(self, problem: Problem, *, seed: int) -> None:
        super().__init__(problem, seed=None)  # type: ignore[arg-type]


class GlobalDraws(Sampler):
    def ask(self, n: int) -> Any:
        random.random()
        return super().ask(n)


class Silencing(Sampler):
    def tell(self, codes: Codes, values: Values) -> None:
        warnings.simplefilter("ignore")


class Writing(Sampler):
    def tell(self, codes: Codes, values: Values) -> None:
        values.flags.writeable = True
        values *= 2


class Normalising(Sampler):
    """Refuses values that cannot be normalised."""

    def tell(self, codes: Codes, values: Values) -> None:
        if len(values) and (np.ptp(values, axis=0) == 0).any():
            raise ZeroDivisionError("no range")


class Counting(Sampler):
    """Draws once a call of tell, so that proposals depend on how results are grouped."""

    def tell(self, codes: Codes, values: Values) -> None:
        self.rng.random()


class Orderly(Sampler):
    """Takes results in the order of its proposals alone."""

    def __init__(self, problem: Problem, *, seed: int) -> None:
        super().__init__(problem, seed=seed)
        self.queue: list[bytes] = []

    def ask(self, n: int) -> Any:
        codes = super().ask(n)
        self.queue += [code.tobytes() for code in codes]
        return codes

    def tell(self, codes: Codes, values: Values) -> None:
        for code in codes:
            if self.queue.pop(0) != code.tobytes():
                raise ValueError("not the next one")


def test_good_optimizers_pass() -> None:
    check_optimizer(Sampler)
    check_optimizer(RandomSearch)


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        (Repetitive, "of .* proposals were proposed before"),
        (Floating, r"ask\(1\) answered float64, but codes are an int64 array"),
        (Greedy, r"ask\(1\) answered 2 codes, but n is the most"),
        (NotCanonical, "not canonical"),
        (Seedless, "seeds 0 and 1 give the same run"),
        (Unseeded, "seed 0 gives another run the second time"),
        (GlobalDraws, "changed the global generator"),
        (Silencing, "changed warnings.filters"),
        (Writing, "changed the values that it was given"),
        (Normalising, "survives values that are all equal: ZeroDivisionError: no range"),
        (Counting, "depend on how many results one call of tell brings"),
        (Orderly, "takes results late and in any order: ValueError: not the next one"),
    ],
)
def test_a_fault_is_found_and_named(faulty: type[Sampler], message: str) -> None:
    with pytest.raises(ConformanceError, match=message) as caught:
        check_optimizer(faulty, evaluations=12)
    first = str(caught.value).split("\n")[0]
    assert first.endswith(f" of {len(CHECKS)} checks failed")
