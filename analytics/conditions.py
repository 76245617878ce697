"""The conditions of a question: numbers and benchmarks with what compares them, years, orders, thresholds on numbers of places.

Each function here is a recogniser of `analytics.reading`: it takes what it knows out of the text and notes it. A comparison keeps the code
of its word, turned round where the word is negated (没达到 98% is `miss`, not above is `le`); what depends on the metric, such as `better`
and `meet`, is decided when the metrics are known (`directed`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analytics.align import place_stems
from analytics.amounts import NUMBER, amount, count, figure
from analytics.messages import load as messages
from analytics.phrases import GONE, Known, Parts, alternation

COMPLEMENT = {"gt": "le", "ge": "lt", "eq": "ne", "better": "not_better", "worse": "not_worse", "meet": "miss"}
COMPLEMENT |= {other: one for one, other in COMPLEMENT.items()}
# What a code is where higher is better, and where lower is.
DIRECTED = {
    "better": ("gt", "lt"),
    "worse": ("lt", "gt"),
    "not_better": ("le", "ge"),
    "not_worse": ("ge", "le"),
    "meet": ("ge", "le"),
    "miss": ("lt", "gt"),
}
RELATION = {"gt": "above", "ge": "not_below", "lt": "below", "le": "not_above", "eq": "equal"}
LOWER, UPPER = ("gt", "ge", "meet"), ("lt", "le", "miss")
YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"


def directed(code: str, lower: bool) -> str:
    """A comparison as gt, ge, lt, le, eq or ne; lower: less of the metric is better."""
    return DIRECTED[code][lower] if code in DIRECTED else code


def place_names(known: Known) -> dict[str, str]:
    """Full name, stem and English name -> full name of the places of the database."""
    table: dict[str, str] = {}
    for full, stem, english in zip(known.places["place"], place_stems(known.places["place"]), known.places["name_en"], strict=True):
        for name in (full, stem, *re.findall(r"[a-z]+", english.lower())):
            if len(name) > 1:
                table[name] = full
    return table


def province_names() -> dict[str, str]:
    """Full name, stem and English name of every province -> full name."""
    table: dict[str, str] = {}
    for code, entry in messages().items():
        if code.startswith("region.") and entry["zh"] != "全国":
            stem = re.sub(r"(?:维吾尔|壮族|回族)?自治区$|[省市]$", "", entry["zh"])
            table |= dict.fromkeys([entry["zh"], stem, entry["en"].lower()], entry["zh"])
    return table


def places(parts: Parts, known: Known) -> None:
    """Places and provinces of the database by full name, stem or English name; a province where one of the country is named."""
    for name, table in (("places", place_names(known)), ("provinces", province_names())):
        for found in parts.take_all(alternation(tuple(table))):
            parts.note(name, [table[found[0]]], found.start(), found.end())


def negated(known: Known) -> str:
    """What may turn a comparison round, before it."""
    return rf"(?:(?P<neg>{known.words.pattern('negation', 'words')})\s*(?:(?:{known.words.pattern('negation', 'between')})\s*)*?)?"


def turned(code: str, negation: str | None) -> str:
    """The code of a comparison, its complement where it is negated."""
    return COMPLEMENT[code] if negation else code


def relation(parts: Parts, known: Known) -> None:
    """Against the nation, the province, another place, or what the plan itself says was reached: 高于全国, 比全省高, beats the nation."""
    words, others = known.words, {**place_names(known), **province_names()}
    past = rf"(?:in\s+)?{YEAR}年?(?!\s*(?:goals?|targets?))"
    above = f"{words.pattern('benchmark')}|{alternation(tuple(others))}|{past}"
    between, tail = words.pattern("negation", "between"), words.pattern("of_benchmark")
    benchmark = rf"(?P<benchmark>{above})(?:\s*(?:{tail}))*"
    patterns = {
        "compare": rf"{negated(known)}(?P<word>{words.pattern('compare')})\s*(?:(?:{between})\s*)*{benchmark}",
        "behind": rf"{negated(known)}(?:{words.pattern('than')}){benchmark}[{GONE}\s的]*(?P<word>{words.pattern('behind')})",
        "more": rf"{negated(known)}(?P<word>{words.pattern('more')})\s(?P<what>.{{0,60}}?)\bthan\s+(?:(?:{between})\s+)*{benchmark}",
        "": rf"在?(?P<neg>)(?P<benchmark>{above})(?:{tail})*(?P<word>{words.pattern('behind', 'eq')}|之上|之下)",
    }
    for table, pattern in patterns.items():
        found = re.search(pattern, parts.left)
        if found and not (table == "compare" and re.match(YEAR, found["benchmark"]) and not _than(found["word"])):
            what = found.span("what") if table == "more" else (found.end(), found.end())  # more trademarks than: still to be read
            parts.blank(found.start(), what[0])
            parts.blank(what[1], found.end())
            code = words.code(table or "behind", found["word"])
            code = {"desc": "gt", "asc": "lt"}.get(code, code)
            _note_relation(parts, known, turned(code, found["neg"]), found["benchmark"], others)
            return


def _than(word: str) -> bool:
    """Whether a comparison may have a year behind it that is no number: 高于2020年, higher than 2020, and not over 2025."""
    return word.endswith("than") or not word.isascii() and len(word) > 1


def _note_relation(parts: Parts, known: Known, code: str, benchmark: str, others: dict[str, str]) -> None:
    name = "own" if re.search(YEAR, benchmark) else others[benchmark] if benchmark in others else known.words.code("benchmark", benchmark)
    if name == "own":
        parts.problem("findings", benchmark)
        return
    if code == "ne":
        parts.problem("condition", benchmark)
        return
    if name in province_names().values() and name not in set(known.places["place"]):
        parts.note("provinces", [name], 0, 0)
        name = "province"
    parts.values |= {"relation": code, "benchmark": name}


def attribute(parts: Parts, known: Known) -> None:
    """A number of people, or what else a place has and no statement: 人口超过三百万, more than 3 million people."""
    words, number = known.words.pattern("attribute"), amount(1, known)
    compare, between = known.words.pattern("compare"), known.words.pattern("negation", "between")
    compared = rf"{negated(known)}(?:{compare})\s*(?:(?:{between})\s*)*{number}\s*(?:{known.words.pattern('after')})?"
    for pattern in (rf"(?:{words})\s*(?:(?:{between})\s*)*{compared}", rf"{compared}\s*(?:{words})"):
        if found := parts.take(pattern):
            parts.problem("unsupported", found[0])


def value(parts: Parts, known: Known) -> None:
    """A number with a comparison: 超过5万件, 没达到98%, at least 95%, 95%以上, between 80 and 90; two bounds make a range; a bare 100% is
    equal."""
    for pattern in (
        rf"(?:between|from)\s+{amount(1, known)}\s+(?:and|to)\s+{amount(2, known)}",
        rf"在?{amount(1, known)}\s*(?:到|至|(?<![a-z])-|—|~)\s*{amount(2, known)}(?:\s*之间)?",
    ):
        if found := parts.take(pattern):
            low, high = (figure(found, at, known) for at in (1, 2))
            unit = high[1] or low[1]
            parts.values |= {"comparator": "range", "value": low[0], "value_max": high[0], **({"unit": unit} if unit else {})}
            return
    bounds = list(_bounds(parts, known))
    low, high = sorted(bounds, key=lambda each: _side(each[0]) == "high") if len(bounds) == 2 else (None, None)
    if low and (_side(low[0]), _side(high[0])) == ("low", "high") and low[1] <= high[1]:
        parts.values |= {"comparator": "range", "value": low[1], "value_max": high[1]}
        if {low[0], high[0]} & {"gt", "lt", "miss"}:
            parts.problem("bounds", "")
    elif len(bounds) > 1:
        parts.problem("condition", ", ".join(words for *_, words in bounds))
    elif bounds:
        parts.values |= {"comparator": bounds[0][0], "value": bounds[0][1]}
    units = {unit for _, _, unit, _ in bounds if unit}
    parts.values |= {"unit": units.pop()} if len(units) == 1 else {}


def _side(code: str) -> str:
    return "low" if code in LOWER else "high" if code in UPPER else ""


def _bounds(parts: Parts, known: Known) -> Iterator[tuple[str, float, str, str]]:
    """(code, number, unit, words) of every comparison with a number."""
    words = known.words
    between, after = words.pattern("negation", "between"), words.pattern("after")
    number, neg = amount(1, known), negated(known)
    compared = rf"{neg}(?P<word>{words.pattern('compare')})\s*(?:(?:{between})\s*)*{number}\s*(?P<after>{after})?"
    for found in parts.take_all(compared):
        code = words.code("compare", found["word"])
        code = words.code("after", found["after"]) if found["after"] and code in ("meet", "ge") else code
        parts.note("value", [], found.start(), found.end())
        yield turned(code, found["neg"]), *figure(found, 1, known), found[0]
    for found in parts.take_all(rf"{neg}{number}\s*(?P<after>{after})"):
        yield turned(words.code("after", found["after"]), found["neg"]), *figure(found, 1, known), found[0]
    if found := parts.take(rf"{neg}{amount(1, known, unit_needed=True)}"):
        yield turned("eq", found["neg"]), *figure(found, 1, known), found[0]


def ranks(parts: Parts, known: Known) -> None:
    """The top three, the second largest, the three lowest."""
    words, numbers = known.words, rf"{NUMBER}|{known.words.pattern('number')}"
    sort = words.pattern("sort", "desc", "asc", "best", "worst")
    way, most = None, None
    if found := _ordinal(parts, known):
        way, most = found
        parts.values["rank"] = most
    elif found := parts.take(rf"(?P<top>{words.pattern('top')})\s*(?P<n>{numbers})(?!\s*年)\s*[个名位]?"):
        way, most = words.code("top", found["top"]), count(found["n"], known)
        later = parts.take(sort)
        way = _way(later[0], known) if later else way
    elif found := parts.take(rf"(?P<n>{numbers})\s+(?P<sort>{sort})|(?P<sort2>{sort})的?\s*(?P<n2>{numbers})\s*[个名位]"):
        way, most = _way(found["sort"] or found["sort2"], known), count(found["n"] or found["n2"], known)
    if way:
        parts.values |= {"sort": way, "limit": most}


def order(parts: Parts, known: Known) -> None:
    """Highest first, the lowest, who wants more."""
    words = known.words
    way, most = None, None
    if "sort" in parts.values:
        return
    if found := parts.take(words.pattern("sort", "desc", "asc", "best", "worst")):
        way, most = _way(found[0], known), None if found[0] in words.tables["sort"]["whole"] else 1
        other = parts.take(words.pattern("sort", "desc", "asc", "best", "worst"))
        most = None if other and _way(other[0], known) != way else most  # 谁最多，谁最少: both ends of the order
    elif "relation" not in parts.values and re.search(words.pattern("more", "asks"), parts.text):
        way, most = _more(parts, known), 1
    if way:
        parts.values |= {"sort": way, **({"limit": most} if most else {})}


def _way(word: str, known: Known) -> str:
    return next(code for code, listed in known.words.tables["sort"].items() if word in listed)


def _ordinal(parts: Parts, known: Known) -> tuple[str, int] | None:
    """(way, rank) of 第二高, 倒数第二, second lowest."""
    words = known.words
    ways = f"{words.pattern('sort', 'desc', 'asc', 'best', 'worst')}|{words.pattern('more', 'desc', 'asc')}|名|位"
    ordinal, placed = words.pattern("ordinal"), words.pattern("place_word", "placed")
    found = parts.take(
        rf"(?P<last>倒数)(?P<n>{ordinal})(?:{ways})?|(?P<n2>{ordinal})\s*(?P<way>{ways})|(?:(?:{placed})\s*|(?=runner))(?P<n3>{ordinal})"
    )
    if not found:
        return None
    rank = int(words.code("ordinal", found["n"] or found["n2"] or found["n3"]))
    later = None if found["last"] or found["way"] not in ("名", "位") else parts.take(words.pattern("sort", "desc", "asc"))
    word = later[0] if later else found["way"]
    if found["last"]:
        return "asc", rank
    if found["n3"] or word in ("名", "位"):
        return "desc", rank
    table = "sort" if any(word in listed for listed in words.tables["sort"].values()) else "more"
    return words.code(table, word), rank


def _more(parts: Parts, known: Known) -> str | None:
    """Which of several is more."""
    for code, way in (("desc", "desc"), ("asc", "asc"), ("better", "best"), ("worse", "worst")):
        listed = known.words.tables["more"][code]
        long = alternation(tuple(each for each in listed if len(each) > 1))
        short = alternation(tuple(each for each in listed if len(each) == 1)) or "(?!)"
        if parts.take(rf"(?:{long})(?!\s+than)|(?:{short})(?=[些吗呢\s]*$)"):
            return way
    return None


def shared(parts: Parts, known: Known) -> None:
    """So many places: 至少三个城市都提出, only one city mentions, 提到的城市超过3个."""
    words = known.words
    numbers_only = rf"{NUMBER}|{words.pattern('number')}"
    numbers = rf"(?P<n>{numbers_only})"
    compare, after, only = (words.pattern(*names) for names in (("compare",), ("after",), ("place_word", "only")))
    chinese, english = words.pattern("place_word", "zh"), words.pattern("place_word", "en")
    neg = negated(known)
    patterns = (
        rf"{neg}(?P<word>{compare}|{only})\s*(?:有|被|由|by|in)?\s*{numbers}\s*[个座]?(?:{chinese})",
        rf"{neg}(?P<word>{compare}|{only})\s+{numbers}\s+(?:other\s+)?(?:{english})",
        rf"(?P<neg>){numbers}\s*[个座]?(?P<word>{after})(?:{chinese})",
        rf"(?P<neg>){numbers}\s+(?P<word>{after})\s+(?:{english})",
        rf"(?:{chinese})(?:数量|个数|数)?{neg}(?P<word>{compare}|{only})\s*{numbers}\s*[个座](?![万%家件项])",
    )
    for pattern in patterns:
        if found := parts.take(pattern):
            codes = [table for table in ("compare", "after") if any(found["word"] in each for each in words.tables[table].values())]
            code = words.code(codes[0], found["word"]) if codes else "eq"
            code = directed(turned(code, found["neg"]), lower=False)
            parts.values |= {"shared": code, "shared_by": count(found["n"], known)}
            return
    every, half, verbs = words.pattern("place_word", "every"), words.pattern("place_word", "half"), words.pattern("verb")
    if found := parts.take(rf"(?P<word>{compare})?\s*(?P<half>{half})\s*的?(?:{chinese}|{english})"):
        more = found["word"] and words.code("compare", found["word"]) == "gt" or found["half"].startswith("过")
        parts.values |= {"shared": "gt" if more else "ge", "shared_by": (known.places["place"].nunique() + (not more)) // 2}
        return
    together = rf"(?P<n>{numbers_only})[个座]?(?:{chinese})(?:{words.pattern('place_word', 'all')})"
    if found := parts.take(rf"{together}|\ball\s+(?P<n2>{numbers_only})\s+(?:{english})"):
        parts.values |= {"shared": "ge", "shared_by": count(found["n"] or found["n2"], known)}
    elif parts.take(rf"(?:{every})(?:都[有提设]\w?|\s+(?:{verbs}))"):
        parts.values |= {"shared": "ge", "shared_by": max(1, known.places["place"].nunique())}


def per_head(parts: Parts, known: Known) -> None:
    """By the number of people."""
    for found in parts.take_all(known.words.pattern("per_head")):
        parts.values["per_head"] = True
        parts.note("per_head", [], found.start(), found.end())


def together(parts: Parts, known: Known) -> None:
    """What several named places all have."""
    for found in parts.take_all(known.words.pattern("place_word", "together")):
        parts.note("together", [], found.start(), found.end())


def year(parts: Parts, known: Known) -> None:
    """The year of issue, five-year periods, spans, bounds, and the year of a target or baseline."""
    _issued(parts, known)
    for found in parts.take_all(known.words.pattern("period")):
        first, last = known.words.code("period", found[0]).split("-")
        parts.values |= {"year_from": int(first), "year_to": int(last)}
    if found := parts.take(rf"(?:between|from)?\s*({YEAR})年?\s*(?:到|至|-|—|~|and|to)\s*({YEAR})年?(?:之间|期间)?"):
        parts.values |= {"year_from": int(found[1]), "year_to": int(found[2])}
    if found := _bounded(parts, known):
        # A target is for the end of its year: 2025年前 asks for those of 2025 too.
        code, at = found
        code = "to" if code == "before" and not found_english(parts.text) else code
        parts.values |= _bound("year", code, at)
    before = known.words.pattern("year", "in")
    found = sorted({int(each["y"]) for each in parts.take_all(rf"(?:(?:{before})\s*(?:the\s+)?)?(?P<y>{YEAR})年?[底末初]?")})
    if len(found) == 1:
        parts.values["year"] = found[0]
    elif found:
        parts.values |= {"year_from": found[0], "year_to": found[-1]}
        parts.problem("years", f"{found[0]}, {found[-1]}")


def found_english(text: str) -> bool:
    """Whether a question is in English."""
    return not re.search(r"[\u4e00-\u9fff]", text)


def _issued(parts: Parts, known: Known) -> None:
    words = known.words
    bounds = words.pattern("year", "from", "after", "before", "to")
    made = words.pattern("issued")
    patterns = (
        rf"(?P<y>{YEAR})\s*年?[底末初]?(?P<mod>{bounds})?(?:，|,)?\s*的?\s*(?:{made})",
        rf"(?:{made})\s+(?P<mod>{bounds}|in|by|during)?\s*(?P<y>{YEAR})",
        rf"(?:{made})(?:于|在)(?P<mod>)(?P<y>{YEAR})年?",
        rf"\bplans?\s+(?P<mod>from|of|since|after|before)\s+(?P<y>{YEAR})|(?:the|a)\s+(?P<y2>{YEAR})\s+plans?\b",
        rf"(?P<y>{YEAR})年?版?(?P<mod>{bounds})?的?(?:规划|方案|文件|意见)(?=[里中内\s]|$)",
    )
    for pattern in patterns:
        if found := parts.take(pattern):
            groups = found.groupdict()
            word, at = groups.get("mod"), int(groups["y"] or groups["y2"])
            code = words.code("year", word) if word and word not in ("of", "in", "by", "during") else "in"
            code = "in" if word == "from" and "plan" in found[0] else code
            parts.values |= _bound("issued", code, at)
            return


def _bounded(parts: Parts, known: Known) -> tuple[str, int] | None:
    bounds = known.words.pattern("year", "from", "after", "before", "to")
    found = parts.take(rf"(?P<y>{YEAR})年?[底末]?\s*(?P<mod>{bounds})") or parts.take(
        rf"(?P<mod>{bounds})\s+(?:the\s+)?(?:year\s+|end\s+of\s+)?(?P<y>{YEAR})"
    )
    return (known.words.code("year", found["mod"]), int(found["y"])) if found else None


def _bound(name: str, code: str, at: int) -> dict[str, int]:
    first = {"in": at, "from": at, "after": at + 1}.get(code)
    last = {"in": at, "to": at, "before": at - 1}.get(code)
    return {f"{name}_{side}": each for side, each in (("from", first), ("to", last)) if each is not None}
