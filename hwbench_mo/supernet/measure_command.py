"""``hwbench-mo supernet measure SUPERNET --out MEASUREMENTS``."""

import argparse
import sys
import time
from pathlib import Path

from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError
from hwbench_mo.progress import bars, steps
from hwbench_mo.supernet.corpus import HELD_OUT, Split, is_corpus, read_corpus, write_corpus
from hwbench_mo.supernet.settings import COMPILE, DTYPES
from hwbench_mo.terminal import is_terminal
from hwbench_mo.version import __version__

SECONDS_BETWEEN_LINES = 10.0


def add_arguments(parser: Parser) -> None:
    """The arguments of ``measure``."""
    parser.description = (
        "Measures perplexity and accuracy of a supernet's sub-networks, and writes them as a folder of measurements."
    )
    parser.examples = [
        "hwbench-mo supernet measure supernet --out measurements",
        "hwbench-mo supernet measure supernet --out measurements --architectures 500 --on cpu",
    ]
    parser.add_argument("supernet", type=Path, help="folder that `hwbench-mo supernet train` wrote")
    parser.add_argument("--out", required=True, type=Path, help="folder of measurements; may hold devices already")
    parser.add_argument("--text", type=Path, metavar="FOLDER", help="held-out text (default: what training held out)")
    how_much = parser.add_argument_group("how much is measured")
    for name, default, what in (
        ("architectures", 2000, "sub-networks to measure"),
        ("tokens", 100_000, "tokens of the held-out text, at most"),
        ("seed", 0, "of the choice of architectures"),
    ):
        how_much.add_argument(f"--{name}", type=int, default=default, metavar="N", help=f"{what} (default: {default})")
    run_on = parser.add_argument_group("where and how it runs")
    run_on.add_argument("--sequence", type=int, metavar="N", help="tokens a sequence (default: as trained)")
    run_on.add_argument("--batch", type=int, metavar="N", help="sequences a pass (default: 128 on GPUs, 8 elsewhere)")
    run_on.add_argument("--on", metavar="DEVICE", help="cpu, cuda or cuda:1 (default: a GPU where there is one)")
    run_on.add_argument("--dtype", choices=DTYPES, help="of matrix products (default: bfloat16 on GPUs)")
    run_on.add_argument("--compile", choices=COMPILE, default="none", help="what to compile (default: none)")


def run(options: argparse.Namespace) -> None:
    """Measure, and write the folder."""
    from hwbench_mo.checks import check_count, check_seed
    from hwbench_mo.supernet import export, measuring
    from hwbench_mo.supernet import folder as folders
    from hwbench_mo.supernet.evaluate import HeldOut
    from hwbench_mo.supernet.optimisation import compiled
    from hwbench_mo.supernet.ranks import joined

    check_count("architectures", options.architectures, least=2)
    check_seed(options.seed)
    with joined(options.on) as ranks:
        if ranks.size > 1:
            raise InputError("measuring uses one process: start it without torchrun")
        on_gpu = ranks.device.type == "cuda"
        trained = folders.read_supernet(options.supernet, device=ranks.device)
        space = trained.supernet.space
        batch = options.batch or (128 if on_gpu else 8)
        check_count("batch", batch)
        sequence = options.sequence or trained.sequence
        place = options.out / ".measuring" / space.name
        with folders.locked(place, "measured"):
            split, sha256 = _held_out(options, space.vocabulary, place)
            text = HeldOut.of(split, sequence=sequence, tokens=options.tokens, device=ranks.device)
            dtype = options.dtype or ("bfloat16" if on_gpu else "float32")
            identity = {
                "space": dict(space.facts),
                "supernet": trained.sha256,
                "text": sha256,
                "tokens": text.n_tokens,
                "sequence": sequence,
                "dtype": dtype,
            }
            began, last = time.monotonic(), time.monotonic()

            codes = measuring.chosen(space, options.architectures, seed=options.seed)
            with bars(), steps(f"measure {space.name}", len(codes), unit="sub-network") as done:

                def tell(n: int, row: measuring.Row) -> None:
                    nonlocal last
                    done.at(n)
                    if not is_terminal(sys.stderr) and time.monotonic() - last >= SECONDS_BETWEEN_LINES:
                        last = time.monotonic()
                        print(f"{space.name}: {n} of {options.architectures} sub-networks", file=sys.stderr, flush=True)

                rows = measuring.measure(
                    trained.supernet,
                    text,
                    codes,
                    place / measuring.JOURNAL,
                    identity,
                    batch=batch,
                    dtype=dtype,
                    run=compiled(options.compile),
                    tell=tell,
                )
            seconds = time.monotonic() - began
            protocol = {**identity, "step": trained.facts["step"], "documents": len(text.first)}
            protocol |= {"training": trained.facts["settings"], "hwbench_mo": __version__}
            paths = export.write(space, rows, protocol, options.out)
    print(f"{len(rows)} sub-networks on {text.n_tokens} tokens of {len(text.first)} documents, {seconds:.0f} s")
    for path in paths:
        print(path)
    print(f"next: hwbench-mo fit {options.out} TABLES")


def _held_out(options: argparse.Namespace, vocabulary: int, place: Path) -> tuple[Split, str]:
    """The text to measure on, and its sha256."""
    from hwbench_mo.supernet.folder import corpus_of

    own = corpus_of(options.supernet)
    if options.text is None:
        corpus = read_corpus(own)
    elif is_corpus(options.text):
        corpus = read_corpus(options.text)
    else:
        tokens = place / "tokens"
        if not is_corpus(tokens):
            with bars():
                write_corpus(
                    options.text, tokens, vocabulary=vocabulary, tokenizer=own / "tokenizer.json", held_out=1.0
                )
        corpus = read_corpus(tokens)
    return corpus.split(HELD_OUT), corpus.identity[HELD_OUT]
