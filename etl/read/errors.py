"""Why a file cannot be read.

ReadError (a ValueError)
    the only exception that leaves this package, lack of memory aside; `reason` is one of the codes of REASONS.
"""
from __future__ import annotations

# reason code -> what the person who brought the file can do about it.
REASONS: dict[str, str] = {
    "missing": "check the path",
    "unreadable": "check that it is a file and that its permissions allow reading",
    "empty": "check that the right file was saved and that it holds text",
    "encrypted": "remove the password in the program that made it and save it again",
    "too_large": "split the file, or raise the limit in data/vocab/limits.toml",
    "unknown_type": "save it as docx, pdf, xlsx, html, md or txt",
    "broken": "open it in the program that made it, save it again, and retry",
    "no_text_layer": "run text recognition (OCR) on the scan, or find the document as text, docx or a web page",
    "encoding": "save it as UTF-8",
}


class ReadError(ValueError):
    """A file that cannot be read.

    name: the file as the caller called it. reason: a code of REASONS. detail: what was found. step: what to do next.
    """

    def __init__(self, name: str, reason: str, detail: str, step: str | None = None) -> None:
        self.name = name
        self.reason = reason
        self.detail = detail
        self.step = step or REASONS[reason]
        super().__init__(f"{name or '(no name)'}: {reason}: {detail}; next step: {self.step}")

    def __reduce__(self) -> tuple:
        """Errors cross process pools; the default would call __init__ with the message alone."""
        return ReadError, (self.name, self.reason, self.detail, self.step)
