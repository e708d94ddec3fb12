"""pymoo's own NSGA-II and its pictures on a problem of hwbench_mo: ``python examples/frameworks/pymoo_nsga2.py``.

Algorithm and operators are as pymoo's documentation has them for integer variables.
"""

from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.indicators.hv import HV
from pymoo.operators.crossover.sbx import SBX
from pymoo.operators.mutation.pm import PM
from pymoo.operators.repair.rounding import RoundingRepair
from pymoo.operators.sampling.rnd import IntegerRandomSampling
from pymoo.optimize import minimize
from pymoo.visualization.scatter import Scatter

import hwbench_mo as hb
from hwbench_mo.adapters.pymoo import EqualArchitectures


def main(budget: int = 2000, picture: str = "pymoo_nsga2.png") -> float:
    """The regret of the run."""
    ours = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    problem = hb.adapters.to_pymoo(ours)
    algorithm = NSGA2(
        pop_size=50,
        sampling=IntegerRandomSampling(),
        crossover=SBX(prob=1.0, eta=3.0, vtype=float, repair=RoundingRepair()),
        mutation=PM(prob=1.0, eta=3.0, vtype=float, repair=RoundingRepair()),
        eliminate_duplicates=EqualArchitectures(ours.space),
    )
    result = minimize(problem, algorithm, ("n_eval", budget), seed=1)
    plot = Scatter(labels=["perplexity", "latency@a100 (ms)"], legend=True)
    plot.add(problem.pareto_front(), label="exact front", plot_type="line")
    plot.add(result.F, label="NSGA-II", s=12)
    plot.save(picture)
    volume = HV(ref_point=ours.reference_point)
    return float(1 - volume(result.F) / volume(problem.pareto_front()))


if __name__ == "__main__":
    print(f"regret {main():.3f} after 2000 evaluations; pymoo_nsga2.png shows the fronts")
