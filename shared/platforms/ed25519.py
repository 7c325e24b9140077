"""Verify Ed25519 signatures in plain Python.

Source: RFC 8032, sections 5.1.2, 5.1.3 and 5.1.7. A library costs megabytes of layer and tens of
milliseconds of cold start for a few milliseconds per request; no secret is handled here, so the
time that a verification takes reveals nothing.
"""

import hashlib
from typing import TypeAlias

KEY_BYTES = 32
SIGNATURE_BYTES = 64

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

_Point: TypeAlias = tuple[int, int, int, int]
"""X, Y, Z and T of extended coordinates: x = X/Z, y = Y/Z, xy = T/Z (section 5.1.4)."""

_NEUTRAL: _Point = (0, 1, 1, 0)
_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960
_BASE: _Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature of a message was made with the private key of a public key."""
    if len(public_key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    key = _decoded(public_key)
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or scalar >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % _ORDER
    # R = sB - kA, compared in its encoding, so that another encoding of R is not accepted.
    return _encoded(_sum_of_multiples(scalar, _BASE, challenge, _negative(key))) == signature[:32]


def _decoded(encoded: bytes) -> _Point | None:
    number = int.from_bytes(encoded, "little")
    y, is_odd = number & ((1 << 255) - 1), number >> 255
    if y >= _P:
        return None
    numerator, denominator = (y * y - 1) % _P, (_D * y * y + 1) % _P
    # The square root of numerator/denominator, if there is one (section 5.1.3, step 2).
    x = numerator * denominator**3 * pow(numerator * denominator**7, (_P - 5) // 8, _P) % _P
    square = denominator * x * x % _P
    if square == -numerator % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    elif square != numerator:
        return None
    if x == 0 and is_odd:
        return None
    if x & 1 != is_odd:
        x = _P - x
    return x, y, 1, x * y % _P


def _encoded(point: _Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(KEY_BYTES, "little")


def _negative(point: _Point) -> _Point:
    return -point[0] % _P, point[1], point[2], -point[3] % _P


def _sum_of_multiples(scalar: int, point: _Point, other_scalar: int, other: _Point) -> _Point:
    # Both products share their doublings.
    terms = (_NEUTRAL, point, other, _sum(point, other))
    total = _NEUTRAL
    for bit in range(max(scalar.bit_length(), other_scalar.bit_length()) - 1, -1, -1):
        total = _doubled(total)
        chosen = (scalar >> bit & 1) | (other_scalar >> bit & 1) << 1
        if chosen:
            total = _sum(total, terms[chosen])
    return total


def _sum(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _doubled(point: _Point) -> _Point:
    a, b = point[0] * point[0] % _P, point[1] * point[1] % _P
    c = 2 * point[2] * point[2] % _P
    h = a + b
    e = h - (point[0] + point[1]) ** 2 % _P
    g = a - b
    f = c + g
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P
