"""Speed of a supernet: python -m benchmarks.supernet --text TOKENS --out FOLDER …

Tokens a second and share of the GPU's peak for the largest network, eager and compiled; what selecting a sub-network
costs against a network of its own; sub-networks measured a second; memory; and how long a step of the sandwich takes.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from hwbench_mo.spaces import Architecture
from hwbench_mo.spaces.files import find_space
from hwbench_mo.supernet.arithmetic import peak_of, training_flops
from hwbench_mo.supernet.corpus import HELD_OUT, TRAIN, read_corpus
from hwbench_mo.supernet.elastic import Supernet, largest, smallest
from hwbench_mo.supernet.evaluate import HeldOut, evaluate
from hwbench_mo.supernet.loss import RunBlock, hidden_states, mean_loss, run_block
from hwbench_mo.supernet.optimisation import autocast, backward, compiled
from hwbench_mo.supernet.ranks import Ranks
from hwbench_mo.supernet.sandwich import window_starts, windows
from hwbench_mo.supernet.settings import Settings
from hwbench_mo.supernet.trainer import Trainer


class Bench:
    """Times passes of networks on one batch."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.device = torch.device(options.on or ("cuda" if torch.cuda.is_available() else "cpu"))
        self.on_gpu = self.device.type == "cuda"
        self.dtype = "bfloat16" if self.on_gpu else "float32"
        self.space, self.options = find_space(options.space), options
        self.corpus = read_corpus(options.text)
        self.name = torch.cuda.get_device_name(self.device) if self.on_gpu else "cpu"
        tokens = self.corpus.split(TRAIN).tokens
        starts = window_starts(len(tokens), options.batch, sequence=options.sequence, seed=0, step=0, micro_batch=0)
        batch = torch.from_numpy(windows(tokens, starts, options.sequence)).to(self.device)
        self.inputs, self.targets = batch[:, :-1].contiguous(), batch[:, 1:].contiguous()

    def seconds(self, step: Callable[[], object], repeats: int) -> float:
        """The median of some calls, after two that are not counted."""
        found = []
        for _ in range(repeats + 2):
            self._wait()
            start = time.perf_counter()
            step()
            self._wait()
            found.append(time.perf_counter() - start)
        return statistics.median(found[2:])

    def _wait(self) -> None:
        if self.on_gpu:
            torch.cuda.synchronize(self.device)

    def pass_of(self, network: Any, run: RunBlock) -> None:
        """A forward and a backward pass."""
        with autocast(self.device, self.dtype):
            hidden = hidden_states(network, self.inputs, run)
            loss = mean_loss(hidden, network.head.weight, self.targets)
        backward(loss)

    def _selected(self, supernet: Supernet, architecture: Architecture, run: RunBlock) -> None:
        self.pass_of(supernet.select(architecture), run)

    def largest_alone(self, run: RunBlock, repeats: int) -> dict[str, Any]:
        """Forward, backward and optimizer of the largest network."""
        supernet = Supernet(self.space, device=self.device)
        supernet.attach_gradients()
        optimizer = torch.optim.AdamW(supernet.whole.parameters(), lr=1e-5, fused=self.on_gpu or None)
        network = supernet.select(largest(self.space))

        def step() -> None:
            supernet.gradient.zero_()  # type: ignore[union-attr]
            self.pass_of(network, run)
            optimizer.step()

        if self.on_gpu:
            torch.cuda.reset_peak_memory_stats(self.device)
        began = time.perf_counter()
        step()
        self._wait()
        first = time.perf_counter() - began
        seconds = self.seconds(step, repeats)
        found = {"first_s": first, "step_s": seconds, "tokens_per_s": self.inputs.numel() / seconds}
        shape = {"vocabulary": self.space.vocabulary, "sequence": self.options.sequence}
        if (peak := peak_of(self.name)) is not None:
            for name, causal in (("mfu", True), ("mfu_palm", False)):
                flops = training_flops(largest(self.space), **shape, causal=causal)
                found[name] = found["tokens_per_s"] * flops / peak
        if self.on_gpu:
            found["peak_memory_gb"] = torch.cuda.max_memory_allocated(self.device) / 1e9
        return found

    def overhead(self, architectures: list[Architecture], run: RunBlock, repeats: int) -> list[dict[str, Any]]:
        """Seconds of a pass of selected and of extracted sub-networks, one after the other."""
        supernet = Supernet(self.space, device=self.device)
        supernet.attach_gradients()
        rows = []
        for one in architectures:
            own = supernet.extract(one)
            for weight in own.parameters():
                weight.grad = torch.zeros_like(weight)
            pair: list[list[float]] = [[], []]
            for _ in range(repeats):
                pair[0].append(self.seconds(partial(self._selected, supernet, one, run), 1))
                pair[1].append(self.seconds(partial(self.pass_of, own, run), 1))
            selected, extracted = map(statistics.median, pair)
            with torch.no_grad():
                tokens = self.inputs[:2]
                same = torch.equal(supernet.select(one)(tokens), own(tokens))
            rows.append(
                {
                    "embed_dim": one.embed_dim,
                    "selected_s": selected,
                    "extracted_s": extracted,
                    "overhead": selected / extracted - 1,
                    "same_bits_float32": same,
                }
            )
        return rows

    def measuring(self, architectures: list[Architecture], tokens: int) -> dict[str, Any]:
        """Sub-networks a second on a held-out text."""
        supernet = Supernet(self.space, device=self.device)
        sequence = self.options.sequence
        text = HeldOut.of(self.corpus.split(HELD_OUT), sequence=sequence, tokens=tokens, device=self.device)
        evaluate(supernet.select(largest(self.space)), text, batch=self.options.measure_batch, dtype=self.dtype)
        began = time.perf_counter()
        for one in architectures:
            evaluate(supernet.select(one), text, batch=self.options.measure_batch, dtype=self.dtype)
        seconds = time.perf_counter() - began
        return {"tokens": text.n_tokens, "sub_networks": len(architectures), "per_s": len(architectures) / seconds}

    def sandwich(self, compile: str, steps: int) -> dict[str, Any]:
        """Seconds of a whole step of training."""
        settings = Settings(
            space=self.space,
            batch=self.options.batch,
            sequence=self.options.sequence,
            dtype=self.dtype,
            compile=compile,
            validate_every=10**6,
        )
        folder = self.options.out / f"scratch-{compile}"
        folder.mkdir(parents=True, exist_ok=True)
        trainer = Trainer(settings, self.corpus.split(TRAIN), None, folder, ranks=Ranks(device=self.device))
        began, times = time.perf_counter(), []
        for step in range(steps):
            trainer.train_step(step)
            times.append(time.perf_counter() - began)
        late = np.diff(times)[steps // 3 :]
        return {"step_s": float(late.mean()), "compiling_s": float(times[steps // 3] - late.mean() * steps / 3)}


def main() -> None:
    """Write ``speed.json``, line by line, as parts of it end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, required=True, help="folder of tokens")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--space", default="gpt_s")
    parser.add_argument("--on")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--measure-batch", type=int, default=128)
    parser.add_argument("--sequence", type=int, default=1024)
    parser.add_argument("--tokens", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--networks", type=int, default=6)
    parser.add_argument("--parts", default="eager,ends,overhead,measuring,sandwich-ends,all,sandwich-all")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    bench = Bench(options)
    rng = np.random.default_rng(0)
    several = bench.space.decode(bench.space.sample(options.networks, rng))
    networks = [largest(bench.space), smallest(bench.space), *several]
    many = bench.space.decode(bench.space.sample(10 * options.networks, rng))
    if hasattr(torch, "_dynamo"):
        torch._dynamo.config.recompile_limit = 64
    parts: dict[str, Callable[[], Any]] = {
        "eager": lambda: bench.largest_alone(run_block, options.repeats),
        "ends": lambda: bench.largest_alone(compiled("ends"), options.repeats),
        "overhead": lambda: bench.overhead(networks, run_block, options.repeats),
        "measuring": lambda: bench.measuring(many, options.tokens),
        "sandwich-none": lambda: bench.sandwich("none", 12),
        "sandwich-ends": lambda: bench.sandwich("ends", 24),
        "all": lambda: bench.overhead(networks, compiled("all"), max(2, options.repeats // 3)),
        "sandwich-all": lambda: bench.sandwich("all", 24),
    }
    for name in options.parts.split(","):
        began = time.perf_counter()
        try:
            found = parts[name]()
        except Exception as error:
            found = {"error": f"{type(error).__name__}: {str(error)[:500]}"}
        line = {"part": name, "device": bench.name, "took_s": time.perf_counter() - began, "found": found}
        print(json.dumps(line), flush=True)
        with (options.out / "speed.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
