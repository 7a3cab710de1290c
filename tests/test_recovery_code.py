"""A recovery code: what is written down gives the same key back, and a slip of the pen is noticed."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_registry.errors import InvalidInput
from tui_registry.text import Secret
from tui_registry.vault import read_recovery_code
from tui_registry.vault.keys import VaultKey, hkdf_sha256
from tui_registry.vault.recovery import ALPHABET, recovery_code

KEY = VaultKey.of(bytes(range(32)))
CODE = recovery_code(KEY).reveal()


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_every_key_comes_back_from_its_code(material: bytes) -> None:
    key = VaultKey.of(material)
    assert read_recovery_code(recovery_code(key)) == key


def test_a_code_is_the_same_in_every_release() -> None:
    assert CODE == "000G-40R4-0M30-E209-185G-R38E-1W81-24GK-2GAH-C5RR-34D1-P70X-3RFY-W8FW"
    check = hkdf_sha256(KEY.material, salt=b"", label=b"tui-registry/recovery-code/v1", size=3)
    usual = base64.b32encode(KEY.material + check).decode()
    assert CODE.replace("-", "") == usual.translate(
        str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET)
    )


@pytest.mark.parametrize(
    "spelt",
    [
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        f"\n {CODE.replace('-', ' - ')}\t\r\n",
        CODE.replace("0", "O").replace("1", "l"),
        CODE.replace("-", "\u2013"),
    ],
)
def test_a_code_may_be_typed_in_many_ways(spelt: str) -> None:
    assert read_recovery_code(Secret(spelt)) == KEY


def test_every_single_wrong_letter_and_every_swap_of_neighbours_is_noticed() -> None:
    letters = CODE.replace("-", "")
    wrong = [
        letters[:at] + other + letters[at + 1 :]
        for at in range(len(letters))
        for other in ALPHABET
        if other != letters[at]
    ]
    wrong += [
        letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :]
        for at in range(len(letters) - 1)
        if letters[at] != letters[at + 1]
    ]
    for code in wrong:
        with pytest.raises(InvalidInput, match="has a mistake in it"):
            read_recovery_code(Secret(code))


@pytest.mark.parametrize("code", ["", CODE[:-1], CODE + "0", CODE[:-1] + "U", CODE[:-1] + "\u00e9", "-" * 56])
def test_what_is_no_code_is_refused_without_being_repeated(code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_recovery_code(Secret(code))
    assert list(refused.value.problems) == ["code"]
    assert not code or code not in str(refused.value)


def test_the_group_of_a_letter_that_cannot_be_is_named() -> None:
    with pytest.raises(InvalidInput, match="Group 2 holds"):
        read_recovery_code(Secret(CODE[:6] + "U" + CODE[7:]))
