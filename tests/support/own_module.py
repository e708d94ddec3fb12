"""A module of a user's with a metric, as command lines name it."""

import sys
from importlib import invalidate_caches
from pathlib import Path

from hwbench_mo.own_metrics import DECLARED
from tests.support.commands import Answer, run

MODULE = '''"""Mine."""

import hwbench_mo as hb


def cache_of(counts):
    """Keys and values of so many tokens, in bfloat16."""
    return 2 * 64 * counts.total_heads * 2 * 1024 / 1e6


kv_cache = hb.Metric(name="kv_cache", function=cache_of, unit="MB")
same_name = hb.Metric(name="kv_cache", function=cache_of, unit="MB")
'''
OBJECTIVES = "problem.objectives=[perplexity,kv_cache]"
SWEEP = ("-m", "optimizer=random_search,local_search", "seeds=2", "budget=20", OBJECTIVES)


def forget(package: Path) -> None:
    """So that its next import reads it again, as another process does."""
    sys.modules.pop(package.stem, None)
    DECLARED.clear()
    invalidate_caches()


def sweep(package: Path, *words: str, name: str = ".kv_cache") -> Answer:
    out = package.parent / "out"
    done = run("experiments.run", *SWEEP, f"problem.metrics=[{package.stem}{name}]", *words, f"out={out}")
    assert done.returncode == 0, done.stderr
    return done
