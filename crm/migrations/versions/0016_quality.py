"""The listening queue, score cards, calibration, coaching notes and rules for words that matter."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "listening_rules",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("per_operator", sa.Integer(), nullable=False),
        sa.Column("assignee_id", ID, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["users.id"],
            name=op.f("fk_listening_rules_assignee_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_listening_rules_created_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listening_rules")),
    )
    op.create_table(
        "score_forms",
        sa.Column("id", ID, nullable=False),
        sa.Column("family", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("pass_from", sa.Integer(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_score_forms_created_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_forms")),
        sa.UniqueConstraint("family", "version", name=op.f("uq_score_forms_family")),
    )
    op.create_table(
        "topic_rules",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("queries", sa.JSON(), nullable=False),
        sa.Column("within_s", sa.Double(), nullable=True),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("directions", sa.JSON(), nullable=False),
        sa.Column("alert", sa.Boolean(), nullable=False),
        sa.Column("to_listening", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_topic_rules_created_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_rules")),
    )
    op.create_table(
        "calibrations",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("form_id", ID, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("opened_by_id", ID, nullable=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_calibrations_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["form_id"], ["score_forms.id"], name=op.f("fk_calibrations_form_id_score_forms")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["users.id"],
            name=op.f("fk_calibrations_opened_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrations")),
    )
    with op.batch_alter_table("calibrations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibrations_call_id"), ["call_id"], unique=False)

    op.create_table(
        "listening_items",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("rule_id", ID, nullable=True),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("operator_id", ID, nullable=True),
        sa.Column("assignee_id", ID, nullable=True),
        sa.Column("start_s", sa.Double(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("done_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["users.id"],
            name=op.f("fk_listening_items_assignee_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_listening_items_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"],
            ["users.id"],
            name=op.f("fk_listening_items_done_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["users.id"],
            name=op.f("fk_listening_items_operator_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["listening_rules.id"],
            name=op.f("fk_listening_items_rule_id_listening_rules"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listening_items")),
        sa.UniqueConstraint("call_id", "rule_id", name=op.f("uq_listening_items_call_id")),
    )
    with op.batch_alter_table("listening_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listening_items_assignee_id"), ["assignee_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_listening_items_operator_id"), ["operator_id"], unique=False
        )
        batch_op.create_index(
            "ix_listening_items_state_added_at", ["state", "added_at"], unique=False
        )

    op.create_table(
        "topic_alerts",
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_topic_alerts_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["topic_rules.id"],
            name=op.f("fk_topic_alerts_rule_id_topic_rules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("rule_id", "call_id", name=op.f("pk_topic_alerts")),
    )
    op.create_table(
        "calibration_members",
        sa.Column("calibration_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibrations.id"],
            name=op.f("fk_calibration_members_calibration_id_calibrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_calibration_members_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("calibration_id", "user_id", name=op.f("pk_calibration_members")),
    )
    op.create_table(
        "call_reviews",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("form_id", ID, nullable=False),
        sa.Column("reviewer_id", ID, nullable=True),
        sa.Column("operator_id", ID, nullable=True),
        sa.Column("calibration_id", ID, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("fatal", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("seen_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibrations.id"],
            name=op.f("fk_call_reviews_calibration_id_calibrations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_call_reviews_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["form_id"], ["score_forms.id"], name=op.f("fk_call_reviews_form_id_score_forms")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["users.id"],
            name=op.f("fk_call_reviews_operator_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["users.id"],
            name=op.f("fk_call_reviews_reviewer_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_reviews")),
        sa.UniqueConstraint(
            "call_id", "reviewer_id", "form_id", name=op.f("uq_call_reviews_call_id")
        ),
    )
    with op.batch_alter_table("call_reviews", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_call_reviews_calibration_id"), ["calibration_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_call_reviews_form_id"), ["form_id"], unique=False)
        batch_op.create_index(
            "ix_call_reviews_operator_id_done_at", ["operator_id", "done_at"], unique=False
        )

    op.create_table(
        "coaching_notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("utterance_id", ID, nullable=True),
        sa.Column("start_s", sa.Double(), nullable=True),
        sa.Column("end_s", sa.Double(), nullable=True),
        sa.Column("operator_id", ID, nullable=True),
        sa.Column("author_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name=op.f("fk_coaching_notes_author_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_coaching_notes_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["users.id"],
            name=op.f("fk_coaching_notes_operator_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["utterance_id"],
            ["utterances.id"],
            name=op.f("fk_coaching_notes_utterance_id_utterances"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_notes")),
    )
    with op.batch_alter_table("coaching_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coaching_notes_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_coaching_notes_operator_id"), ["operator_id"], unique=False
        )

    op.create_table(
        "topic_hits",
        sa.Column("id", ID, nullable=False),
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("utterance_id", ID, nullable=True),
        sa.Column("operator_id", ID, nullable=True),
        sa.Column("start_s", sa.Double(), nullable=True),
        sa.Column("word_from", sa.Integer(), nullable=True),
        sa.Column("word_to", sa.Integer(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_topic_hits_call_id_calls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["users.id"],
            name=op.f("fk_topic_hits_operator_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["topic_rules.id"],
            name=op.f("fk_topic_hits_rule_id_topic_rules"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["utterance_id"],
            ["utterances.id"],
            name=op.f("fk_topic_hits_utterance_id_utterances"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_hits")),
    )
    with op.batch_alter_table("topic_hits", schema=None) as batch_op:
        batch_op.create_index("ix_topic_hits_call_id", ["call_id"], unique=False)
        batch_op.create_index("ix_topic_hits_rule_id_at", ["rule_id", "at"], unique=False)

    op.create_table(
        "coaching_replies",
        sa.Column("id", ID, nullable=False),
        sa.Column("note_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["users.id"],
            name=op.f("fk_coaching_replies_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["coaching_notes.id"],
            name=op.f("fk_coaching_replies_note_id_coaching_notes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_replies")),
    )
    with op.batch_alter_table("coaching_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coaching_replies_note_id"), ["note_id"], unique=False)

    op.create_table(
        "review_answers",
        sa.Column("id", ID, nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("criterion", sa.String(length=36), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["call_reviews.id"],
            name=op.f("fk_review_answers_review_id_call_reviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_answers")),
        sa.UniqueConstraint("review_id", "criterion", name=op.f("uq_review_answers_review_id")),
    )


def downgrade() -> None:
    op.drop_table("review_answers")
    with op.batch_alter_table("coaching_replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coaching_replies_note_id"))

    op.drop_table("coaching_replies")
    with op.batch_alter_table("topic_hits", schema=None) as batch_op:
        batch_op.drop_index("ix_topic_hits_rule_id_at")
        batch_op.drop_index("ix_topic_hits_call_id")

    op.drop_table("topic_hits")
    with op.batch_alter_table("coaching_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coaching_notes_operator_id"))
        batch_op.drop_index(batch_op.f("ix_coaching_notes_call_id"))

    op.drop_table("coaching_notes")
    with op.batch_alter_table("call_reviews", schema=None) as batch_op:
        batch_op.drop_index("ix_call_reviews_operator_id_done_at")
        batch_op.drop_index(batch_op.f("ix_call_reviews_form_id"))
        batch_op.drop_index(batch_op.f("ix_call_reviews_calibration_id"))

    op.drop_table("call_reviews")
    op.drop_table("calibration_members")
    op.drop_table("topic_alerts")
    with op.batch_alter_table("listening_items", schema=None) as batch_op:
        batch_op.drop_index("ix_listening_items_state_added_at")
        batch_op.drop_index(batch_op.f("ix_listening_items_operator_id"))
        batch_op.drop_index(batch_op.f("ix_listening_items_assignee_id"))

    op.drop_table("listening_items")
    with op.batch_alter_table("calibrations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calibrations_call_id"))

    op.drop_table("calibrations")
    op.drop_table("topic_rules")
    op.drop_table("score_forms")
    op.drop_table("listening_rules")
