"""A problem as the problem of another library, whose own optimizers then run on it unchanged."""

from typing import TYPE_CHECKING

from hwbench_mo.errors import InputError
from hwbench_mo.extras import needs
from hwbench_mo.problems import Problem
from hwbench_mo.simulation import CostModel
from hwbench_mo.simulation.cost import Cost

if TYPE_CHECKING:
    from hwbench_mo.adapters.ax_problem import AxProblem
    from hwbench_mo.adapters.botorch_problem import BoTorchProblem
    from hwbench_mo.adapters.nevergrad_objective import NevergradObjective
    from hwbench_mo.adapters.optuna_objective import OptunaObjective
    from hwbench_mo.adapters.pymoo_problem import PymooProblem
    from hwbench_mo.adapters.syne_tune_blackbox import SyneTuneBlackbox


def to_pymoo(problem: Problem, /) -> "PymooProblem":
    """pymoo's problem: choice indices as integer variables, every objective minimised.

    ``pareto_front()`` and ``pareto_set()`` are exact and row by row of the same architectures. Constraints of the
    problem are inequalities ``G``. Give algorithms pymoo's operators for integers, or those of
    `hwbench_mo.adapters.pymoo.genetic_operators`, which also keep to measured rows; duplicates are found by
    `hwbench_mo.adapters.pymoo.EqualArchitectures`. With noise, evaluations are simulated measurements.

    Raises
    ------
    InputError
        If pymoo is not installed.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> problem = to_pymoo(hb.make_problem("gpt_s", ["perplexity", "latency@a100"]))
    >>> problem.n_var, problem.n_obj, problem.pareto_front().shape == (len(problem.pareto_set()), 2)
    (27, 2, True)
    """
    with needs("pymoo"):
        from hwbench_mo.adapters.pymoo_problem import PymooProblem
    return PymooProblem(problem)


def to_botorch(problem: Problem, /, *, negate: bool = False) -> "BoTorchProblem":
    """BoTorch's test problem: choice indices as discrete inputs, and the exact hypervolume as ``max_hv``.

    Inputs are the genes that have a choice. Constraints of the problem are slacks, 0 or more where they are kept. As in
    BoTorch's own problems ``evaluate_true`` answers noise-free values and a call noisy ones; here noise is that of
    `hwbench_mo.noisy`, which depends on the architecture and the seed alone.

    Parameters
    ----------
    problem
        What is evaluated.
    negate
        Negate objectives and reference point, for BoTorch's acquisition functions, which maximise.

    Raises
    ------
    InputError
        If BoTorch is not installed, or the exact front is too large to compute.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> problem = to_botorch(hb.make_problem("gpt_s", ["perplexity", "latency@a100"]), negate=True)
    >>> problem.dim, problem.num_objectives, problem.max_hv > 0
    (27, 2, True)
    """
    with needs("botorch"):
        from hwbench_mo.adapters.botorch_problem import BoTorchProblem, ConstrainedBoTorchProblem
    return (ConstrainedBoTorchProblem if problem.constraints else BoTorchProblem)(problem, negate=negate)


def to_optuna(problem: Problem, /) -> "OptunaObjective":
    """Optuna's objective: called with a trial, it suggests an architecture and answers its values.

    Parameters have the names and the values of architectures. ``directions`` and ``metric_names`` are for the study:
    accuracy is maximised and not negated. Constraints of the problem are set on the trial, where samplers of Optuna 5
    and ``study.best_trials`` find them; ``constraints_func`` gives them to whatever asks for a function.

    Raises
    ------
    InputError
        If Optuna is not installed.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> objective = to_optuna(hb.make_problem("gpt_s", ["accuracy", "latency@a100"]))
    >>> objective.directions
    ['maximize', 'minimize']
    """
    with needs("optuna"):
        from hwbench_mo.adapters.optuna_objective import OptunaObjective
    return OptunaObjective(problem)


def to_syne_tune(problem: Problem, /, *, cost: Cost | None = None) -> "SyneTuneBlackbox":
    """Syne Tune's black box, with repeats of a measurement as its fidelity, for its simulator.

    Objectives, all minimised (accuracy is negated), have the names that they have here; ``elapsed_time`` is the
    simulated seconds that so many repeats take. With noise the value at r repeats is the mean of r measurements.

    Parameters
    ----------
    problem
        What is evaluated; Syne Tune has no constraints, so that it may have none.
    cost
        What an evaluation takes; by default ``CostModel()``.

    Raises
    ------
    InputError
        If Syne Tune is not installed, or the problem has constraints.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> blackbox = to_syne_tune(hb.make_problem("gpt_s", ["perplexity", "latency@a100"], noise="sample"))
    >>> blackbox.fidelity_values.tolist()
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    """
    if named := list(problem.constraints):
        raise InputError(f"the problem has constraints, {', '.join(named)}, which Syne Tune cannot take")
    with needs("syne-tune"):
        from hwbench_mo.adapters.syne_tune_blackbox import SyneTuneBlackbox
    return SyneTuneBlackbox(problem, CostModel() if cost is None else cost)


def to_ax(problem: Problem, /) -> "AxProblem":
    """What Ax's client is configured with, ``parameters``, ``objective`` and ``outcome_constraints``, and the answers.

    Parameters have the names and the values of architectures, and are ordered. Metrics have their own directions:
    accuracy is maximised and not negated. Ax reads objectives as formulas, so that ``latency@a100`` is
    ``latency_a100``. Constraints of the problem are outcome constraints on metrics of their own, such as
    ``memory_bfloat16_violation <= 0``. ``objective_thresholds`` are the reference point, in the form of more
    outcome constraints.

    Raises
    ------
    InputError
        If Ax is not installed.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> limits = {"memory_bfloat16": 300.0}
    >>> ours = to_ax(hb.make_problem("gpt_s", ["accuracy", "latency@a100"], constraints=limits))  # doctest: +SKIP
    >>> ours.objective, ours.outcome_constraints  # doctest: +SKIP
    ('accuracy, -latency_a100', ['memory_bfloat16_violation <= 0'])
    """
    from hwbench_mo.adapters.ax_problem import AxProblem

    return AxProblem(problem)


def to_nevergrad(problem: Problem, /) -> "NevergradObjective":
    """Nevergrad's function: its ``parametrization`` is searched, and a call answers the values, all minimised.

    A value of the parametrization is the fields of an architecture, with entries for layers that are absent too.
    Constraints of the problem are the functions ``constraint_violation``, above 0 where they are violated. Nevergrad's
    own ``pareto_front`` does not know them: ``feasible`` says which of its points keep them.

    Raises
    ------
    InputError
        If Nevergrad is not installed.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> objective = to_nevergrad(hb.make_problem("gpt_s", ["perplexity", "latency@a100"]))
    >>> objective(objective.parametrization.value).shape
    (2,)
    """
    with needs("nevergrad"):
        from hwbench_mo.adapters.nevergrad_objective import NevergradObjective
    return NevergradObjective(problem)
