from pathlib import Path

import numpy as np
import pytest

import hwbench_mo as hb
from optimizers import RandomSearch


def simulated(name: str = "mine", seed: int = 0, **settings: object) -> hb.Trajectory:
    problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    config = hb.Run(name=name, seed=seed, settings=settings).config
    return hb.simulate(problem, RandomSearch(problem, seed=seed), budget=5, config=config)


def test_a_folder_of_runs_is_read_and_compared(tmp_path: Path) -> None:
    saved = [simulated(seed=seed, size=size).save(tmp_path) for seed in (0, 1) for size in (3, 4)]
    assert len(set(saved)) == 4
    assert {path.parent.relative_to(tmp_path).as_posix() for path in saved} == {"gpt_s-perplexity-latency@a100/mine"}
    (comparison,) = hb.compare(hb.read_runs(tmp_path))
    assert sorted((group.label, len(group.runs)) for group in comparison.groups) == [  # read in order of hashes
        ("mine (size=3)", 2),
        ("mine (size=4)", 2),
    ]


def test_the_same_run_is_found_again(tmp_path: Path) -> None:
    folder = f"{tmp_path}/new/"
    assert simulated().save(folder) == simulated().save(folder)
    assert len(list(tmp_path.rglob("*.parquet"))) == 1


def test_what_names_no_optimizer_is_not_saved_in_a_folder(tmp_path: Path) -> None:
    problem = hb.make_problem("gpt_s", ["params"])
    unnamed = hb.simulate(problem, RandomSearch(problem, seed=0), budget=2)
    with pytest.raises(hb.InputError, match=r"simulate it with config=hb.Run\(name=…, seed=…\).config"):
        unnamed.save(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert unnamed.save(tmp_path / "unnamed.parquet").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "", "seed": 0}, "name is '', but must be the name of an optimizer"),
        ({"name": "mine", "seed": -1}, "seed is -1"),
        ({"name": "mine", "seed": 0, "settings": {"name": "other"}}, "settings have a 'name'"),
        ({"name": "mine", "seed": 0, "settings": {"rng": np.random.default_rng(0)}}, "settings are no JSON values"),
        ({"name": "mine", "seed": 0, "settings": {"rate": float("nan")}}, "settings are no JSON values"),
    ],
)
def test_wrong_names_seeds_and_settings_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(hb.InputError, match=message):
        hb.Run(**arguments)  # type: ignore[arg-type]
