"""Architectures trained alone, beside their inherited weights: python -m studies.stand_alone SUPERNET CSV --out DIR

Each network starts from random weights and sees the text that the supernet saw in its first steps; then it is measured
on the same held-out text as its part of the supernet was. Their rank correlation is what a supernet is trusted for.
"""

import argparse
import csv
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from hwbench_mo.network import build_model
from hwbench_mo.spaces import Architecture
from hwbench_mo.supernet.corpus import HELD_OUT, TRAIN, read_corpus
from hwbench_mo.supernet.evaluate import HeldOut, evaluate
from hwbench_mo.supernet.folder import corpus_of, settings_in, space_in
from hwbench_mo.supernet.loss import RunBlock, hidden_states, mean_loss, run_block
from hwbench_mo.supernet.optimisation import autocast, backward
from hwbench_mo.supernet.sandwich import window_starts, windows
from hwbench_mo.supernet.settings import Settings


def handful(path: Path, n: int) -> list[tuple[list[int], float]]:
    """Codes and inherited losses of the ends of the space, and of random architectures of each width in turn.

    ``path`` is what ``hwbench-mo supernet measure`` wrote: first the ends, then random architectures.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = [([int(one) for one in row["code"].split()], float(row["loss"])) for row in csv.DictReader(file)]
    ends, others = rows[:2], rows[2:]
    widths = sorted({code[0] for code, _ in others})
    of_width = {width: [row for row in others if row[0][0] == width] for width in widths}
    taken = [of_width[widths[place % len(widths)]][place // len(widths)] for place in range(max(0, n - 2))]
    return [*ends, *taken][:n]


def train(
    architecture: Architecture, settings: Settings, tokens: Any, device: torch.device, run: RunBlock, deadline: float
) -> Any:
    """A network of its own after ``settings.steps`` steps, or None if the time is over before."""
    network = build_model(architecture, device=device, seed=settings.seed, vocabulary=settings.space.vocabulary)
    matrices = [one for one in network.parameters() if one.ndim > 1]
    others = [one for one in network.parameters() if one.ndim < 2]
    groups = [{"params": matrices, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": 0.0}]
    betas = settings.beta_1, settings.beta_2
    optimizer = torch.optim.AdamW(groups, betas=betas, fused=device.type == "cuda" or None)
    for step in range(settings.steps):
        starts = window_starts(
            len(tokens), settings.batch, sequence=settings.sequence, seed=settings.seed, step=step, micro_batch=0
        )
        batch = torch.from_numpy(windows(tokens, starts, settings.sequence)).to(device)
        with autocast(device, settings.dtype):
            hidden = hidden_states(network, batch[:, :-1], run)
            loss = mean_loss(hidden, network.head.weight, batch[:, 1:])
        optimizer.zero_grad(set_to_none=True)
        backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
        for group in optimizer.param_groups:
            group["lr"] = settings.rate(step)
        optimizer.step()
        if step % 20 == 0 and time.monotonic() > deadline:
            return None
    return network


def main() -> None:
    """Append a line of JSON for each architecture; those that are there are not trained again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("supernet", type=Path, help="folder of a supernet; its weights are not needed")
    parser.add_argument("measured", type=Path, help="SPACE-supernet.csv of hwbench-mo supernet measure")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--architectures", type=int, default=8)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--tokens", type=int, default=200_000, help="held-out tokens, as they were measured on")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--on")
    options = parser.parse_args()
    deadline = time.monotonic() + 60 * options.minutes
    device = torch.device(options.on or ("cuda" if torch.cuda.is_available() else "cpu"))
    said, space = settings_in(options.supernet), space_in(options.supernet)
    corpus = read_corpus(corpus_of(options.supernet))
    text = HeldOut.of(corpus.split(HELD_OUT), sequence=said["sequence"], tokens=options.tokens, device=device)
    settings = Settings(
        space=space,
        steps=options.steps,
        batch=said["batch"],
        sequence=said["sequence"],
        learning_rate=said["learning_rate"],
        warm_up=min(said["warm_up"], options.steps // 8),
        dtype=said["dtype"],
        seed=said["seed"],
    )
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "stand_alone.jsonl"
    done = [json.loads(line)["code"] for line in path.read_text().splitlines()] if path.exists() else []
    for code, inherited in handful(options.measured, options.architectures):
        if code in done:
            continue
        began = time.monotonic()
        (architecture,) = space.decode(np.array([code]))
        network = train(architecture, settings, corpus.split(TRAIN).tokens, device, run_block, deadline)
        if network is None:
            print("the time is over; the same call goes on")
            return
        alone = evaluate(network, text, batch=settings.batch, dtype=settings.dtype)
        line = {
            "code": code,
            "steps": settings.steps,
            "seconds": time.monotonic() - began,
            "alone": vars(alone),
            "inherited": {"loss": inherited},
        }
        print(json.dumps(line), flush=True)
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
