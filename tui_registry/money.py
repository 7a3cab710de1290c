"""Amounts as people write them and as the registry keeps them, converted without loss.

Prices are kept as doubles in USD per token and written per 1M tokens; every conversion goes
through Decimal(repr(x)), because float arithmetic puts one price in eight a digit off.
"""

import re
from decimal import Decimal
from typing import Literal, NamedTuple

Unit = Literal["million", "token"]

MAX_PRICE = Decimal(1000)
"""The highest price kept, in USD per token."""

USUAL_MIX = (3, 1)
"""Parts of input to parts of output that prices are compared by, unless a person says otherwise."""

MAX_COUNT = 2**53
"""The highest count kept; beyond it a JSON reader would lose digits."""

_MAX_DIGITS = 15  # more do not survive a double
_MAX_EXPONENT = 330  # beyond what a double can hold; Decimal takes minutes over 1e999999999
_MAX_LENGTH = 64

_UNIT_SHIFT = {"million": -6, "thousand": -3, "token": 0}
_NUMBER = re.compile(
    r"(?P<digits>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e(?P<exponent>[+-]?[0-9]+))?", re.IGNORECASE
)
_PRICE = re.compile(
    r"\$?\s*(?P<number>[0-9.]+(?:e[+-]?[0-9]+)?)\s*(?:\$|usd)?\s*(?:(?:/|per)\s*(?P<unit>[a-z0-9 ]+?))?",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:(?P<million>1?\s*m|1?\s*million)|(?P<thousand>1?\s*k|1?\s*thousand)|(?:1\s*)?(?=t))"
    r"\s*(?:t|tok|token|tokens)?",
    re.IGNORECASE,
)
_DECIMAL_COMMA = re.compile(r"(?P<whole>[0-9]+),(?P<rest>[0-9]+)")

_COUNT = re.compile(
    r"(?P<number>[0-9][0-9_,.]*|\.[0-9]+)\s*(?P<scale>[kmb]?)\s*(?:(?:/|per)\s*(?P<rate>[a-z]+))?",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:_[0-9]+)+")
_SCALES = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_RATES = {"m": "minute", "min": "minute", "minute": "minute", "h": "hour", "hr": "hour", "hour": "hour"}


class Doubt(NamedTuple):
    """What is said about an allowed price that is far out, and another reading if one suggests itself."""

    sentence: str
    reading: Decimal | None
    """The suggested price in USD per token."""


def parse_price(text: str, unit: Unit = "million") -> Decimal | None:
    """A written price in USD per token, None for empty text; `unit` holds when the text names none.

    Raises ValueError with a sentence for a person.
    """
    written = text.strip()
    if not written:
        return None
    if len(written) > _MAX_LENGTH:
        raise ValueError("Write a price such as 0.15; this is too long for one.")
    if written.lower() == "free":
        return Decimal(0)
    matched = _PRICE.fullmatch(written)
    if matched is None:
        raise ValueError(_why_no_price(written))
    return _kept_exactly(_decimal(matched["number"]).scaleb(_shift(matched["unit"], unit)))


def _why_no_price(written: str) -> str:
    """The sentence for text that is not written like a price."""
    if "," in written and "." in written:
        return f"Write {written.replace(',', '')} without a comma."
    if comma := _DECIMAL_COMMA.search(written):
        pointed = f"{comma['whole']}.{comma['rest']}"
        if len(comma["rest"]) == 3:
            return f"Write {comma['whole']}{comma['rest']} without a comma, or {pointed} with a point."
        return f"Write {pointed} with a point."
    if written.startswith(("-", "$-", "−")):
        return "A price is 0 or more; write free for 0."
    if re.search(r"[€£¥]|\b(?!usd\b)[a-z]{3}\b", written, re.IGNORECASE) and re.search("[0-9]", written):
        return "Write the amount alone, such as 0.15, or with a unit: 0.15/M, 0.00015/k, 1.5e-7/tok."
    return "Write a price such as 0.15, or free."


def _shift(written: str | None, unit: Unit) -> int:
    """The power of ten that turns an amount of the written unit into an amount per token."""
    if written is None:
        return _UNIT_SHIFT[unit]
    matched = _UNIT.fullmatch(written.strip())
    if matched is None:
        raise ValueError("Write the unit as /M, /k or /tok, such as 0.15/M.")
    return _UNIT_SHIFT[matched.lastgroup or "token"]


def _decimal(written: str) -> Decimal:
    """A plain or scientific number; its exponent is bounded before Decimal sees it."""
    number = _NUMBER.fullmatch(written)
    if number is None:
        raise ValueError("Write one number with at most one point, such as 0.15.")
    exponent = number["exponent"] or "0"
    if len(exponent) > 5 or abs(int(exponent)) > _MAX_EXPONENT:
        raise ValueError("Write a price such as 0.15; the exponent of this one is out of range.")
    return Decimal(f"{number['digits']}e{exponent}")


def _kept_exactly(price: Decimal) -> Decimal:
    """The price per token if a double keeps it without loss."""
    if price > MAX_PRICE:
        raise ValueError("A price is at most 1,000 USD per token; check the unit.")
    if len(price.normalize().as_tuple().digits) > _MAX_DIGITS and not _is_a_double(price):
        raise ValueError(f"Write at most {_MAX_DIGITS} digits; more cannot be kept exactly.")
    if not _is_a_double(price):
        raise ValueError("Write 0 or a larger price; one this small cannot be kept exactly.")
    return price


def _is_a_double(price: Decimal) -> bool:
    """Whether the price is what its nearest double is written as, so that storing it loses nothing."""
    return Decimal(repr(float(price))) == price


