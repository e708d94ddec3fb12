"""Tests of questions that were answered once."""
