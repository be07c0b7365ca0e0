"""What every route that names a thing asks for: the table of the matrix of rights.

A new route with an id in its path must be added here, or the matrix fails and says so:

- `CASES`: "METHOD /path" → of which kind the id is, what is done there, and a form that would be accepted;
- `ELSEWHERE`: routes whose id is no client's thing, with the reason why the matrix has nothing to say of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from support.rights_world import Relation, World

from crm.access import Action, Permission

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One route."""

    kind: str
    """Of `World.ids`."""
    action: Action = Action.SEE
    by_author: bool = False
    """Only who wrote it may do this, whatever the scopes say."""
    form: Callable[[World, Relation], Values] = lambda _world, _relation: {}
    path: Values = field(default_factory=dict)
    """Other parameters of the path."""
    gone: frozenset[int] = frozenset({404})
    """What may be answered for a card in the bin or merged, where the person could see it."""
    fine: frozenset[int] = frozenset({200, 303})


def _other(world: World, _relation: Relation) -> Values:
    return {"to": "1", "version": "1"}


EDIT, DELETE = Action.EDIT, Action.DELETE
_sound = frozenset({200, 206, 404, 410})
"""The world's recordings and files have no bytes on the disk: that is found out after the rights were asked."""

CASES: Mapping[str, Case] = {
    # Clients.
    "GET /clients/{client_id:id}": Case(kind="client", gone=frozenset({303, 404, 410})),
    "POST /clients/{client_id:id}": Case(
        kind="client", action=EDIT, form=lambda _w, _r: {"kind": "person", "name": "New", "version": "1"}
    ),
    "POST /clients/{client_id:id}/confirm": Case(kind="client", action=EDIT),
    "POST /clients/{client_id:id}/attach": Case(
        kind="client", form=lambda w, _r: {"call_id": str(w.of("call", Relation.OWN))}
    ),
    "GET /clients/{client_id:id}/history": Case(kind="client"),
    "GET /clients/{client_id:id}/changes": Case(kind="client"),
    "GET /clients/{client_id:id}/version": Case(kind="client"),
    "GET /clients/{client_id:id}/value": Case(kind="client"),
    "GET /clients/{client_id:id}/deals": Case(kind="client"),
    "GET /clients/{client_id:id}/inquiries": Case(kind="client"),
    "GET /clients/{client_id:id}/duplicates": Case(kind="client"),
    "GET /clients/{client_id:id}/tasks": Case(kind="client"),
    # Tags: seen with the thing, put on it by who may edit it.
    **{
        f"{method} /tagged/{kind}/{{thing_id:id}}{rest}": Case(
            kind="inquiry_talk" if kind == "inquiry" else kind,
            action=Action.SEE if method == "GET" or kind in ("call", "inquiry") else Action.EDIT,
            path={"tag_id": 1},
            form=lambda _w, _r: {"name": "tag"},
        )
        for kind in ("client", "deal", "call", "inquiry")
        for method, rest in (("GET", ""), ("POST", ""), ("POST", "/{tag_id:id}/off"))
    },
    "GET /clients/{client_id:id}/merge": Case(kind="client", action=EDIT),
    "GET /clients/{client_id:id}/merge/{other_id:id}": Case(
        kind="client", action=EDIT, path={"other_id": ("client", Relation.OWN)},
        fine=frozenset({200, 303, 409, 422}),
    ),
    "POST /clients/{client_id:id}/merge/{other_id:id}": Case(
        kind="client", action=EDIT, path={"other_id": ("client", Relation.OWN)},
        form=lambda _w, _r: {"kept": "1"},
    ),
    "POST /clients/{client_id:id}/dates": Case(
        kind="client", action=EDIT, form=lambda _w, _r: {"name": "Day", "day": "1", "month": "2"}
    ),
    "POST /clients/{client_id:id}/dates/{date_id:id}/remove": Case(
        kind="client", action=EDIT, path={"date_id": 1}
    ),
    "POST /clients/{client_id:id}/consents": Case(
        kind="client", action=EDIT, form=lambda _w, _r: {"kind": "mailing", "given": "yes"}
    ),
    "GET /clients/{client_id:id}/delete": Case(kind="client", action=DELETE),
    "POST /bin/{kind:str}/{subject_id:id}": Case(
        kind="client", action=DELETE, path={"kind": "client"}
    ),
    "GET /clients/{subject_id:id}/comments": Case(kind="client"),
    "POST /clients/{subject_id:id}/comments": Case(
        kind="client", form=lambda _w, _r: {"text": "A word"}
    ),
    "GET /clients/{subject_id:id}/colleagues": Case(kind="client"),
    "GET /clients/{subject_id:id}/files": Case(kind="client"),
    "POST /clients/{subject_id:id}/files": Case(kind="client", action=EDIT),
    # Deals: seen for their own sake.
    "GET /deals/{deal_id:id}": Case(kind="deal"),
    "POST /deals/{deal_id:id}": Case(
        kind="deal", action=EDIT, form=lambda _w, _r: {"name": "New", "version": "1"}
    ),
    "POST /deals/{deal_id:id}/delete": Case(kind="deal", action=DELETE),
    "POST /deals/{deal_id:id}/move": Case(
        kind="deal", action=EDIT, form=lambda w, _r: {"stage": str(w.stage_id), "version": "1"}
    ),
    "POST /deals/{deal_id:id}/payments": Case(
        kind="deal", action=EDIT, form=lambda _w, _r: {"due_on": "2026-12-01", "amount": "10"}
    ),
    "POST /deals/{deal_id:id}/payments/{payment_id:id}": Case(
        kind="deal", action=EDIT, path={"payment_id": 1}, form=lambda _w, _r: {"paid_on": "2026-12-01"}
    ),
    "GET /deals/{subject_id:id}/comments": Case(kind="deal"),
    "POST /deals/{subject_id:id}/comments": Case(
        kind="deal", form=lambda _w, _r: {"text": "A word"}
    ),
    "GET /deals/{subject_id:id}/colleagues": Case(kind="deal"),
    "GET /deals/{subject_id:id}/files": Case(kind="deal"),
    "POST /deals/{subject_id:id}/files": Case(kind="deal", action=EDIT),
    # Files and comments: as their client.
    "GET /files/{file_id:id}": Case(kind="file", fine=_sound),
    "GET /files/{file_id:id}/preview": Case(kind="file", fine=_sound),
    "POST /files/{file_id:id}": Case(kind="file", action=EDIT, form=lambda _w, _r: {"name": "x.pdf"}),
    "POST /files/{file_id:id}/delete": Case(kind="file", action=DELETE),
    "GET /comments/{comment_id:id}/edit": Case(kind="comment"),
    "POST /comments/{comment_id:id}": Case(
        kind="comment", by_author=True, form=lambda _w, _r: {"text": "Another word"}
    ),
    "POST /comments/{comment_id:id}/delete": Case(kind="comment", action=DELETE),
    # Tasks: whoever has them, made them, or sees all.
    **{
        f"{method} /tasks/{{task_id:id}}{rest}": Case(kind="task", form=_other)
        for method, rest in (
            ("GET", ""), ("GET", "/edit"), ("POST", "/edit"), ("POST", "/move"), ("POST", "/steps"),
            ("POST", "/take"), ("POST", "/release"), ("POST", "/close"), ("POST", "/reopen"),
            ("POST", "/wake"), ("POST", "/skip"), ("POST", "/end-series"),
            ("POST", "/delete"), ("POST", "/restore"),
        )
    },
    "POST /tasks/{task_id:id}/snooze": Case(kind="task", form=lambda _w, _r: {"preset": "hour"}),
    "POST /tasks/{task_id:id}/steps/{step_id:id}": Case(kind="task", path={"step_id": 1}),
    "POST /tasks/{task_id:id}/steps/{step_id:id}/remove": Case(kind="task", path={"step_id": 1}),
    "GET /tasks/{subject_id:id}/comments": Case(kind="task_talk"),
    "POST /tasks/{subject_id:id}/comments": Case(
        kind="task_talk", form=lambda _w, _r: {"text": "A word"}
    ),
    "GET /tasks/{subject_id:id}/colleagues": Case(kind="task_talk"),
    # Inquiries: own ones, those of clients that are seen, those of nobody.
    "GET /inquiries/{inquiry_id:id}": Case(kind="inquiry"),
    "POST /inquiries/{inquiry_id:id}/deal": Case(kind="inquiry"),
    "POST /inquiries/{inquiry_id:id}/client": Case(
        kind="inquiry", form=lambda w, _r: {"client_id": str(w.of("client", Relation.OWN))}
    ),
    "GET /inquiries/{inquiry_id:id}/client": Case(kind="inquiry"),
    "POST /inquiries/{inquiry_id:id}/close": Case(
        kind="inquiry", form=lambda _w, _r: {"reason": "not ours"}
    ),
    "POST /inquiries/{inquiry_id:id}/snooze": Case(
        kind="inquiry", form=lambda _w, _r: {"until": "2030-01-01T10:00"}
    ),
    "POST /inquiries/{inquiry_id:id}/assign": Case(kind="inquiry", form=lambda _w, _r: {"to": "1"}),
    "POST /inquiries/{inquiry_id:id}/undo": Case(kind="inquiry"),
    "POST /inquiries/{inquiry_id:id}/tags": Case(kind="inquiry", form=lambda _w, _r: {"name": "tag"}),
    "GET /inquiries/{subject_id:id}/comments": Case(kind="inquiry_talk"),
    "POST /inquiries/{subject_id:id}/comments": Case(
        kind="inquiry_talk", form=lambda _w, _r: {"text": "A word"}
    ),
    "GET /inquiries/{subject_id:id}/colleagues": Case(kind="inquiry_talk"),
    # Calls: own or all by the role; heard by the scope of listening.
    "GET /calls/{call_id:id}": Case(kind="call"),
    "GET /calls/{call_id:id}/client": Case(kind="call"),
    "POST /calls/{call_id:id}/client": Case(
        kind="call", form=lambda w, _r: {"client_id": str(w.of("client", Relation.OWN))}
    ),
    "GET /calls/{call_id:id}/deal": Case(kind="call"),
    "POST /calls/{call_id:id}/deal": Case(
        kind="call", form=lambda w, _r: {"deal": str(w.of("deal", Relation.OWN))}
    ),
    "POST /calls/{call_id:id}/promises": Case(
        kind="call",
        form=lambda _w, _r: {"utterance_id": "1", "word_from": "0", "word_to": "1", "what": "so"},
    ),
    "GET /calls/{call_id:id}/promises": Case(kind="call"),
    "GET /calls/{call_id:id}/disputes": Case(kind="call"),
    "POST /promises/{promise_id:id}/close": Case(kind="promise", form=lambda _w, _r: {"state": "kept"}),
    "GET /promises/{promise_id:id}": Case(kind="promise"),
    **{
        # The world's promises are open: there is nothing to confirm, to reject or to take back.
        f"POST {prefix}/promises/{{promise_id:id}}/{deed}": Case(kind="promise", fine=frozenset({409}))
        for prefix in ("", "/api/v1")
        for deed in ("confirm", "reject", "undo")
    },
    "POST /promises/{promise_id:id}/edit": Case(kind="promise", form=lambda _w, _r: {"what": "so"}),
    "POST /promises/{promise_id:id}/evidence": Case(
        kind="promise", form=lambda _w, _r: {"kind": "note", "note": "so"}
    ),
    "POST /promises/{promise_id:id}/evidence/drop": Case(
        kind="promise", form=lambda _w, _r: {"evidence_id": "1"}, fine=frozenset({404})
    ),
    # Words of a call: read by whoever may hear it.
    "GET /recordings/{recording_id:id}/readings": Case(kind="recording"),
    "POST /recordings/{recording_id:id}/readings": Case(
        kind="recording", form=lambda _w, _r: {"model": "none"}, fine=frozenset({422})
    ),
    "POST /transcripts/{transcript_id:id}/current": Case(kind="transcript"),
    "GET /transcripts/{transcript_id:id}/compare/{other_id:id}": Case(
        kind="transcript", path={"other_id": ("transcript", Relation.OWN)},
        fine=frozenset({200, 404}),
    ),
    "POST /calls/{call_id:id}/read-first": Case(kind="heard_call"),
    "POST /calls/{call_id:id}/awaited": Case(kind="heard_call", fine=frozenset({204})),
    "GET /utterances/{utterance_id:id}": Case(kind="utterance"),
    "GET /utterances/{utterance_id:id}/versions": Case(kind="utterance"),
    "GET /utterances/{utterance_id:id}/correction": Case(kind="utterance"),
    "POST /utterances/{utterance_id:id}/correction": Case(
        kind="utterance", form=lambda _w, _r: {"text": "so", "version": "0"}
    ),
    "POST /utterances/{utterance_id:id}/restore": Case(
        kind="utterance",
        form=lambda _w, _r: {"to": "0", "version": "0"},
        fine=frozenset({200, 409}),
    ),
    # Quality work: beside a call, by whoever may hear it.
    "GET /calls/{call_id:id}/quality": Case(kind="call"),
    "POST /calls/{call_id:id}/reviews": Case(
        kind="heard_call", form=lambda _w, _r: {"form_id": "1"}, fine=frozenset({303, 404})
    ),
    "POST /calls/{call_id:id}/coaching": Case(kind="heard_call", form=lambda _w, _r: {"text": "so"}),
    "POST /calls/{call_id:id}/listening": Case(kind="heard_call", fine=frozenset({303, 409})),
    "POST /calls/{call_id:id}/calibrations": Case(
        kind="heard_call", form=lambda _w, _r: {"form_id": "1"}, fine=frozenset({404, 422})
    ),
    # Marks and shared clips: with the recording.
    "GET /recordings/{recording_id:id}/marks": Case(kind="recording"),
    "POST /recordings/{recording_id:id}/marks": Case(
        kind="recording", form=lambda _w, _r: {"from_s": "0", "text": "A word"}
    ),
    "GET /recordings/{recording_id:id}/colleagues": Case(kind="recording"),
    "POST /marks/{mark_id:id}": Case(
        kind="mark", by_author=True, form=lambda _w, _r: {"text": "Another word"}
    ),
    "POST /marks/{mark_id:id}/delete": Case(kind="mark", by_author=True),
    "GET /calls/{call_id:id}/clips": Case(kind="heard_call"),
    "GET /calls/{call_id:id}/proof": Case(kind="heard_call"),
    "POST /calls/{call_id:id}/proof": Case(kind="heard_call"),
    "POST /recordings/{recording_id:id}/clips": Case(
        kind="recording",
        form=lambda _w, _r: {"start_s": "0", "end_s": "1", "for_whom": "anyone", "days": "1"},
    ),
    "POST /shared-clips/{clip_id:id}/revoke": Case(kind="shared_clip"),
    "GET /media/recordings/{recording_id:id}/silences": Case(kind="recording", fine=_sound),
    "GET /media/recordings/{recording_id:id}/peaks": Case(kind="recording", fine=_sound),
    "GET /media/recordings/{recording_id:id}/{way:str}": Case(
        kind="recording", path={"way": "stereo"}, fine=_sound
    ),
    "POST /media/recordings/{recording_id:id}/clip": Case(
        kind="recording", form=lambda _w, _r: {"start_s": "0", "end_s": "1", "format": "ogg"}
    ),
    # Personal data: asked with the call or the client, the deeds with rights of their own.
    "GET /calls/{call_id:id}/privacy": Case(kind="call"),
    "GET /calls/{call_id:id}/personal-data": Case(kind="heard_call"),
    "POST /calls/{call_id:id}/redact": Case(
        kind="heard_call", form=lambda _w, _r: {"from_s": "0", "to_s": "1"}
    ),
    "POST /calls/{call_id:id}/hold": Case(kind="call", form=lambda _w, _r: {"reason": "a court asked"}),
    "GET /calls/{call_id:id}/erase": Case(kind="call"),
    "POST /calls/{call_id:id}/erase": Case(
        kind="call", form=lambda _w, _r: {"what": "audio", "reason": "old", "sure": "yes"},
        fine=frozenset({303, 409}),
    ),
    "POST /calls/{call_id:id}/recording/pause": Case(kind="call", fine=frozenset({303, 409, 502})),
    "POST /calls/{call_id:id}/recording/resume": Case(kind="call", fine=frozenset({303, 404, 502})),
    "GET /clients/{client_id:id}/forget": Case(kind="client", action=DELETE),
    "POST /clients/{client_id:id}/forget": Case(
        kind="client", action=DELETE, form=lambda _w, _r: {"typed": "x", "reason": "y"},
        fine=frozenset({303, 409, 422}),
    ),
    # The API: the same rules.
    "GET /api/v1/clients/{client_id:id}": Case(kind="client"),
    "PATCH /api/v1/clients/{client_id:id}": Case(
        kind="client", action=EDIT, form=lambda _w, _r: {"name": "New", "version": 1}
    ),
    "DELETE /api/v1/clients/{client_id:id}": Case(kind="client", action=DELETE),
    "POST /api/v1/clients/{client_id:id}/merge": Case(
        kind="client", action=EDIT, form=lambda w, _r: {"gone_id": w.of("client", Relation.OWN)}
    ),
    "GET /api/v1/clients/{client_id:id}/history": Case(kind="client"),
    "GET /api/v1/clients/{client_id:id}/comments": Case(kind="client"),
    "POST /api/v1/clients/{client_id:id}/comments": Case(
        kind="client", form=lambda _w, _r: {"text": "A word"}
    ),
    "GET /api/v1/deals/{deal_id:id}": Case(kind="deal"),
    "PATCH /api/v1/deals/{deal_id:id}": Case(
        kind="deal", action=EDIT, form=lambda _w, _r: {"name": "New", "version": 1}
    ),
    "DELETE /api/v1/deals/{deal_id:id}": Case(kind="deal", action=DELETE),
    "POST /api/v1/deals/{deal_id:id}/move": Case(
        kind="deal", action=EDIT, form=lambda w, _r: {"stage_id": w.stage_id, "version": 1}
    ),
    "GET /api/v1/deals/{deal_id:id}/comments": Case(kind="deal"),
    "POST /api/v1/deals/{deal_id:id}/comments": Case(
        kind="deal", form=lambda _w, _r: {"text": "A word"}
    ),
    "POST /api/v1/deals/{deal_id:id}/payments": Case(
        kind="deal", action=EDIT, form=lambda _w, _r: {"due_on": "2026-12-01", "amount": "10.00"}
    ),
    "PUT /api/v1/deals/{deal_id:id}/payments/{payment_id:id}": Case(
        kind="deal", action=EDIT, path={"payment_id": 1},
        form=lambda _w, _r: {"due_on": "2026-12-01", "amount": "10.00"},
    ),
    "DELETE /api/v1/deals/{deal_id:id}/payments/{payment_id:id}": Case(
        kind="deal", action=EDIT, path={"payment_id": 1}
    ),
    "GET /api/v1/calls/{call_id:id}": Case(kind="call"),
    "GET /api/v1/inquiries/{inquiry_id:id}": Case(kind="inquiry"),
    "POST /api/v1/inquiries/{inquiry_id:id}/attach": Case(
        kind="inquiry", form=lambda w, _r: {"client_id": w.of("client", Relation.OWN)}
    ),
    "POST /api/v1/inquiries/{inquiry_id:id}/close": Case(
        kind="inquiry", form=lambda _w, _r: {"reason": "not ours"}
    ),
    "POST /api/v1/inquiries/{inquiry_id:id}/deal": Case(kind="inquiry"),
    "GET /api/v1/promises/{promise_id:id}": Case(kind="promise"),
    "POST /api/v1/promises/{promise_id:id}/close": Case(
        kind="promise", form=lambda _w, _r: {"outcome": "kept"}
    ),
    "GET /api/v1/tasks/{task_id:id}": Case(kind="task"),
    "PATCH /api/v1/tasks/{task_id:id}": Case(
        kind="task", form=lambda _w, _r: {"title": "New", "version": 1}
    ),
    "POST /api/v1/tasks/{task_id:id}/close": Case(kind="task", form=lambda _w, _r: {"result": ""}),
    "POST /api/v1/tasks/{task_id:id}/reopen": Case(kind="task"),
}  # fmt: skip

