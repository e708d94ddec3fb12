"""The identity of code: a hash of a module's source and of the source of all that the module imports from us."""

import ast
import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec, PathFinder

from hwbench_mo.errors import InputError

PACKAGES = ("optimizers", "hwbench_mo")


def hash_of_sources(module: str, packages: Sequence[str] = PACKAGES) -> str:
    """The sha256 of the source of a module and of `imported_modules`.

    Sources are compared as syntax trees: comments, docstrings, formatting and imports for type checkers do not count.
    Nothing is imported. A process reads each module once. Versions of Python differ in their syntax trees, and so in
    the hash.

    Parameters
    ----------
    module
        Full name, such as ``optimizers.nsga2``.
    packages
        Imports from these packages are followed; of others (numpy, pymoo), versions tell more than sources.

    Raises
    ------
    InputError
        If there is no source of the module, as for code that was typed into an interpreter.

    Examples
    --------
    >>> hash_of_sources("hwbench_mo.pareto.dominance") == hash_of_sources("hwbench_mo.pareto.hypervolume")
    False
    """
    digest = hashlib.sha256()
    for name in imported_modules(module, packages):
        digest.update(f"{name}\n{read_source(name).tree}\n".encode())
    return digest.hexdigest()


def imported_modules(module: str, packages: Sequence[str] = PACKAGES) -> list[str]:
    """The module itself and all that it imports from the packages, directly or through others, in order of names.

    Imports inside functions count. A package counts where something is imported from it, not where only a module
    inside it is.

    Examples
    --------
    >>> imported_modules("hwbench_mo.pareto.dominance")
    ['hwbench_mo.pareto.dominance', 'hwbench_mo.typing']
    """
    found = {module}
    waiting = [module]
    while waiting:
        for name in read_source(waiting.pop()).imports:
            if name not in found and name.partition(".")[0] in packages and _spec(name) is not None:
                found.add(name)
                waiting.append(name)
    return sorted(found)


@dataclass(frozen=True)
class Source:
    """What one module says."""

    tree: str
    """Its syntax tree as text, without what does not count."""
    imports: frozenset[str]
    """Full names of the modules that it imports, of any package, and of other things that it imports from them."""


@cache
def read_source(module: str) -> Source:
    """Read and parse one module, without importing it."""
    spec = _spec(module)
    source = None
    if spec is not None and spec.loader is None:
        source = ""  # a folder without an __init__.py
    elif spec is not None and isinstance(spec.loader, InspectLoader):
        source = spec.loader.get_source(spec.name)  # which is not __main__, where that was run with -m
    if spec is None or source is None:
        raise InputError(f"the source of module {module!r} is not found: a result is known by the code that made it")
    tree = ast.parse(source)
    imports: list[ast.stmt] = []
    tree.body = list(_that_count(tree.body, imports))
    names = {name for statement in imports for name in _imported(statement, spec.parent or "")}
    return Source(ast.dump(tree), frozenset(names - {module}))


def _that_count(statements: list[ast.stmt], imports: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements but for docstrings and imports for type checkers, at any depth; imports are added to the list."""
    for statement in statements:
        match statement:
            case ast.Expr(value=ast.Constant(value=str())):
                continue
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                yield from _that_count(statement.orelse, imports)
                continue
            case ast.Import() | ast.ImportFrom():
                imports.append(statement)
        for block in (statement, *getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            for part in ("body", "orelse", "finalbody"):
                if inner := getattr(block, part, None):
                    setattr(block, part, list(_that_count(inner, imports)))
        yield statement


def _imported(statement: ast.stmt, package: str) -> Iterator[str]:
    """Full names of what an import statement of a module in ``package`` may import, module or not."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield alias.name
            if alias.asname is None:  # binds the outermost package, and all between is reached through it
                parts = alias.name.split(".")
                yield from (".".join(parts[:depth]) for depth in range(1, len(parts)))
    elif isinstance(statement, ast.ImportFrom):
        dots = "." * statement.level
        origin = importlib.util.resolve_name(dots + (statement.module or ""), package)
        yield origin
        yield from (f"{origin}.{alias.name}" for alias in statement.names)


@cache
def _spec(module: str) -> ModuleSpec | None:
    """Where a module is. `importlib.util.find_spec` would import the packages around it."""
    parent = module.rpartition(".")[0]
    if not parent:
        try:
            return importlib.util.find_spec(module)
        except ValueError:  # of __main__, where that is a script
            return None
    above = _spec(parent)
    if above is None or above.submodule_search_locations is None:
        return None
    return PathFinder.find_spec(module, above.submodule_search_locations)
