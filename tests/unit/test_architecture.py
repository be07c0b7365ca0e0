"""The structure that the design promises: imports point to the left, pure modules stay pure."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = ["pbx", "calls", "crm", "web"]

PURE = [
    "pbx/agent_state.py",
    "pbx/ami_events.py",
    "pbx/applications.py",
    "pbx/bridge.py",
    "pbx/call_names.py",
    "pbx/call_state.py",
    "pbx/causes.py",
    "pbx/channel.py",
    "pbx/channel_events.py",
    "pbx/endpoint_ties.py",
    "pbx/events.py",
    "pbx/headers.py",
    "pbx/legs.py",
    "pbx/messages.py",
    "pbx/numbers.py",
    "pbx/queues.py",
    "pbx/reaper.py",
    "pbx/redact.py",
    "pbx/redact_words.py",
    "pbx/resync.py",
    "pbx/switchboard.py",
    "pbx/talk.py",
    "pbx/tracker.py",
    "pbx/transfer.py",
    "pbx/unseen.py",
    "calls/durations.py",
    "calls/endings.py",
    "calls/cdr/amend.py",
    "calls/cdr/csv_lines.py",
    "calls/cdr/destinations.py",
    "calls/cdr/grouping.py",
    "calls/cdr/offers.py",
    "calls/cdr/queue_entry.py",
    "calls/cdr/rebuild.py",
    "calls/cdr/row.py",
    "calls/live_calls.py",
    "calls/evidence.py",
    "calls/log_values.py",
    "calls/model.py",
    "calls/numerals/__init__.py",
    "calls/numerals/clock.py",
    "calls/numerals/english.py",
    "calls/numerals/lexicon.py",
    "calls/numerals/numbers.py",
    "calls/numerals/russian.py",
    "calls/numerals/spans.py",
    "calls/outcome.py",
    "calls/personal_data/context.py",
    "calls/personal_data/finder.py",
    "calls/personal_data/mask.py",
    "calls/personal_data/spoken.py",
    "calls/personal_data/ways.py",
    "calls/phone_number.py",
    "calls/record.py",
    "calls/reasons.py",
    "calls/record_json.py",
    "calls/proof/manifest.py",
    "calls/proof/model.py",
    "calls/proof/page_words.py",
    "calls/recordings/audio_time.py",
    "calls/recordings/import_names.py",
    "calls/recordings/import_plan.py",
    "calls/recordings/names.py",
    "calls/recordings/paths.py",
    "calls/recordings/silence.py",
    "calls/replay.py",
    "calls/retry.py",
    "calls/promises/english/__init__.py",
    "calls/promises/english/actions.py",
    "calls/promises/english/acts.py",
    "calls/promises/english/amounts.py",
    "calls/promises/english/answers.py",
    "calls/promises/english/case.py",
    "calls/promises/english/claimed.py",
    "calls/promises/english/claims.py",
    "calls/promises/english/clause.py",
    "calls/promises/english/clauses.py",
    "calls/promises/english/clock.py",
    "calls/promises/english/days.py",
    "calls/promises/english/dialogues.py",
    "calls/promises/english/due.py",
    "calls/promises/english/durations.py",
    "calls/promises/english/favours.py",
    "calls/promises/english/homophones.py",
    "calls/promises/english/judging.py",
    "calls/promises/english/kinds.py",
    "calls/promises/english/listed.py",
    "calls/promises/english/numbers.py",
    "calls/promises/english/phrases.py",
    "calls/promises/english/plans.py",
    "calls/promises/english/promises.py",
    "calls/promises/english/refusals.py",
    "calls/promises/english/sentences.py",
    "calls/promises/english/set_acts.py",
    "calls/promises/english/subjects.py",
    "calls/promises/english/underway.py",
    "calls/promises/english/utterance.py",
    "calls/promises/english/verb_groups.py",
    "calls/promises/english/verbs.py",
    "calls/promises/english/wordlists.py",
    "calls/promises/english/words.py",
    "calls/promises/model.py",
    "calls/promises/russian/__init__.py",
    "calls/promises/russian/action.py",
    "calls/promises/russian/acts.py",
    "calls/promises/russian/amount.py",
    "calls/promises/russian/bound.py",
    "calls/promises/russian/calendar.py",
    "calls/promises/russian/claims.py",
    "calls/promises/russian/clauses.py",
    "calls/promises/russian/clock.py",
    "calls/promises/russian/deed_kinds.py",
    "calls/promises/russian/dialogues.py",
    "calls/promises/russian/due.py",
    "calls/promises/russian/family.py",
    "calls/promises/russian/favour.py",
    "calls/promises/russian/judge.py",
    "calls/promises/russian/kin.py",
    "calls/promises/russian/lexicon.py",
    "calls/promises/russian/matter.py",
    "calls/promises/russian/modals.py",
    "calls/promises/russian/money_kinds.py",
    "calls/promises/russian/number_words.py",
    "calls/promises/russian/numbers.py",
    "calls/promises/russian/others.py",
    "calls/promises/russian/pending.py",
    "calls/promises/russian/present.py",
    "calls/promises/russian/question.py",
    "calls/promises/russian/sentences.py",
    "calls/promises/russian/spans.py",
    "calls/promises/russian/speakers.py",
    "calls/promises/russian/utterance.py",
    "calls/promises/russian/verdict.py",
    "calls/promises/russian/when.py",
    "calls/promises/russian/when_words.py",
    "calls/promises/russian/words.py",
    "calls/promises/extract.py",
    "calls/promises/__init__.py",
    "calls/search/highlight.py",
    "calls/search/english.py",
    "calls/search/english_forms.py",
    "calls/search/english_listed.py",
    "calls/search/figures.py",
    "calls/search/hits.py",
    "calls/search/likeness.py",
    "calls/search/listed.py",
    "calls/search/matching.py",
    "calls/search/narrowing.py",
    "calls/search/number_terms.py",
    "calls/search/ranking.py",
    "calls/search/recency.py",
    "calls/search/sounds.py",
    "calls/search/terms.py",
    "calls/search/query.py",
    "calls/search/text.py",
    "calls/told_late.py",
    "calls/transcripts/comparing.py",
    "calls/transcripts/rules.py",
    "calls/transcripts/segments.py",
    "calls/transcripts/alignment.py",
    "calls/transcripts/attribution.py",
    "calls/transcripts/turns.py",
    "calls/transcripts/timeline.py",
    "calls/transcripts/voice_activity.py",
    "crm/quality/picking.py",
    "crm/quality/score.py",
    "crm/access.py",
    "crm/agent_memory.py",
    "crm/agent_states.py",
    "crm/client_fields.py",
    "crm/company_details.py",
    "crm/custom_kinds.py",
    "crm/client_category.py",
    "crm/contact.py",
    "crm/deal_sums.py",
    "crm/dispute_rules.py",
    "crm/dispute_score.py",
    "crm/promise_due.py",
    "crm/funnel_counts.py",
    "crm/funnel_seed.py",
    "crm/engagement.py",
    "crm/file_kinds.py",
    "crm/finding/fields.py",
    "crm/finding/filters.py",
    "crm/finding/grams.py",
    "crm/finding/matching.py",
    "crm/finding/terms.py",
    "crm/intake_rules.py",
    "crm/duplicate_blocks.py",
    "crm/likeness.py",
    "crm/merge_plan.py",
    "crm/exporting/safe_cell.py",
    "crm/importing/card_details.py",
    "crm/importing/cards.py",
    "crm/importing/cells.py",
    "crm/importing/column_contents.py",
    "crm/importing/columns.py",
    "crm/importing/emails.py",
    "crm/importing/header_rows.py",
    "crm/importing/header_words.py",
    "crm/importing/issues.py",
    "crm/importing/known.py",
    "crm/importing/likeness.py",
    "crm/importing/marked_up.py",
    "crm/importing/names.py",
    "crm/importing/phones.py",
    "crm/importing/plan.py",
    "crm/importing/presets.py",
    "crm/importing/report.py",
    "crm/importing/resolving.py",
    "crm/importing/row_cards.py",
    "crm/importing/row_reader.py",
    "crm/importing/text_files.py",
    "crm/importing/values.py",
    "crm/number_rules.py",
    "crm/person_fields.py",
    "crm/pbx_names.py",
    "crm/recurrence.py",
    "crm/personal_data.py",
    "crm/screen_pop.py",
    "crm/series.py",
    "crm/task_rules.py",
    "web/doctor/evidence.py",
    "web/doctor/finding.py",
    "web/format.py",
    "web/pages/three_way.py",
    "web/live/pops.py",
    "web/live/protocol.py",
    "web/pages/call_filters.py",
    "web/pages/search_asked.py",
    "web/pages/call_timeline.py",
    "web/pages/comment_text.py",
    "web/pages/clip_words.py",
    "web/pages/transcript_view.py",
]

IMPURE_MODULES = {
    "asyncio",
    "socket",
    "sqlalchemy",
    "panoramisk",
    "starlette",
    "random",
    "os",
    "subprocess",
    "threading",
    "time",
    "structlog",
    "logging",
    "tempfile",
    "shutil",
    "httpx2",
    "soundfile",
}
IMPURE_CALLS = {"open", "print", "input"}
FILE_METHODS = {
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "mkdir",
    "unlink",
    "iterdir",
}
CLOCK_ATTRIBUTES = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}

DATABASE_KNOWERS = (
    "calls/db.py",
    "calls/feed",
    "calls/free_space.py",
    "calls/jobs.py",
    "calls/sole_listener.py",
    "calls/search/",
    "crm/migrate",
    "crm/migrations/",
)
"""The only places that may ask which database runs."""


def modules() -> Iterator[Path]:
    for package in ORDER:
        yield from sorted((ROOT / package).rglob("*.py"))


def imported_names(tree: ast.AST, path: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = path.relative_to(ROOT).parts[: -node.level]
                yield ".".join((*base, node.module or ""))
            elif node.module:
                yield node.module


def test_imports_point_only_to_the_left() -> None:
    wrong = []
    for path in modules():
        package = path.relative_to(ROOT).parts[0]
        forbidden = set(ORDER[ORDER.index(package) + 1 :])
        for name in imported_names(ast.parse(path.read_text("utf-8")), path):
            if name.split(".")[0] in forbidden:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("name", PURE)
def test_pure_module_does_no_input_or_output(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text("utf-8"))
    found = [
        f"imports {module}"
        for module in imported_names(tree, ROOT / name)
        if module.split(".")[0] in IMPURE_MODULES
    ]
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in IMPURE_CALLS
        ):
            found.append(f"line {node.lineno}: {node.func.id}()")
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and (node.value.id, node.attr) in CLOCK_ATTRIBUTES
        ):
            found.append(f"line {node.lineno}: {node.value.id}.{node.attr}")
        if isinstance(node, ast.Attribute) and node.attr in FILE_METHODS:
            found.append(f"line {node.lineno}: .{node.attr}")
    assert found == []


def test_every_module_that_calls_itself_pure_is_checked() -> None:
    said = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if "Pure." in (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0]
    ]
    assert set(said) - set(PURE) == set()


def test_only_named_modules_know_which_database_runs() -> None:
    wrong = []
    for path in modules():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(DATABASE_KNOWERS):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "dialect":
                wrong.append(f"{name}:{node.lineno}")
    assert wrong == []


def test_no_module_is_named_after_nothing() -> None:
    vague = {"utils.py", "helpers.py", "common.py", "manager.py", "misc.py"}
    assert [str(p.relative_to(ROOT)) for p in modules() if p.name in vague] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if "migrations/versions" not in path.as_posix()
        and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []
