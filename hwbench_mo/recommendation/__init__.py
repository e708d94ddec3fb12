"""From limits to one architecture, exact, with how far to trust it; and choosing on a front without limits."""

from hwbench_mo.recommendation.recommend import recommend
from hwbench_mo.recommendation.record import Choice, Recommendation

__all__ = ["Choice", "Recommendation", "recommend"]
