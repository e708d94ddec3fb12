"""Metrics of one's own by their names in modules: ``my_package.kv_cache``, as command lines give them."""

from hwbench_mo.benchmark.metric import Metric
from hwbench_mo.errors import InputError
from hwbench_mo.importing import object_named


def metrics_named(names: object, /, *, place: str) -> list[Metric]:
    """The metrics of dotted names that the user typed; their modules are imported.

    Parameters
    ----------
    names
        A name, a list of them, or None, which is no metric.
    place
        The setting or option that names them, for errors.

    Raises
    ------
    InputError
        If a module or its metric is not found, an object is no `Metric`, or two are of one name.
    """
    if names is None:
        return []
    found: dict[str, Metric] = {}
    for name in names if isinstance(names, list | tuple) else [names]:
        metric = _metric_named(name, place)
        if found.setdefault(metric.name, metric) is not metric:
            raise InputError(f"{place}: {name} is a second metric of the name {metric.name!r}; name one of the two")
    return list(found.values())


def _metric_named(name: object, place: str) -> Metric:
    found = object_named(name, place=place, is_one=lambda value: isinstance(value, Metric), kind="hb.Metric")
    if not isinstance(found, Metric):
        is_function = callable(found) and not isinstance(found, type)
        how = (
            f"; wrap the function: hb.Metric(name=…, function={getattr(found, '__name__', '…')})" if is_function else ""
        )
        raise InputError(f"{place}: {name} is of type {type(found).__name__}, but must be an hb.Metric{how}")
    return found
