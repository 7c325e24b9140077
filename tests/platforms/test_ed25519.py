"""Ed25519 accepts exactly what the private key has signed."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared.platforms import ed25519

# RFC 8032, section 7.1: public key, message and signature of tests 1 to 3.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc_are_accepted(key, message, signature):
    parts = [bytes.fromhex(each) for each in (key, message, signature)]

    assert ed25519.is_signed(*parts)


@pytest.mark.parametrize("changed", range(96))
def test_a_changed_byte_of_key_or_signature_is_rejected(changed: int):
    key, message, signature = (bytes.fromhex(each) for each in VECTORS[2])
    joined = bytearray(key + signature)
    joined[changed] ^= 1

    assert not ed25519.is_signed(bytes(joined[:32]), message, bytes(joined[32:]))


def test_a_changed_message_is_rejected():
    key, _, signature = (bytes.fromhex(each) for each in VECTORS[2])

    assert not ed25519.is_signed(key, b"\xaf\x83", signature)


def test_a_second_spelling_of_a_signature_is_rejected():
    """RFC 8032, section 5.1.7: S is below the order, or others could vary a signature."""
    key, message, signature = (bytes.fromhex(each) for each in VECTORS[1])
    larger = int.from_bytes(signature[32:], "little") + ORDER
    varied = signature[:32] + larger.to_bytes(32, "little")

    assert not ed25519.is_signed(key, message, varied)


@pytest.mark.parametrize(
    "key",
    [
        b"",
        bytes(31),
        bytes(33),
        b"\xff" * 32,  # y is not below p
        (2**255 - 19).to_bytes(32, "little"),  # a second spelling of 0
        (1 | 1 << 255).to_bytes(32, "little"),  # x is 0 and should be odd
        (2).to_bytes(32, "little"),  # no point has this y
    ],
)
def test_a_key_that_is_none_verifies_nothing(key: bytes):
    assert not ed25519.is_signed(key, b"", bytes.fromhex(VECTORS[0][2]))


@pytest.mark.parametrize("size", [0, 63, 65])
def test_a_signature_of_another_length_is_rejected(size: int):
    assert not ed25519.is_signed(bytes.fromhex(VECTORS[0][0]), b"", bytes(size))


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
def test_it_agrees_with_another_implementation(seed: bytes, message: bytes):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = private.public_key().public_bytes_raw(), private.sign(message)

    assert ed25519.is_signed(key, message, signature)
    assert not ed25519.is_signed(key, message + b"!", signature)


def test_the_key_of_the_vector_of_telnyx_is_that_of_its_private_key():
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()

    assert base64.b64encode(key).decode() == "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
