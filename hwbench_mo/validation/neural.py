"""A baseline: an ensemble of neural networks (Lakshminarayanan et al., 2017), tuned as the other baselines are.

The networks are scikit-learn's perceptrons. Their members differ in initial weights and in the order of rows, and the
forecast is the mean of their answers. Features and the penalty of weights are those with the least error on the held
rows; the rest is the same for all targets.
"""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import EMBED_DIM, FIRST_SLOT
from hwbench_mo.targets import QUALITY
from hwbench_mo.typing import Bools, Codes, Floats, Ints

if TYPE_CHECKING:
    from sklearn.neural_network import MLPRegressor

MEMBERS = 4
HIDDEN = (64, 64)
UPDATES = 2000
"""Of the weights, in the training of one network."""
RATES = {0.01: 0.6, 0.002: 0.25, 0.0004: 0.15}
"""Learning rates, one after the other, each with its share of the updates: the last ones settle the weights."""
MOST_BATCH = 200
FEWEST_BATCHES = 10
"""Few rows are learned from in smaller batches."""
PENALTIES = (0.002, 0.01, 0.05, 0.25, 1.25)
"""Of squared weights, scikit-learn's ``alpha``: from the middle one, lesser and greater ones while the error falls."""
SPREAD_SCALE = 0.03
"""Of the second and further columns of ``y``, which are noisier, relative to the first."""


def one_hot_views(space: SearchSpace, codes: Codes, target: str) -> list[Floats]:
    """What `baselines.views` says, each choice as a feature of its own, ``[n, p]``; embed_dim is the first feature."""
    indices = [np.eye(size)[codes[:, gene]] for gene, size in enumerate(space.n_choices[:FIRST_SLOT])]
    counts = np.concatenate([codes[:, :FIRST_SLOT], *indices, space.counts_as_floats(codes)], axis=1)
    active = np.tile(space.active_slots(codes), 2)
    genes = codes[:, FIRST_SLOT:]
    choices = [(genes == choice) & active for choice in range(int(space.n_choices[FIRST_SLOT:].max()))]
    both = np.concatenate([counts, *choices], axis=1)
    return [both] if target in QUALITY else [counts, both]


def neural_learner(x: list[Floats], y: Floats, held: Bools, x_new: list[Floats]) -> tuple[Floats, Floats]:
    """A `Learner`: networks that answer all columns of ``y``, of which the first decides what is chosen."""
    with threadpool_limits(1), warnings.catch_warnings():  # on any number of threads the same answers
        _ignore_warnings()
        trials: dict[tuple[int, int], _Trial] = {}

        def error(view: int, penalty: int) -> float:
            if (view, penalty) not in trials:
                network = Network.fit(x[view][~held], y[~held], PENALTIES[penalty], seed=0)
                answers = network.predict(x[view][held])
                trials[view, penalty] = _Trial(float(np.abs(answers[:, 0] - y[held, 0]).mean()), answers)
            return trials[view, penalty].error

        middle = len(PENALTIES) // 2
        view = min(range(len(x)), key=lambda one: error(one, middle))
        for step in (-1, 1):
            place = middle + step
            while 0 <= place < len(PENALTIES) and error(view, place) < error(view, place - step):
                place += step
        view, place = min(trials, key=lambda one: trials[one].error)
        held_answers, answers = [trials[view, place].answers], []
        for seed in range(MEMBERS):
            if seed:
                network = Network.fit(x[view][~held], y[~held], PENALTIES[place], seed=seed)
                held_answers.append(network.predict(x[view][held]))
            answers.append(Network.fit(x[view], y, PENALTIES[place], seed=seed).predict(x_new[view]))
        return np.mean(held_answers, axis=0), np.mean(answers, axis=0)


@dataclass(frozen=True)
class _Trial:
    error: float
    answers: Floats
    """Of the held rows."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """One trained network, and how features and answers are scaled for it.

    Features have mean 0 and standard deviation 1; so have the answers within each embed_dim, because widths differ by
    much more than what else is to be learned.
    """

    regressor: "MLPRegressor"
    x_shift: Floats
    x_scale: Floats
    y_shift: Floats
    """``[e, t]``."""
    y_scale: Floats

    @staticmethod
    def fit(x: Floats, y: Floats, penalty: float, *, seed: int) -> "Network":
        """Train on ``x`` ``[n, p]`` and ``y`` ``[n, t]``; the first feature is the index of embed_dim."""
        from sklearn.neural_network import MLPRegressor

        width = _width(x)
        shift, scale = np.tile(y.mean(axis=0), (width.max() + 1, 1)), np.tile(y.std(axis=0), (width.max() + 1, 1))
        for e in np.unique(width):
            shift[e], scale[e] = y[width == e].mean(axis=0), y[width == e].std(axis=0)
        scale[scale == 0] = 1.0
        x_shift, x_scale = x.mean(axis=0), x.std(axis=0)
        x_scale[x_scale == 0] = 1.0
        weight = np.where(np.arange(y.shape[1]) == 0, 1.0, SPREAD_SCALE)
        y_scale = scale / weight
        features = ((x - x_shift) / x_scale).astype(np.float32)
        answers = ((y - shift[width]) / y_scale[width]).astype(np.float32)
        batch = batch_size(len(x))
        epochs = UPDATES / np.ceil(len(x) / batch)
        regressor = MLPRegressor(
            hidden_layer_sizes=HIDDEN,
            alpha=penalty,
            batch_size=batch,
            tol=0.0,
            n_iter_no_change=UPDATES,
            warm_start=True,
            random_state=seed,
        )
        for rate, share in RATES.items():
            regressor.set_params(learning_rate_init=rate, max_iter=max(1, round(share * epochs)))
            regressor.fit(features, answers.squeeze(axis=1) if y.shape[1] == 1 else answers)
        return Network(regressor=regressor, x_shift=x_shift, x_scale=x_scale, y_shift=shift, y_scale=y_scale)

    def predict(self, x: Floats) -> Floats:
        """``[n, t]``."""
        width = _width(x)
        answers = self.regressor.predict(((x - self.x_shift) / self.x_scale).astype(np.float32))
        scaled: Floats = self.y_shift[width] + self.y_scale[width] * answers.reshape(len(x), -1)
        return scaled


def batch_size(n: int) -> int:
    """Of n rows: all batches of an epoch are about as large.

    A last batch of few rows would do harm: scikit-learn divides its gradients, and the penalty of weights, by its size.

    >>> batch_size(7201)  # 36 batches of 195 rows and one of 181
    195
    """
    return max(1, -(-n // max(FEWEST_BATCHES, -(-n // MOST_BATCH))))


def _width(x: Floats) -> Ints:
    return x[:, EMBED_DIM].astype(np.int64)


def _ignore_warnings() -> None:
    """Training ends after a number of updates, which scikit-learn warns of as not converged."""
    from sklearn.exceptions import ConvergenceWarning

    warnings.simplefilter("ignore", ConvergenceWarning)
