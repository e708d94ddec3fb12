"""The comparisons that the study asks questions of, cut from all groups of all problems."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from hwbench_mo.assessment import Comparison, Group
from hwbench_mo.assessment.pairs import ALPHA, Pair, pairs_of
from studies.main_study.design import MODEL_BASED

RANDOM, RANDOM_4 = "random_search", "random_search (multiple=4)"
SMALL = 20
"""Members of a population, instead of 100."""
PUBLISHED = "morea (priority=as_published)"


def label_of(group: Group) -> str:
    """The name of the optimizer, with what is not its default; settings of the part are left to the heading."""
    optimizer = group.config["optimizer"]
    name = str(optimizer["name"])
    if optimizer.get("multiple", 1) != 1:
        return f"{name} (multiple={optimizer['multiple']})"
    if optimizer.get("priority") == "as_published":
        return f"{name} (priority=as_published)"
    return f"{name} ({SMALL})" if SMALL in (optimizer.get("pop_size"), optimizer.get("population_size")) else name


def cut(
    comparisons: Sequence[Comparison],
    *,
    at: int,
    keep: Callable[[Group], bool] = lambda group: True,
    noisy: bool = False,
) -> list[Comparison]:
    """Groups that are kept, judged at so many evaluations; problems with fewer than two are left out."""
    found = []
    for one in comparisons:
        if bool(one.noise) != noisy:
            continue
        groups = [replace(group, label=label_of(group)) for group in one.groups if group.budget >= at and keep(group)]
        if len(groups) > 1:
            groups.sort(key=lambda group: float(np.median(group.at(at))))
            found.append(replace(one, groups=groups, at_most=at))
    return found


def is_serial(group: Group) -> bool:
    """Whether one evaluation went on at a time, and populations have their default size."""
    return bool(group.config.get("n_workers", 1) == 1) and not is_small(group)


def is_small(group: Group) -> bool:
    """Whether its population has 20 members."""
    return label_of(group).endswith(f" ({SMALL})")


def at_thousand(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Ten optimizers on 27 problems after 1,000 evaluations, with random search of four times as many, and MO-REA as
    published."""
    return cut(comparisons, at=1000, keep=is_serial)


def at_hundred(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """All seventeen on nine problems after 100 evaluations, with random search of four times as many.

    MO-REA as published is MO-REA until its population is full, after 100 evaluations.
    """
    found = cut(comparisons, at=100, keep=lambda group: is_serial(group) and label_of(group) != PUBLISHED)
    return [one for one in found if any(group.label in MODEL_BASED for group in one.groups)]


def with_small(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Populations of 20 and of 100 on nine problems after 1,000 evaluations."""
    found = cut(comparisons, at=1000, keep=lambda group: is_serial(group) or is_small(group))
    return [one for one in found if any(map(is_small, one.groups))]


def against(comparisons: Sequence[Comparison], other: str) -> dict[str, list[tuple[bool, Pair]]]:
    """For each optimizer and problem, whether its median is the better one, and the pair with ``other``.

    p-values are adjusted (Holm) for all pairs of a problem with ``other``.
    """
    found: dict[str, list[tuple[bool, Pair]]] = {}
    for one in comparisons:
        by_label = {group.label: group for group in one.groups}
        if other not in by_label:
            continue
        rest = [group for group in one.groups if group.label != other]
        pairs = pairs_of([(group, by_label[other]) for group in rest], one.budget)
        for group, pair in zip(rest, pairs, strict=True):
            found.setdefault(group.label, []).append((pair.first == group.label, pair))
    return found


def counts_against(pairs: Sequence[tuple[bool, Pair]]) -> tuple[int, int, float]:
    """On how many problems it is significantly better, on how many significantly worse, and the median A12."""
    better = sum(is_better and pair.p_holm <= ALPHA for is_better, pair in pairs)
    worse = sum(not is_better and pair.p_holm <= ALPHA for is_better, pair in pairs)
    a12 = [pair.a12 if is_better else 1 - pair.a12 for is_better, pair in pairs]
    return better, worse, float(np.median(a12))


def geometric_means(comparisons: Sequence[Comparison]) -> Mapping[str, dict[str, float]]:
    """By optimizer and space, the geometric mean over problems of the median regrets."""
    medians: dict[str, dict[str, list[float]]] = {}
    for one in comparisons:
        for group in one.groups:
            own = medians.setdefault(group.label, {}).setdefault(one.problem.space.name, [])
            own.append(float(np.median(group.at(one.budget))))
    return {
        label: {space: float(np.exp(np.mean(np.log(values)))) for space, values in by_space.items()}
        for label, by_space in medians.items()
    }
