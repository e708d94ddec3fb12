"""What a run is known by, for runs that no sweep of ours made: optimizer, seed, settings."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hwbench_mo.checks import check_seed
from hwbench_mo.errors import InputError
from hwbench_mo.files import file_name


@dataclass(frozen=True, kw_only=True)
class Run:
    """The name of an optimizer, the seed and the settings of one run, as `compare` reads them.

    ``simulate(..., config=Run(name="mine", seed=3).config)`` keeps them with the trajectory, and
    ``trajectory.save("runs/")`` puts it where `read_runs` and ``python -m experiments.compare runs`` find it, beside
    the runs of ``experiments.run``.

    Parameters
    ----------
    name
        Of the optimizer: runs of one name and the same settings are seeds of one another.
    seed
        Of the optimizer, an integer of at least 0.
    settings
        Of the optimizer: plain JSON values. Runs with other settings are another group of a comparison.

    Raises
    ------
    InputError
        If the name is empty, the seed is no such integer, or the settings are no JSON values.

    Examples
    --------
    >>> Run(name="mine", seed=3, settings={"size": 50}).config
    {'optimizer': {'name': 'mine', 'size': 50}, 'seed': 3}
    """

    name: str
    seed: int
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"name is {self.name!r}, but must be the name of an optimizer, such as 'mine'")
        check_seed(self.seed)
        if "name" in self.settings:
            raise InputError("settings have a 'name', which is what the run has already; call it otherwise")
        try:
            json.dumps(dict(self.settings), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise InputError(f"settings are no JSON values: {error}") from None

    @property
    def config(self) -> dict[str, Any]:
        """What `simulate` keeps with the trajectory, in the form that the runs of sweeps have."""
        return {"optimizer": {"name": self.name, **self.settings}, "seed": int(self.seed)}


def place_in(
    folder: Path,
    *,
    objectives: Sequence[str],
    config: Mapping[str, Any],
    provenance: Mapping[str, Any],
    arrays: Sequence[NDArray[Any]],
) -> Path:
    """Where a folder of runs keeps a trajectory: ``{problem}/{optimizer}/seed-{seed}-{hash}.parquet``.

    The hash is of all that was evaluated and of the configuration: another run never has the same name.

    Raises
    ------
    InputError
        If the configuration of the trajectory does not name its optimizer and seed.
    """
    optimizer, seed = config.get("optimizer"), config.get("seed")
    if not isinstance(optimizer, Mapping) or not isinstance(optimizer.get("name"), str) or not isinstance(seed, int):
        raise InputError(
            f"{folder} is a folder, and a run is kept there under the name of its optimizer and its seed, which it "
            "lacks; simulate it with config=hb.Run(name=…, seed=…).config, or name a file"
        )
    content = hashlib.sha256(json.dumps([config, provenance], sort_keys=True).encode())
    for array in arrays:
        content.update(array.tobytes())
    space = provenance.get("space", {}).get("name", "space")
    problem = "-".join([space, *objectives])
    name = f"seed-{seed}-{content.hexdigest()[:12]}.parquet"
    return folder / file_name(problem) / file_name(optimizer["name"]) / name
