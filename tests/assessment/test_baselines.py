"""Baselines: written, read again, and set beside a user's own runs; and files that are none."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import hwbench_mo as hb
from hwbench_mo import InputError, Trajectory
from hwbench_mo.assessment import Baselines, Comparison, attainment_surfaces, compare, load_baselines
from hwbench_mo.assessment.baselines_format import CHECKSUM, JUDGED, QUANTITIES, checksum
from hwbench_mo.assessment.baselines_writer import write_baselines
from hwbench_mo.assessment.comparison import comparisons_of
from hwbench_mo.assessment.curve_codec import keeps_order
from hwbench_mo.assessment.robustness import robustness_table
from hwbench_mo.assessment.standings import standings, standings_table
from optimizers.local_search import LocalSearch
from optimizers.random_search import RandomSearch

OPTIMIZERS = {"random_search": RandomSearch, "local_search": LocalSearch}


def runs_of(
    name: str,
    budget: int,
    *,
    seeds: Sequence[int],
    objectives: Sequence[str] = ("perplexity", "params"),
    n_workers: int = 1,
) -> list[Trajectory]:
    problem = hb.make_problem("gpt_s", objectives)
    optimizer = OPTIMIZERS["local_search" if name == "mine" else name]
    config = {"optimizer": {"name": name}, "budget": budget, "n_workers": n_workers, "synchronous": False}
    return [
        hb.simulate(
            problem, optimizer(problem, seed=seed), budget=budget, config={**config, "seed": seed}, n_workers=n_workers
        )
        for seed in seeds
    ]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Comparison], Path]:
    runs = [*runs_of("random_search", 200, seeds=range(6)), *runs_of("local_search", 60, seeds=range(4))]
    runs += runs_of("local_search", 200, seeds=range(5))
    comparisons = compare(runs)
    path = tmp_path_factory.mktemp("baselines") / "some.parquet"
    write_baselines(comparisons, path)
    return comparisons, path


@pytest.fixture(scope="session")
def baselines(written: tuple[list[Comparison], Path]) -> Baselines:
    return load_baselines(written[1])


def test_what_is_read_is_what_was_written(written: tuple[list[Comparison], Path], baselines: Baselines) -> None:
    ((comparison,), _), (members,) = written, baselines.members
    assert baselines.problems == ["gpt_s-perplexity-params"]
    found = {run.identity: run for one in members for run in one.runs}
    assert len(found) == 15
    for group in comparison.groups:
        for run in group.runs:
            own = found[run.identity[:12]]
            assert (own.seed, own.budget) == (run.seed, run.budget)
            assert (own.evaluations == run.evaluations).all()
            for name in JUDGED:
                off = np.abs(own.indicators[name] - run.indicators[name])
                assert (off <= (2e-3 if name == "anytime" else 1.4e-3 * run.indicators[name]) + 1e-9).all(), name
            assert own.hours == pytest.approx(run.hours, rel=2e-3)
            reached = ~np.isnan(own.runtimes)
            assert (own.runtimes[reached] >= run.runtimes[reached]).all()  # the first checkpoint from then on


@pytest.mark.parametrize("name", JUDGED)
def test_ranks_of_medians_are_those_of_the_runs(
    written: tuple[list[Comparison], Path], baselines: Baselines, name: str
) -> None:
    ((comparison,), _), (members,) = written, baselines.members
    for n in comparison.groups[0].evaluations.tolist():
        medians: list[list[float]] = [[], []]
        for group in comparison.groups:
            (own,) = (one for one in members if one.config == group.config)
            if group.budget >= n:
                at = [int(np.searchsorted(run.evaluations, n, side="right")) - 1 for run in own.runs]
                medians[0].append(float(np.median(group.at(n, name))))
                rows = zip(own.runs, at, strict=True)
                medians[1].append(float(np.median([run.indicators[name][place] for run, place in rows])))
        assert keeps_order(np.array(medians[0]), np.array(medians[1])), (name, n)


# Beside a user's own runs


def test_own_runs_are_judged_at_the_last_checkpoint_that_all_have(baselines: Baselines) -> None:
    (comparison,) = compare(runs_of("mine", 70, seeds=range(3)), baselines=baselines)
    assert comparison.budget == 63  # of 70; baselines have 63 and 71
    assert {group.label: (len(group.runs), group.is_baseline) for group in comparison.groups} == {
        "mine": (3, False),
        "random_search": (6, True),
        "local_search": (5, True),
    }
    assert comparison.remarks == [
        "gpt_s-perplexity-params: no baselines of local_search, which have 60 evaluations; the others are judged at up "
        "to 70."
    ]
    assert {row["evaluations"] for row in standings([comparison]).to_dict("records")} == {63}
    words = " ".join(standings_table([comparison]).words)
    assert "no baselines of local_search, which have 60 evaluations" in words
    assert "compared at the last checkpoint that all have, 63" in words


def test_runs_that_go_on_longer_are_judged_where_baselines_end(baselines: Baselines) -> None:
    (comparison,) = compare(runs_of("mine", 300, seeds=[0, 1]), baselines=baselines)
    assert comparison.budget == 200


def test_longer_runs_are_judged_earlier_where_that_is_wanted(baselines: Baselines) -> None:
    (comparison,) = compare(runs_of("mine", 300, seeds=[0, 1]), baselines=baselines, budget=60)
    assert comparison.budget == 56  # the last checkpoint of all
    assert {group.label for group in comparison.groups if group.label.startswith("local")} == {
        "local_search (budget=60)",
        "local_search (budget=200)",
    }
    (alone,) = compare(runs_of("mine", 300, seeds=[0, 1]), budget=71)
    assert (alone.budget, [len(group.at(71)) for group in alone.groups]) == (71, [2])


def test_a_baseline_of_the_name_of_an_own_optimizer_says_so(baselines: Baselines) -> None:
    (comparison,) = compare(runs_of("random_search", 100, seeds=[7]), baselines=baselines)
    assert {group.label for group in comparison.groups} >= {
        "random_search (budget=100)",
        "random_search (budget=200, from=baselines)",
    }


def test_own_runs_stand_for_a_baseline_of_the_same_settings(baselines: Baselines) -> None:
    (comparison,) = compare(runs_of("random_search", 200, seeds=[0, 1]), baselines=baselines)
    assert [(g.label, len(g.runs)) for g in comparison.groups if g.label.startswith("random")] == [("random_search", 2)]


def test_a_problem_without_baselines_is_named(baselines: Baselines) -> None:
    (comparison,) = compare(runs_of("mine", 5, seeds=[0, 1], objectives=["perplexity", "macs"]), baselines=baselines)
    assert [group.label for group in comparison.groups] == ["mine"]
    assert comparison.remarks == [
        "gpt_s-perplexity-macs: the baselines have no runs on this problem, and none are shown."
    ]


def test_baselines_evaluate_one_at_a_time_unless_they_say_otherwise(baselines: Baselines) -> None:
    (comparison,) = compare(runs_of("mine", 60, seeds=[0], n_workers=4), baselines=baselines)
    assert any("one architecture at a time" in remark for remark in comparison.remarks)
    assert sum(group.is_baseline for group in comparison.groups) == 3


def test_other_tables_are_refused(baselines: Baselines) -> None:
    other = replace(baselines, facts=[{**baselines.facts[0], "artifact_sha256": "0" * 64}])
    with pytest.raises(InputError, match="the baselines of gpt_s-perplexity-params are of the tables 000000000000…"):
        compare(runs_of("mine", 5, seeds=[0]), baselines=other)


def test_what_needs_the_archive_says_that_it_is_missing(baselines: Baselines) -> None:
    (comparison,) = compare(runs_of("mine", 200, seeds=[0, 1]), baselines=baselines)
    (group,) = (group for group in comparison.groups if group.label == "random_search")
    with pytest.raises(InputError, match="random_search is a baseline, of which curves ship"):
        attainment_surfaces(group)
    table = robustness_table([comparison])
    assert "because of baselines the curves ship" in " ".join(table.words)
    assert {"10% of the budget", "IGD+", "random halves of the seeds"} <= set(table.data["what"])


def test_wanted_indicators_alone(baselines: Baselines) -> None:
    (comparison,) = compare(runs_of("mine", 60, seeds=[0]), baselines=baselines, indicators=["regret"])
    assert {tuple(run.indicators) for group in comparison.groups for run in group.runs} == {("regret",)}


def test_what_is_only_kept_is_not_set_beside(written: tuple[list[Comparison], Path], tmp_path: Path) -> None:
    write_baselines(written[0], tmp_path / "x.parquet", beside=lambda group: group.label == "random_search")
    some = load_baselines(tmp_path / "x.parquet")
    assert sorted(one.is_shown for one in some.members[0]) == [False, False, True]
    (comparison,) = compare(runs_of("mine", 60, seeds=[0]), baselines=some)
    assert {group.label for group in comparison.groups} == {"mine", "random_search"}
    (alone,) = comparisons_of(some)
    assert len(alone.groups) == 3


# Files


def test_indicators_must_all_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="baselines have all indicators, but anytime, epsilon"):
        write_baselines(compare(runs_of("mine", 5, seeds=[0]), indicators=["regret"]), tmp_path / "x.parquet")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.parquet: there are no baselines"):
        load_baselines(tmp_path / "nothing.parquet")


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("no Parquet")
    pq.write_table(pa.table({"x": [1]}), tmp_path / "other.parquet")
    with pytest.raises(InputError, match=r"text\.parquet: is no file of baselines, or damaged"):
        load_baselines(tmp_path / "text.parquet")
    with pytest.raises(InputError, match=r"other\.parquet: is no file of baselines of this version"):
        load_baselines(tmp_path / "other.parquet")


@pytest.mark.parametrize("column", ["seed", "config", "regret"])
def test_a_change_is_noticed(written: tuple[list[Comparison], Path], tmp_path: Path, column: str) -> None:
    table = pq.read_table(written[1])
    values = table.column(column).to_pylist()
    values[0] = [1, *values[0][1:]] if column in QUANTITIES else values[1] if column == "seed" else values[-1]
    place = table.schema.get_field_index(column)
    changed = table.set_column(place, table.schema.field(column), pa.array(values, table.schema.field(column).type))
    pq.write_table(changed, tmp_path / "changed.parquet")
    with pytest.raises(InputError, match="its checksum does not match"):
        load_baselines(tmp_path / "changed.parquet")


def test_nonsense_with_a_checksum_of_its_own_is_refused(written: tuple[list[Comparison], Path], tmp_path: Path) -> None:
    table = pq.read_table(written[1])
    for name, column in (("problem", ["{}"] * 15), ("steps", ["[]"] * 15), ("regret", [[1]] * 15)):
        place, kind = table.schema.get_field_index(name), table.schema.field(name).type
        changed = table.set_column(place, table.schema.field(name), pa.array(column, kind))
        told = {**table.schema.metadata, CHECKSUM: checksum(changed).encode()}
        pq.write_table(changed.replace_schema_metadata(told), tmp_path / f"{name}.parquet")
        with pytest.raises(InputError, match="is no file of baselines, or damaged"):
            load_baselines(tmp_path / f"{name}.parquet")
