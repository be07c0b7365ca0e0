"""The table of calls that were deleted as a whole: what the PBX still tells of them is not written again.

In: nothing. Out: a mapped class on the `Base` of `calls.columns`; a declaration without logic.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import Base, UtcDateTime


class ErasedCall(Base):
    """One id of a call that is gone for good. No foreign key: nothing is left that it could point to."""

    __tablename__ = "erased_calls"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the PBX's name and the linkedid, as `calls.erased` makes it."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
