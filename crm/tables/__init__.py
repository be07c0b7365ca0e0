"""Tables of clients, deals, tasks, people, promises and the audit log, a module per topic.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`. The last package with tables, so the migrations of all
live in `crm/migrations`.
"""

from __future__ import annotations

import calls.tables  # noqa: F401 - its tables are referred to
from crm.tables.api import ApiToken, IdempotencyKey, Webhook, WebhookDelivery
from crm.tables.audit import AuditEntry, AuditWords
from crm.tables.clients import (
    CallLink,
    CallNote,
    Client,
    ClientEmail,
    ClientFigures,
    ClientNumber,
    ClientPersonal,
    Consent,
    Membership,
    PersonalDate,
)
from crm.tables.deals import (
    Deal,
    DealCall,
    DealItem,
    DealStep,
    DealTag,
    Funnel,
    LossReason,
    Payment,
    Product,
    Stage,
)
from crm.tables.disputes import Dispute, DisputeEvidence, DisputeRemark
from crm.tables.exchange import Handover, HandoverItem, Import, ImportRow
from crm.tables.fields import CompanySetting, CustomField, CustomValue, FieldRule
from crm.tables.finding import ClientText, ClientWord, ListColumns, SearchGram, SearchWord, Segment
from crm.tables.history import Change, Comment, Mention, StoredFile
from crm.tables.inquiries import (
    Inquiry,
    InquiryCall,
)
from crm.tables.marks import MarkMention, RecordingMark, SharedClip
from crm.tables.people import (
    CardOpening,
    Department,
    Device,
    LoginAttempt,
    Notification,
    PersonState,
    PhoneHolding,
    PhoneState,
    QueueMember,
    RoleScope,
    Session,
    User,
    UserQueue,
)
from crm.tables.personal_data import (
    CallAnnouncement,
    Erasure,
    LegalHold,
    RecordingPause,
    Redaction,
)
from crm.tables.promises import ActDecision, Promise, PromiseEvidence, PromiseStep
from crm.tables.proof import ProofKey, ProofPack
from crm.tables.quality import (
    Calibration,
    CalibrationMember,
    CallReview,
    CoachingNote,
    CoachingReply,
    ListeningItem,
    ListeningRule,
    ReviewAnswer,
    ScoreForm,
    TopicAlert,
    TopicHit,
    TopicRule,
)
from crm.tables.saved_searches import SavedSearch, SavedSearchHit
from crm.tables.tags import (
    CallTag,
    ClientTag,
    InquiryTag,
    Tag,
)
from crm.tables.tasks import ChecklistItem, Reminder, Task, TaskAssignee, TaskCall
from crm.tables.upkeep import (
    CleaningIgnored,
    ClientMerge,
    DuplicatePair,
    NotDuplicates,
)

__all__ = [
    "ActDecision",
    "ApiToken",
    "AuditEntry",
    "AuditWords",
    "Calibration",
    "CalibrationMember",
    "CallAnnouncement",
    "CallLink",
    "CallNote",
    "CallReview",
    "CallTag",
    "CardOpening",
    "Change",
    "ChecklistItem",
    "CleaningIgnored",
    "Client",
    "ClientEmail",
    "ClientFigures",
    "ClientMerge",
    "ClientNumber",
    "ClientPersonal",
    "ClientTag",
    "ClientText",
    "ClientWord",
    "CoachingNote",
    "CoachingReply",
    "Comment",
    "CompanySetting",
    "Consent",
    "CustomField",
    "CustomValue",
    "Deal",
    "DealCall",
    "DealItem",
    "DealStep",
    "DealTag",
    "Department",
    "Device",
    "Dispute",
    "DisputeEvidence",
    "DisputeRemark",
    "DuplicatePair",
    "Erasure",
    "FieldRule",
    "Funnel",
    "Handover",
    "HandoverItem",
    "IdempotencyKey",
    "Import",
    "ImportRow",
    "Inquiry",
    "InquiryCall",
    "InquiryTag",
    "LegalHold",
    "ListColumns",
    "ListeningItem",
    "ListeningRule",
    "LoginAttempt",
    "LossReason",
    "MarkMention",
    "Membership",
    "Mention",
    "NotDuplicates",
    "Notification",
    "Payment",
    "PersonState",
    "PersonalDate",
    "PhoneHolding",
    "PhoneState",
    "Product",
    "Promise",
    "PromiseEvidence",
    "PromiseStep",
    "ProofKey",
    "ProofPack",
    "QueueMember",
    "RecordingMark",
    "RecordingPause",
    "Redaction",
    "Reminder",
    "ReviewAnswer",
    "RoleScope",
    "SavedSearch",
    "SavedSearchHit",
    "ScoreForm",
    "SearchGram",
    "SearchWord",
    "Segment",
    "Session",
    "SharedClip",
    "Stage",
    "StoredFile",
    "Tag",
    "Task",
    "TaskAssignee",
    "TaskCall",
    "TopicAlert",
    "TopicHit",
    "TopicRule",
    "User",
    "UserQueue",
    "Webhook",
    "WebhookDelivery",
]
