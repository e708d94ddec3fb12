"""What the study runs: parts, each a sweep of `experiments.run`, and blocks of seeds.

Blocks of seeds go through all parts in turn, so that whenever the study is stopped, what is there is a study of fewer
seeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

SPACES = ("gpt_l", "gpt_m", "gpt_s")
DEVICES = ("a100", "h100", "rtx3080", "epyc_7513")
PAIRS = tuple(("perplexity", f"{metric}@{device}") for metric in ("latency", "energy") for device in DEVICES)
TRIPLE = ("perplexity", "latency@a100", "energy@a100")
FOR_MODELS = (("perplexity", "latency@a100"), ("perplexity", "energy@h100"), TRIPLE)
"""Objectives of the nine problems that model-based optimizers run on, in each space."""

MODEL_BASED = ("qlognehvi", "qlogehvi", "qlognparego", "ehvi", "lsbo", "rsbo", "motpe")
"""The costliest first, so that no process waits long for another in the end."""
OTHERS = (
    "moasha",
    "sms_emoa",
    "morea",
    "moead",
    "local_search",
    "age_moea2",
    "spea2",
    "nsga3",
    "nsga2",
    "random_search",
)
BLOCKS = ((0, 1, 2, 3, 4), (5, 6, 7), (8, 9), (10, 11, 12, 13, 14), (15, 16, 17, 18, 19))
"""Seeds, in the order in which they are run."""


@dataclass(frozen=True)
class Part:
    """Optimizers on problems, with the same settings."""

    folder: str
    """Where its runs go, within the study's folder. Parts with a folder in common are compared with each other."""
    optimizers: Sequence[str]
    spaces: Sequence[str]
    objectives: Sequence[Sequence[str]]
    budget: int
    seeds: int
    """How many, from 0."""
    settings: Sequence[str] = ()
    """Further overrides of `experiments.run`."""

    def of_block(self, block: Sequence[int]) -> list[int]:
        """Those of its seeds that are in a block."""
        return [seed for seed in block if seed < self.seeds]

    def overrides(self, seeds: Sequence[int]) -> list[str]:
        """For a command line of `experiments.run`, without where results go."""
        objectives = ",".join(f"[{','.join(names)}]" for names in self.objectives)
        return [
            f"optimizer={','.join(self.optimizers)}",
            f"problem.space={','.join(self.spaces)}",
            f"problem.objectives={objectives}",
            f"budget={self.budget}",
            f"seeds=[{','.join(map(str, seeds))}]",
            *self.settings,
        ]

    @property
    def n_runs(self) -> int:
        """Of all seeds."""
        return prod((len(self.optimizers), len(self.spaces), len(self.objectives), self.seeds))


def _on_two(folder: str, *settings: str) -> list[Part]:
    """All optimizers on two problems, under other conditions."""
    two = (("gpt_s", ("perplexity", "latency@a100")), ("gpt_l", ("perplexity", "energy@h100")))
    return [
        Part(f"{folder}{suffix}", names, (space,), (objectives,), budget, seeds, settings)
        for suffix, names, budget, seeds in (("", OTHERS, 1000, 20), ("-100", MODEL_BASED, 100, 10))
        for space, objectives in two
    ]


PARTS = (
    Part("main", OTHERS, SPACES, (TRIPLE, *PAIRS), 1000, 20),
    Part("main", ("random_search",), SPACES, (TRIPLE, *PAIRS), 1000, 20, ("optimizer.multiple=4",)),
    Part("main", ("morea",), SPACES, (TRIPLE, *PAIRS), 1000, 20, ("optimizer.priority=as_published",)),
    Part("models", MODEL_BASED, SPACES, FOR_MODELS, 100, 10),
    # As a choice of one: Hydra overrides a setting of several optimizers only if it is swept over.
    Part("small", ("moead", "spea2", "nsga2"), SPACES, FOR_MODELS, 1000, 10, ("optimizer.pop_size=choice(20)",)),
    Part("small", ("morea",), SPACES, FOR_MODELS, 1000, 10, ("optimizer.population_size=20",)),
    *_on_two("workers", "n_workers=4"),
    *_on_two("noisy", "problem.noise=sample"),
)
"""``main``, ``models`` and ``small``, whose populations have 20 members instead of 100, are noise-free, with one
evaluation at a time; ``workers`` has four workers, asynchronous;
in ``noisy``, optimizers observe simulated measurements."""
