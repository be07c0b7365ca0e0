"""Promises in Russian: floors on labelled sentences and dialogues, and the rules of the label book one by one."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from support.promise_score import Score, read, score_of

from calls.promises import extract
from calls.promises.model import ActionKind, Amount, Found, Label, Strength, Turn

SAMPLES = Path(__file__).resolve().parents[1] / "promises"
WEDNESDAY = datetime.fromisoformat("2026-11-18T10:15:30")  # local, as the rules get it
KEYS = {"id", "lang", "call_at", "side", "text", "label", "action", "amount", "due", "strength"}


def said(text: str, side: str = "operator", call_at: datetime = WEDNESDAY) -> Found:
    return extract.sentence(text, "ru", call_at, side)


def due(text: str, call_at: datetime = WEDNESDAY) -> str:
    return str(said(text, call_at=call_at).due)


def assert_floors(score: Score) -> None:
    assert score.f1("promise") >= 0.96
    assert score.precision("promise") >= 0.96
    assert min(score.f1("claim"), score.f1("refusal")) >= 0.93
    for name in ("action", "amount", "due", "no_due", "strength"):
        assert score.share(name) >= 0.94, name


@pytest.mark.parametrize(
    "name",
    [
        "ru-first",
        "ru-held",
        "ru-third",
        "ru-fourth",
        "ru-fifth",
        "ru-sixth",
        "ru-seventh",
        "ru-eighth",
        "ru-ninth",
    ],
)
def test_labelled_sentences_reach_the_floors(name: str) -> None:
    assert_floors(score_of(read(SAMPLES / f"{name}.jsonl")))


@pytest.mark.parametrize(
    "name",
    [
        "ru-dialogues",
        "ru-dialogues-held",
        "ru-dialogues-third",
        "ru-dialogues-fourth",
        "ru-dialogues-fifth",
    ],
)
def test_labelled_dialogues_reach_the_floors(name: str) -> None:
    score = score_of(read(SAMPLES / f"{name}.jsonl"))
    assert score.share("items") >= 0.9
    assert score.extra_items <= 0.1 * score.fields["items"][1]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("ru-*.jsonl")), ids=lambda path: path.stem)
def test_every_sample_has_the_shared_format(path: Path) -> None:
    rows = read(path)
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["lang"] == "ru"
        datetime.fromisoformat(row["call_at"])
        assert "turns" in row or set(row) - {"vague", "asr_error"} == KEYS
        for act in row.get("items", [row]):
            assert act["label"] in set(Label)
            assert (act["action"] in set(ActionKind)) == (act["label"] != "none")
            assert (act["strength"] in set(Strength)) == (act["label"] == "promise")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("привезём к вечеру", "2026-11-18"),
        ("привезём вам завтра до шести", "2026-11-19T18:00"),
        ("привезём вам в субботу к двум", "2026-11-21T14:00"),
        ("привезём вам завтра с девяти до одиннадцати", "2026-11-19T11:00"),
        ("привезём вам в среду", "2026-11-25"),
        ("привезём вам в этот четверг", "2026-11-19"),
        ("привезём вам в следующий вторник", "2026-11-24"),
        ("привезём вам через сорок минут", "2026-11-18T10:55"),
        ("привезём вам часа через полтора", "2026-11-18T11:45"),
        ("привезём вам через две недели", "2026-12-02"),
        ("привезём вам через три рабочих дня", "2026-11-23"),
        ("привезём вам через месяц", "2026-12-18"),
        ("привезём вам до конца недели", "2026-11-22"),
        ("привезём вам до конца года", "2026-12-31"),
        ("привезём вам пятого", "2026-12-05"),
        ("привезём вам двадцать пятого декабря", "2026-12-25"),
        ("привезём вам к восьмому марта", "2027-03-08"),
        ("привезём вам к новому году", "2026-12-31"),
        ("привезём вам в течение двух суток", "2026-11-20"),
        ("привезём вам завтра в половине пятого", "2026-11-19T16:30"),
        ("привезём вам завтра в семь утра", "2026-11-19T07:00"),
        ("привезём вам завтра в десять тридцать", "2026-11-19T10:30"),
        ("привезём вам завтра без четверти три", "2026-11-19T14:45"),
        ("привезём вам на следующей неделе", "None"),
        ("привезём вам после оплаты", "None"),
        ("если сегодня оплатите привезём вам товар", "None"),
        ("привезём вам за час позвоним", "None"),
    ],
)
def test_due_date_follows_the_label_book(text: str, expected: str) -> None:
    assert due(text) == expected


def test_time_that_no_date_can_be_made_of_is_vague() -> None:
    assert said("привезём вам на следующей неделе").vague
    assert said("на днях вам перезвоним").vague
    assert not said("завтра вам перезвоним").vague


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("вернём вам две с половиной тысячи", "2500", "RUB"),
        ("вернём вам полторы тысячи рублей через три дня", "1500", "RUB"),
        ("вернём вам тысячу двести", "1200", "RUB"),
        ("вернём вам сорок долларов", "40", "USD"),
        ("вернём вам половину стоимости", "50", "percent"),
        ("скину вам процентов пять", "5", "percent"),
        ("скину вам десять процентов нет пятнадцать процентов", "15", "percent"),
        ("даём вам гарантию полгода", "6", "months"),
        ("даём вам гарантию двух лет", "2", "years"),
        ("привезём вам шесть мешков завтра к пяти", "6", "pieces"),
    ],
)
def test_amount_is_the_number_of_the_act(text: str, value: str, unit: str) -> None:
    assert said(text).amount == Amount(Decimal(value), unit)


@pytest.mark.parametrize(
    "text",
    [
        "вернём вам деньги через три дня",
        "привезём вам на улицу мира дом пять",
        "перезвоню вам через двадцать минут",
        "мастер придёт к вам второго декабря",
    ],
)
def test_waiting_time_dates_and_house_numbers_are_no_amounts(text: str) -> None:
    assert said(text).amount is None


@pytest.mark.parametrize(
    ("text", "side", "label"),
    [
        ("хотите я вам перезвоню", "operator", "none"),
        ("я вам перезвоню", "operator", "promise"),
        ("если бы вы оплатили мы бы вам привезли", "operator", "none"),
        ("если оплатите привезём вам завтра", "operator", "promise"),
        ("не возьмём с вас за доставку", "operator", "promise"),
        ("не возьмём ваш телефон в ремонт", "operator", "refusal"),
        ("вы обещали вернуть деньги", "client", "claim"),
        ("сосед обещал вернуть деньги", "client", "none"),
        ("обещать не могу", "operator", "refusal"),
        ("может приеду", "client", "none"),
        ("приеду к вам завтра", "client", "promise"),
        ("пришлите мне счёт", "client", "none"),
        ("мы вам вчера прислали счёт", "operator", "none"),
        ("подам на вас в суд", "client", "none"),
    ],
)
def test_label_follows_person_mood_and_negation(text: str, side: str, label: str) -> None:
    assert said(text, side).label == label


def test_hedge_weakens_and_a_condition_does_not() -> None:
    assert said("постараюсь вам завтра перезвонить").strength is Strength.HEDGED
    assert said("могу сделать вам скидку пять процентов").strength is Strength.HEDGED
    assert said("если закажете сегодня привезём вам завтра").strength is Strength.FIRM


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("девушка которая оформляла договор сказала что комиссии не будет", "claim"),
        ("подруга которая там лечится сказала что скидка будет", "none"),
        ("ваш менеджер сказал что привезут завтра", "claim"),
        ("страховая обещала оплатить ремонт", "none"),
        ("ваша страховая обещала оплатить ремонт", "claim"),
        ("начальник обещал мне отгул", "none"),
        ("начальник смены обещал мне перезвонить", "claim"),
        ("сосед говорил вы бесплатно чистите дымоход", "none"),
    ],
)
def test_claim_depends_on_who_spoke(text: str, label: str) -> None:
    assert said(text, "client").label == label


@pytest.mark.parametrize(
    ("text", "label", "action"),
    [
        ("не могу обещать что завтра привезут", "refusal", "delivery"),
        ("обещать что доктор сам позвонит не буду", "refusal", "callback"),
        ("постараюсь договориться чтобы вам доставили завтра", "promise", "delivery"),
        ("в субботу сможете забрать велосипед", "promise", "other"),
        ("второй комплект положим в подарок", "promise", "other"),
        ("штраф мы вам не спишем", "refusal", "waiver"),
    ],
)
def test_act_is_what_is_brought_about(text: str, label: str, action: str) -> None:
    assert (said(text).label, said(text).action) == (label, action)


def test_promise_spread_over_turns_is_one_where_it_is_named() -> None:
    turns = [
        Turn("operator", "давайте я вам перезвоню"),
        Turn("client", "когда"),
        Turn("operator", "завтра в три"),
    ]
    (only,) = extract.dialogue(turns, "ru", WEDNESDAY)
    assert (only.turn, only.action, str(only.due)) == (0, ActionKind.CALLBACK, "2026-11-19T15:00")


def test_promise_taken_back_is_marked() -> None:
    turns = [
        Turn("operator", "сделаю вам скидку десять процентов"),
        Turn("client", "спасибо"),
        Turn("operator", "ой нет ошибся скидки не будет"),
    ]
    (only,) = extract.dialogue(turns, "ru", WEDNESDAY)
    assert only.withdrawn


def test_nothing_said_binds_nobody() -> None:
    assert said("").label is Label.NONE
    assert extract.dialogue([], "ru", WEDNESDAY) == []
    assert extract.dialogue([Turn("operator", "")], "ru", WEDNESDAY) == []


def test_language_is_told_by_its_letters_when_not_named() -> None:
    assert extract.sentence("я вам завтра перезвоню", "", WEDNESDAY).label is Label.PROMISE
    assert extract.language("안녕하세요", "") == ""
    assert extract.sentence("내일 전화드리겠습니다", "ko", WEDNESDAY).label is Label.NONE
