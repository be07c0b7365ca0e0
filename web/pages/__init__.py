"""All pages: each module of this folder that answers requests keeps a list `routes`, made by `web.routes`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from starlette.routing import BaseRoute


def all_routes() -> list[BaseRoute]:
    """The routes of all pages, module by module in the order of their names."""
    names = sorted(module.name for module in iter_modules(__path__, prefix=f"{__name__}."))
    return [route for name in names for route in getattr(import_module(name), "routes", ())]
