"""What the API offers: each module of this folder keeps a list `OPERATIONS`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from web.api.operation import Operation


def all_operations() -> list[Operation]:
    """The operations of all modules, in the order of their names."""
    names = sorted(module.name for module in iter_modules(__path__, prefix=f"{__name__}."))
    return [one for name in names for one in getattr(import_module(name), "OPERATIONS", ())]
