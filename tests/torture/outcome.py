"""What became of an attack."""

import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

from hwbench_mo import InputError


class Tally:
    """Counts what became of attacks of one kind; keeps the first few that went wrong."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []

    def attack(self, label: str, call: Callable[[], Any], is_right: Callable[[Any], bool]) -> None:
        """One attack: ``call`` must answer what ``is_right`` accepts, or raise `InputError` of one line."""
        try:
            answer = call()
        except InputError as error:
            is_one_line = "\n" not in str(error) and 0 < len(str(error)) < 2000
            self._count("refused" if is_one_line else "wrong", f"{label}: a message of several lines, or too long")
        except Exception:
            self._count("wrong", f"{label}: {traceback.format_exc(limit=-3)}")
        else:
            self._count("right" if is_right(answer) else "wrong", f"{label}: a wrong answer")

    def _count(self, outcome: str, why: str) -> None:
        self.counts[outcome] += 1
        if outcome == "wrong" and len(self.failures) < 20:
            self.failures.append(why)

    def __str__(self) -> str:
        total = sum(self.counts.values())
        parts = ", ".join(f"{self.counts[outcome]} {outcome}" for outcome in ("right", "refused", "wrong"))
        return f"{self.name}: {total} tried: {parts}"
