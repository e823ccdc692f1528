"""Money: decimal amounts with their currency, and dated rates between currencies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

CURRENCIES = frozenset(
    [
        "AED",
        "AFN",
        "ALL",
        "AMD",
        "ANG",
        "AOA",
        "ARS",
        "AUD",
        "AWG",
        "AZN",
        "BAM",
        "BBD",
        "BDT",
        "BGN",
        "BHD",
        "BIF",
        "BMD",
        "BND",
        "BOB",
        "BRL",
        "BSD",
        "BTN",
        "BWP",
        "BYN",
        "BZD",
        "CAD",
        "CDF",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CRC",
        "CUP",
        "CVE",
        "CZK",
        "DJF",
        "DKK",
        "DOP",
        "DZD",
        "EGP",
        "ERN",
        "ETB",
        "EUR",
        "FJD",
        "FKP",
        "GBP",
        "GEL",
        "GHS",
        "GIP",
        "GMD",
        "GNF",
        "GTQ",
        "GYD",
        "HKD",
        "HNL",
        "HTG",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "IQD",
        "IRR",
        "ISK",
        "JMD",
        "JOD",
        "JPY",
        "KES",
        "KGS",
        "KHR",
        "KMF",
        "KPW",
        "KRW",
        "KWD",
        "KYD",
        "KZT",
        "LAK",
        "LBP",
        "LKR",
        "LRD",
        "LSL",
        "LYD",
        "MAD",
        "MDL",
        "MGA",
        "MKD",
        "MMK",
        "MNT",
        "MOP",
        "MRU",
        "MUR",
        "MVR",
        "MWK",
        "MXN",
        "MYR",
        "MZN",
        "NAD",
        "NGN",
        "NIO",
        "NOK",
        "NPR",
        "NZD",
        "OMR",
        "PAB",
        "PEN",
        "PGK",
        "PHP",
        "PKR",
        "PLN",
        "PYG",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "RWF",
        "SAR",
        "SBD",
        "SCR",
        "SDG",
        "SEK",
        "SGD",
        "SHP",
        "SLE",
        "SOS",
        "SRD",
        "SSP",
        "STN",
        "SVC",
        "SYP",
        "SZL",
        "THB",
        "TJS",
        "TMT",
        "TND",
        "TOP",
        "TRY",
        "TTD",
        "TWD",
        "TZS",
        "UAH",
        "UGX",
        "USD",
        "UYU",
        "UZS",
        "VED",
        "VES",
        "VND",
        "VUV",
        "WST",
        "XAF",
        "XCD",
        "XOF",
        "XPF",
        "YER",
        "ZAR",
        "ZMW",
        "ZWG",
    ]
)
"""ISO 4217 codes in use."""

DIGITS = r"(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d+(?:_\d+)*)(?:\.\d+)?"
AMOUNT = re.compile(rf"([+-]?)({DIGITS}) ?(万|萬|亿|億)?(?:元(?!\w))?(?: ?([A-Za-z]{{3}}|元))?")
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")
SCALE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
MAX_DIGITS = 18
WAN = Decimal(10_000)
YI = Decimal(100_000_000)


class Money(NamedTuple):
    """An amount in a currency; an empty currency means the workspace's."""

    amount: Decimal
    currency: str = ""

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}".rstrip()


class Rate(NamedTuple):
    """What one unit of `base` cost in `quote` from a day on: `USD/CNY 6.3` means 1 USD = 6.3 CNY."""

    date: date
    base: str
    quote: str
    rate: Decimal


def parse_money(text: str) -> Money:
    """Read `2000000 CNY`, `200万 CNY`, `1_500_000 CNY`, `1,200` or `50万元`.

    Raises ValueError with the reason: "amount" or "currency".
    """
    found = AMOUNT.fullmatch(text.strip().translate(FULL_WIDTH))
    if not found:
        raise ValueError("amount")
    sign, digits, scale, currency = found.groups()
    amount = Decimal(sign + digits.replace(",", "").replace("_", "")) * SCALE.get(scale, 1)
    if amount.adjusted() >= MAX_DIGITS:
        raise ValueError("amount")
    code = "" if currency == "元" else (currency or "").upper()
    if code and code not in CURRENCIES:
        raise ValueError("currency")
    return Money(amount, code)


def convert(money: Money, currency: str, rates: Iterable[Rate], as_of: date) -> tuple[Money, date | None] | None:
    """Return the money in another currency and the date of the rate used; None when there is no rate.

    The latest rate on or before `as_of` counts, in either direction; the date is None when no rate was needed.
    The result is not rounded.
    """
    if money.currency == currency:
        return money, None
    rate = latest_rate(money.currency, currency, rates, as_of)
    if rate is None:
        return None
    amount = money.amount / rate.rate if rate.base == currency else money.amount * rate.rate
    return Money(amount, currency), rate.date


def latest_rate(one: str, other: str, rates: Iterable[Rate], as_of: date) -> Rate | None:
    """Return the latest rate between two currencies on or before a day."""
    fitting = [rate for rate in rates if {rate.base, rate.quote} == {one, other} and rate.date <= as_of]
    return max(fitting, key=lambda rate: rate.date, default=None)


def rates_on(rates: Iterable[Rate], day: date) -> list[Rate]:
    """Return the rates of a day as if they had always been: the latest of each pair on or before it."""
    rates = list(rates)
    pairs = dict.fromkeys(frozenset((rate.base, rate.quote)) for rate in rates)
    found = [latest_rate(min(pair), max(pair), rates, day) for pair in pairs]
    return [rate._replace(date=date.min) for rate in found if rate is not None]


def plain(amount: Decimal) -> str:
    """Write an amount for machines: no grouping, no exponent, no trailing zeros."""
    text = f"{amount:f}" if amount else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def grouped(amount: Decimal, lang: str) -> str:
    """Write an amount for people, rounded to whole units: `2,000,000`, in Chinese `200万` and `1.2亿`."""
    rounded = amount.quantize(Decimal(1)) + 0  # -0 is 0
    if not lang.startswith("zh") or abs(rounded) < WAN:
        return f"{rounded:,}"
    simplified = lang == "zh-Hans"
    if abs(rounded) >= YI - 50:
        unit, word = YI, "亿" if simplified else "億"
    else:
        unit, word = WAN, "万" if simplified else "萬"
    digits = f"{(rounded / unit).quantize(Decimal('0.01')):,}".rstrip("0").rstrip(".")
    return f"{digits}{word}"
