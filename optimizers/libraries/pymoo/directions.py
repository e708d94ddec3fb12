"""Reference directions, of NSGA-III and MOEA/D."""

from pymoo.util.ref_dirs import get_reference_directions
from pymoo.util.reference_direction import get_partition_closest_to_points

from hwbench_mo import InputError
from hwbench_mo.typing import Floats


def reference_directions(n_objectives: int, at_most: int) -> Floats:
    """``[k, m]``; the most directions on the unit simplex, up to ``at_most``, that Das & Dennis (1998) construct.

    Raises
    ------
    InputError
        If ``at_most`` is less than the number of objectives: each objective has a direction of its own.

    Examples
    --------
    >>> reference_directions(2, 3)
    array([[0. , 1. ],
           [0.5, 0.5],
           [1. , 0. ]])
    >>> [len(reference_directions(m, 100)) for m in (1, 2, 3)]
    [1, 100, 91]
    """
    if at_most < n_objectives:
        raise InputError(f"pop_size is {at_most}, but {n_objectives} objectives need at least {n_objectives}")
    n_partitions = get_partition_closest_to_points(at_most, n_objectives)
    directions: Floats = get_reference_directions("das-dennis", n_objectives, n_partitions=n_partitions)
    return directions
