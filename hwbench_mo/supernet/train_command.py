"""``hwbench-mo supernet train --space S --text T --out F``."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError
from hwbench_mo.progress import bars, say, steps
from hwbench_mo.spaces.files import find_space
from hwbench_mo.supernet.corpus import HELD_OUT, TRAIN, Corpus, is_corpus, read_corpus, write_corpus
from hwbench_mo.supernet.settings import COMPILE, DTYPES, Settings

VALIDATION_TOKENS = 65_536
"""Held-out tokens that are validated on while the supernet trains, at most."""
SECONDS_BETWEEN_LINES = 10.0
NUMBERS = (
    ("steps", int, "of the optimizer"),
    ("sequence", int, "tokens a sequence"),
    ("batch", int, "sequences a micro-batch"),
    ("accumulation", int, "micro-batches a step"),
    ("random", int, "random sub-networks a step, beside the largest and the smallest"),
    ("learning-rate", float, "at its highest"),
    ("warm-up", int, "steps over which the learning rate rises"),
    ("floor", float, "share of the learning rate that is left at the end"),
    ("weight-decay", float, "of matrices"),
    ("clip", float, "norm that gradients are clipped to"),
    ("distil", float, "share of the largest network's distribution in what the others learn from"),
    ("seed", int, "of weights, text and sub-networks"),
    ("validate-every", int, "steps between two validations"),
    ("checkpoint-every", int, "steps between two checkpoints"),
)


def add_arguments(parser: Parser) -> None:
    """The arguments of ``train``."""
    parser.description = "Trains a supernet on a folder of text; the same call goes on where an earlier one ended."
    parser.examples = [
        "hwbench-mo supernet train --space gpt_s --text TEXT --out supernet",
        "hwbench-mo supernet train --space gpt_s --text TEXT --out supernet --minutes 30 --batch 4",
    ]
    parser.add_argument("--space", required=True, help="a space by name, or a JSON file of a space of your own")
    parser.add_argument("--text", required=True, type=Path, help="folder of text or Parquet files, or of tokens")
    parser.add_argument("--out", required=True, type=Path, help="folder of the supernet")
    text = parser.add_argument_group("text")
    text.add_argument(
        "--tokenizer", type=Path, metavar="FILE", help="a tokenizer.json (default: train one on the text)"
    )
    text.add_argument(
        "--held-out",
        type=float,
        default=0.02,
        metavar="SHARE",
        help="share of documents held out (default: %(default)s)",
    )
    run_on = parser.add_argument_group("where and how it runs")
    run_on.add_argument("--start", type=Path, metavar="FOLDER", help="a GPT-NeoX or GPT-2 whose weights to start from")
    run_on.add_argument("--on", metavar="DEVICE", help="cpu, cuda or cuda:1 (default: a GPU where there is one)")
    run_on.add_argument("--dtype", choices=DTYPES, help="of matrix products (default: bfloat16 on GPUs)")
    run_on.add_argument("--compile", choices=COMPILE, help="what to compile (default: ends on GPUs, none elsewhere)")
    run_on.add_argument(
        "--minutes", type=float, default=float("inf"), metavar="N", help="stop after so long; the same call goes on"
    )
    training = parser.add_argument_group("training")
    for name, kind, meaning in NUMBERS:
        default = getattr(Settings, name.replace("-", "_"))
        training.add_argument(
            f"--{name}",
            type=kind,
            default=default,
            metavar="N" if kind is int else "X",
            help=f"{meaning} (default: %(default)s)",
        )


def run(options: argparse.Namespace) -> None:
    """Train, or go on with a training."""
    from hwbench_mo.supernet import folder as folders
    from hwbench_mo.supernet.ranks import joined

    space = find_space(options.space)
    with joined(options.on) as ranks:
        on_gpu = ranks.device.type == "cuda"
        named = {name.replace("-", "_"): getattr(options, name.replace("-", "_")) for name, *_ in NUMBERS}
        settings = Settings(
            space=space,
            dtype=options.dtype or ("bfloat16" if on_gpu else "float32"),
            compile=options.compile or ("ends" if on_gpu else "none"),
            **named,
        )
        if not ranks.is_first:
            ranks.wait()
            _train(options, settings, ranks)
            return
        with folders.locked(options.out, "trained"):
            corpus = tokens_of(options, space.vocabulary)
            start = None if options.start is None else str(options.start.resolve())
            folders.describe(options.out, settings, corpus, start)
            ranks.wait()
            _train(options, settings, ranks)


def tokens_of(options: argparse.Namespace, vocabulary: int) -> Corpus:
    """The tokens of a text, made where they are missing."""
    if is_corpus(options.text):
        corpus = read_corpus(options.text)
    else:
        place = options.out / "tokens"
        if not is_corpus(place):
            with bars():
                write_corpus(
                    options.text, place, vocabulary=vocabulary, tokenizer=options.tokenizer, held_out=options.held_out
                )
            print(f"tokens of {options.text}: {place}", flush=True)
        corpus = read_corpus(place)
    if corpus.vocabulary > vocabulary:
        raise InputError(f"{corpus.folder} has {corpus.vocabulary} tokens, but the space has {vocabulary}")
    return corpus


def _train(options: argparse.Namespace, settings: Settings, ranks: Any) -> None:
    from hwbench_mo.supernet import folder as folders
    from hwbench_mo.supernet.evaluate import HeldOut
    from hwbench_mo.supernet.pretrained import start_from
    from hwbench_mo.supernet.trainer import Progress, Trainer

    corpus = read_corpus(options.text if is_corpus(options.text) else options.out / "tokens")
    held = corpus.split(HELD_OUT)
    validated = None
    if len(held.tokens) > settings.sequence:
        validated = HeldOut.of(held, sequence=settings.sequence, tokens=VALIDATION_TOKENS, device=ranks.device)
    start = None
    if options.start is not None:

        def start(supernet: Any) -> None:
            started = start_from(options.start, supernet)
            if ranks.is_first:
                print("\n".join(started.lines), flush=True)

    trainer = Trainer(settings, corpus.split(TRAIN), validated, options.out, ranks=ranks, start=start)
    if ranks.is_first:
        if trainer.step:
            print(f"goes on after step {trainer.step} of {settings.steps}", flush=True)
        counts = f"{len(trainer.text.tokens)} tokens to train on, {len(held.tokens)} held out"
        print(f"{settings.space.name} on {ranks.device}: {counts}", flush=True)
    last = 0.0

    with (
        bars(shown=ranks.is_first),
        steps(f"train {settings.space.name}", settings.steps, first=trainer.step) as done,
    ):

        def tell(progress: Progress) -> None:
            nonlocal last
            done.at(progress.step)
            if "validation_largest" in progress.row or time.monotonic() - last >= SECONDS_BETWEEN_LINES:
                last = time.monotonic()
                if ranks.is_first:
                    say(_line(progress.row, settings.steps), sys.stderr)

        whole = trainer.run(seconds=60 * options.minutes, tell=tell)
    if not ranks.is_first:
        return
    if whole:
        path = folders.write_weights(options.out, trainer.supernet, trainer.step)
        print(f"{path}\nnext: hwbench-mo supernet measure {options.out} --out MEASUREMENTS")
    else:
        print(f"stopped after step {trainer.step} of {settings.steps}; the same call goes on")


def _line(row: Any, steps: int) -> str:
    parts = [f"step {row['step']} of {steps}", f"{row['seconds']:.0f} s"]
    parts += [f"{name} {row[f'loss_{name}']:.3f}" for name in ("largest", "smallest", "random")]
    if "validation_largest" in row:
        names = ("largest", "smallest", "random")
        parts.append("held out: " + ", ".join(f"{name} {row[f'validation_{name}']:.3f}" for name in names))
    return ", ".join(parts)
