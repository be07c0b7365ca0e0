"""Tables of the quality work of supervisors: score cards, reviews, calibration, coaching, the listening queue, topics.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic. No row holds words of a
transcript: places are kept by turn and second.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class ScoreForm(Base):
    """One version of a score card, never changed: an edit makes the next version, so old reviews stay as they were."""

    __tablename__ = "score_forms"
    __table_args__ = (UniqueConstraint("family", "version"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    family: Mapped[str] = mapped_column(String(36))
    """What all versions of one card share."""
    version: Mapped[int] = mapped_column(default=1)
    current: Mapped[bool] = mapped_column(default=True)
    """Whether new reviews use it; False for older versions and for cards that were put away."""
    name: Mapped[str] = mapped_column(String(128))
    criteria: Mapped[list[Any]] = mapped_column()
    """`{"key", "section", "text", "weight", "scale", "fatal"}` in order (`crm.quality.score.Criterion`)."""
    pass_from: Mapped[int] = mapped_column(default=70)
    """From this score, of 100, a call is good."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CallReview(Base):
    """One supervisor's judgement of one call. `state`: "draft" (only the reviewer sees it) or "done"."""

    __tablename__ = "call_reviews"
    __table_args__ = (
        UniqueConstraint("call_id", "reviewer_id", "form_id"),
        Index("ix_call_reviews_operator_id_done_at", "operator_id", "done_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    form_id: Mapped[int] = mapped_column(ForeignKey("score_forms.id"), index=True)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Whose work is judged."""
    calibration_id: Mapped[int | None] = mapped_column(
        ForeignKey("calibrations.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(String(8), default="draft")
    score: Mapped[float | None] = mapped_column()
    """Of 100; None where no criterion applied."""
    fatal: Mapped[bool] = mapped_column(default=False)
    """A criterion that must hold was not met: the score is 0."""
    comment: Mapped[str] = mapped_column(Text, default="")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the operator first looked at it."""


class ReviewAnswer(Base):
    """What one criterion got in one review."""

    __tablename__ = "review_answers"
    __table_args__ = (UniqueConstraint("review_id", "criterion"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("call_reviews.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(String(36))
    """Key of the criterion in the form."""
    points: Mapped[int | None] = mapped_column()
    """0 to the criterion's scale; None: it did not apply."""
    comment: Mapped[str] = mapped_column(Text, default="")
    at_s: Mapped[float | None] = mapped_column()
    """Second of the recording that shows it."""


class Calibration(Base):
    """Several supervisors judge one call apart from each other, then compare."""

    __tablename__ = "calibrations"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("score_forms.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From then on all see each other's marks; before, only who has finished the own one."""


class CalibrationMember(Base):
    """One supervisor who takes part."""

    __tablename__ = "calibration_members"

    calibration_id: Mapped[int] = mapped_column(
        ForeignKey("calibrations.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )


class CoachingNote(Base):
    """A word of a supervisor to an operator about a moment of a call; the operator may answer."""

    __tablename__ = "coaching_notes"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    utterance_id: Mapped[int | None] = mapped_column(
        ForeignKey("utterances.id", ondelete="SET NULL")
    )
    start_s: Mapped[float | None] = mapped_column()
    end_s: Mapped[float | None] = mapped_column()
    operator_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the operator first looked at it."""


class CoachingReply(Base):
    """An answer under a coaching note."""

    __tablename__ = "coaching_replies"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    note_id: Mapped[int] = mapped_column(
        ForeignKey("coaching_notes.id", ondelete="CASCADE"), index=True
    )
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListeningRule(Base):
    """What the listening queue is filled with. `kind`: "random", "rule", "word" or "promise"."""

    __tablename__ = "listening_rules"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(16))
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """A `crm.quality.picking.Conditions`."""
    query: Mapped[str] = mapped_column(Text, default="")
    """Of kind "word": what to search for."""
    per_operator: Mapped[int] = mapped_column(default=3)
    """How many calls of one operator a week at most."""
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who listens; None: any supervisor."""
    active: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListeningItem(Base):
    """A call that waits to be listened to. `state`: "waiting", "done" or "skipped"."""

    __tablename__ = "listening_items"
    __table_args__ = (
        UniqueConstraint("call_id", "rule_id"),
        Index("ix_listening_items_state_added_at", "state", "added_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    rule_id: Mapped[int | None] = mapped_column(
        ForeignKey("listening_rules.id", ondelete="SET NULL")
    )
    why: Mapped[str] = mapped_column(String(16))
    """"random", "rule", "word", "promise", "topic" or "person"."""
    operator_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    assignee_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    start_s: Mapped[float | None] = mapped_column()
    """The moment that matters, where there is one."""
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class TopicRule(Base):
    """Words that matter. `kind`: "forbidden", "required" (the script), "topic" (prices, rivals)."""

    __tablename__ = "topic_rules"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(16))
    side: Mapped[str] = mapped_column(String(16), default="")
    """Who says it: "client", "operator", or "" for either."""
    queries: Mapped[list[Any]] = mapped_column()
    """What is searched for, in the language of the search box; any one will do."""
    within_s: Mapped[float | None] = mapped_column()
    """Of kind "required": to be said in so many seconds from the first word."""
    queues: Mapped[list[Any]] = mapped_column(default=list)
    """Only calls of these queues; [] = all."""
    directions: Mapped[list[Any]] = mapped_column(default=list)
    alert: Mapped[bool] = mapped_column(default=False)
    """Whether supervisors are told at once."""
    to_listening: Mapped[bool] = mapped_column(default=False)
    """Whether the call goes to the listening queue."""
    active: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TopicHit(Base):
    """A place where a rule found its words, or a call in which required ones were missing (no turn then)."""

    __tablename__ = "topic_hits"
    __table_args__ = (
        Index("ix_topic_hits_rule_id_at", "rule_id", "at"),
        Index("ix_topic_hits_call_id", "call_id"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("topic_rules.id", ondelete="CASCADE"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    utterance_id: Mapped[int | None] = mapped_column(
        ForeignKey("utterances.id", ondelete="CASCADE")
    )
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    start_s: Mapped[float | None] = mapped_column()
    word_from: Mapped[int | None] = mapped_column()
    word_to: Mapped[int | None] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the call began."""


class TopicAlert(Base):
    """That supervisors were told of a rule in a call: a second reading of the call tells nobody again."""

    __tablename__ = "topic_alerts"

    rule_id: Mapped[int] = mapped_column(
        ForeignKey("topic_rules.id", ondelete="CASCADE"), primary_key=True
    )
    call_id: Mapped[int] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
