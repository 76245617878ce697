"""Reads one document of any supported type into an etl.model.Document. Entry points: read, read_bytes."""
from etl.limits import Limits, load_limits
from etl.read.errors import ReadError
from etl.read.reader import read, read_bytes

__all__ = ["Limits", "ReadError", "load_limits", "read", "read_bytes"]
