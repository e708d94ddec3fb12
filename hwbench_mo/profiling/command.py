"""``hwbench-mo measure --space S --device NAME --out F``: measure a device, and write a folder that can be fitted."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError, report
from hwbench_mo.extras import how_to_install
from hwbench_mo.measurements import Measurements
from hwbench_mo.network.build import import_torch
from hwbench_mo.profiling import devices, export
from hwbench_mo.profiling.campaign import Campaign, Status
from hwbench_mo.profiling.journal import opened
from hwbench_mo.profiling.progress import Progress
from hwbench_mo.profiling.report import Judged, head_of, judge, lines_of, noise_of, table_of
from hwbench_mo.profiling.settings import DTYPES, PROTOCOLS, Settings
from hwbench_mo.progress import bars, steps
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.spaces.files import find_space
from hwbench_mo.targets import Target
from hwbench_mo.terminal import console, show


def add_arguments(parser: Parser) -> None:
    """The arguments of the command."""
    parser.description = (
        "Measures a device of your own: latency, energy and memory of architectures, until tables that are fitted to "
        "them are precise enough."
    )
    parser.examples = [
        "hwbench-mo measure --space gpt_s --device my_gpu --out measurements",
        "hwbench-mo measure --space gpt_s --device my_cpu --on cpu --no-energy --out measurements",
    ]
    parser.notes = "An interrupted call goes on when it is started again. Next: hwbench-mo fit OUT TABLES."
    parser.add_argument(
        "--space",
        required=True,
        help=f"a space, several with commas between, or all: {', '.join(MEASURED)}; or a JSON file of your own",
    )
    parser.add_argument("--device", required=True, metavar="NAME", help="its name in objectives: latency@NAME")
    parser.add_argument(
        "--out", required=True, type=Path, help="folder of measurements; an interrupted call goes on there"
    )
    machine = parser.add_argument_group("the device")
    machine.add_argument("--on", choices=devices.KINDS, help="kind of device (default: a GPU)")
    machine.add_argument(
        "--gpu", default="0", metavar="N", help="number of the GPU; 0,1 shares the work of equal GPUs (default: 0)"
    )
    passes = parser.add_argument_group("a pass")
    passes.add_argument("--batch", type=int, metavar="N", help="sequences a pass (default: as the space has it)")
    passes.add_argument("--sequence", type=int, metavar="N", help="tokens a sequence (default: 1024)")
    passes.add_argument(
        "--dtype", choices=DTYPES, help="(default: bfloat16, float16 before Ampere, float32 on processors)"
    )
    passes.add_argument("--protocol", choices=PROTOCOLS, help="(default: graph on GPUs of NVIDIA, clock elsewhere)")
    how_much = parser.add_argument_group("how much is measured")
    how_much.add_argument(
        "--precision",
        type=float,
        default=0.005,
        metavar="SHARE",
        help="relative error of the tables to stop at (default: %(default)s)",
    )
    how_much.add_argument(
        "--architectures", type=int, default=300, metavar="N", help="architectures at most (default: %(default)s)"
    )
    how_much.add_argument(
        "--held-out",
        type=float,
        default=0.1,
        metavar="SHARE",
        help="share of architectures to judge by (default: %(default)s)",
    )
    how_much.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="of the choice and order of architectures (default: %(default)s)",
    )
    energy = how_much.add_mutually_exclusive_group()
    energy.add_argument("--no-energy", action="store_true", help="measure latency and memory alone")
    energy.add_argument(
        "--energy-seconds",
        type=float,
        default=2.0,
        metavar="N",
        help="seconds of passes an architecture (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> int:
    """Measure each space, and report; the exit status is 2 for a user's mistake, 130 for an interrupt."""
    try:
        with bars(), steps("load PyTorch"):
            import_torch()
        names = MEASURED if options.space == "all" else options.space.split(",")
        spaces = [find_space(name.strip()) for name in names]
        indices = _indices(options.gpu)
        kind = devices.find_kind(options.on)
        every = [_settings(options, space, kind, indices) for space in spaces]
        for settings in every:
            export.refuse_taken(options.out, settings)
        for settings in every:
            _measure(options.out, settings, kind, indices)
    except InputError as error:
        return report(error)
    except KeyboardInterrupt:
        print(f"interrupted; the same call goes on with what is kept in {options.out}", file=sys.stderr)
        return 130
    return 0


