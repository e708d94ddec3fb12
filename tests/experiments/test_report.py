"""The command that makes one page: what is in it, and what becomes of bad input."""

import json
import shlex
import zlib
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.report import main as report_main
from experiments.reports.page.archives import Archives
from experiments.reports.page.curves import CurveDetail, curve_data
from experiments.reports.page.data import page_data
from experiments.reports.page.document import MOST_BYTES, plotly
from experiments.reports.page.fronts import MOST_BYTES as MOST_OF_ARCHIVES
from experiments.reports.page.fronts import archive_detail, letters
from experiments.reports.page.markup import MOST_ROWS, listed, table_html
from experiments.reports.page.origins import Configurations, Origins, commands_of, overrides_of
from experiments.reports.page.summary import Summary, summary_of
from experiments.reports.reading import read
from hwbench_mo import InputError, Trajectory, make_problem, simulate
from hwbench_mo.assessment import Comparison
from hwbench_mo.assessment.pairs_table import pairs_table
from hwbench_mo.assessment.robustness import robustness_table
from hwbench_mo.assessment.standings import standings_table
from hwbench_mo.pareto.dominance import nondominated
from optimizers import RandomSearch
from tests.support.commands import results, run
from tests.support.comparisons import comparison_of, group_of

DEVICES = ("a100", "a40", "a6000", "h100", "p100", "rtx2080", "v100")


