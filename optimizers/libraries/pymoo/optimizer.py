"""A pymoo algorithm, asked and told for any number of architectures at a time."""

import warnings
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from pymoo.core.algorithm import Algorithm
from pymoo.core.population import Population
from pymoo.core.termination import NoTermination

from hwbench_mo import Problem
from hwbench_mo.adapters.pymoo import problem_of
from hwbench_mo.typing import Codes, Floats, Values
from optimizers.libraries.pymoo import PYMOO
from optimizers.shared import Library, units_of

LIMIT = 1e100
"""Values are clipped at so many units: their squares, which pymoo computes, stay finite."""


class PymooOptimizer:
    """A pymoo algorithm behind ask and tell. The next generation is made when the whole last one is told.

    The algorithm sees values in units of the range of the first generation (`units_of`).
    """

    library: ClassVar[Library | None] = PYMOO
    paper: ClassVar[str]
    kind: ClassVar[str] = "population"

    def __init__(
        self, problem: Problem, algorithm: Algorithm, *, seed: int, batch_size: int, n_constraints: int = 0
    ) -> None:
        self.batch_size = batch_size
        self._problem = problem_of(problem.space, len(problem.objectives), n_constraints)
        self._algorithm = algorithm
        algorithm.setup(self._problem, termination=NoTermination(), seed=seed)
        self._generation: Population | None = None
        self._units: Floats | None = None
        self._n_asked = self._n_told = 0

    def ask(self, n: int, /) -> Codes:
        if self._generation is None:
            self._generation = _isolated_call(self._algorithm.ask)
            self._n_asked = self._n_told = 0
            if self._generation is None or len(self._generation) == 0:
                self._generation = None
                return np.empty((0, self._problem.n_var), dtype=np.int64)
            # Not by the population's get and set, which are slow for MOEA/D's generations of one child.
            self._codes: Codes = np.array([child.X for child in self._generation], dtype=np.int64)
            self._values: Values = np.empty((len(self._codes), self._problem.n_obj))
            self._violations: Values = np.zeros((len(self._codes), self._problem.n_ieq_constr))
            self._row = {code.tobytes(): row for row, code in enumerate(self._codes)}
        asked = self._codes[self._n_asked : self._n_asked + n]
        self._n_asked += len(asked)
        return asked

    def tell(self, codes: Codes, values: Values, /) -> None:
        self._enter(self._rows_of(codes), values)

    def _rows_of(self, codes: Codes) -> list[int]:
        return [self._row[code.tobytes()] for code in codes]

    def _enter(self, rows: list[int], values: Values) -> None:
        self._values[rows] = values
        self._n_told += len(rows)
        if self._generation is not None and self._n_told == len(self._generation):
            if self._units is None:
                self._units = units_of(self._values)
            _isolated_call(self._advance, self._generation, self._units)
            self._generation = None

    def _advance(self, generation: Population, units: Floats) -> None:
        scaled = np.minimum(np.maximum(self._values / units, -LIMIT), LIMIT)
        # pymoo's evaluator of a static problem would copy the problem, which takes a tenth of MOEA/D's time.
        for child, row, violated in zip(generation, scaled, self._violations, strict=True):
            child.F = row
            if len(violated):
                child.G = violated
        self._algorithm.tell(infills=generation)


class ConstrainedPymooOptimizer(PymooOptimizer):
    """An algorithm that handles constraints as pymoo does: of two architectures, the feasible one is better; of two
    infeasible ones, that of the smaller sum of violations (Deb, 2000)."""

    def __init__(self, problem: Problem, algorithm: Algorithm, *, seed: int, batch_size: int) -> None:
        n_constraints = len(problem.constraints)
        super().__init__(problem, algorithm, seed=seed, batch_size=batch_size, n_constraints=n_constraints)

    def tell_constrained(self, codes: Codes, values: Values, violations: Values, /) -> None:
        """As ``tell``, with the violations ``[n, c]`` of the problem's constraints."""
        rows = self._rows_of(codes)
        self._violations[rows] = violations
        self._enter(rows, values)


def _isolated_call(call: Callable[..., Any], *arguments: Any) -> Any:
    """pymoo's NSGA-III and SPEA2 switch off all warnings of the process, and divide by ranges that may be 0."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        return call(*arguments)
