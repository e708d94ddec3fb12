"""From limits to one architecture, exact, with how far to trust it; and choosing on a front without limits."""

from hwbench_mo.recommendation.choice import Choice
from hwbench_mo.recommendation.choosing import by_achievement, by_pseudo_weights, knee_points
from hwbench_mo.recommendation.export import count_tables
from hwbench_mo.recommendation.recommend import recommend
from hwbench_mo.recommendation.record import Recommendation

__all__ = [
    "Choice",
    "Recommendation",
    "by_achievement",
    "by_pseudo_weights",
    "count_tables",
    "knee_points",
    "recommend",
]
