"""Perplexity, accuracy and their standard errors against a plain loop over documents."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from hwbench_mo.errors import InputError
from hwbench_mo.supernet.corpus import HELD_OUT, Corpus, Split
from hwbench_mo.supernet.elastic import Supernet
from hwbench_mo.supernet.evaluate import HeldOut, evaluate
from tests.supernet.toy import TOY


def test_it_is_what_a_plain_loop_gives(corpus: Corpus) -> None:
    split, sequence = corpus.split(HELD_OUT), 16
    text = HeldOut.of(split, sequence=sequence, tokens=300)
    network = Supernet(TOY).network
    found = evaluate(network, text, batch=3)
    losses, right = [], []
    for start in range(0, 300 // sequence * sequence, sequence):
        window = torch.from_numpy(np.asarray(split.tokens[start : start + sequence + 1]).astype(np.int64))
        with torch.no_grad():
            logits = network(window[None, :-1])[0]
        losses += functional.cross_entropy(logits, window[1:], reduction="none").tolist()
        right += (logits.argmax(dim=1) == window[1:]).tolist()
    document = np.searchsorted(split.starts, np.arange(1, len(losses) + 1), side="right") - 1
    assert len(text.first) == len(np.unique(document))
    for values, mean, error in (
        (losses, found.loss, found.loss_error),
        (right, found.accuracy, found.accuracy_error),
    ):
        assert mean == pytest.approx(np.mean(values))
        sums, sizes = np.bincount(document, values), np.bincount(document)
        d = len(np.unique(document))
        wanted = np.sqrt(d / (d - 1) * ((sums - mean * sizes) ** 2).sum()) / len(values)
        assert error == pytest.approx(wanted)


def test_the_standard_error_is_that_of_a_mean_over_documents_of_one_length() -> None:
    split = Split(np.arange(81, dtype=np.uint16) % 300, np.arange(0, 89, 8))
    text = HeldOut.of(split, sequence=8)
    assert text.first.tolist() == [0, 7, 15, 23, 31, 39, 47, 55, 63, 71, 79]
    alone = HeldOut.of(Split(split.tokens, np.array([0, 81])), sequence=8)
    network = Supernet(TOY).network
    assert np.isnan(evaluate(network, alone, batch=4).loss_error)
    assert evaluate(network, alone, batch=4).loss == pytest.approx(evaluate(network, text, batch=10).loss)


def test_too_short_a_text_is_refused(corpus: Corpus) -> None:
    with pytest.raises(InputError, match=r"the held-out text has 15 tokens, but a sequence needs 17: hold out more"):
        HeldOut.of(corpus.split(HELD_OUT), sequence=16, tokens=15)
