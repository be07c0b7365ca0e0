"""Passwords: what is refused, and what is right."""

import asyncio
import threading
import time

import pytest
from argon2.exceptions import VerificationError
from support.web import STRONG

from crm import passwords
from crm.errors import Invalid


@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "aaaaaaaaaaaaaa",
        "1234567890",
        "0987654321",
        "qwertyuiop",
        "йцукенгшщз",
        "79161234567",
        "2026-11-22!!",
        "Password123!",
        "пароль123456",
        "anna.petrova",
        "anna.petrova2026",
        "x" * 2000,
    ],
)
def test_guessable_password_is_refused(weak: str) -> None:
    with pytest.raises(Invalid) as caught:
        passwords.check_strength(weak, "anna.petrova")
    assert caught.value.field == "password"


@pytest.mark.parametrize("good", ["correct horse battery", "сорок тысяч обезьян", "t7-kfq2-xx81"])
def test_unusual_password_is_accepted(good: str) -> None:
    passwords.check_strength(good, "anna")


async def test_right_password_matches_its_hash_only() -> None:
    made = await passwords.hashed("correct horse battery")
    assert made.startswith("$argon2id$")
    assert await passwords.matches("correct horse battery", made)
    assert not await passwords.matches("correct horse batterx", made)
    assert not await passwords.matches("correct horse battery", None)
    assert not await passwords.matches("correct horse battery", "no hash at all")


def test_hashes_cost_enough_outside_of_tests() -> None:
    assert STRONG.memory_cost >= 64 * 1024, "KiB, as RFC 9106 recommends"
    assert STRONG.time_cost >= 3


def test_random_passwords_differ_and_are_strong() -> None:
    made = {passwords.random_password() for _ in range(50)}
    assert len(made) == 50
    for one in made:
        passwords.check_strength(one, "admin")


async def test_many_logins_at_once_are_checked_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    together = Together()
    monkeypatch.setattr(passwords, "_hasher", together)
    answers = await asyncio.gather(*(passwords.matches("a guess", "a hash") for _ in range(12)))
    assert not any(answers)
    assert together.most <= passwords.AT_ONCE


class Together:
    """A hasher that knows nobody, and counts how many ask at the same time."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def verify(self, password_hash: str, password: str) -> bool:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self._lock:
            self.now -= 1
        raise VerificationError
