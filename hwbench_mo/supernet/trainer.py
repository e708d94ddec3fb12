"""The training of a supernet by the sandwich rule."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import Architecture
from hwbench_mo.supernet import checkpoint
from hwbench_mo.supernet.corpus import Split
from hwbench_mo.supernet.curve import Curve
from hwbench_mo.supernet.elastic import Supernet, largest, smallest
from hwbench_mo.supernet.evaluate import HeldOut, evaluate
from hwbench_mo.supernet.loss import RunBlock, Teacher, hidden_states, mean_loss, run_block
from hwbench_mo.supernet.optimisation import autocast, backward, compiled, make_optimizer
from hwbench_mo.supernet.ranks import Ranks
from hwbench_mo.supernet.sandwich import (
    random_architectures,
    validation_architectures,
    window_starts,
    windows,
)
from hwbench_mo.supernet.settings import Settings

LARGEST, SMALLEST, RANDOM = 0, 1, 2
"""Places in the losses of a step."""
VALIDATED = 2
"""Random sub-networks that are validated while the supernet trains."""


@dataclass(frozen=True, eq=False)
class Progress:
    """What a training tells after each step."""

    step: int
    row: Mapping[str, float]


class Trainer:
    """Trains a supernet in a folder, from where the newest checkpoint there ends.

    Parameters
    ----------
    settings
        How.
    text
        To train on.
    held_out
        To validate on; None validates nothing.
    folder
        Of checkpoints and the loss curve.
    ranks
        This process among those that train together.
    start
        Changes the weights of a supernet before its first step.
    """

    def __init__(
        self,
        settings: Settings,
        text: Split,
        held_out: HeldOut | None,
        folder: Path,
        *,
        ranks: Ranks | None = None,
        start: Callable[[Supernet], None] | None = None,
    ) -> None:
        self.settings, self.text, self.held_out, self.folder = settings, text, held_out, folder
        self.ranks = ranks or Ranks()
        self.supernet = Supernet(settings.space, device=self.ranks.device, seed=settings.seed)
        newest = checkpoint.newest(folder)
        if start is not None and newest is None:
            start(self.supernet)
        self.optimizer = make_optimizer(self.supernet, settings)
        self.gradient = self.supernet.attach_gradients()
        self.ends = largest(settings.space), smallest(settings.space)
        self.step = 0
        if newest is not None:
            self.step = int(checkpoint.load(newest, self.supernet.whole, self.optimizer)["step"])
        self.ranks.wait()
        self.curve = Curve(folder, self.step) if self.ranks.is_first else None
        self._compiled = compiled(settings.compile)

    def run(self, *, seconds: float = float("inf"), tell: Callable[[Progress], object] = lambda progress: None) -> bool:
        """Train to the last step, or until the time is over; whether the last step was made.

        A checkpoint is written at the end, and every ``checkpoint_every`` steps.

        Raises
        ------
        InputError
            If a loss or a gradient is not finite. The step and the last good checkpoint are named.
        """
        settings, began = self.settings, time.monotonic()
        earlier = self.curve.seconds if self.curve else 0.0
        kept = self.step if checkpoint.newest(self.folder) else None
        while self.step < settings.steps:
            losses, norm = self.train_step(self.step)
            self.step += 1
            row: dict[str, float] = {
                "step": self.step,
                "tokens": self.step * settings.tokens_a_step,
                "seconds": earlier + time.monotonic() - began,
                "learning_rate": settings.rate(self.step - 1),
                "gradient_norm": norm,
                **dict(zip(("loss_largest", "loss_smallest", "loss_random"), losses, strict=True)),
            }
            if self.step % settings.validate_every == 0 or self.step == settings.steps:
                row |= self.validate()
            if self.curve:
                self.curve.add(row)
            tell(Progress(self.step, row))
            over = self.ranks.same(float(time.monotonic() - began >= seconds)) > 0
            if over or self.step % settings.checkpoint_every == 0 or self.step == settings.steps:
                self._save()
                kept = self.step
            if over:
                break
        if kept != self.step:
            self._save()
        return self.step >= settings.steps

    def validate(self) -> dict[str, float]:
        """Losses of the largest, the smallest and the mean of some random sub-networks on the held-out text."""
        if self.held_out is None or not self.ranks.is_first:
            return {}
        settings = self.settings
        several = validation_architectures(settings.space, VALIDATED, seed=settings.seed)
        found = [
            evaluate(
                self.supernet.select(one),
                self.held_out,
                batch=settings.batch,
                dtype=settings.dtype,
                run=self._run_of(one),
            ).loss
            for one in (*self.ends, *several)
        ]
        mean = float(np.mean(found[2:])) if several else float("nan")
        return {"validation_largest": found[0], "validation_smallest": found[1], "validation_random": mean}

    def _save(self) -> None:
        if self.ranks.is_first:
            checkpoint.save(self.folder, self.step, self.supernet.whole, self.optimizer, {})
        self.ranks.wait()

    def train_step(self, step: int) -> tuple[list[float], float]:
        """One step of the optimizer; losses by place, and the norm of the gradient."""
        settings, ranks = self.settings, self.ranks
        networks = [*self.ends, *random_architectures(settings.space, settings.random, seed=settings.seed, step=step)]
        losses = torch.zeros(3, device=ranks.device)
        self.gradient.zero_()
        share = 1 / (len(networks) * settings.accumulation)
        unit = 0
        for micro_batch in range(settings.accumulation):
            inputs, targets = self._batch(step, micro_batch)
            own = [place for place in range(len(networks)) if (unit + place) % ranks.size == ranks.rank]
            unit += len(networks)
            teacher = self._teacher(inputs) if any(own) else None
            for place in own:
                loss = self._loss(networks[place], inputs, targets, teacher if place else None)
                backward(loss * share)
                losses[min(place, RANDOM)] += loss.detach() / settings.accumulation
        ranks.sum(self.gradient)
        ranks.sum(losses)
        if settings.random:
            losses[RANDOM] /= settings.random
        else:
            losses[RANDOM] = float("nan")
        norm = float(torch.linalg.vector_norm(self.gradient))
        if not np.isfinite(norm):
            raise InputError(self._not_finite(step + 1, losses[: RANDOM + bool(settings.random)].tolist(), norm))
        if norm > settings.clip:
            self.gradient.mul_(settings.clip / norm)
        for group in self.optimizer.param_groups:
            group["lr"] = settings.rate(step)
        self.optimizer.step()
        return losses.tolist(), norm

    def _batch(self, step: int, micro_batch: int) -> tuple[Tensor, Tensor]:
        settings = self.settings
        starts = window_starts(
            len(self.text.tokens),
            settings.batch,
            sequence=settings.sequence,
            seed=settings.seed,
            step=step,
            micro_batch=micro_batch,
        )
        found = torch.from_numpy(windows(self.text.tokens, starts, settings.sequence))
        if self.ranks.device.type == "cuda":
            found = found.pin_memory().to(self.ranks.device, non_blocking=True)
        return found[:, :-1], found[:, 1:]

    def _loss(self, architecture: Architecture, inputs: Tensor, targets: Tensor, teacher: Teacher | None) -> Tensor:
        network = self.supernet.select(architecture)
        with autocast(self.ranks.device, self.settings.dtype):
            hidden = hidden_states(network, inputs, self._run_of(architecture))
            return mean_loss(hidden, network.head.weight, targets, teacher=teacher)

    @torch.no_grad()
    def _teacher(self, inputs: Tensor) -> Teacher | None:
        """The largest network as it is before the step: the same for whoever learns of it."""
        if not self.settings.distil:
            return None
        network = self.supernet.select(self.ends[LARGEST])
        with autocast(self.ranks.device, self.settings.dtype):
            hidden = hidden_states(network, inputs, self._run_of(self.ends[LARGEST]))
        return Teacher(hidden.flatten(0, 1), network.head.weight.detach(), self.settings.distil)

    def _run_of(self, architecture: Architecture) -> RunBlock:
        if self.settings.compile == "all" or architecture in self.ends:
            return self._compiled
        return run_block

    def _not_finite(self, step: int, losses: list[float], norm: float) -> str:
        path = checkpoint.newest(self.folder)
        good = f"the last good checkpoint is {path}" if path else "there is no checkpoint yet"
        shown = ", ".join(f"{one:.3g}" for one in losses)
        return (
            f"step {step}: losses are {shown} and the gradient's norm is {norm:.3g}, but they must be finite; {good}; "
            f"a lower learning rate or a longer warm-up helps"
        )
