"""Errors of the pages; their words for people are in `web.error_words`.

WebError
├── RouteWithoutPermission   a route that declares no permission: the start fails
├── NotLoggedIn              a page that needs a login
├── ForeignOrigin            a form or websocket that does not come from our own pages
├── ApiRefused               a request of a program that is not as the API wants it
├── PhoneRefused             click-to-call could not ring the phone of whoever clicked
└── AssetsMissing            the browser's libraries were not copied to `static/vendor`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class WebError(Exception):
    """Base of every error that `web` raises."""


class RouteWithoutPermission(WebError):
    """A route that declares no permission."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"route {path} declares no permission: make it with web.routes.page(…, permission=…)"
        )


class NotLoggedIn(WebError):
    """Nobody is logged in on a page that needs it."""

    def __init__(self) -> None:
        super().__init__("not logged in")


class ForeignOrigin(WebError):
    """A form or websocket that does not come from our own pages."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        super().__init__(f"request from {origin or 'nowhere'} refused")


class ApiRefused(WebError):
    """A request of a program that is not as the API wants it. `field`: which value, "" = none."""

    def __init__(
        self, status: int, field: str, why: str, problems: Sequence[Mapping[str, str]] = ()
    ) -> None:
        self.status = int(status)
        self.field = field
        self.why = why
        self.problems = list(problems) or (
            [{"pointer": f"/{field}", "detail": why}] if field else []
        )
        super().__init__(why)


class PhoneRefused(WebError):
    """Click-to-call could not ring the phone of whoever clicked."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the phone does not ring: {reason}")


class AssetsMissing(WebError):
    """The browser's libraries were not copied to `static/vendor`."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path} is missing: run `make assets` (or `python -m web.assets`)")
