"""What follows from a finding of validation: `data/policy.toml`, checked on loading."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from etl.model import Issue

POLICY = Path(__file__).resolve().parent.parent / "data" / "policy.toml"
_SEVERITY = {"stop": "error", "refuse": "error", "warn": "warning", "note": "info"}


class PolicyError(ValueError):
    """data/policy.toml cannot be used; the message names the entry and the next step."""


@dataclass(frozen=True, slots=True)
class Policy:
    """actions, messages: by code. reasons: excuse a share over 100%. beyond: years behind a plan's end. longest: characters of a name."""

    actions: dict[str, str]
    messages: dict[str, str]
    reasons: tuple[str, ...]
    beyond: int
    longest: int

    def issue(self, code: str, plan_id: str, facts: dict[str, Any]) -> Issue:
        return Issue(code, _SEVERITY[self.actions[code]], self.messages[code].format_map(facts), plan_id, facts.get("indicator_id"))

    def stops(self, issues: Iterable[Issue]) -> list[Issue]:
        """Those that forbid to publish anything."""
        return [issue for issue in issues if self.actions.get(issue.code) == "stop"]

    def refuses(self, issues: Iterable[Issue]) -> list[Issue]:
        """Those that keep their plan out of the database."""
        return [issue for issue in issues if issue.severity == "error" and self.actions.get(issue.code, "refuse") == "refuse"]


def load_policy(path: Path = POLICY) -> Policy:
    """The policy of a file. PolicyError for an unknown or missing key, an action that is none, a code that stands twice."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        entries = data.pop("check")
        settings = (tuple(data["over_100"]["reasons"]), data["year"]["beyond_horizon"], data["name"]["longest"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise PolicyError(f"{path}: not readable or incomplete ({error}); restore the file from the repository") from error
    if odd := set(data) - {"over_100", "year", "name"}:
        raise PolicyError(f"{path}: unknown table {min(odd)!r}; remove it")
    actions: dict[str, str] = {}
    for entry in entries:
        code = entry.get("code")
        if set(entry) != {"code", "action", "message"} or entry["action"] not in _SEVERITY:
            raise PolicyError(f"{path}: check {code!r}: wanted are code, message, and an action out of {', '.join(_SEVERITY)}")
        if code in actions:
            raise PolicyError(f"{path}: check {code!r} stands twice; remove one")
        actions[code] = entry["action"]
    return Policy(actions, {entry["code"]: entry["message"] for entry in entries}, *settings)


@cache
def policy() -> Policy:
    """The policy of the project, once a process."""
    return load_policy()
