"""A problem as pymoo's."""

from typing import Any

from pymoo.core.problem import Problem as BaseProblem

from hwbench_mo.adapters.genes import codes_from
from hwbench_mo.problems import Problem
from hwbench_mo.typing import Codes, Values


class PymooProblem(BaseProblem):  # type: ignore[misc]
    """Choice indices as integer variables; see `hwbench_mo.adapters.to_pymoo`."""

    def __init__(self, problem: Problem, /) -> None:
        space = problem.space
        super().__init__(
            n_var=space.n_genes,
            n_obj=len(problem.objectives),
            n_ieq_constr=len(problem.constraints),
            xl=0,
            xu=space.n_choices - 1,
            vtype=int,
        )
        self.problem = problem

    def _evaluate(self, X: Any, out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        codes = codes_from(self.problem.space, X)
        out["F"] = self.problem.evaluate(codes)
        if self.n_ieq_constr:
            out["G"] = self.problem.violations(codes)

    def _calc_pareto_front(self, *args: Any, **kwargs: Any) -> Values:
        return self.problem.pareto_front().values.copy()

    def _calc_pareto_set(self, *args: Any, **kwargs: Any) -> Codes:
        return self.problem.pareto_front().codes.copy()

    def name(self) -> str:
        """Space and objectives."""
        return self.problem.name

    def __deepcopy__(self, memo: dict[int, Any]) -> "PymooProblem":
        """Itself, because nothing in it changes: pymoo copies it with every generation of a history."""
        return self
