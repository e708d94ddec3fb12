"""Architectures trained alone, beside their inherited weights: python -m studies.stand_alone SUPERNET --out FOLDER …

Each network starts from random weights and sees the text that the supernet saw in its first steps; then it is measured
on the same held-out text as its part of the supernet. Their rank correlation is what a supernet is trusted for.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from hwbench_mo.network import build_model
from hwbench_mo.spaces import Architecture, SearchSpace
from hwbench_mo.supernet.corpus import HELD_OUT, TRAIN, read_corpus
from hwbench_mo.supernet.elastic import largest, smallest
from hwbench_mo.supernet.evaluate import HeldOut, evaluate
from hwbench_mo.supernet.folder import corpus_of, read_supernet
from hwbench_mo.supernet.loss import RunBlock, hidden_states, mean_loss, run_block
from hwbench_mo.supernet.optimisation import autocast, backward
from hwbench_mo.supernet.sandwich import window_starts, windows
from hwbench_mo.supernet.settings import Settings


def handful(space: SearchSpace, n: int) -> list[Architecture]:
    """The ends of the space, and random ones of each width in turn."""
    rng = np.random.default_rng(20)
    found = [largest(space), smallest(space)]
    for place in range(n - 2):
        codes = space.sample(1, rng)
        codes[:, 0] = place % len(space.embed_dim)
        found += space.decode(codes)
    return found[:n]


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
    parser.add_argument("supernet", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--architectures", type=int, default=8)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--tokens", type=int, default=200_000)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--on")
    options = parser.parse_args()
    deadline = time.monotonic() + 60 * options.minutes
    device = torch.device(options.on or ("cuda" if torch.cuda.is_available() else "cpu"))
    trained = read_supernet(options.supernet, device=device)
    said, space = trained.facts["settings"], trained.supernet.space
    corpus = read_corpus(corpus_of(options.supernet))
    text = HeldOut.of(corpus.split(HELD_OUT), sequence=trained.sequence, tokens=options.tokens, device=device)
    settings = Settings(
        space=space,
        steps=options.steps,
        batch=options.batch,
        sequence=trained.sequence,
        learning_rate=said["learning_rate"],
        warm_up=min(said["warm_up"], options.steps // 8),
        dtype=said["dtype"],
        seed=said["seed"],
    )
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "stand_alone.jsonl"
    done = [json.loads(line)["code"] for line in path.read_text().splitlines()] if path.exists() else []
    for one in handful(space, options.architectures):
        code = space.encode(one)[0].tolist()
        if code in done:
            continue
        began = time.monotonic()
        network = train(one, settings, corpus.split(TRAIN).tokens, device, run_block, deadline)
        if network is None:
            print("the time is over; the same call goes on")
            return
        found = {}
        for name, which in (("alone", network), ("inherited", trained.supernet.select(one))):
            found[name] = vars(evaluate(which, text, batch=options.batch, dtype=settings.dtype))
        line = {"code": code, "steps": settings.steps, "seconds": time.monotonic() - began, **found}
        print(json.dumps(line), flush=True)
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
