"""What the modules of this checkout import, read from their sources without running them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.spaces import ROOT

PACKAGES = ("hwbench_mo", "optimizers", "experiments", "benchmarks", "studies", "tests")


@dataclass(frozen=True)
class Import:
    """One name that a module imports, or a whole module."""

    module: str
    name: str | None
    line: int
    is_eager: bool
    """Runs when the importing module is imported: not within a function, nor for type checkers alone."""

    @property
    def top(self) -> str:
        """The package to install or, of our own, to look into."""
        return self.module.partition(".")[0]


@cache
def modules(package: str) -> dict[str, Path]:
    """Every module of a package by its dotted name; a package's name stands for its ``__init__``."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """Every import of a module, also within functions and for type checkers."""
    return tuple(_imports(ast.parse(path.read_text(encoding="utf-8")), is_eager=True))


def _imports(node: ast.AST, *, is_eager: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, None, node.lineno, is_eager)
    elif isinstance(node, ast.ImportFrom):
        if node.level or node.module is None:
            raise ValueError(f"line {node.lineno}: a relative import; write the whole name")
        for alias in node.names:
            yield Import(node.module, alias.name, node.lineno, is_eager)
    is_eager &= not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    is_eager &= not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, is_eager=is_eager)


def imported(package: str) -> dict[str, set[str]]:
    """By module of a package, the modules of the same package that it imports."""
    known = modules(package)
    return {
        module: {target(one, known) for one in imports(path) if one.top == package} for module, path in known.items()
    }


def target(one: Import, known: dict[str, Path]) -> str:
    """The module that an import names, of those known: the submodule, if the name is one."""
    whole = f"{one.module}.{one.name}"
    return whole if whole in known else one.module
