"""From the study's runs to its tables, pictures and baselines."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hwbench_mo import InputError, Trajectory
from hwbench_mo.assessment import Comparison, Group, compare, iterate_runs, load_baselines
from hwbench_mo.assessment.baselines_writer import write_baselines
from hwbench_mo.files import with_generated, write_whole
from hwbench_mo.plotting import save_picture
from studies.main_study import tables
from studies.main_study.design import PARTS
from studies.main_study.pictures import plot_curves, plot_ranks
from studies.main_study.precision import loss
from studies.main_study.questions import PUBLISHED, at_hundred, at_thousand, is_small, label_of, with_small

PICTURES = "study-{}.png"


def runs_in(out: Path) -> Iterator[Trajectory]:
    """Those of all parts that are there; a part of which there are none yet is passed over."""
    for folder in dict.fromkeys(part.folder for part in PARTS):
        if any((out / folder).rglob("seed-*.parquet")):
            yield from iterate_runs(out / folder)


def conclude(out: Path, *, baselines: Path, document: Path | None, pictures: Path) -> None:
    """Compare all runs that are there, write baselines, tables and pictures; and the generated parts of a document.

    Raises
    ------
    InputError
        If there are no runs, or too few for the tables.
    """
    comparisons = compare(runs_in(out))
    if not comparisons:
        raise InputError(f"{out} has no runs of the study; make some without --no-runs")
    write_baselines(comparisons, baselines, beside=is_beside)
    n_runs = sum(len(group.runs) for one in comparisons for group in one.groups)
    found = loss(comparisons, load_baselines(baselines))
    size = f"{n_runs} runs, {baselines.stat().st_size / 1e6:.2f} MB."
    sections = {**tables_of(comparisons), "precision": "\n".join([size, *found.lines()])}
    write_whole(out / "tables.md", "\n".join(f"## {name}\n\n{text}\n" for name, text in sections.items()))
    draw(comparisons, pictures)
    if document is not None:
        text = document.read_text(encoding="utf-8")
        for name, content in sections.items():
            text = with_generated(text, name, content)
        write_whole(document, text)
    print(f"{n_runs} runs: {baselines}, {out / 'tables.md'}, pictures in {pictures}")


def is_beside(group: Group) -> bool:
    """Whether it is one of the seventeen with default settings, or random search of four times as many evaluations."""
    return not is_small(group) and label_of(group) != PUBLISHED


def tables_of(comparisons: Sequence[Comparison]) -> dict[str, str]:
    """By the marker in the document."""
    thousand, hundred = at_thousand(comparisons), at_hundred(comparisons)
    return {
        "thousand": tables.overview(thousand),
        "thousand-scopes": tables.by_scope(thousand),
        "thousand-robustness": tables.robustness(thousand),
        "hundred": tables.overview(hundred),
        "hundred-scopes": tables.by_scope(hundred),
        "hundred-robustness": tables.robustness(hundred),
        "hundred-thousand": tables.models_against_thousand(hundred, thousand),
        "until-random": tables.until_random(hundred, thousand),
        "small": tables.small(with_small(comparisons)),
        "published": tables.published(thousand),
        "conditions": tables.conditions(comparisons),
    }


def draw(comparisons: Sequence[Comparison], folder: Path) -> None:
    """Three pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    thousand, hundred = at_thousand(comparisons), at_hundred(comparisons)
    what = "median over seeds, geometric mean over problems"
    for name, figure in {
        "ranks": plot_ranks([("100 evaluations", hundred), ("1,000 evaluations", thousand)]),
        "hundred": plot_curves(hundred, title=f"All seventeen optimizers, 100 evaluations: {what}"),
        "thousand": plot_curves(thousand, title=f"The ten that build no model, 1,000 evaluations: {what}"),
    }.items():
        save_picture(figure, folder / PICTURES.format(name), dpi=110)
