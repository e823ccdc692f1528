"""Scores: pure arithmetic over facts and method."""
