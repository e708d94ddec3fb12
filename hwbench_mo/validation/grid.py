"""Tables in Markdown, and shares as people read them."""

from collections.abc import Sequence


def percent(value: float, digits: int, *, sign: bool = False) -> str:
    """A share in per cent.

    >>> percent(0.1234, 1), percent(0.05, 0, sign=True)
    ('12.3 %', '+5 %')
    """
    return f"{100 * value:{'+' if sign else ''}.{digits}f} %"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]], *, left: int) -> str:
    """A Markdown table; all but the first ``left`` columns are aligned to the right."""
    rule = ["---" if column < left else "--:" for column in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])
