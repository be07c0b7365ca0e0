"""How this company decides disputes: a rule that the administrator sets. Pure.

In: nothing. Out: the shape of the company setting "disputes" with its default.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

SETTING = "disputes"


class DisputeRules(BaseModel):
    """`four_eyes`: a verdict holds only once another supervisor than its author has approved it."""

    model_config = ConfigDict(extra="forbid")

    four_eyes: bool = False
