"""Databases in the schema of the real one: invented plans for measuring (the same seed gives the same rows), and the gold plans for tests.

    python -m tests.synthetic OUT.duckdb [--plans 10000] [--statements 2000000] [--seed 7]

Everything is drawn by hashing row numbers inside DuckDB, so two million statements take about half a minute. Texts are built from the
statements, so that every offset is true: plans.text[start:end] is the quote. One place in ten has two plans.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import duckdb
import pandas as pd

SCHEMA = Path(__file__).resolve().parent.parent / "etl" / "schema.sql"
PROVINCES = ("山东省", "福建省", "湖南省", "宁夏回族自治区", "江苏省", "四川省", "广东省", "贵州省", "安徽省", "河南省")
FIRST = "东南西北中上下大小新长安平宁和江河海山云石龙凤金玉青白红泉林"
SECOND = "州阳城安宁川江海山原水林岭泉田丰兴昌平和"
ROUND = 110  # metrics that one plan speaks of
THIRD = "东西南北上下新老前后内外左右高低远近"


def make(path: str | Path, metrics: pd.DataFrame, plans: int = 10_000, statements: int = 2_000_000, seed: int = 7) -> None:
    """Write a database to `path`, replacing it. metrics: the frame of a registry (metric_id, name_zh, domain, unit, flow, facets).

    Raises ValueError where there are more plans than invented place names.
    """
    limit = len(FIRST) * len(SECOND) * len(THIRD)
    if plans > limit:
        raise ValueError(f"plans={plans}: there are {limit} invented place names; ask for fewer")
    Path(path).unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        connection.register("metric_frame", metrics)
        connection.execute("CREATE TEMP TABLE m AS SELECT row_number() OVER (ORDER BY metric_id) - 1 AS at, * FROM metric_frame")
        names = {
            "seed": seed,
            "plans": plans,
            "places": max(1, plans * 9 // 10),
            "statements": statements,
            "metrics": len(metrics),
            "round": min(ROUND, len(metrics)),
        }
        for step in (_plan_rows, _drawn_rows, _sentences):
            connection.execute(step(), {key: value for key, value in names.items() if f"${key}" in step()})
        connection.execute(PLANS)
        connection.execute(INDICATORS)
        connection.execute(
            "INSERT INTO build SELECT 'synthetic', 'synthetic', (SELECT count(*) FROM plans), (SELECT count(*) FROM indicators), 0"
        )


def write_rows(path: Path, plans: list[dict], rows: list[dict]) -> Path:
    """Write a small database for one test and return its path. A plan needs plan_id and place, a row plan_id, metric_id and value.

    Texts are made of the quotes, one a line, so offsets are true; a row may give its own `quote` and `value_text`.
    """
    path.unlink(missing_ok=True)
    texts: dict[str, str] = {plan["plan_id"]: plan.get("text", "") for plan in plans}
    full = []
    for at, row in enumerate(rows):
        value_text = row.get("value_text", f"{row['value']}")
        quote = row.get("quote", f"{row.get('indicator', row.get('metric_id'))}{value_text}")
        start = len(texts[row["plan_id"]])
        texts[row["plan_id"]] += quote + "。\n"
        found = start + quote.index(value_text)
        full.append(
            {
                "indicator_id": f"{row['plan_id']}-{at}",
                "kind": "target",
                "form": None,
                "indicator": row.get("metric_id"),
                "comparator": "ge",
                "value_max": None,
                "unit": "%",
                "flow": "level",
                "year": 2025,
                "hedge": False,
                "domain": "food",
                "section": "",
                "responsible": None,
                "start": start,
                "end": start + len(quote),
                "value_start": found,
                "value_end": found + len(value_text),
                "rules": [],
                "confidence": 1.0,
                "align_how": None,
                "align_note": None,
                **row,
                "quote": quote,
                "value_text": value_text,
            }
        )
    blank = {
        "province": "山东省",
        "level": "prefecture",
        "title": "规划",
        "issued": None,
        "horizon_start": 2021,
        "horizon_end": 2025,
        "status": "issued",
    }
    frame = pd.DataFrame([{**blank, **plan, "text": texts[plan["plan_id"]]} for plan in plans])
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        connection.register("plan_rows", frame)
        connection.execute("""INSERT INTO plans SELECT plan_id, place, province, level, title, NULL, NULL, CAST(issued AS DATE),
            horizon_start, horizon_end, status, NULL,
                              plan_id || '.txt', 'txt', md5(text), text, [] FROM plan_rows""")
        if full:
            connection.register("statement_rows", pd.DataFrame(full))
            connection.execute("INSERT INTO indicators BY NAME SELECT * FROM statement_rows")
        build_id = hashlib.md5(repr((plans, rows)).encode()).hexdigest()
        connection.execute("INSERT INTO build VALUES (?, 'small', ?, ?, 0)", [build_id, len(plans), len(full)])
    return path


def gold_path(folder: Path) -> Path:
    """The gold database in a folder, written on the first call."""
    path = folder / "gold.duckdb"
    if not path.exists():
        gold_database(path)
    return path


def gold_database(path: str | Path, root: Path = SCHEMA.parent.parent) -> None:
    """Write a database of the five plans as annotated by hand, with the metrics that alignment gives them: what a perfect extraction
    would publish."""
    from analytics import registry
    from analytics.align import align

    Path(path).unlink(missing_ok=True)
    plans = pd.read_csv(root / "data" / "plans" / "plans.tsv", sep="\t", dtype=str, keep_default_na=False)
    texts = {plan: (root / "data" / "plans" / f"{plan}.txt").read_text(encoding="utf-8") for plan in plans["plan"]}
    rows = pd.DataFrame([row for plan in plans["plan"] for row in _gold_rows(root, plan, texts[plan])])
    rows = rows.merge(plans[["plan", "place"]].rename(columns={"plan": "plan_id"}), on="plan_id")
    rows = rows.assign(**align(rows, registry.load()))
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        connection.register("plan_rows", plans.assign(text=[texts[plan] for plan in plans["plan"]]))
        connection.register("statement_rows", rows.drop(columns="place"))
        connection.execute("""INSERT INTO plans SELECT plan, place, province, level, title, issuer, document_number, CAST(nullif(issued,
            '') AS DATE),
                              CAST(horizon_start AS INTEGER), CAST(horizon_end AS INTEGER), status, note, plan || '.txt', 'txt',
                                  md5(text), text, [] FROM plan_rows""")
        connection.execute("INSERT INTO indicators BY NAME SELECT * FROM statement_rows")
        connection.execute("INSERT INTO build SELECT 'gold', 'gold', 5, (SELECT count(*) FROM indicators), 0")


def _gold_rows(root: Path, plan: str, text: str) -> list[dict]:
    """The statements of one annotated plan and its goals without a number, as rows of the table `indicators`."""
    lines = (root / "data" / "gold" / f"{plan}.jsonl").read_text(encoding="utf-8").splitlines()
    rows, used = [], {}
    for row in map(json.loads, lines):
        start = -1
        for _ in range(row.get("n", 0) + 1):
            start = text.index(row["quote"], start + 1)
        rows.append(
            _gold_row(
                plan,
                row,
                start,
                used,
                {name: row[name] for name in ("comparator", "value", "value_max", "unit", "flow", "year", "hedge", "domain")},
            )
        )
    goals = pd.read_csv(root / "data" / "gold" / "commitments.tsv", sep="\t", dtype=str, keep_default_na=False)
    for goal in goals.loc[goals["plan"] == plan].to_dict("records"):
        blank = {
            "comparator": None,
            "value": None,
            "value_max": None,
            "unit": "",
            "flow": "unspecified",
            "year": None,
            "hedge": False,
            "domain": "governance",
        }
        row = {"kind": "commitment", "indicator": goal["about"], "quote": goal["quote"], "value_text": goal["quote"], "form": goal["form"]}
        rows.append(_gold_row(plan, row, text.index(goal["quote"]), used, blank))
    return rows


def _gold_row(plan: str, row: dict, start: int, used: dict[int, int], values: dict) -> dict:
    at = start + row["quote"].index(row["value_text"])
    used[at] = used.get(at, -1) + 1
    return {
        "indicator_id": f"{plan}-{at}-{used[at]}",
        "plan_id": plan,
        "kind": row["kind"],
        "form": row.get("form"),
        "indicator": row["indicator"],
        **values,
        "section": "",
        "responsible": None,
        "quote": row["quote"],
        "start": start,
        "end": start + len(row["quote"]),
        "value_text": row["value_text"],
        "value_start": at,
        "value_end": at + len(row["value_text"]),
        "rules": ["gold"],
        "confidence": 1.0,
    }


def _draw(name: str, modulus: int | str) -> str:
    """SQL for a whole number in [0, modulus) that depends on row, purpose and seed only."""
    return f"CAST(hash(n * 1000003 + $seed, '{name}') % {modulus} AS BIGINT)"


def _list(values: str | tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{value}'" for value in values) + "]"


def _plan_rows() -> str:
    return f"""
        CREATE TEMP TABLE new_plans AS
        WITH r AS (SELECT n, n % $places AS place_at, {_draw("status", 20)} AS luck FROM range($plans) t(n))
        SELECT n AS at, format('syn-{{:05d}}', n) AS plan_id,
               {_list(tuple(FIRST))}[1 + place_at % {len(FIRST)}] || {_list(tuple(SECOND))}[1 + place_at // {len(FIRST)} % {len(SECOND)}]
                   || {_list(tuple(THIRD))}[1 + place_at // {len(FIRST) * len(SECOND)}] || '市' AS place,
               {_list(PROVINCES)}[1 + place_at % {len(PROVINCES)}] AS province,
               CASE WHEN n >= $places THEN 2020 WHEN luck < 16 THEN 2025 ELSE 2030 END AS horizon_end,
               CASE WHEN n >= $places OR luck = 0 THEN 'expired' WHEN luck < 3 THEN 'draft' WHEN luck = 3 THEN 'unknown' ELSE 'issued' END
                   AS status
        FROM r"""


def _drawn_rows() -> str:
    """One row a statement: what it says, before it has a place in a text.

    A plan goes round the metrics: on the first round it sets targets and makes promises without a number, on later rounds it gives past
    values,
    repeats targets, and in one case of fifty contradicts itself. Values cluster around a middle of their metric, as those of real plans do.
    """
    return f"""
        CREATE TEMP TABLE drawn AS
        WITH r AS (SELECT n, n % $plans AS plan_at, n // $plans AS turn, {_draw("kind", 100)} AS kind_at, {_draw("value", 1000)} AS
            value_at,
                          {_draw("comparator", 10)} AS comparator_at, {_draw("facet", 12)} AS facet_at, {_draw("aligned", 10)} AS
                              aligned_at FROM range($statements) t(n)),
        k AS (SELECT r.*, p.plan_id, p.horizon_end, m.*, turn < $round AS first_round,
                     CASE WHEN turn < $round THEN CASE WHEN kind_at < 80 THEN 'target' WHEN kind_at < 90 THEN 'commitment' ELSE
                         'incentive' END
                          ELSE CASE WHEN kind_at < 75 THEN 'baseline' WHEN kind_at < 90 THEN 'target' ELSE 'incentive' END END AS kind,
                     CAST(hash(p.at * 31 + m.at, 'fixed') % 1000 AS BIGINT) AS fixed_at
              FROM r JOIN new_plans p ON p.at = r.plan_at JOIN m ON m.at = (r.plan_at * 7 + turn % $round) % $metrics)
        SELECT n, plan_at, plan_id, metric_id, name_zh, domain, unit, facets, aligned_at, kind,
               CASE WHEN kind = 'target' THEN fixed_at % 12 ELSE facet_at END AS facet_at,
               CASE WHEN comparator_at < 6 THEN 'ge' WHEN comparator_at < 9 THEN 'eq' ELSE 'gt' END AS comparator,
               CASE WHEN unit IN ('%', '分', '') THEN CAST(80 + (CASE WHEN kind = 'target' AND (first_round OR kind_at < 88) THEN 500 +
                   fixed_at // 2 ELSE value_at // 2 END) / 50.0
                                                           AS DECIMAL(28, 8))
                    ELSE CAST(10 + (CASE WHEN kind = 'target' AND (first_round OR kind_at < 88) THEN 50 + fixed_at // 10 ELSE value_at //
                        20 END) AS DECIMAL(28, 8)) END AS value,
               CASE WHEN flow <> 'level' AND fixed_at % 3 = 0 THEN 'unspecified' ELSE flow END AS flow,
               CASE WHEN kind <> 'baseline' THEN horizon_end ELSE horizon_end - 5 END AS year
        FROM k"""


def _sentences() -> str:
    """The words of every statement and its offset in its plan: a quote, then a full stop and a line break."""
    return """
        CREATE TEMP TABLE said AS
        WITH w AS (
            SELECT *, CASE kind WHEN 'commitment' THEN '明显提高' ELSE rtrim(rtrim(CAST(value AS VARCHAR), '0'), '.') || unit || CASE
                comparator WHEN 'ge' THEN '以上' ELSE '' END END AS value_text,
                   CASE kind WHEN 'baseline' THEN '已达到' WHEN 'incentive' THEN '奖励' WHEN 'commitment' THEN '' ELSE CASE comparator WHEN
                       'gt' THEN '超过' ELSE '达到' END END AS verb
            FROM drawn),
        q AS (SELECT *, name_zh || verb || value_text AS quote FROM w)
        SELECT *, sum(length(quote) + 2) OVER (PARTITION BY plan_at ORDER BY n) - length(quote) - 2 AS start FROM q"""


PLANS = """
    INSERT INTO plans
    SELECT p.plan_id, p.place, p.province, 'prefecture', p.place || '质量发展规划', NULL, NULL, make_date(p.horizon_end - 4, 1, 1),
        p.horizon_end - 4, p.horizon_end,
           p.status, NULL, p.plan_id || '.txt', 'txt', md5(p.plan_id), coalesce(t.text, ''), []
    FROM new_plans p LEFT JOIN (SELECT plan_at, string_agg(quote || '。' || chr(10), '' ORDER BY n) AS text FROM said GROUP BY plan_at) t
        ON t.plan_at = p.at
    ORDER BY p.plan_id"""

INDICATORS = """
    INSERT INTO indicators
    SELECT plan_id || '-' || (start + length(quote) - length(value_text)) || '-0', plan_id, kind, CASE WHEN kind = 'commitment' THEN
        'direction' END, name_zh,
           CASE WHEN kind <> 'commitment' THEN comparator END, CASE WHEN kind <> 'commitment' THEN value END, NULL,
           CASE kind WHEN 'incentive' THEN '元' WHEN 'commitment' THEN '' ELSE unit END, CASE kind WHEN 'incentive' THEN 'unspecified' ELSE
               flow END, year,
           facet_at = 11, domain, '主要目标', NULL, quote, start, start + length(quote), value_text, start + length(quote) -
           length(value_text), start + length(quote),
           ['synthetic'], 0.5 + facet_at / 24.0, CASE WHEN aligned_at > 0 AND kind <> 'incentive' THEN metric_id END, 'synthetic',
           CASE WHEN facet_at < 3 AND facets <> '' THEN split_part(facets, ';', 1) || '=' || ['重点', '主要', '省级'][1 + facet_at] END
    FROM said ORDER BY CASE WHEN aligned_at > 0 AND kind <> 'incentive' THEN metric_id END NULLS LAST, plan_id, start"""


def main() -> None:
    """Write a database of invented plans with the metrics of the registry."""
    from analytics import registry

    parser = argparse.ArgumentParser(prog="python -m tests.synthetic", description=main.__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--plans", type=int, default=10_000)
    parser.add_argument("--statements", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    make(options.path, registry.load().frame(), options.plans, options.statements, options.seed)


if __name__ == "__main__":
    main()
