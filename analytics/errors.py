"""What analytics refuses: AnalyticsError > StoreError > NoDatabase, OtherSchema, DatabaseBusy, UnknownPlan, UnknownStatement, BadFilter."""

from __future__ import annotations


class AnalyticsError(Exception):
    """Anything that analytics refuses, in one line that names the entry and the next step."""


class StoreError(AnalyticsError):
    """The database cannot answer."""


class NoDatabase(StoreError):
    """No database has been built yet."""


class OtherSchema(StoreError):
    """The file is no database, or one of another version."""


class DatabaseBusy(StoreError):
    """Another process is writing to the file."""


class UnknownPlan(StoreError):
    """No plan has that id."""


class UnknownStatement(StoreError):
    """No statement has that id (it may have gone with a newer build)."""


class BadFilter(StoreError):
    """A filter names a column that cannot be filtered by."""
