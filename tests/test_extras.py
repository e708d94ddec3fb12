from pathlib import Path

import pytest

from hwbench_mo import extras

METADATA = [
    "numpy>=2.2",
    'scipy>=1.15; extra == "statistics"',
    'pymoo>=0.6.1; extra == "harness"',
    'hwbench_mo[statistics]; extra == "harness"',
    'torch==2.13.0; extra == "measure"',
]


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the package had been installed from a wheel."""
    monkeypatch.setattr(extras, "CHECKOUT", tmp_path)
    monkeypatch.setattr(extras, "requires", lambda name: METADATA)


def test_a_checkout_names_the_extra() -> None:
    assert extras.how_to_install("botorch") == "pip install -c constraints.txt -e '.[botorch]'"


@pytest.mark.usefixtures("wheel")
def test_a_wheel_names_the_libraries() -> None:
    assert extras.how_to_install("measure") == "pip install 'torch==2.13.0'"
    assert extras.how_to_install("harness") == "pip install 'pymoo>=0.6.1' 'scipy>=1.15'"
