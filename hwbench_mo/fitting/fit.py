"""Fits every measured target of a space and writes the artifacts."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from hwbench_mo.benchmark.benchmark import Benchmark
from hwbench_mo.errors import InputError
from hwbench_mo.files import new_folder
from hwbench_mo.fitting.devices import fit_device, of_device, own_devices, told_of
from hwbench_mo.fitting.distribution import Distribution, fit_distribution, total_crps
from hwbench_mo.fitting.fitted import Fitted, answers, folds, with_distribution
from hwbench_mo.fitting.hardware import add_order, fit_hardware, interaction_gain
from hwbench_mo.fitting.positions import PositionRidge
from hwbench_mo.fitting.quality import QualityData, folds_of
from hwbench_mo.fitting.sufficiency import refuse_few, warn_of_missing_prior
from hwbench_mo.fitting.term_selection import select_terms
from hwbench_mo.fitting.width import HardwareFit, refuse_dependent
from hwbench_mo.measurements.fingerprint import fingerprint
from hwbench_mo.measurements.layout import ARCHITECTURES
from hwbench_mo.measurements.reader import read_measurements
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.progress import Steps, steps, track
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from hwbench_mo.spaces.files import spaces_in
from hwbench_mo.surrogates.artifact import write_artifact
from hwbench_mo.surrogates.device_file import write_device
from hwbench_mo.surrogates.packing import Contents
from hwbench_mo.surrogates.support import Support
from hwbench_mo.targets import QUALITY, Target, in_order
from hwbench_mo.typing import Bools, Floats
from hwbench_mo.version import __version__

HARDWARE_FOLDS = 10
QUALITY_FOLDS = 10
"""Noise is what remains of rows that the tables were not fitted to."""
ORDER_WORTH = 0.02
"""The tables of latency and energy depend on the order of layers if that lowers the held-out score by this share.

