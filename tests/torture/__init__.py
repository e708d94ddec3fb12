"""Attacks in numbers: calls, files and processes that a user or an attacker could come up with, thousands of them.

``python -m tests.torture`` runs all of them for minutes and prints how many were tried, and how many were answered
rightly or refused in one line; ``make test`` runs a small part of each.
"""