def per_token(text: str, unit: Unit = "million") -> float:
    """A written price as the registry keeps it, in USD per token; raises ValueError with a sentence."""
    price = parse_price(text, unit)
    if price is None:
        raise ValueError("Write a price such as 0.15, or free.")
    return float(price)


def per_million(value: float) -> Decimal:
    """A kept price (USD per token) in USD per 1M tokens, every digit of it."""
    return exact(value).scaleb(6)


def exact(value: float) -> Decimal:
    """A double as the decimal number it is written as."""
    return Decimal(repr(value))


def cost(tokens: int, price: float) -> Decimal:
    """What so many tokens cost at a kept price (USD per token), in USD."""
    return exact(price) * tokens


def mixed(entry: float | None, out: float | None, parts: tuple[int, int]) -> float | None:
    """The average price of so many parts of input to so many of output; None where one is not known."""
    if entry is None or out is None:
        return None
    of_input, of_output = parts
    # A figure to compare by, shown rounded: floats are exact enough, and lists of 100,000 are sorted by it.
    return (of_input * entry + of_output * out) / (of_input + of_output)


def show_price(value: float | None, *, applicable: bool = True) -> str:
    """A kept price in USD per 1M tokens: `0.15`, `free`, `?` when unknown, `-` when not applicable."""
    if not applicable:
        return "-"
    if value is None:
        return "?"
    return "free" if value == 0 else show_amount(per_million(value))


def show_amount(amount: Decimal) -> str:
    """An amount with at least two decimals and every digit it has; very small ones as `1.5e-15`."""
    plain = amount.normalize()
    if plain and plain.adjusted() < -12:
        return format(plain, "e").replace("e+", "e")
    exponent = plain.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{plain:.{places}f}"


def usd(amount: Decimal) -> str:
    """An amount of money with two digits that count: `0.0012 USD`."""
    places = max(2, 1 - amount.adjusted()) if amount else 2
    return f"{show_amount(round(amount, min(places, 12)))} USD"


def looks_off(price: Decimal) -> Doubt | None:
    """What is odd about a price in USD per token that is below 0.001 or above 1,000 USD per 1M tokens."""
    million = price.scaleb(6)
    if not price or Decimal("0.001") <= million <= 1000:
        return None
    reading = price.scaleb(6) if million < 1 else price.scaleb(-6)
    as_typed = "per token" if million < 1 else "per 1M tokens, entered per token"
    if Decimal("0.01") <= reading.scaleb(6) <= 1000:
        offer = show_amount(reading.scaleb(6))
        return Doubt(f"Looks like a price {as_typed}, which is {offer} per 1M.", reading)
    bound = "Below 0.001" if million < 1 else "Above 1,000"
    return Doubt(f"{bound} USD per 1M tokens; check the amount and the unit.", None)


def parse_count(text: str, *, rates: tuple[str, ...] = ("minute", "hour")) -> int | None:
    """A written count of tokens or requests, None for empty text.

    `rates` are the words that may follow a slash. Raises ValueError with a sentence for a person.
    """
    written = text.strip()
    if not written:
        return None
    matched = _COUNT.fullmatch(written) if len(written) <= _MAX_LENGTH else None
    if matched is None:
        raise ValueError(_why_no_count(written))
    if matched["rate"] and _RATES.get(matched["rate"].lower()) not in rates:
        raise ValueError(f"Write the number {'per ' + rates[0] if rates else 'alone'}, such as 60.")
    count = _plain_number(matched["number"], matched["scale"]) * _SCALES[matched["scale"].lower()]
    if count != int(count):
        raise ValueError("Write a whole number, such as 128k or 200,000.")
    if not 1 <= count <= MAX_COUNT:
        raise ValueError(
            "Write a number above 0, or leave it empty when it is unknown."
            if count < 1
            else f"Write a number of at most {MAX_COUNT:,}."
        )
    return int(count)


def _why_no_count(written: str) -> str:
    """The sentence for text that is not written like a count."""
    if written.lower() in ("none", "unlimited", "no limit", "unknown", "?", "-"):
        return "Leave it empty when there is no limit or it is unknown."
    if written.startswith(("-", "−")):
        return "Write a number above 0, or leave it empty when it is unknown."
    return "Write a whole number, such as 128k or 200,000."


def _plain_number(written: str, scale: str) -> Decimal:
    """The number before its scale letter, its digit groups joined."""
    if _GROUPED.fullmatch(written):
        return Decimal(written.replace(",", "").replace("_", ""))
    if comma := _DECIMAL_COMMA.fullmatch(written):
        if scale:
            raise ValueError(f"Write {comma['whole']}.{comma['rest']}{scale} with a point.")
        raise ValueError("Write a whole number, such as 128k or 200,000.")
    if _NUMBER.fullmatch(written) is None:
        raise ValueError("Write a whole number, such as 128k or 200,000.")
    return Decimal(written)


def show_count(count: int | None) -> str:
    """A count in full, `200,000`, or `?` when unknown."""
    return "?" if count is None else f"{count:,}"


def short_count(count: int | None) -> str:
    """A count for a narrow column, `128k`, `1.04M`, cut and never rounded up; `?` when unknown."""
    if count is None:
        return "?"
    for scale, letter, room in ((10**9, "B", 3), (10**6, "M", 3), (10**3, "k", 2)):
        if count >= scale:
            places = max(0, room - len(str(count // scale)))
            shown = f"{count * 10**places // scale:0{places + 1}d}"
            fraction = shown[len(shown) - places :].rstrip("0")
            return f"{shown[: len(shown) - places]}{'.' if fraction else ''}{fraction}{letter}"
    return str(count)