With such tables the exact front of two objectives takes longer, and that of three can be too large to compute. Memory
would gain 2 to 14 % of errors that are below 0.2 % already: its tables depend on the counts of choices alone.
"""
NO_STEPS = Steps()
ORDERED = ("latency", "energy")
"""Metrics whose tables may depend on the order of layers."""


def fit_folder(measurements: Path, out: Path, *, tell: Callable[[Any], object] = lambda line: None) -> list[Path]:
    """Fit every space that a folder of measurements has; the paths of the files written.

    Of a space with perplexity, accuracy or memory, an artifact is written: what `load_benchmark` takes as
    ``artifacts``. Of a device whose file says how it was measured, and of all devices of a space with nothing else, a
    file of tables each, which it takes as ``devices``. ``out`` appears whole or not at all.

    Parameters
    ----------
    tell
        Is told of each device what moved its measurements, in lines, and how well its tables predict rows that were
        held out, in a `Grid`, which prints as text.

    Raises
    ------
    OutputExistsError
        If ``out`` exists.
    InputError
        If there are no measurements, they are not as they must be, or too few of them.
    """
    spaces = spaces_in(measurements)
    if not spaces:
        raise InputError(
            f"{measurements / MEASURED[0]}/architectures.parquet is missing, and so are those of the other spaces: "
            f"name a folder of measurements that holds {', '.join(MEASURED[:-1])} or {MEASURED[-1]}"
        )
    with new_folder(out) as folder:
        for space in spaces:
            measured = read_measurements(measurements, space)
            facts = {
                "measurements_sha256": fingerprint(measurements, measured.space),
                "architectures": len(measured.codes),
                "versions": {"hwbench_mo": __version__, "numpy": np.__version__},
            }
            if space.name not in MEASURED:
                facts["choices"] = space.facts
            with threadpool_limits(1):  # sums of several threads differ in their last bits
                own = own_devices(measured)
                for device in track(own, f"fit {measured.space.name}", unit="device"):
                    contents = fit_device(of_device(measured, device), device, _fit_hardware_alone, facts)
                    path = write_device(measured.space, device, contents, folder)
                    tell(f"{measured.space.name}: {device}")
                    for line in told_of(path, device, contents.manifest):
                        tell(line)
                rest = [name for name in measured.readings if Target.parse(name).device not in own]
                if rest or not own:
                    fitted = fit_space(measured.only(rest) if own else measured)
                    manifest = {**facts, **fitted.manifest}
                    if noted := measured.protocols.get(ARCHITECTURES):
                        manifest["quality"] = dict(noted)
                    contents = Contents(fitted.models, fitted.noise, manifest, fitted.errors, fitted.support)
                    write_artifact(measured.space, contents, folder)
    return sorted(out.iterdir())


def fit_space(measured: Measurements) -> Benchmark:
    """Models, noise and errors of every measured target of one space.

    Rows that were held out are left out. Warns if perplexity was measured too rarely to do without the prior that
    ``perplexity_mlp`` gives.

    Raises
    ------
    InputError
        If nothing was measured, or too few architectures to tell what each choice costs.
    """
    if measured.held_out.any():
        measured = measured.take(~measured.held_out)
    hardware = [target for target in measured.readings if target not in QUALITY]
    n_fits = (HARDWARE_FOLDS + 1) * len(hardware) + (QUALITY_FOLDS + 1) * (len(hardware) < len(measured.readings))
    with steps(f"fit {measured.space.name}", n_fits, unit="fit") as done:
        return _fit_space(measured, hardware, done)


def _fit_space(measured: Measurements, hardware: Sequence[str], done: Steps) -> Benchmark:
    space, codes = measured.space, measured.codes
    fitted: dict[str, Fitted] = {}
    support: dict[str, Support] = {}
    quality = QualityData(
        space, codes, measured.centre("perplexity"), measured.centre("accuracy"), measured.perplexity_mlp
    )
    if quality.targets:
        refuse_few(space, codes[quality.known], " and ".join(quality.targets))
        warn_of_missing_prior(measured)
        fitted |= _fit_quality_targets(measured, quality, done)
        support["quality"] = Support.of(space, codes[quality.known])
    if hardware:
        whole = [target for target in hardware if np.isfinite(measured.centre(target)).all()]
        if whole:
            order = _order_of(measured)
            fitted |= {target: _fit_hardware_target(measured, target, order, done) for target in whole}
        fitted |= {target: _fit_hardware_alone(measured, target, done) for target in hardware if target not in whole}
        support["hardware"] = Support.of(space, codes)
    if not fitted:
        raise InputError(f"{space.name}: nothing was measured: there is neither a file of a device nor a perplexity")
    targets = in_order(fitted)
    return Benchmark(
        space,
        {name: with_distribution(fitted[name].model, fitted[name].distribution) for name in targets},
        {name: fitted[name].distribution.noise for name in targets},
        {"fit": {name: fitted[name].facts for name in targets}},
        {name: fitted[name].error for name in targets},
        support,
    )


def _order_of(measured: Measurements) -> PositionRidge:
    """The regression on the order of layers, if the rows suffice for a fit."""
    space, codes = measured.space, measured.codes
    refuse_few(space, codes, "measurements")
    for left_out in folds(len(codes), HARDWARE_FOLDS):
        refuse_dependent(space, codes[~left_out])
    return PositionRidge.of(space, codes)


def _fit_hardware_alone(measured: Measurements, target: str, done: Steps = NO_STEPS) -> Fitted:
    """Of those rows in which the target was measured."""
    part = measured.take(np.isfinite(measured.centre(target)))
    return _fit_hardware_target(part, target, _order_of(part), done)


def _fit_hardware_target(measured: Measurements, target: str, order: PositionRidge, done: Steps) -> Fitted:
    space, codes, centre = measured.space, measured.codes, measured.centre(target)

    def fit(rows: Bools) -> HardwareFit:
        return fit_hardware(space, codes[rows], centre[rows], measured.campaign_index[rows])

    def ordered(fitted: HardwareFit, rows: Bools) -> HardwareFit:
        return add_order(space, codes[rows], centre[rows], fitted, order.take(rows))

    sums, ordered_sums = np.empty(len(codes)), np.empty(len(codes))
    for left_out in folds(len(codes), HARDWARE_FOLDS):
        fitted = fit(~left_out)
        sums[left_out] = answers(space, fitted.model, codes[left_out])
        ordered_sums[left_out] = answers(space, ordered(fitted, ~left_out).model, codes[left_out])
        done()

    def spread(sums: Floats) -> tuple[Distribution, float]:
        rows = np.maximum(sums, 1e-3 * centre), measured.readings[target], codes[:, EMBED_DIM], codes[:, BIAS]
        distribution = fit_distribution(*rows, may_bend=True)
        return distribution, total_crps(distribution, *rows)

    everything = np.ones(len(codes), dtype=bool)
    fitted = fit(everything)
    distribution, score = spread(sums)
    with_order, score_with_order = spread(ordered_sums)
    order_gain = 1 - score_with_order / score
    by_order = bool(order_gain > ORDER_WORTH) and Target.parse(target).metric in ORDERED
    if by_order:
        distribution, fitted = with_order, ordered(fitted, everything)
    gain = interaction_gain(space, codes, centre, fitted.drift)
    done()
    facts = {
        "by_layer_order": by_order,
        "order_gain": round(order_gain, 4),
        "layer_cost_by_bias": list(fitted.by_bias),
        "cheaper_though_larger": list(fitted.cheaper),
        "held_level": list(fitted.level_with),
        "interaction_gain": gain if gain is None else round(gain, 4),
        "noise_by_bias": distribution.form.by_bias,
        "noise_knots": distribution.form.n_knots,
    }
    return Fitted(fitted.model, fitted.error.scaled(distribution.factors), distribution, facts)


def _fit_quality_targets(measured: Measurements, data: QualityData, done: Steps) -> dict[str, Fitted]:
    space, codes, known = data.space, data.codes, data.known
    everything = np.ones(len(codes), dtype=bool)
    terms = select_terms(data, everything)
    done()
    left = {target: np.empty(len(codes)) for target in data.targets}
    for left_out in folds_of(known, QUALITY_FOLDS):
        for target, fitted in data.fit(~left_out, terms).items():
            left[target][left_out] = answers(space, fitted.model, codes[left_out])
        done()
    found = {}
    e, b = codes[known][:, EMBED_DIM], codes[known][:, BIAS]
    for target, fitted in data.fit(everything, terms).items():
        distribution = fit_distribution(left[target][known], measured.readings[target][known], e, b, may_bend=False)
        facts = {**terms.facts[target], "noise_by_bias": distribution.form.by_bias, "noise_knots": 1}
        error = fitted.error if fitted.model.link == "exp" else fitted.error.scaled(distribution.factors)
        found[target] = Fitted(fitted.model, error, distribution, facts)
    return found
