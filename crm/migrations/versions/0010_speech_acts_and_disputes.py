"""Promises, claims and refusals that the rules find, the ledger of promises, and disputes with their evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "speech_acts",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("transcript_id", ID, nullable=False),
        sa.Column("utterance_id", ID, nullable=False),
        sa.Column("label", sa.String(length=8), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("amount_value", sa.BigInteger(), nullable=True),
        sa.Column("amount_unit", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_time", sa.Time(), nullable=True),
        sa.Column("vague", sa.Boolean(), nullable=False),
        sa.Column("strength", sa.String(length=8), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("speaker", sa.String(length=128), nullable=False),
        sa.Column("word_from", sa.Integer(), nullable=False),
        sa.Column("word_to", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("rules", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_speech_acts_call_id_calls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name=op.f("fk_speech_acts_transcript_id_transcripts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["utterance_id"],
            ["utterances.id"],
            name=op.f("fk_speech_acts_utterance_id_utterances"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speech_acts")),
    )
    with op.batch_alter_table("speech_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_speech_acts_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_speech_acts_label"), ["label"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_speech_acts_transcript_id"), ["transcript_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_speech_acts_utterance_id"), ["utterance_id"], unique=False
        )

    op.create_table(
        "understood_transcripts",
        sa.Column("transcript_id", ID, nullable=False),
        sa.Column("rules", sa.String(length=32), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name=op.f("fk_understood_transcripts_transcript_id_transcripts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("transcript_id", name=op.f("pk_understood_transcripts")),
    )
    with op.batch_alter_table("understood_transcripts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_understood_transcripts_rules"), ["rules"])

    op.create_table(
        "disputes",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("deal_id", ID, nullable=True),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("act_id", ID, nullable=True),
        sa.Column("promise_id", ID, nullable=True),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("claimed_on", sa.Date(), nullable=False),
        sa.Column("promised_from", sa.Date(), nullable=True),
        sa.Column("promised_to", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("verdict_text", sa.Text(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=True),
        sa.Column("respondent_id", ID, nullable=True),
        sa.Column("responsible_id", ID, nullable=True),
        sa.Column("opened_by_id", ID, nullable=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("approved_by_id", ID, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("searched_at", TIME, nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["users.id"],
            name=op.f("fk_disputes_approved_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_disputes_client_id_clients"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_disputes_deal_id_deals"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["users.id"],
            name=op.f("fk_disputes_decided_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["users.id"],
            name=op.f("fk_disputes_opened_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["respondent_id"],
            ["users.id"],
            name=op.f("fk_disputes_respondent_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"],
            ["users.id"],
            name=op.f("fk_disputes_responsible_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["act_id"],
            ["speech_acts.id"],
            name=op.f("fk_disputes_act_id_speech_acts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_disputes_call_id_calls"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"],
            ["promises.id"],
            name=op.f("fk_disputes_promise_id_promises"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disputes_act_id"), ["act_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_promise_id"), ["promise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_disputes_respondent_id"), ["respondent_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_disputes_responsible_id"), ["responsible_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_disputes_state"), ["state"], unique=False)

    op.create_table(
        "dispute_evidence",
        sa.Column("id", ID, nullable=False),
        sa.Column("dispute_id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("utterance_id", ID, nullable=True),
        sa.Column("act_id", ID, nullable=True),
        sa.Column("promise_id", ID, nullable=True),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("speaker", sa.String(length=128), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=True),
        sa.Column("end_s", sa.Double(), nullable=True),
        sa.Column("speaks", sa.String(length=8), nullable=False),
        sa.Column("found_by", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"],
            ["speech_acts.id"],
            name=op.f("fk_dispute_evidence_act_id_speech_acts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["users.id"],
            name=op.f("fk_dispute_evidence_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_dispute_evidence_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"],
            ["disputes.id"],
            name=op.f("fk_dispute_evidence_dispute_id_disputes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"],
            ["promises.id"],
            name=op.f("fk_dispute_evidence_promise_id_promises"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["utterance_id"],
            ["utterances.id"],
            name=op.f("fk_dispute_evidence_utterance_id_utterances"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_evidence")),
    )
    with op.batch_alter_table("dispute_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_evidence_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_dispute_evidence_dispute_id"), ["dispute_id"], unique=False
        )

    op.create_table(
        "promise_evidence",
        sa.Column("id", ID, nullable=False),
        sa.Column("promise_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["users.id"],
            name=op.f("fk_promise_evidence_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"],
            ["promises.id"],
            name=op.f("fk_promise_evidence_promise_id_promises"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_evidence")),
    )
    with op.batch_alter_table("promise_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_promise_evidence_promise_id"), ["promise_id"], unique=False
        )

    op.create_table(
        "dispute_remarks",
        sa.Column("id", ID, nullable=False),
        sa.Column("dispute_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["users.id"],
            name=op.f("fk_dispute_remarks_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"],
            ["disputes.id"],
            name=op.f("fk_dispute_remarks_dispute_id_disputes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_remarks")),
    )
    with op.batch_alter_table("dispute_remarks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_dispute_remarks_dispute_id"), ["dispute_id"], unique=False
        )

    op.create_table(
        "promise_steps",
        sa.Column("id", ID, nullable=False),
        sa.Column("promise_id", ID, nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("task_id", ID, nullable=True),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_promise_steps_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"],
            ["promises.id"],
            name=op.f("fk_promise_steps_promise_id_promises"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
            name=op.f("fk_promise_steps_task_id_tasks"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_steps")),
    )
    with op.batch_alter_table("promise_steps", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_promise_steps_promise_id"), ["promise_id"], unique=False
        )

    op.create_table(
        "act_decisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("act_id", ID, nullable=True),
        sa.Column("promise_id", ID, nullable=True),
        sa.Column("label", sa.String(length=8), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("rules", sa.String(length=32), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"],
            ["speech_acts.id"],
            name=op.f("fk_act_decisions_act_id_speech_acts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_act_decisions_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_act_decisions_call_id_calls"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"],
            ["promises.id"],
            name=op.f("fk_act_decisions_promise_id_promises"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_decisions")),
    )
    with op.batch_alter_table("act_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_act_decisions_act_id"), ["act_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_act_decisions_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_act_decisions_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_act_decisions_promise_id"), ["promise_id"], unique=False
        )

    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_time", sa.Time(), nullable=True))
        batch_op.add_column(
            sa.Column("action", sa.String(length=16), nullable=False, server_default="other")
        )
        batch_op.add_column(sa.Column("amount_value", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("amount_unit", sa.String(length=16), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("strength", sa.String(length=8), nullable=False, server_default="firm")
        )
        batch_op.add_column(
            sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("found_by", sa.String(length=8), nullable=False, server_default="person")
        )
        batch_op.add_column(sa.Column("act_id", ID, nullable=True))
        batch_op.add_column(sa.Column("promiser_id", ID, nullable=True))
        batch_op.add_column(sa.Column("task_id", ID, nullable=True))
        batch_op.add_column(sa.Column("decided_by_id", ID, nullable=True))
        batch_op.add_column(sa.Column("decided_at", TIME, nullable=True))
        batch_op.add_column(
            sa.Column("rules", sa.String(length=32), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("proposed", sa.String(length=8), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("done_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("in_time", sa.Boolean(), nullable=True))
        batch_op.add_column(
            sa.Column("cancelled_by", sa.String(length=8), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("told_at", TIME, nullable=True))
        batch_op.create_index(batch_op.f("ix_promises_act_id"), ["act_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promises_promiser_id"), ["promiser_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promises_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_promises_task_id"), ["task_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_promises_act_id_speech_acts"),
            "speech_acts",
            ["act_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_promises_promiser_id_users"),
            "users",
            ["promiser_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_promises_decided_by_id_users"),
            "users",
            ["decided_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_promises_task_id_tasks"),
            "tasks",
            ["task_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_promises_task_id_tasks"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_promises_decided_by_id_users"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_promises_promiser_id_users"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_promises_act_id_speech_acts"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_promises_task_id"))
        batch_op.drop_index(batch_op.f("ix_promises_state"))
        batch_op.drop_index(batch_op.f("ix_promises_promiser_id"))
        batch_op.drop_index(batch_op.f("ix_promises_act_id"))
        for column in (
            "told_at", "reason", "cancelled_by", "in_time", "done_at", "proposed", "rules",
        ):  # fmt: skip
            batch_op.drop_column(column)
        batch_op.drop_column("decided_at")
        batch_op.drop_column("decided_by_id")
        batch_op.drop_column("task_id")
        batch_op.drop_column("promiser_id")
        batch_op.drop_column("act_id")
        batch_op.drop_column("found_by")
        batch_op.drop_column("withdrawn")
        batch_op.drop_column("strength")
        batch_op.drop_column("amount_unit")
        batch_op.drop_column("amount_value")
        batch_op.drop_column("action")
        batch_op.drop_column("due_time")

    op.drop_table("act_decisions")
    op.drop_table("promise_steps")
    op.drop_table("dispute_remarks")
    with op.batch_alter_table("promise_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_evidence_promise_id"))

    op.drop_table("promise_evidence")
    with op.batch_alter_table("dispute_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispute_evidence_dispute_id"))
        batch_op.drop_index(batch_op.f("ix_dispute_evidence_call_id"))

    op.drop_table("dispute_evidence")
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disputes_state"))
        batch_op.drop_index(batch_op.f("ix_disputes_responsible_id"))
        batch_op.drop_index(batch_op.f("ix_disputes_respondent_id"))
        batch_op.drop_index(batch_op.f("ix_disputes_deal_id"))
        batch_op.drop_index(batch_op.f("ix_disputes_closed_at"))
        batch_op.drop_index(batch_op.f("ix_disputes_client_id"))
        batch_op.drop_index(batch_op.f("ix_disputes_promise_id"))
        batch_op.drop_index(batch_op.f("ix_disputes_act_id"))

    op.drop_table("disputes")
    op.drop_table("understood_transcripts")
    with op.batch_alter_table("speech_acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_speech_acts_utterance_id"))
        batch_op.drop_index(batch_op.f("ix_speech_acts_transcript_id"))
        batch_op.drop_index(batch_op.f("ix_speech_acts_label"))
        batch_op.drop_index(batch_op.f("ix_speech_acts_call_id"))

    op.drop_table("speech_acts")
