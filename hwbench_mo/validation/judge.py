"""Judges the surrogates and the baselines: computes the results that are missing, gathers all, draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hwbench_mo.errors import InputError, unknown
from hwbench_mo.extras import how_to_install
from hwbench_mo.fitting.fit import fit_space
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.plotting import save_picture
from hwbench_mo.progress import steps, track
from hwbench_mo.targets import in_order
from hwbench_mo.validation.baselines import Baseline, all_baselines
from hwbench_mo.validation.execution import Settings, run_units
from hwbench_mo.validation.folds import CORNERS, Fold, split_corners, split_folds, split_holdout
from hwbench_mo.validation.report import Findings, Picture
from hwbench_mo.validation.score_pictures import score_pictures
from hwbench_mo.validation.scores import Outcome
from hwbench_mo.validation.surrogate_pictures import surrogate_pictures
from hwbench_mo.validation.table import Place, score_table
from hwbench_mo.validation.units import OURS, Keys, Unit, load_outcome

PICTURES = Path("images") / "surrogates"
"""Folder of the pictures, below that of the documents."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to judge, and how."""

    out: Path
    """Where results of units are kept."""
    targets: Sequence[str] | None = None
    """By default all that were measured."""
    baselines: Sequence[str] | None = None
    """By default those that are installed, and those whose results are there."""
    folds: int = 5
    holdout: float | None = None
    """The share of one random split, instead of folds."""
    corners: bool = True
    seed: int = 0
    jobs: int = 1
    autogluon_seconds: float = 30.0

    @property
    def split(self) -> str:
        """The split that the acceptance criteria are about."""
        return "folds" if self.holdout is None else "holdout"


@dataclass(frozen=True, kw_only=True, eq=False)
class Judgement:
    """The findings, and the outcomes that they summarise."""

    findings: Findings
    outcomes: Mapping[Place, Outcome]


def judge(measured: Mapping[str, Measurements], options: Options) -> Judgement:
    """Score the surrogates and the baselines on every space given.

    Results that an earlier run left in ``options.out`` are used again.

    Raises
    ------
    InputError
        If a target or baseline is unknown, or a baseline that was asked for is neither installed nor has results.
    """
    try:
        import pandas  # noqa: F401
        import scipy  # noqa: F401
    except ModuleNotFoundError as error:
        raise InputError(f"the validation needs {error.name}: {how_to_install('validate')}") from None
    known = all_baselines(autogluon_seconds=options.autogluon_seconds)
    for name in options.baselines or ():
        if name not in known:
            raise unknown("baseline", name, known)
    methods = [OURS, *(known if options.baselines is None else options.baselines)]
    folds = {name: _splits(one, options) for name, one in measured.items()}
    units, notes = _units(measured, folds, methods, known, options)
    missing = [unit for unit in units if not unit.path(options.out).exists()]
    print(f"{len(units)} results, of which {len(units) - len(missing)} are there", flush=True)
    settings = Settings(out=options.out, folds=folds, autogluon_seconds=options.autogluon_seconds)
    run_units(missing, measured, settings, processes=options.jobs)
    with steps("gather the results"):
        outcomes = _gather(units, options.out)
    shown = [method for method in methods if any(place.method == method for place in outcomes)]
    with steps("score the results"):
        table = score_table(outcomes, measured)
    findings = Findings(
        table=table,
        split=options.split,
        labels={method: known[method].label if method in known else OURS for method in shown},
        facts={"folds": options.folds, "holdout": options.holdout or 0.0},
        notes=notes,
    )
    return Judgement(findings=findings, outcomes=outcomes)


def draw(judgement: Judgement, measured: Mapping[str, Measurements], docs: Path) -> list[Picture]:
    """Write every picture below the folder of the documents."""
    findings = judgement.findings
    with steps("draw the scores"):
        drawn = list(score_pictures(judgement.outcomes, findings.table, measured, findings.split, findings.labels))
    baseline = "lightgbm" if "lightgbm" in findings.labels and all_baselines()["lightgbm"].installed else None
    for one in measured.values():
        drawn += surrogate_pictures(fit_space(one), one, baseline)
    pictures = []
    for name, caption, figure in track(drawn, "pictures", unit="picture"):
        pictures.append(Picture(caption, PICTURES / f"{name}.png"))
        save_picture(figure, docs / pictures[-1].path)
    return pictures


def _splits(measured: Measurements, options: Options) -> list[Fold]:
    if options.holdout is None:
        main = split_folds(measured, folds=options.folds, seed=options.seed)
    else:
        main = split_holdout(measured, share=options.holdout, seed=options.seed)
    return [*main, *(split_corners(measured) if options.corners else [])]


def _targets(measured: Measurements, options: Options) -> list[str]:
    for target in options.targets or ():
        if target not in measured.readings:
            raise unknown("target", target, measured.readings)
    return [target for target in in_order(measured.readings) if options.targets is None or target in options.targets]


def _units(
    measured: Mapping[str, Measurements],
    folds: Mapping[str, Sequence[Fold]],
    methods: Sequence[str],
    known: Mapping[str, Baseline],
    options: Options,
) -> tuple[list[Unit], list[str]]:
    """All units in the order of work, and a note on each baseline that is not installed.

    Of such a baseline, unless it was asked for, only the targets remain whose results are all there.
    """
    keys = Keys({"autogluon": options.autogluon_seconds})
    units, notes = [], []
    for method in methods:
        own = [
            unit
            for name, one in measured.items()
            for unit in keys.units(one, folds[name], method, _targets(one, options))
        ]
        if options.baselines is None and method != OURS and not known[method].installed:
            total, own = len(own), _complete(own, options.out)
            label, command = known[method].label, known[method].command
            there = f"{len(own)} of its {total} results are there and shown" if own else "it is left out"
            notes.append(f"{label} is not installed (`{command}`): {there}.")
        units += own
    order = {name: place for place, name in enumerate(measured)}
    units.sort(key=lambda unit: (order[unit.space], unit.split == CORNERS, unit.number, methods.index(unit.method)))
    return units, notes


def _place(unit: Unit) -> Place:
    return Place(unit.space, unit.split, unit.target, unit.method)


def _complete(units: Sequence[Unit], out: Path) -> list[Unit]:
    """Those whose split has the results of all its folds."""
    lacking = {_place(unit) for unit in units if not unit.path(out).exists()}
    return [unit for unit in units if _place(unit) not in lacking]


def _gather(units: Sequence[Unit], out: Path) -> dict[Place, Outcome]:
    parts: dict[Place, list[Outcome]] = {}
    for unit in units:
        parts.setdefault(_place(unit), []).append(load_outcome(unit.path(out)))
    return {place: Outcome.join(outcomes) for place, outcomes in parts.items()}
