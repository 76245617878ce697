"""Spreadsheet values as the sheet shows them: 0.935 in the format 0.0% is 93.5%. Exact decimals, rounded half up as spreadsheets do.

Covers what tables of figures use: digits, thousands, scaling commas, percent and per mille, literals, sections by sign, dates. Fractions,
exponents and conditions are rare there and are shown as General.
"""
from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

_SECTIONS = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])+|(?<=;)(?=;|$)|^(?=;)')
_TOKENS = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*](?P<padding>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<digits>[0#?][0#?,.]*|\.[0#?]+)|(?P<other>.)", re.S
)
_DATE_CODES = re.compile(r"[ymdhs]", re.I)
_LITERALS = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]')
_GENERAL = re.compile(r"general|g/通用格式|@", re.I)
_GENERAL_WIDTH = 11
_EXPONENT = re.compile(r"[eE][+-]|[0#?]\s*/\s*[0#?0-9]")
_CONDITION = re.compile(r"\[[<>=]")
_MAX_DECIMALS = 30


def shown(value: object, pattern: str) -> str:
    """A cell value (str, bool, int, float, Decimal, date, datetime, time, timedelta or None) under a number format, as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (datetime, date, time, timedelta)):
        return _moment(value, pattern)
    if isinstance(value, (int, float, Decimal)):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return _number(number, pattern) if number.is_finite() else str(value)
    return str(value)


def _moment(value: datetime | date | time | timedelta, pattern: str) -> str:
    """yyyy-mm-dd (with hh:mm when the clock is not at midnight); a format that shows only a year or a month gives 2025年, 2025年6月."""
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    codes = {code.lower() for code in _DATE_CODES.findall(_LITERALS.sub("", pattern))}
    if codes == {"y"}:
        return f"{value.year}年"
    if codes == {"y", "m"}:
        return f"{value.year}年{value.month}月"
    clock = value.strftime(" %H:%M") if isinstance(value, datetime) and (value.hour or value.minute) else ""
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}{clock}"


def _number(number: Decimal, pattern: str) -> str:
    sections = _SECTIONS.findall(pattern or "General") or ["General"]
    section, magnitude = _section(number, sections)
    if _CONDITION.search(pattern) or _EXPONENT.search(_LITERALS.sub("", section)):
        return _general(number)
    return _formatted(magnitude, section)


def _section(number: Decimal, sections: list[str]) -> tuple[str, Decimal]:
    """The section of the format for the number's sign; the one for negative numbers shows their sign itself."""
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    if number == 0 and len(sections) > 2:
        return sections[2], number
    return sections[0], number


def _formatted(number: Decimal, section: str) -> str:
    tokens = list(_TOKENS.finditer(section))
    others = "".join(token["other"] or "" for token in tokens)
    places = [token["digits"] for token in tokens if token["digits"]]
    scaled = number * Decimal(100) ** others.count("%") * Decimal(1000) ** others.count("‰")
    figure = _figure(abs(scaled), places) if places else ""
    sign = "-" if number < 0 and any(digit in figure for digit in "123456789") else ""
    general = _GENERAL.search(_LITERALS.sub("", section))
    if general and not places:
        before, after = section[: general.start()], section[general.end():]
        return (_literal(before) + _general(number) + _literal(after)).strip()
    pieces = [sign]
    for token in tokens:
        if token["digits"]:
            pieces.append(figure)
            figure = ""  # the figure is printed once; digits after a literal belong to formats like 000-0000
        else:
            pieces.append(_printed(token))
    return "".join(pieces).strip()


def _literal(text: str) -> str:
    """What a stretch of a format prints when it holds no digits."""
    return "".join(_printed(token) for token in _TOKENS.finditer(text))


def _printed(token: re.Match[str]) -> str:
    """The literal of a token; nothing for padding, colours and digits."""
    return token["quoted"] or token["escaped"] or token["currency"] or token["other"] or ""


def _figure(number: Decimal, places: list[str]) -> str:
    """`number` (not negative) in the digits of a format such as #,##0.0#."""
    whole, _, decimals = "".join(places).partition(".")
    scale = len(whole) - len(whole.rstrip(","))
    decimals = decimals.rstrip(",").replace(",", "").replace(".", "")[:_MAX_DECIMALS]
    grouped = "," in whole.rstrip(",")
    rounded = _rounded(number / Decimal(1000) ** scale, len(decimals))
    left, _, right = f"{rounded:f}".partition(".")
    left = left.lstrip("0").rjust(whole.count("0"), "0")
    if grouped:
        left = f"{int(left or 0):,}".rjust(whole.count("0"), "0") if left else ""
    optional = len(decimals) - len(decimals.rstrip("#?"))
    while optional and right.endswith("0"):
        right, optional = right[:-1], optional - 1
    return left + ("." + right if right else "")


def _general(number: Decimal) -> str:
    """As few digits as say the number, at most eleven places, whole numbers in full."""
    if number == number.to_integral_value():
        return f"{number.to_integral_value():f}" if abs(number.adjusted()) < 30 else str(number)
    whole = len(f"{abs(number):.0f}") if abs(number) >= 1 else 1
    decimals = max(0, _GENERAL_WIDTH - 1 - whole)
    text = f"{_rounded(number, decimals):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if text not in ("0", "-0") else str(number)


def _rounded(number: Decimal, decimals: int) -> Decimal:
    with localcontext(Context(prec=400, rounding=ROUND_HALF_UP)):
        return number.quantize(Decimal(1).scaleb(-decimals))
