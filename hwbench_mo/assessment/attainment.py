"""Attainment surfaces: what a share of the runs of an optimizer reach in objective space, and how two differ."""

from collections.abc import Sequence

import numpy as np

from hwbench_mo.assessment.comparison import Group
from hwbench_mo.errors import InputError
from hwbench_mo.typing import Floats, Values

PERCENTILES = (25.0, 50.0, 75.0)


NOWHERE = 1e300
"""A value beyond all others: moocore counts sets by their points, and takes no infinite ones."""


def attainment_surfaces(group: Group, /, *, percentiles: Sequence[float] = PERCENTILES) -> list[Values]:
    """For each percentage, the points ``[k, m]`` that so many per cent of the runs attain: that each of them has a
    point that is at least as good in every objective (Grunert da Fonseca, Fonseca & Hall, 2001).

    Of two or three objectives, at the end of the runs, of noise-free values in the objectives' units.

    Raises
    ------
    InputError
        If there are more objectives, a percentage is not above 0 and at most 100, or the group is a baseline.
    """
    fronts = _fronts(group)
    if fronts[0].shape[1] not in (2, 3):
        raise InputError(
            f"attainment surfaces are of two or three objectives, but these runs have {fronts[0].shape[1]}"
        )
    wrong = [percentage for percentage in percentiles if not 0 < percentage <= 100]
    if wrong:
        raise InputError(f"percentiles are {list(percentiles)}, but {wrong[0]} must be above 0 and at most 100")
    import moocore

    sets = np.repeat(np.arange(1, len(fronts) + 1), [len(front) for front in fronts])
    wanted = sorted(set(percentiles))
    surfaces = moocore.eaf(np.concatenate(fronts), sets=sets, percentiles=wanted)
    attained = surfaces[(surfaces[:, :-1] < NOWHERE).all(axis=1)]
    return [attained[attained[:, -1] == percentage, :-1] for percentage in percentiles]


def _fronts(group: Group) -> list[Values]:
    """The front of each run; of one that found no feasible architecture, a point that attains nothing."""
    if not group.has_fronts:
        raise InputError(
            f"{group.label} is a baseline, of which curves ship, and not what was found; run it for attainment surfaces"
        )
    return [run.front if len(run.front) else np.full((1, run.front.shape[1]), NOWHERE) for run in group.runs]


def attainment_difference(first: Group, second: Group, /) -> Floats:
    """``[k, 5]``; rectangles of the plane of two objectives, and by how much larger a share of the first optimizer's
    runs attains them than of the second's, from -1 to 1 (López-Ibáñez, Paquete & Stützle, 2010).

    Columns: the least value of both objectives, the greatest (infinite at the edge), the difference of shares. What
    is in no rectangle is attained by equal shares.

    Raises
    ------
    InputError
        If there are not two objectives, or the groups have different numbers of runs: then leave some out; or if
        one is a baseline.
    """
    sides = []
    for group in (first, second):
        fronts = _fronts(group)
        if fronts[0].shape[1] != 2:
            raise InputError(f"differences of attainment need two objectives, but these runs have {fronts[0].shape[1]}")
        sets = np.repeat(np.arange(1, len(fronts) + 1), [len(front) for front in fronts])
        sides.append(np.column_stack([np.concatenate(fronts), sets]))
    if len(first.runs) != len(second.runs):
        raise InputError(
            f"{first.label} has {len(first.runs)} runs and {second.label} {len(second.runs)}, but differences of "
            "attainment need as many of both: leave some out"
        )
    import moocore

    found: Floats = moocore.eafdiff(*sides, rectangles=True)
    found[:, -1] /= len(first.runs)
    differing: Floats = found[found[:, -1] != 0]
    return differing