def _data(page: str) -> Any:
    packed = page.split('id="data">')[1].split("<")[0]
    return json.loads(zlib.decompress(b64decode(packed)))


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("swept") / "out"
    answer = run(
        "experiments.run", "-m", "seeds=2", "budget=30", f"out={folder}",
        "optimizer=random_search,local_search", "problem=gpt_s_perplexity_latency_a100,gpt_s_perplexity_params",
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    answer = run(
        "experiments.run", "-m", "seeds=[3,5]", "budget=30", "optimizer=nsga2", "optimizer.pop_size=10", "n_workers=2",
        "problem.space=gpt_m", "problem.objectives=[accuracy,energy@h100]", f"out={folder}",
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return folder


@pytest.fixture(scope="module")
def page(swept: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("page") / "report.html"
    answer = run("experiments.report", str(swept), "--to", str(target))
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith(f"report: {target} (")
    return target.read_text(encoding="utf-8")


def test_the_page_is_one_small_file_that_asks_for_nothing(page: str) -> None:
    assert len(page.encode()) < MOST_BYTES
    before, _, rest = page.partition('id="plotly">')
    carried, _, after = rest.partition("<")
    assert zlib.decompress(b64decode(carried)).decode() == plotly()
    for reference in ("http:", "https:", " src=", "@import", "url("):
        assert reference not in before + after
    assert "default-src 'none'" in before


def test_commands_make_the_same_runs_again(swept: Path, page: str, tmp_path: Path) -> None:
    told = page.split('<pre id="commands" tabindex="0">')[1].split("</pre>")[0].replace("&#x27;", "'")
    assert len(told.split("\n")) == 2
    for line in told.split("\n"):
        words = shlex.split(line)
        assert words[:3] == ["python", "-m", "experiments.run"]
        assert run(*words[2:-1], f"out={tmp_path}").returncode == 0
    assert [path.name for path in results(tmp_path)] == [path.name for path in results(swept)]  # hash of what decides


def test_fronts_are_those_of_the_runs(swept: Path, page: str) -> None:
    found = _data(page)
    names = [one["name"] for one in found["optimizers"]]
    for problem in found["problems"]:
        ideal, scale = (np.array(problem[key]) for key in ("ideal", "scale"))
        for group in problem["groups"]:
            for kept in group["runs"]:
                values = ideal + np.array(kept["v"]).reshape(-1, 2) * found["unit"] * scale
                (file,) = (
                    path
                    for path in results(swept)
                    if f"/{names[group['optimizer']]}/seed-{kept['seed']}-" in str(path)
                    and problem["title"] in str(path)
                )
                real = Trajectory.load(file)
                for until in (7, 30):
                    there = values[np.cumsum(kept["e"]) <= until]
                    wanted = real.centre[:until][nondominated(real.centre[:until])]
                    front = there[nondominated(there)]
                    assert np.sort(front, axis=0) == pytest.approx(np.sort(wanted, axis=0), rel=1e-5)


def test_what_no_command_repeats_is_said() -> None:
    known = Configurations()
    own = group_of("mine", [0.1], budget=100, problem={}, cost={})
    with pytest.raises(InputError, match=r"there is no conf/optimizer/mine.yaml here"):
        overrides_of(own, known)
    optimizer = {"name": "nsga2", "_target_": "os.system", "pop_size": 20}
    with pytest.raises(InputError, match=r"made with optimizer\._target_=os\.system, which is not what conf here has"):
        overrides_of(group_of("nsga2", [0.1], optimizer=optimizer, problem={}, cost={}), known)
    plain = {"name": "nsga2", "_target_": "optimizers.NSGA2", "_partial_": True}
    for value in ({"_target_": "os.system"}, "${oc.env:HOME}", [{"a b": 1}]):
        hostile = group_of("nsga2", [0.1], optimizer={**plain, "pop_size": value}, problem={}, cost={})
        with pytest.raises(InputError, match="made with settings that no command repeats"):
            overrides_of(hostile, known)
    (line,) = commands_of([comparison_of({"a": [0.1], "b\x1b": [0.2]})], Origins())
    assert line == "# a, b\\x1b: not made by experiments.run, which alone says how to repeat a run"


def test_bad_input(tmp_path: Path, swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report_main([str(tmp_path / "nowhere")]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert report_main([str(tmp_path)]) == 2
    assert "holds no runs" in capsys.readouterr().err
    (tmp_path / "bad.parquet").write_text("nonsense")
    (tmp_path / "good.parquet").write_bytes(results(swept)[0].read_bytes())
    assert report_main([str(tmp_path)]) == 1
    assert "left out: " in capsys.readouterr().err
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Left out: " in page
    assert "there is nothing to compare" in page
    assert report_main([str(tmp_path), "--to", str(tmp_path / "bad.parquet" / "report.html")]) == 2
    assert "name another with --to" in capsys.readouterr().err


def test_reports_and_comparisons_read_the_same(swept: Path) -> None:
    archives = Archives()
    reading = read(swept, look=archives.look)
    plain = read(swept)
    assert reading.n_runs == plain.n_runs == 10
    for one, other in zip(reading.comparisons, plain.comparisons, strict=True):
        assert [group.label for group in one.groups] == [group.label for group in other.groups]
        for group in one.groups:
            for kept in group.runs:
                archive = archives.of(kept.identity)
                assert archive is not None
                final = archive.values[nondominated(archive.values)]
                assert np.array_equal(np.sort(final, axis=0), np.sort(kept.front, axis=0))


def test_many_runs_are_thinned_and_the_page_says_so(swept: Path) -> None:
    archives = Archives()
    comparisons = read(swept, look=archives.look).comparisons
    everything = archive_detail(comparisons, archives)
    assert (everything.runs, everything.every_architecture, everything.note) == (2, True, "")
    sizes, notes = [], []
    for share in (1.0, 6e-3, 4e-3, 3e-3, 1e-3, 0.0):
        detail = archive_detail(comparisons, archives, share=share)
        data = page_data(comparisons, archives, share=share)
        sizes.append(len(data.packed()))
        notes += [detail.note]
        assert all(group["shown"] >= 0 for problem in data.values["problems"] for group in problem["groups"])
    assert sizes == sorted(sizes, reverse=True)
    assert notes[-1].endswith("at most 6 points of one run of each optimizer")
    assert MOST_OF_ARCHIVES < MOST_BYTES


def test_curves_are_thinned_to_the_end_and_the_budget() -> None:
    comparison = comparison_of({"a": [0.01, 0.02], "b": [0.1, 0.3]}, budgets={"a": 1000, "b": 400})
    (longer,) = (group for group in comparison.groups if group.label == "a")
    detail = CurveDetail(["regret", "r2"], n_groups=10**5, longest=63)
    found = curve_data(longer, comparison, detail)
    assert len(found["evaluations"]) <= detail.checkpoints
    assert {1, 400, 1000} >= {found["evaluations"][0], found["evaluations"][-1]}
    assert "r2" not in found
    assert found["regret"][1][-1] == pytest.approx(0.015)
    assert detail.note.startswith("curves show regret alone")


def _summary(comparisons: list[Comparison]) -> Summary:
    tables = [standings_table(comparisons), robustness_table(comparisons)]
    return summary_of(comparisons, {table.name: table for table in tables})


def test_the_summary_says_who_leads_and_how_sure_that_is() -> None:
    one = comparison_of({"a": np.linspace(0.1, 0.11, 9).tolist(), "random_search": np.linspace(0.2, 0.3, 9).tolist()})
    other = comparison_of({"a": [0.1], "<i>b": [0.05]}, objectives=["perplexity", "params"])
    told = _summary([one])
    assert told.headline == "<b>a</b> leads on the one problem."
    assert "Significantly worse: <b>random_search</b>." in told.problems[0]
    assert "It had reached random search's final regret after" in told.problems[0]
    told = _summary([one, other])
    assert told.headline in ("<b>a</b> and <b>&lt;i&gt;b</b> lead on 1 of 2 problems each.",)
    assert "No two optimizers ran on all problems" in told.overall[0]
    assert "Of one seed there is no telling how much of a difference is luck." in told.overall[-1]
    many = [comparison_of({"a": [0.1], "b": [0.2]}, objectives=["perplexity", f"latency@{d}"]) for d in DEVICES]
    told = _summary(many)
    assert told.headline == f"<b>a</b> leads on all {len(DEVICES)} problems."
    assert len(told.problems) == 1


def test_tables_of_200_optimizers_are_cut_and_say_so() -> None:
    comparison = comparison_of({f"optimizer {i}": [0.1 + i / 1000] for i in range(60)})
    html = table_html(pairs_table([comparison]), optimizers={}, problems={})
    assert html.count("<tr") == MOST_ROWS + 1
    assert f"Shown are {MOST_ROWS} of {60 * 59 // 2} rows" in html


def test_small_things() -> None:
    assert listed([f"n{i}" for i in range(8)]).endswith(" and 2 more")
    assert letters(np.array([[100]])) == chr(148)


def test_infeasible_architectures_are_not_in_the_archive() -> None:
    problem = make_problem("gpt_s", ["perplexity", "params"])
    real = simulate(problem, RandomSearch(problem, seed=0), budget=20)
    for feasible in (np.arange(20) % 2 == 0, np.zeros(20, dtype=bool)):
        facts = {**real.provenance, "identity": "a", "constraints": {"macs": 1.0}}
        archives = Archives()
        archives.look(replace(real, violations=np.where(feasible, -1.0, 1.0)[:, None], provenance=facts))
        found = archives.of("a")
        assert found is not None
        final = found.values[nondominated(found.values)] if len(found.values) else found.values
        wanted = real.centre[feasible]
        wanted = wanted[nondominated(wanted)] if len(wanted) else wanted
        assert np.array_equal(np.sort(final, axis=0), np.sort(wanted, axis=0))
        assert archives.of("a", step=4) is not None
