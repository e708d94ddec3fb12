"""An experiment of Syne Tune, run by its simulator on a problem of hwbench_mo: ``python
examples/frameworks/syne_tune_experiment.py``.

MOASHA measures each architecture once, and the promising ones up to ten times: repeats are the fidelity. Four workers
take minutes of simulated time and a second of real time. Results are in ``~/syne-tune``, as ever.
"""

import logging

import numpy as np
from syne_tune import StoppingCriterion, Tuner
from syne_tune.backend.simulator_backend.simulator_callback import SimulatorCallback
from syne_tune.blackbox_repository import UserBlackboxBackend
from syne_tune.experiments import load_experiment
from syne_tune.optimizer.schedulers.multiobjective.moasha import MOASHA

import hwbench_mo as hb
from hwbench_mo.adapters.syne_tune import code_of


def main(n_trials: int = 60, n_workers: int = 4) -> tuple[float, float]:
    """The regret of the architectures that the experiment measured, and the simulated minutes that it took."""
    problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"], noise="sample")
    blackbox = hb.adapters.to_syne_tune(problem)
    tuner = Tuner(
        trial_backend=UserBlackboxBackend(blackbox=blackbox, elapsed_time_attr="elapsed_time"),
        scheduler=MOASHA(
            blackbox.configuration_space,
            metrics=list(problem.objectives),
            time_attr=blackbox.fidelity_name(),
            max_t=int(blackbox.fidelity_values.max()),
            random_seed=0,
        ),
        stop_criterion=StoppingCriterion(max_num_trials_started=n_trials),
        n_workers=n_workers,
        sleep_time=0,
        callbacks=[SimulatorCallback()],
        tuner_name="hwbench-mo",
        save_tuner=False,
    )
    tuner.run()
    results = load_experiment(tuner.name).results
    genes = blackbox.configuration_space
    configs = results[[f"config_{name}" for name in genes]].set_axis([*genes], axis=1)
    codes = np.concatenate([code_of(problem.space, config) for config in configs.to_dict("records")])
    values = problem.evaluate(codes, noise="none")
    exact = hb.hypervolume(problem.pareto_front().values, reference=problem.reference_point)
    regret = 1 - hb.hypervolume(values, reference=problem.reference_point) / exact
    return regret, float(results["st_tuner_time"].max()) / 60


if __name__ == "__main__":
    logging.getLogger().setLevel(logging.WARNING)
    np.random.seed(0)  # noqa: NPY002 - MOASHA draws from the global generator, whatever its seed
    regret, minutes = main()
    print(f"regret {regret:.3f} after {minutes:.1f} simulated minutes")
