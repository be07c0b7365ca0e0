"""Believable dialogues in bulk for the bench of search: written straight into the tables, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from calls.search.listed import is_listed
from calls.search.matching import indexed
from calls.search.recency import recency
from calls.search.sounds import keys_of
from calls.search.text import plain, words

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TURNS = 12
FRAMES = (
    "добрый день меня зовут {name} звоню по поводу {noun}",
    "пришлите пожалуйста {noun} до {day} на почту",
    "мы обещали {noun} и {noun} в течение {number} дней",
    "да", "угу хорошо", "алло вы меня слышите", "минуту сейчас посмотрю",
    "сколько стоит {noun} {number} рублей это дорого",
    "{noun} будет готова в {day} к {number} часам",
    "нет {noun} у нас никогда не было я проверяла",
    "скидку {number} процентов дадим только на {noun}",
    "перезвоните мне {day} после обеда я хочу {verb} {noun}",
    "можно {verb} {noun} без предоплаты",
    "номер договора {number} {number} {name}",
    "спасибо до свидания хорошего дня",
    "we will send the {english} by {english_day}",
    "please {english_verb} the {english} it costs {number} dollars",
    "the {english} was never sent to us {name}",
)  # fmt: skip
_NOUNS = """
скидка скидку скидки счёт счета договор договора договору оплата оплату доставка доставку доставки
гарантия гарантии деньги денег заказ заказа посылка посылку накладная накладную возврат возврата
рекламация кредит кредита тариф тарифа мастер мастера курьер курьера склад складе товар товара
кабель кабеля роутер интернет телефон телефона квартира ремонт ремонта ключи ключей мебель дверь
двери окно окна кухня кухню машина машину билет билеты справка справку паспорт
"""
NOUNS = _NOUNS.split()
_VERBS = """
вернуть отменить оформить продлить оплатить перенести заменить проверить получить отправить
подключить
"""
VERBS = _VERBS.split()
_DAYS = """
понедельника вторника среды четверга пятницы субботу вторник среду завтра вчера
"""
DAYS = _DAYS.split()
_ENGLISH = """
invoice contract refund discount delivery parcel order payment ticket warranty invoices orders
"""
ENGLISH = _ENGLISH.split()
_ENGLISH_VERBS = """
send cancel return deliver replace check confirm
"""
ENGLISH_VERBS = _ENGLISH_VERBS.split()
_NUMBERS = """
пять десять семь двадцать тридцать пятьдесят сто двести пятьсот 3 10 15 100 2500
"""
NUMBERS = _NUMBERS.split()
_SYLLABLES = """
ба ве ги до жа зе ки ло му но па ре со ту фи ха це чу ша ян
"""
SYLLABLES = _SYLLABLES.split()
MISHEARD = {
    "накладную": "на кладную",
    "тариф": "тарив",
    "доставка": "достафка",
    "договор": "дагавор",
}
"""Errors are planted in one of a hundred turns that hold such a word."""


def names(dice: random.Random, count: int = 4000) -> list[str]:
    """So many invented names: the long tail of every vocabulary."""
    return ["".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) + "ов" for _ in range(count)]


class Dialogues:
    """Rows of calls, transcripts and utterances."""

    def __init__(self, utterances: int, seed: int) -> None:
        self.dice = random.Random(seed)
        self.calls = utterances // TURNS
        self.names = names(self.dice)
        self.vocabulary: set[str] = set()
        self._lemmas: dict[str, str] = {}

    def call_rows(self) -> Iterator[dict[str, Any]]:
        """Calls of the last three years, in no order."""
        for number in range(1, self.calls + 1):
            began = NOW - timedelta(seconds=self.dice.randrange(3 * 365 * 86400))
            yield {
                "id": number, "pbx": "main", "linkedid": f"b.{number}", "linkedids": "[]", "direction": "in",
                "consultation": False, "click_to_call": False, "caller": "", "caller_name": "",
                "caller_hidden": False, "called": "", "remote_number": "", "trunk": "",
                "queue": f"q{number % 7}", "voicemail": False, "started_at": began, "ended": True,
                "end_seen": True, "answered_by": str(100 + number % 40), "final_handler": "",
                "reason_key": "", "reason_args": "{}", "needs_callback": False, "detail": "{}",
                "sample": False, "source": "live", "outcome": "answered",
            }  # fmt: skip

    def utterance_rows(self, call: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The turns of one call; its transcript has the call's id."""
        for turn in range(TURNS):
            text = self.sentence()
            yield {
                "id": (call["id"] - 1) * TURNS + turn + 1, "transcript_id": call["id"],
                "call_id": call["id"], "turn": turn, "side": "operator" if turn % 2 else "client",
                "speaker": call["answered_by"] if turn % 2 else "", "start_s": turn * 5.0,
                "end_s": turn * 5.0 + 4, "text": text, "words": "[]", "lemmas": self.lemmas(text),
                "recency": recency(call["started_at"], call["id"], turn), "index_version": 2,
                "overlaps": "[]", "version": 0,
            }  # fmt: skip

    def sentence(self) -> str:
        """One turn."""
        dice = self.dice
        frame = dice.choice(FRAMES)
        parts = []
        for part in frame.split():
            parts.append(self._filled(part) if part.startswith("{") else part)
        return " ".join(parts)

    def _filled(self, part: str) -> str:
        dice = self.dice
        lists = {
            "{name}": self.names, "{noun}": NOUNS, "{verb}": VERBS, "{day}": DAYS, "{number}": NUMBERS,
            "{english}": ENGLISH, "{english_day}": ["monday", "friday"], "{english_verb}": ENGLISH_VERBS,
        }  # fmt: skip
        # The first words of a list are the commonest, as in speech.
        values = lists[part]
        word = values[min(int(dice.expovariate(6 / len(values))), len(values) - 1)]
        return MISHEARD[word] if word in MISHEARD and dice.random() < 0.01 else word

    def lemmas(self, text: str) -> str:
        """Index forms; equal texts are analysed once."""
        found = self._lemmas.get(text)
        if found is None:
            found = self._lemmas[text] = indexed(text).text
            self.vocabulary.update(plain(word) for word in words(text))
        return found

    def word_rows(self) -> Iterator[dict[str, Any]]:
        """The vocabulary of all turns made so far."""
        for word in sorted(self.vocabulary):
            for key in keys_of(word, listed=is_listed(word)):
                yield {"word": word, "key": key}
