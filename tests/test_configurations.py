"""Configurations mirror what they configure: file, configuration, class and test have one name."""

from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

import optimizers
from hwbench_mo import CostModel, make_problem
from tests.support.optimizers import OPTIMIZERS
from tests.support.spaces import ROOT

CONF = ROOT / "conf"


def group(name: str) -> dict[str, Any]:
    """The configurations of a group by name; what they refer to stays as it is written."""
    paths = sorted((CONF / name).glob("*.yaml"))
    return {path.stem: OmegaConf.to_container(OmegaConf.load(path), resolve=False) for path in paths}


def test_optimizers_configurations_and_tests_mirror_each_other() -> None:
    names = {path.stem for path in (ROOT / "optimizers").glob("*.py")} - {"__init__"}
    configured = group("optimizer")
    assert names == set(configured) == set(OPTIMIZERS)
    classes = {name: configured[name]["_target_"].removeprefix("optimizers.") for name in names}
    assert sorted(classes.values()) == sorted(optimizers.__all__)
    for name, title in classes.items():
        assert getattr(optimizers, title).__module__ == f"optimizers.{name}"
        made = OPTIMIZERS[name]
        assert getattr(made, "func", made) is getattr(optimizers, title)
        assert configured[name]["_partial_"] is True


@pytest.mark.parametrize("name", group("problem"))
def test_a_problem_is_named_for_its_space_and_objectives(name: str) -> None:
    written = group("problem")[name]
    problem = make_problem(written["space"], written["objectives"])
    assert name == "_".join([problem.space.name, *problem.objectives]).replace("@", "_")
    others = group("problem").values()
    assert {tuple(other) for other in others} == {tuple(written)}  # all have the same settings


@pytest.mark.parametrize("name", group("cost"))
def test_a_cost_has_the_settings_of_its_model(name: str) -> None:
    written = group("cost")[name]
    module, _, title = written.pop("_target_").rpartition(".")
    assert getattr(import_module(module), title) is CostModel
    assert list(written) == [field.name for field in fields(CostModel)]
    assert CostModel(**{**written, "flops_per_second": float(written["flops_per_second"])}).decoupled == (
        name == "decoupled"
    )


def test_every_group_is_one_of_these() -> None:
    groups = {str(path.parent.relative_to(CONF)) for path in CONF.rglob("*.yaml")}
    assert groups == {".", "optimizer", "problem", "cost", str(Path("hydra", "launcher"))}
