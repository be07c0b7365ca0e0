"""Tables of finding: words of the search box, saved segments, chosen columns.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime

BYTEWISE = String(64).with_variant(String(64, collation="C"), "postgresql")


class SearchWord(Base):
    """A word that some client has. The vocabulary of the search box; words are only added."""

    __tablename__ = "search_words"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    word: Mapped[str] = mapped_column(BYTEWISE, unique=True)
    """Folded. Ordered by code point on both databases, so that a range finds all words that begin alike."""


class SearchGram(Base):
    """Three letters of a word: by these parts of words and words with typing errors are found."""

    __tablename__ = "search_grams"
    __table_args__ = ({"sqlite_with_rowid": False},)

    gram: Mapped[str] = mapped_column(String(3), primary_key=True)
    word_id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    """No foreign key: words are never removed, and an import writes millions of these rows."""


class ClientWord(Base):
    """A client has a word: in a name, an address of e-mail, the company, a deal, a custom field."""

    __tablename__ = "client_words"
    __table_args__ = (
        Index("ix_client_words_word_id_client_id", "word_id", "client_id"),
        {"sqlite_with_rowid": False},
    )

    client_id: Mapped[int] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True
    )
    word_id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    field: Mapped[str] = mapped_column(String(16), primary_key=True)


class ClientText(Base):
    """A text of a client as filters look into it: lower case, ё as е (no database folds Cyrillic letters alike)."""

    __tablename__ = "client_texts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    field: Mapped[str] = mapped_column(String(16), primary_key=True)
    client_id: Mapped[int] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    folded: Mapped[str] = mapped_column(Text)


class Segment(Base):
    """A filter with a name: clients (or deals) that fit it now."""

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), default="client")
    """"client" or "deal"."""
    name: Mapped[str] = mapped_column(String(128))
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    shared: Mapped[str] = mapped_column(String(16), default="own")
    """Who else sees it: "own" (nobody), "department" or "all"."""
    filter: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """As `crm.finding.filters` reads it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListColumns(Base):
    """The columns that a person chose for a list, in their order."""

    __tablename__ = "list_columns"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    """"clients" or "deals"."""
    columns: Mapped[list[Any]] = mapped_column(JSON, default=list)
