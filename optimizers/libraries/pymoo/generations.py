"""What the optimizers of pymoo share: ask and tell in any order, generation by generation."""

import warnings
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from pymoo.core.algorithm import Algorithm
from pymoo.core.population import Population
from pymoo.core.termination import NoTermination
from pymoo.operators.selection.tournament import TournamentSelection
from pymoo.util.ref_dirs import get_reference_directions
from pymoo.util.reference_direction import get_partition_closest_to_points

from hwbench_mo import InputError, Problem
from hwbench_mo.adapters.pymoo import problem_of
from hwbench_mo.checks import check_count
from hwbench_mo.typing import Codes, Floats, Values
from optimizers.shared.units import units_of


def tournament(winner: Callable[..., Any]) -> TournamentSelection:
    """A fresh binary tournament; ``winner`` is how pymoo's algorithm compares two members."""
    return TournamentSelection(func_comp=winner)


def check_size(method: str, **setting: int) -> None:
    """Raise `InputError` unless a setting, such as ``pop_size``, is an integer of at least 2."""
    ((name, value),) = setting.items()
    check_count(name, value)
    if value < 2:
        raise InputError(f"{name} is {value}, but {method} needs at least 2")


def reference_directions(n_objectives: int, at_most: int) -> Floats:
    """``[k, m]``; as many directions on the unit simplex as Das & Dennis (1998) have, up to ``at_most``.

    Raises
    ------
    InputError
        If ``at_most`` is less than the number of objectives, which have a direction each.

    Examples
    --------
    >>> reference_directions(2, 3)
    array([[0. , 1. ],
           [0.5, 0.5],
           [1. , 0. ]])
    >>> [len(reference_directions(m, 100)) for m in (1, 2, 3)]
    [1, 100, 91]
    """
    if at_most < n_objectives:
        raise InputError(f"pop_size is {at_most}, but {n_objectives} objectives need at least {n_objectives}")
    n_partitions = get_partition_closest_to_points(at_most, n_objectives)
    directions: Floats = get_reference_directions("das-dennis", n_objectives, n_partitions=n_partitions)
    return directions


HUGE = 1e100
"""The most units that the algorithm sees: what it squares stays finite."""


def _kept_to_itself(call: Callable[..., Any], *arguments: Any) -> Any:
    """NSGA-III and SPEA2 of pymoo switch all warnings of the process off, and divide by ranges that may be 0."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        return call(*arguments)


class PymooOptimizer:
    """Runs a pymoo algorithm generation by generation, however few are asked for or told at a time.

    The algorithm sees values in units of the first generation's range (`units_of`).
    """

    kind: ClassVar[str] = "population"
    proposes: ClassVar[str] = "generations of pop_size"

    def __init__(self, problem: Problem, algorithm: Algorithm, *, seed: int, batch_size: int) -> None:
        self.batch_size = batch_size
        self._problem = problem_of(problem.space, len(problem.objectives))
        self._algorithm = algorithm
        algorithm.setup(self._problem, termination=NoTermination(), seed=seed)
        self._generation: Population | None = None
        self._units: Floats | None = None
        self._n_asked = self._n_told = 0

    def ask(self, n: int, /) -> Codes:
        if self._generation is None:
            self._generation = _kept_to_itself(self._algorithm.ask)
            self._n_asked = self._n_told = 0
            if self._generation is None or len(self._generation) == 0:
                self._generation = None
                return np.empty((0, self._problem.n_var), dtype=np.int64)
            # Not by the population's get and set, which are slow for one child, as MOEA/D has them.
            self._codes: Codes = np.array([child.X for child in self._generation], dtype=np.int64)
            self._values: Values = np.empty((len(self._codes), self._problem.n_obj))
            self._row = {code.tobytes(): row for row, code in enumerate(self._codes)}
        asked = self._codes[self._n_asked : self._n_asked + n]
        self._n_asked += len(asked)
        return asked

    def tell(self, codes: Codes, values: Values, /) -> None:
        rows = [self._row[code.tobytes()] for code in codes]
        self._values[rows] = values
        self._n_told += len(rows)
        if self._generation is not None and self._n_told == len(self._generation):
            if self._units is None:
                self._units = units_of(self._values)
            _kept_to_itself(self._learn, self._generation, self._units)
            self._generation = None

    def _learn(self, generation: Population, units: Floats) -> None:
        scaled = np.minimum(np.maximum(self._values / units, -HUGE), HUGE)
        # pymoo's way, an evaluator of a static problem, copies the problem: a tenth of MOEA/D's time.
        for child, row in zip(generation, scaled, strict=True):
            child.F = row
        self._algorithm.tell(infills=generation)
