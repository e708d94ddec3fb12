"""Fits the tables of a device from a folder that holds measurements of devices alone."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.benchmark.devices import check_protocol
from hwbench_mo.errors import InputError
from hwbench_mo.fitting.few import fit_few
from hwbench_mo.fitting.fitted import Fitted, answers, with_distribution
from hwbench_mo.fitting.held_out import score, table_of
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.surrogates.packing import Contents
from hwbench_mo.surrogates.support import Support
from hwbench_mo.targets import PER_DEVICE, Target, in_order
from hwbench_mo.terminal import Grid

FEW = 210
"""Rows of a width, below which references tell the drift, instead of the rows' own residuals: ten of their windows."""
LEAST_PERCENT = 1.0
"""Slow drift that the command tells of."""
MOST_NAMED = 10
"""Outliers that the command names."""


def is_of_devices(measured: Measurements) -> bool:
    """Whether everything that was measured is of devices: then each has tables of its own."""
    return bool(measured.readings) and all(Target.parse(name).metric in PER_DEVICE for name in measured.readings)


def own_devices(measured: Measurements) -> list[str]:
    """Devices that get tables of their own: all, if nothing but devices was measured; else those with a protocol.

    The published measurements say of no device how it was measured: their devices are fitted with perplexity.
    """
    if is_of_devices(measured):
        return measured.devices
    return [device for device in measured.devices if measured.protocols.get(device)]


def of_device(measured: Measurements, device: str) -> Measurements:
    """The rows of one device."""
    return measured.only(name for name in measured.readings if Target.parse(name).device == device)


def fit_device(
    measured: Measurements, device: str, fit_many: Callable[[Measurements, str], Fitted], facts: Mapping[str, Any]
) -> Contents:
    """What `write_device` writes of a device.

    Parameters
    ----------
    fit_many
        Fits a target of which thousands of rows were measured.
    facts
        What else the manifest is to say.

    Raises
    ------
    InputError
        If too few architectures were measured to tell what each choice costs, or the protocol is broken.
    """
    protocol = dict(measured.protocols.get(device, {}))
    check_protocol(device, protocol)
    targets = in_order(name for name in measured.readings if Target.parse(name).device == device)
    fitted = {name: _fit(measured, name, fit_many) for name in targets}
    known = np.any([np.isfinite(measured.centre(name)) for name in targets], axis=0) & ~measured.held_out
    codes = np.unique(measured.codes[known], axis=0)
    manifest = {"protocol": protocol, **facts, "fit": {name: one.facts for name, one in fitted.items()}}
    return Contents(
        {name: with_distribution(one.model, one.distribution) for name, one in fitted.items()},
        {name: one.distribution.noise for name, one in fitted.items()},
        manifest,
        {name: one.error for name, one in fitted.items()},
        {"hardware": Support.of(measured.space, codes)},
    )


def _fit(measured: Measurements, target: str, fit_many: Callable[[Measurements, str], Fitted]) -> Fitted:
    centre = measured.centre(target)
    known = np.isfinite(centre)
    used = known & ~measured.held_out
    n_widths = len(measured.space.embed_dim)
    try:
        if np.bincount(measured.codes[used, EMBED_DIM], minlength=n_widths).min() < FEW:
            return fit_few(measured, target)
        fitted = fit_many(measured.take(used), target)
    except InputError as error:
        raise InputError(f"{target}: {error}") from None
    if (judged := known & measured.held_out).any():
        codes, model = measured.codes[judged], with_distribution(fitted.model, fitted.distribution)
        fitted.facts["held_out"] = score(measured.space, codes, answers(measured.space, model, codes), centre[judged])
    return fitted


def told_of(path: Path, device: str, manifest: Mapping[str, Any]) -> Iterator[str | Grid]:
    """What the command says of a device: what moved its measurements, and how well its tables do."""
    for target, facts in manifest["fit"].items():
        drift = facts.get("drift")
        if drift is None:
            continue
        for one in drift["episodes"]:
            longer = f"{abs(one['percent']):.1f} % {'more' if one['percent'] > 0 else 'less'}"
            rows = f"from campaign_index {one['first']} to {one['last']}"
            yield f"{target}: {longer} than usual {rows} (throttling, or another process): corrected"
        low, high = drift["slow_percent"]
        if high - low > LEAST_PERCENT:
            yield f"{target}: drifted between {low:+.1f} % and {high:+.1f} %: corrected"
        if rows := drift["outliers"]:
            named = ", ".join(map(str, rows[:MOST_NAMED])) + (" …" if len(rows) > MOST_NAMED else "")
            told = f"{len(rows)} of {facts['rows']} rows contradict all others"
            yield f"{target}: {told}: left out (campaign_index {named})"
    scored = [(target, facts["held_out"]) for target, facts in manifest["fit"].items() if "held_out" in facts]
    if scored:
        yield table_of(scored)
    else:
        yield f"{device}: no rows were held out, so that nothing tells how well {path.name} does"
