"""What a failed check raises."""


class ConformanceError(AssertionError):
    """An optimizer does not keep what a check asks of it; the message says what, and where."""


def require(kept: bool, message: str) -> None:
    """Raise `ConformanceError` unless a promise was kept. Unlike ``assert``, also where Python runs with ``-O``."""
    if not kept:
        raise ConformanceError(message)
