"""qLogNEHVI from BoTorch's tutorial on a problem of hwbench_mo: ``python examples/frameworks/botorch_qlognehvi.py``.

The loop is the tutorial's. Its continuous search of the acquisition function becomes BoTorch's own search over discrete
choices, because the problem is discrete. It takes less than a minute, because the budget is small.
"""

import torch
from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
from botorch.fit import fit_gpytorch_mll
from botorch.models import ModelListGP, SingleTaskGP
from botorch.models.transforms import Normalize, Standardize
from botorch.optim import optimize_acqf_discrete_local_search
from botorch.utils.multi_objective.box_decompositions import DominatedPartitioning
from botorch.utils.sampling import draw_sobol_samples
from gpytorch.mlls import SumMarginalLogLikelihood

import hwbench_mo as hb


def main(n_initial: int = 16, n_batches: int = 6, batch_size: int = 2) -> list[float]:
    """The regret after each batch."""
    torch.manual_seed(0)
    problem = hb.adapters.to_botorch(hb.make_problem("gpt_s", ["perplexity", "latency@a100"]), negate=True)
    choices = [torch.arange(high + 1, dtype=torch.double) for high in problem.bounds[1].int().tolist()]
    # Sobol points are drawn around the integers, so that each choice is as likely.
    around = problem.bounds + torch.tensor([[-0.5], [0.5 - 1e-9]])
    train_x = draw_sobol_samples(around, n=n_initial, q=1, seed=0).squeeze(1).round().abs()
    train_y = problem(train_x)
    regrets = []
    for _ in range(n_batches):
        models = [
            SingleTaskGP(
                train_x,
                train_y[:, [column]],
                input_transform=Normalize(problem.dim, bounds=problem.bounds),
                outcome_transform=Standardize(1),
            )
            for column in range(problem.num_objectives)
        ]
        model = ModelListGP(*models)
        fit_gpytorch_mll(
            SumMarginalLogLikelihood(model.likelihood, model), optimizer_kwargs={"options": {"maxiter": 50}}
        )
        acquisition = qLogNoisyExpectedHypervolumeImprovement(
            model, ref_point=problem.ref_point.tolist(), X_baseline=train_x, prune_baseline=True
        )
        new_x, _ = optimize_acqf_discrete_local_search(
            acquisition, choices, q=batch_size, num_restarts=2, raw_samples=128, X_avoid=train_x
        )
        train_x = torch.cat([train_x, new_x])
        train_y = torch.cat([train_y, problem(new_x)])
        volume = DominatedPartitioning(ref_point=problem.ref_point, Y=train_y).compute_hypervolume().item()
        regrets.append(1 - volume / problem.max_hv)
        print(f"{len(train_x)} evaluations: regret {regrets[-1]:.3f}", flush=True)
    return regrets


if __name__ == "__main__":
    torch.set_num_threads(1)  # more of them on a busy machine make fits ten times slower
    main()
