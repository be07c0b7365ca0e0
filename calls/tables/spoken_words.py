"""Table of the words that were said: by it a search forgives what the speech engine misheard.

In: nothing. Out: a mapped class for SQLite and PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import Base


class SpokenWord(Base):
    """A word that stands in some turn, under one of its keys.

    The keys (`calls.search.sounds`) are how it sounds, and for words that no dictionary has how it sounds with one sound
    less. Deleted together with the last turn that holds it.
    """

    __tablename__ = "spoken_words"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(48), primary_key=True, index=True)
