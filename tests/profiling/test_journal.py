"""Journals: whole up to a line whenever the process is killed, of one process at a time, and data alone."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hwbench_mo import InputError
from hwbench_mo.profiling.design import Row
from hwbench_mo.profiling.journal import Entry, Journal, LeftOut, opened
from hwbench_mo.profiling.meter import Reading
from tests.support.measured import TOY
from tests.support.simulated_device import settings_of
from tests.support.spaces import ROOT

SETTINGS = settings_of(TOY)


def entry(index: int, code: tuple[int, ...]) -> Entry:
    reading = Reading(latency_ms=(1.5,) * 20, energy_wh=(0.1, 0.2), state={"sm_mhz": 5})
    return Entry.of(Row(code, "fit"), reading, campaign_index=index, unit=0, place=index)


def codes(n: int) -> list[tuple[int, ...]]:
    return [tuple(code.tolist()) for code, _ in zip(TOY.enumerate(), range(n), strict=False)]


@pytest.fixture
def written(tmp_path: Path) -> Journal:
    with opened(tmp_path, SETTINGS) as journal:
        journal.add({"devices": {"GPU 0": {}}, "busy": {}})
        for index, code in enumerate(codes(3)):
            journal.add(entry(index, code))
        journal.add(LeftOut(unit=1, place=2, code=codes(1)[0], reason="memory"))
    return journal


def test_what_was_added_is_read_again(written: Journal, tmp_path: Path) -> None:
    with opened(tmp_path, SETTINGS) as journal:
        assert journal.entries == written.entries == [entry(index, code) for index, code in enumerate(codes(3))]
        assert journal.left_out == written.left_out
        assert journal.sessions == [{"devices": {"GPU 0": {}}, "busy": {}}]


def test_a_line_that_was_being_written_is_dropped_wherever_it_broke_off(written: Journal, tmp_path: Path) -> None:
    whole = written.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for cut in range(len(whole) - len(lines[-1]) - len(lines[-2]), len(whole) + 1, 7):
        written.path.write_bytes(whole[:cut])
        with opened(tmp_path, SETTINGS) as journal:
            n_kept = whole[:cut].count(b"\n")
            assert len(journal.entries) + len(journal.left_out) == n_kept - 2
            journal.add(entry(9, codes(4)[3]))
        assert written.path.read_bytes().startswith(b"".join(lines[:n_kept]))
        with opened(tmp_path, SETTINGS) as journal:
            assert journal.entries[-1] == entry(9, codes(4)[3])


@pytest.mark.parametrize("cut", [0, 5])
def test_a_journal_that_was_not_begun_is_begun(cut: int, written: Journal, tmp_path: Path) -> None:
    written.path.write_bytes(written.path.read_bytes()[:cut])
    with opened(tmp_path, SETTINGS) as journal:
        assert not journal.entries
    assert json.loads(written.path.read_text()) == {"settings": SETTINGS.identity}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch": 2}, "is being measured with batch 8, not 2: go on with the former, or name another folder"),
        ({"dtype": "float16"}, "is being measured with dtype 'bfloat16', not 'float16'"),
        ({"seed": 1}, "is being measured with seed 0, not 1"),
    ],
)
def test_other_settings_are_refused(change: dict[str, object], message: str, written: Journal, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message), opened(tmp_path, settings_of(TOY, **change)):
        pass


BROKEN = [
    ({"campaign_index": 0.5}, "TypeError: 0.5 is no integer"),
    ({"campaign_index": True}, "TypeError: True is no integer"),
    ({"role": "best"}, "ValueError: unknown role 'best'"),
    ({"code": [0] * 5}, "InputError|codes have shape"),
    ({"code": [0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]}, "the code is not canonical"),
    ({"latency_ms": [1.0]}, "1 latencies, but 20 passes"),
    ({"latency_ms": [-1.0] * 20}, "are not positive numbers"),
    ({"energy_wh": "much"}, "ValueError"),
    ({"state": 5}, "TypeError"),
]


@pytest.mark.parametrize(("change", "message"), BROKEN)
def test_broken_lines_are_refused(change: dict[str, object], message: str, written: Journal, tmp_path: Path) -> None:
    lines = written.path.read_text().splitlines()
    row = json.loads(lines[2])
    row["row"].update(change)
    written.path.write_text("\n".join([*lines[:2], json.dumps(row), *lines[3:]]) + "\n")
    with pytest.raises(InputError, match=message), opened(tmp_path, SETTINGS):
        pass


@pytest.mark.parametrize("line", ["", "5", "{}", '{"row": 5}', '{"other": {}}', "[" * 100_000, '{"settings": {}}'])
def test_lines_of_another_form_are_refused(line: str, written: Journal, tmp_path: Path) -> None:
    with written.path.open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(InputError, match=r"line 7 is no line of a journal") as caught, opened(tmp_path, SETTINGS):
        pass
    assert "\n" not in str(caught.value)


HOLD = """if True:
    import sys, time
    from pathlib import Path
    from hwbench_mo.profiling.journal import opened
    from tests.profiling.test_journal import SETTINGS
    with opened(Path(sys.argv[1]), SETTINGS):
        print("open", flush=True)
        time.sleep(60)
"""


def test_a_second_process_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        with pytest.raises(InputError, match="is being measured by another process: toy"), opened(tmp_path, SETTINGS):
            pass
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    time.sleep(0.05)
    with opened(tmp_path, SETTINGS) as journal:
        assert journal.entries == []
