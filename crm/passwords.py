"""Passwords: argon2id, hashed in a thread so that no page waits for somebody else's login.

In: a password in clear, never kept. Out: a hash for `users.password_hash`, or yes and no.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar, TypeVarTuple, Unpack

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crm.errors import Invalid

MIN_LENGTH = 10
MAX_LENGTH = 1024
"""A longer one would only keep the processor busy."""
_FEWEST_DIFFERENT = 4
_ALPHABETS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "йцукенгшщзхъфывапролджэячсмитьбю",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb",
)
_COMMON = ("password", "passw0rd", "пароль", "administrator", "operator", "welcome", "letmein")

AT_ONCE = 2
"""Each takes 64 MiB and four processors for a moment: more would let strangers fill the memory by wrong guesses."""

_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


def check_strength(password: str, login: str = "") -> None:
    """Refuse passwords that are guessed first.

    Raises:
        Invalid: too short or long, few different characters, a run of the keyboard, a common word, or the login.
    """
    if len(password) < MIN_LENGTH:
        raise Invalid("password", f"needs at least {MIN_LENGTH} characters")
    if len(password) > MAX_LENGTH:
        raise Invalid("password", f"must not be longer than {MAX_LENGTH} characters")
    if _is_weak(password.casefold(), login.casefold()):
        raise Invalid(
            "password", "is too easy to guess: take several unrelated words, or random letters"
        )


def _is_weak(password: str, login: str) -> bool:
    if len(set(password)) < _FEWEST_DIFFERENT:
        return True
    if any(password in run or password[::-1] in run for run in _ALPHABETS):
        return True
    # Telephone numbers and dates are guessed first, so something must be left without digits and known words.
    rest = password
    for word in (*_COMMON, login):
        rest = rest.replace(word, "") if word else rest
    return not rest.strip("0123456789!?.,*-_ ")


async def hashed(password: str, login: str = "") -> str:
    """Hash a new password.

    Raises:
        Invalid: the password is too weak (`check_strength`).
    """
    check_strength(password, login)
    return await _aside(_hasher.hash, password)


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether this is the password. Without a hash (no such user) it takes as long, and the answer is no."""
    known = password_hash if password_hash is not None else await _aside(_nobodys_hash)
    right = await _aside(_verify, known, password[: MAX_LENGTH + 1])
    return right and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


async def rehashed(password: str) -> str:
    """Hash a password that has just been found right, with today's parameters."""
    return await _aside(_hasher.hash, password)


def random_password() -> str:
    """Return a password that nobody guesses and everybody can type (about 95 bits)."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))[:23]


async def _aside(work: Callable[[Unpack[Arguments]], Result], *arguments: *Arguments) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *arguments)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
