"""Time-stamps of an outside server (RFC 3161): somebody else's word that these bytes existed at that time.

In: the signed manifest, of which the server sees only the SHA-256. Out: the server's answer as it came, for the pack; and
what such an answer says, with or without a certificate to trust.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from calls.errors import TimestampFailed

TIMEOUT_S = 15.0
MOST_BYTES = 256 * 1024
GRANTED = (0, 1)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time-stamp says. `trusted`: its signature and chain are right for a given certificate; else `why` not."""

    at: datetime
    server: str
    trusted: bool
    why: str = ""


def fetch(url: str, data: bytes, timeout_s: float = TIMEOUT_S) -> bytes:
    """Have a server stamp the SHA-256 of the data.

    Args:
        url: of the server.
        data: what shall have existed.
        timeout_s: seconds.

    Raises:
        TimestampFailed: the server cannot be reached, refuses, or stamps something else.
    """
    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.cert_request(cert_request=True).nonce(nonce=True).build()
    headers = {
        "Content-Type": "application/timestamp-query",
        "Accept": "application/timestamp-reply",
    }
    try:
        answer = httpx2.post(url, content=request.as_bytes(), headers=headers, timeout=timeout_s)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise TimestampFailed(url, str(error) or type(error).__name__) from error
    if answer.status_code != 200 or len(answer.content) > MOST_BYTES:
        why = f"the server answered {answer.status_code} with {len(answer.content)} bytes"
        raise TimestampFailed(url, why)
    try:
        response = _decoded(answer.content, data)
    except ValueError as error:
        raise TimestampFailed(url, str(error)) from error
    if response.tst_info.nonce != request.nonce:
        raise TimestampFailed(url, "the answer belongs to another request")
    return answer.content


def examine(answer: bytes, data: bytes, certificate: Path | None = None) -> Stamp:
    """Read a time-stamp of these data.

    Args:
        answer: of the server.
        data: what it must be about.
        certificate: a file with the certificates (PEM) to trust.

    Raises:
        ValueError: it is no time-stamp of these data, or the certificate's file holds none.
    """
    response = _decoded(answer, data)
    at = response.tst_info.gen_time
    own = [x509.load_der_x509_certificate(one) for one in response.signed_data.certificates]
    name = next((one.subject.rfc4514_string() for one in own if _stamps(one)), "")
    if certificate is None:
        return Stamp(at, name, trusted=False, why="no certificate to trust was given")
    try:
        trusted = x509.load_pem_x509_certificates(certificate.read_bytes())
    except OSError as error:
        raise ValueError(f"{certificate}: {error.strerror}") from error
    why = _distrust(response, data, trusted, own)
    return Stamp(at, name, trusted=not why, why=why)


def _distrust(
    response: TimeStampResponse,
    data: bytes,
    trusted: Sequence[x509.Certificate],
    own: Sequence[x509.Certificate],
) -> str:
    """Why the signature or the chain is not right; "" if it is."""
    between = [one for one in own if one not in trusted and not _stamps(one)]
    builder = VerifierBuilder(roots=list(trusted), intermediates=between)
    if not own:
        builder = builder.tsa_certificate(trusted[0])
    try:
        builder.build().verify_message(response, data)
    except (VerificationError, ValueError) as error:
        return str(error)
    return ""


def _stamps(certificate: x509.Certificate) -> bool:
    """Whether this certificate is one that may sign time-stamps."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in usage


def _decoded(answer: bytes, data: bytes) -> TimeStampResponse:
    """Decode a granted stamp of these data.

    Raises:
        ValueError: it is none.
    """
    try:
        response = decode_timestamp_response(answer)
    except ValueError as error:
        raise ValueError(f"no time-stamp: {error}") from error
    if response.status not in GRANTED:
        said = "; ".join(response.status_string) or f"status {response.status}"
        raise ValueError(f"the server refused: {said}")
    if response.tst_info.message_imprint.message != hashlib.sha256(data).digest():
        raise ValueError("the time-stamp is about something else")
    return response
