"""Reads the indicators table: registry -> align -> comparability -> compare, cascade, findings, coverage, ambition, diff, search."""