def _indices(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"gpu is {text!r}, but must be a number, or several with commas between: 0,1") from None


def _settings(options: argparse.Namespace, space: SearchSpace, kind: str, indices: Sequence[int]) -> Settings:
    defaults = devices.defaults_of(kind, indices)
    return Settings(
        space=space,
        device=options.device,
        dtype=options.dtype or defaults["dtype"],
        protocol=options.protocol or defaults["protocol"],
        batch=options.batch,
        sequence=options.sequence,
        precision=options.precision,
        energy_seconds=0.0 if options.no_energy else options.energy_seconds,
        held_out=options.held_out,
        most=options.architectures,
        seed=options.seed,
    )


def _measure(out: Path, settings: Settings, kind: str, indices: Sequence[int]) -> None:
    space = settings.space
    measured = export.finished(out, settings)
    if measured is not None:
        print(f"{out / space.name} is measured already")
    else:
        with opened(out, settings) as journal, Progress(space.name) as progress:
            meters = devices.find_meters(kind, indices, settings)
            if not settings.is_of_the_space:
                progress.tell(
                    f"{space.name}: batch {settings.batch} and sequence {settings.sequence} make a table of its own, "
                    f"not comparable with the devices that ship ({space.batch_size} and 1024)"
                )
            if journal.entries:
                progress.tell(f"{space.name}: {len(journal.entries)} rows of an earlier call are kept")
            start = time.monotonic()
            status = Campaign(journal, meters, progress=progress.show, tell=progress.tell).run()
            seconds = time.monotonic() - start
            if not journal.entries:
                raise InputError(f"{space.name}: the memory of {meters[0].name} holds none of the architectures")
            for meter in meters:
                if reason := meter.facts.get("energy_reason"):
                    progress.tell(f"{space.name}: no energy of {meter.name}: {reason}")
            measured = export.write(journal, out)
        _say(status, settings, seconds)
    _report(out, settings, measured)


def _say(status: Status, settings: Settings, seconds: float) -> None:
    print(f"{settings.space.name}: {status.n_rows} rows, {seconds:.0f} s in this call")
    for name, precision, wanted in (
        ("latency", status.latency, settings.precision),
        ("energy", status.energy, None),
    ):
        if precision.typical < float("inf"):
            missed = " (not reached)" if wanted is not None and precision.typical > wanted else ""
            goal = f", {100 * wanted:g} % was asked for{missed}" if wanted is not None else ""
            print(f"  predicted error of the tables of {name}: {precision}{goal}")


def _report(out: Path, settings: Settings, measured: Measurements) -> None:
    judged = list(judge(measured))
    if console() is None:
        for line in lines_of(measured, judged):
            print(line)
    else:
        _show_report(measured, judged)
    protocol = measured.protocols.get(settings.device, {})
    if rows := protocol.get("throttled_rows"):
        print(f"  throttled: {', '.join(f'{reason} in {n} rows' for reason, n in rows.items())}")
    _draw(
        measured,
        [one for one in judged if isinstance(one, Judged)],
        out / f"{settings.space.name}-{settings.device}.png",
    )
    print(f"next: hwbench-mo fit {out} TABLES")


def _show_report(measured: Measurements, judged: list[Judged | str]) -> None:
    """On a terminal."""
    print(head_of(measured))
    show(table_of([one for one in judged if isinstance(one, Judged)]))
    for one in judged:
        if isinstance(one, str):
            print(one)
            continue
        for line in noise_of(measured, one.target):
            print(f"{Target.parse(one.target).label}: {line.strip()}")


def _draw(measured: Measurements, judged: list[Judged], picture: Path) -> None:
    if not judged:
        return
    try:
        from hwbench_mo.plotting import save_picture
        from hwbench_mo.profiling.pictures import draw

        save_picture(draw(measured, judged), picture)
        print(f"  picture: {picture}")
    except (InputError, ModuleNotFoundError):
        print(f"  no picture, which needs matplotlib: {how_to_install('measure')}")
