"""Training: the loss falls, a kill changes nothing, what is not finite stops, and settings mean what they say."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional

from hwbench_mo.errors import InputError
from hwbench_mo.supernet import checkpoint
from hwbench_mo.supernet.corpus import HELD_OUT, TRAIN, Corpus
from hwbench_mo.supernet.elastic import Supernet, largest, leading, smallest
from hwbench_mo.supernet.evaluate import HeldOut
from hwbench_mo.supernet.trainer import Progress, Trainer
from tests.supernet.toy import TOY, toy_settings


class KilledError(Exception):
    """What a test kills a training with."""


def trainer(corpus: Corpus, folder: Path, **changes: Any) -> Trainer:
    folder.mkdir(exist_ok=True)
    held_out = HeldOut.of(corpus.split(HELD_OUT), sequence=16, tokens=160)
    return Trainer(toy_settings(**changes), corpus.split(TRAIN), held_out, folder)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / checkpoint.FOLDER).iterdir()}


def test_the_loss_falls_for_all(corpus: Corpus, tmp_path: Path) -> None:
    one = trainer(corpus, tmp_path, steps=40, learning_rate=3e-2, checkpoint_every=100)
    before = one.validate()
    assert one.run()
    after = one.validate()
    for name in ("largest", "smallest", "random"):
        assert before[f"validation_{name}"] == pytest.approx(5.7, abs=0.05)  # of 300 tokens, all equally likely
        assert after[f"validation_{name}"] < 4.5
    assert after["validation_largest"] < after["validation_smallest"]


def test_a_kill_in_the_middle_changes_nothing(corpus: Corpus, tmp_path: Path) -> None:
    assert trainer(corpus, tmp_path / "whole").run()

    def kill(progress: Progress) -> None:
        if progress.step == 8:  # three steps after a checkpoint
            raise KilledError

    with pytest.raises(KilledError):
        trainer(corpus, tmp_path / "killed").run(tell=kill)
    with (tmp_path / "killed" / "curve.csv").open("a", encoding="utf-8") as file:
        file.write("9,1")  # a row that was being written
    again = trainer(corpus, tmp_path / "killed")
    assert again.step == 5
    assert again.run()
    assert content(tmp_path / "killed") == content(tmp_path / "whole")
    rows = [(tmp_path / name / "curve.csv").read_text().splitlines() for name in ("whole", "killed")]
    without_seconds = [[line.split(",")[:2] + line.split(",")[3:] for line in lines] for lines in rows]
    assert without_seconds[0] == without_seconds[1]
    assert len(rows[0]) == 13


def test_global_random_state_plays_no_part(corpus: Corpus, tmp_path: Path) -> None:
    torch.manual_seed(1)
    trainer(corpus, tmp_path / "one", steps=3).run()
    torch.manual_seed(2)
    state = torch.get_rng_state()
    trainer(corpus, tmp_path / "other", steps=3).run()
    assert torch.equal(torch.get_rng_state(), state)
    assert content(tmp_path / "one") == content(tmp_path / "other")


def test_a_training_stops_when_its_time_is_over(corpus: Corpus, tmp_path: Path) -> None:
    assert not trainer(corpus, tmp_path).run(seconds=0.0)
    assert checkpoint.steps_in(tmp_path) == [1]


def test_what_is_not_finite_stops_with_the_step_and_the_last_good_checkpoint(corpus: Corpus, tmp_path: Path) -> None:
    one = trainer(corpus, tmp_path)

    def poison(progress: Progress) -> None:
        if progress.step == 6:
            with torch.no_grad():
                one.supernet.whole.head.weight[3, 2] = float("nan")

    with pytest.raises(InputError, match=r"step 7: losses are nan, nan, nan .* last good checkpoint is .*step-0000005"):
        one.run(tell=poison)
    assert checkpoint.steps_in(tmp_path) == [5]
    assert trainer(corpus, tmp_path).run()  # goes on from there


def test_micro_batches_add_up_to_a_batch(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trainer(corpus, tmp_path, batch=4, accumulation=2)
    whole.train_step(0)
    batches = [whole._batch(0, place) for place in range(2)]
    assert not torch.equal(batches[0][0], batches[1][0])
    joined = trainer(corpus, tmp_path, batch=8)
    both = tuple(torch.cat(pair) for pair in zip(*batches, strict=True))
    monkeypatch.setattr(joined, "_batch", lambda *_: both)
    joined.train_step(0)
    torch.testing.assert_close(whole.gradient, joined.gradient, atol=1e-7, rtol=1e-4)


def test_others_learn_of_the_largest(corpus: Corpus, tmp_path: Path) -> None:
    one = trainer(corpus, tmp_path, distil=0.25, random=0)
    one.train_step(0)
    own = Supernet(TOY)
    inputs, targets = one._batch(0, 0)
    losses = []
    teacher = own.whole(inputs).detach().flatten(0, 1).softmax(dim=1)
    for architecture, share in ((largest(TOY), 0.0), (smallest(TOY), 0.25)):
        network = own.extract(architecture)
        logits = network(inputs).flatten(0, 1)
        text, soft = functional.cross_entropy(logits, targets.flatten()), functional.cross_entropy(logits, teacher)
        losses.append((1 - share) * text + share * soft)
        (losses[-1] / 2).backward()
        for name, weight in own.whole.named_parameters():
            if (found := dict(network.named_parameters()).get(name)) is not None:
                weight.grad = torch.zeros_like(weight) if weight.grad is None else weight.grad
                leading(weight.grad, found.shape).add_(found.grad)
    norm = torch.cat([weight.grad.flatten() for weight in own.whole.parameters()])
    assert norm.norm() > 0
    torch.testing.assert_close(one.gradient / one.gradient.norm(), norm / norm.norm(), atol=1e-6, rtol=1e-4)


def test_clipping_bounds_the_gradient(corpus: Corpus, tmp_path: Path) -> None:
    one = trainer(corpus, tmp_path, clip=1e-3)
    _, norm = one.train_step(0)
    assert norm > 1e-3
    assert float(one.gradient.norm()) == pytest.approx(1e-3, rel=1e-3)
