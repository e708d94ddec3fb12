"""The simulated clock against another one: Syne Tune's simulator runs the same proposals on the same black box."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwbench_mo import CostModel, Problem, make_problem, simulate
from hwbench_mo.simulation import Durations
from hwbench_mo.typing import Codes, Floats, Ints, Values
from optimizers import RandomSearch

pytest.importorskip("syne_tune")
pytest.importorskip("huggingface_hub")  # syne_tune.blackbox_repository imports it

BUDGET, N_WORKERS = 40, 4
HOUR = 3600.0


class Hours(CostModel):
    """Between 1 and 9 hours, no two the same: Syne Tune's clock adds the real time that its loop takes."""

    def durations(
        self, problem: Problem, codes: Codes, answers: Values, /, *, repeats: Ints | int, done: Ints | int
    ) -> Durations:
        latency = problem.evaluate(codes, noise="none")[:, 1]
        return Durations(HOUR * (1 + 8 * (latency * 1000 % 1))[:, None], 0.0, ((0,),), decoupled=False)


@pytest.mark.filterwarnings("ignore")
def test_the_same_schedule_as_syne_tune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNETUNE_FOLDER", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    ours = simulate(problem, RandomSearch(problem, seed=0), budget=BUDGET, n_workers=N_WORKERS, cost=Hours())
    codes = RandomSearch(problem, seed=0).ask(BUDGET)
    seconds = Hours().seconds(problem, codes)
    rows, values, finish_times = _run_syne_tune(problem, codes, seconds)
    assert (codes[rows] == ours.codes).all()
    assert (values == ours.values).all()
    # Polled every 5 simulated seconds, each start is late by a little; finishes are minutes apart.
    assert np.abs(finish_times - ours.finish_times).max() < 120 < np.diff(ours.finish_times).min()
    assert rows != list(range(BUDGET))


def _run_syne_tune(problem: Problem, codes: Codes, seconds: Floats) -> tuple[list[int], Floats, Floats]:
    """Which row finished, its values and when, in the order of finishing."""

    from syne_tune import StoppingCriterion, Tuner
    from syne_tune.backend.simulator_backend.simulator_backend import SimulatorConfig
    from syne_tune.backend.simulator_backend.simulator_callback import SimulatorCallback
    from syne_tune.blackbox_repository import UserBlackboxBackend
    from syne_tune.blackbox_repository.blackbox import Blackbox
    from syne_tune.config_space import randint
    from syne_tune.optimizer.scheduler import TrialScheduler, TrialSuggestion

    class Same(Blackbox):  # type: ignore[misc]
        def __init__(self) -> None:
            names = [*problem.objectives, "elapsed_time"]
            super().__init__({"row": randint(0, len(codes))}, {"step": randint(1, 1)}, names)

        @property
        def fidelity_values(self) -> Any:
            return np.array([1])

        def _objective_function(self, configuration: Any, fidelity: Any = None, seed: Any = None) -> Any:
            row = configuration["row"]
            return np.array([[*problem.evaluate(codes[[row]])[0], seconds[row]]])

    class InOrder(TrialScheduler):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(random_seed=0)
            self.n_suggested = 0
            self.results: list[dict[str, Any]] = []

        def suggest(self) -> Any:
            if self.n_suggested == len(codes):
                return None
            self.n_suggested += 1
            return TrialSuggestion.start_suggestion({"row": self.n_suggested - 1})

        def on_trial_complete(self, trial: Any, result: dict[str, Any]) -> None:
            self.results.append({"row": trial.config["row"], **result})

        def on_trial_result(self, trial: Any, result: dict[str, Any]) -> str:
            return "CONTINUE"

        def on_trial_add(self, trial: Any) -> None: ...

        def on_trial_error(self, trial: Any) -> None: ...

        def on_trial_remove(self, trial: Any) -> None: ...

        def metric_names(self) -> list[str]:
            return list(problem.objectives)

        def metric_mode(self) -> str:
            return "min"

        def metadata(self) -> dict[str, Any]:
            return {}

    delays = {f"delay_{when}": 0.0 for when in ("on_trial_result", "complete_after_final_report", "start")}
    scheduler = InOrder()
    tuner = Tuner(
        trial_backend=UserBlackboxBackend(
            blackbox=Same(),
            elapsed_time_attr="elapsed_time",
            simulator_config=SimulatorConfig(**delays),
            tuner_sleep_time=5.0,
        ),
        scheduler=scheduler,
        stop_criterion=StoppingCriterion(max_num_trials_completed=len(codes)),
        n_workers=N_WORKERS,
        sleep_time=0,
        save_tuner=False,
        callbacks=[SimulatorCallback()],
        trial_backend_path=None,
    )
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        tuner.run()
    finally:
        logging.disable(before)
    results = scheduler.results
    values = np.array([[result[name] for name in problem.objectives] for result in results])
    return [result["row"] for result in results], values, np.array([result["st_tuner_time"] for result in results])