_OF_DISPUTES = "of its client, and of whoever's words it was about: tests/unit/test_crm_disputes.py"

ELSEWHERE: Mapping[str, str] = {
    "POST /acts/{act_id:id}/judge": "of whoever may hear its call: tests/unit/test_web_pages_promises.py",
    "GET /disputes/{dispute_id:id}": _OF_DISPUTES,
    **{
        f"POST /disputes/{{dispute_id:id}}/{deed}": _OF_DISPUTES
        for deed in ("edit", "search", "evidence", "weigh", "verdict", "approve", "return", "reopen", "answer")
    },
    "GET /api/v1/disputes/{dispute_id:id}": _OF_DISPUTES,
    **{
        f"POST /api/v1/disputes/{{dispute_id:id}}/{deed}": _OF_DISPUTES
        for deed in ("search", "evidence/{evidence_id:id}", "verdict", "approve", "return")
    },
    "POST /admin/vocabulary/{word_id:id}/remove": "a word of the company: tests/unit/test_crm_transcript_vocabulary.py",
    "POST /admin/api/keys/{token_id:id}/end": "one's own keys: tests/unit/test_web_pages_api_keys.py",
    "POST /bin/{kind:str}/{subject_id:id}/restore": "who may take what out: tests/unit/test_crm_bin.py",
    "POST /files/{file_id:id}/restore": "as any thing in the bin: tests/unit/test_crm_bin.py",
    "POST /api/v1/clients/{client_id:id}/restore": "as the page's: tests/unit/test_crm_bin.py",
    "GET /clients/merges/{merge_id:id}": "of the card that was kept: tests/unit/test_crm_client_merge.py",
    "POST /clients/merges/{merge_id:id}/undo": "of the card that was kept: tests/unit/test_crm_client_merge.py",
    "GET /handovers/{handover_id:id}": "its receiver's: tests/unit/test_web_pages_people.py",
    "POST /handovers/{handover_id:id}/undo": "whoever may hand over: tests/unit/test_crm_handover.py",
    "GET /notifications/{notification_id:id}": "one's own",
    "GET /clients/export.{kind:str}": "names no client: in the test of lists below",
    **{
        f"{method} /imports/{{import_id:id}}{rest}": "of whoever may import: the tests of imports"
        for method, rest in (
            ("GET", ""), ("GET", "/problems.{kind:str}"), ("GET", "/state"), ("POST", "/check"),
            ("POST", "/forget"), ("POST", "/run"), ("POST", "/sheet"), ("POST", "/undo"),
        )
    },
    "GET /segments/{segment_id:id}/count": "counts only who is seen: the tests of segments",
    "POST /segments/{segment_id:id}": "of its owner: the tests of segments",
    "POST /segments/{segment_id:id}/delete": "of its owner: the tests of segments",
    "POST /holds/{hold_id:id}/lift": "of whoever may set holds: tests/unit/test_crm_erasure.py",
    "GET /search/saved/{saved_id:id}": "one's own: tests/unit/test_web_pages_search_saved.py",
    "POST /search/saved/{saved_id:id}/notify": "one's own: tests/unit/test_web_pages_search_saved.py",
    "POST /search/saved/{saved_id:id}/delete": "one's own: tests/unit/test_web_pages_search_saved.py",
    "POST /tags/{tag_id:id}": "tags are everybody's",
    "POST /tags/{tag_id:id}/delete": "tags are everybody's",
    "POST /tags/{tag_id:id}/merge": "tags are everybody's",
    "POST /pops/{key}/close": "a card on one's own page",
    "GET /disputes/{dispute_id:id}/proof": "of all its calls: tests/unit/test_crm_proof.py",
    "POST /disputes/{dispute_id:id}/proof": "of all its calls: tests/unit/test_crm_proof.py",
    "GET /proof/{pack_id:id}/file": "of all its calls: tests/unit/test_web_pages_proof.py",
    "POST /proof/{pack_id:id}/drop": "of all its calls: tests/unit/test_web_pages_proof.py",
    "POST /quality/items/{item_id:id}/back": "who put it away: tests/unit/test_crm_quality_listening.py",
    "POST /quality/items/{item_id:id}/done": "with the call: tests/unit/test_crm_quality_listening.py",
    "POST /quality/items/{item_id:id}/skip": "with the call: tests/unit/test_crm_quality_listening.py",
    "GET /reviews/{review_id:id}": "its reviewer's and operator's: tests/unit/test_crm_quality_reviews.py",
    "POST /reviews/{review_id:id}": "its reviewer's: tests/unit/test_crm_quality_reviews.py",
    "GET /coaching/{note_id:id}": "its author's and operator's: tests/unit/test_crm_quality_reviews.py",
    "POST /coaching/{note_id:id}/reply": "its author's and operator's: tests/unit/test_crm_quality_reviews.py",
    "GET /calibrations/{calibration_id:id}": "of who takes part: tests/unit/test_crm_quality_reviews.py",
    "POST /calibrations/{calibration_id:id}/mine": "of who takes part: tests/unit/test_crm_quality_reviews.py",
    "POST /calibrations/{calibration_id:id}/close": "of who takes part: tests/unit/test_crm_quality_reviews.py",
    "GET /quality/cards/{form_id:id}": "cards are everybody's who arranges them",
    "POST /quality/cards/{form_id:id}": "cards are everybody's who arranges them",
    "POST /quality/cards/{form_id:id}/put-away": "cards are everybody's who arranges them",
    "POST /quality/listening-rules/{rule_id:id}": "rules are everybody's who arranges them",
    "POST /quality/topic-rules/{rule_id:id}": "rules are everybody's who arranges them",
    "GET /clips/{token}": "whoever has the link: tests/unit/test_web_pages_clip_link.py",
    "GET /clips/{token}/sound": "whoever has the link: tests/unit/test_web_pages_clip_link.py",
}  # fmt: skip
"""Route → why the matrix has nothing to say of it."""

OF_THE_HOUSE = frozenset(
    {Permission.ADMINISTER, Permission.AGENTS_PAUSE, Permission.RECORDINGS_CHECK}
)
"""Whoever holds one of these arranges the house: their routes name no client, and are closed to everybody else."""
