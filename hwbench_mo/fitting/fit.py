"""Fits every target of a space and writes the artifacts."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from hwbench_mo.errors import OutputExistsError
from hwbench_mo.fitting.hardware import fit_hardware
from hwbench_mo.fitting.measurements import Measurements, fingerprint, read_measurements
from hwbench_mo.fitting.quality import fit_quality
from hwbench_mo.spaces import get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.artifact import write_artifact
from hwbench_mo.surrogates.benchmark import Benchmark
from hwbench_mo.surrogates.evaluator import Evaluator
from hwbench_mo.surrogates.noise import LEVELS, QuantileTable
from hwbench_mo.typing import Floats, Ints
from hwbench_mo.version import __version__

N_FOLDS = 5
"""Noise is what is left on rows that the centre was not fitted to."""


def fit_folder(measurements: Path, out: Path) -> list[Path]:
    """Fit every measured space and write its artifact; the paths of the files written.

    Everything is read, checked and fitted before anything is written, and ``out`` appears whole or not at all.

    Raises
    ------
    OutputExistsError
        If ``out`` exists.
    InputError
        If the measurements are not as they must be.
    """
    if out.exists():
        raise OutputExistsError(f"{out} exists already, and results are never replaced; name another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        folder = Path(scratch) / "artifacts"
        folder.mkdir()
        for name in MEASURED:
            measured = read_measurements(measurements, get_space(name))
            fitted = fit_space(measured)
            facts = {
                "measurements_sha256": fingerprint(measurements, measured.space),
                "architectures": len(measured.codes),
                "versions": {"hwbench_mo": __version__, "numpy": np.__version__},
            }
            write_artifact(measured.space, fitted.models, fitted.noise, facts, folder)
        os.rename(folder, out)
    return sorted(out.iterdir())


def fit_space(measured: Measurements) -> Benchmark:
    """Models and noise of every measured target of one space."""
    centres = _cross_fitted_centres(measured)
    models, noise = {}, {}
    groups = measured.space.groups(measured.codes)
    for target, model in _fit_models(measured).items():
        ratios = measured.repeats[target] / centres[target][:, None]
        table = _pooled_quantiles(ratios, groups)
        # The centre is the median of a measurement: what pooled ratios are off from 1 moves into the tables.
        medians = table.quantile(np.arange(len(table.ratios)), np.array([0.5]))
        noise[target] = QuantileTable(table.ratios / medians, LEVELS)
        models[target] = _rescale(model, medians.reshape(model.base.shape[:2]))
    return Benchmark(measured.space, models, noise)


def _fit_models(measured: Measurements) -> dict[str, AdditiveModel]:
    space, codes = measured.space, measured.codes
    perplexity, accuracy = measured.repeats["perplexity"][:, 0], measured.repeats["accuracy"][:, 0]
    models = fit_quality(space, codes, perplexity, accuracy, measured.perplexity_mlp)
    for target in measured.repeats:
        if target not in models:
            models[target] = fit_hardware(space, codes, measured.centre(target))
    return models


def _cross_fitted_centres(measured: Measurements) -> dict[str, Floats]:
    """For each target ``[n]``: the answer of tables that were fitted without the row's fold."""
    centres = {target: np.empty(len(measured.codes)) for target in measured.repeats}
    fold = np.arange(len(measured.codes)) % N_FOLDS
    for held_out in range(N_FOLDS):
        rows = fold == held_out
        models = _fit_models(measured.take(~rows))
        answers = Evaluator(measured.space, list(models.values()))(measured.codes[rows])
        for target, answer in zip(models, answers.T, strict=True):
            centres[target][rows] = answer
    return centres


def _pooled_quantiles(ratios: Floats, groups: Ints) -> QuantileTable:
    pooled = [ratios[groups == group] for group in range(int(groups.max()) + 1)]
    return QuantileTable(np.stack([np.quantile(rows[np.isfinite(rows)], LEVELS) for rows in pooled]), LEVELS)


def _rescale(model: AdditiveModel, factors: Floats) -> AdditiveModel:
    """The model times a factor ``[e, b]``."""
    if model.link == "exp":
        return replace(model, base=model.base + np.log(factors)[..., None])
    return replace(
        model,
        base=model.base * factors[..., None],
        mlp=model.mlp * factors[..., None, None],
        head=model.head * factors[..., None, None],
    )
