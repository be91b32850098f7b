"""Grading: a judge proposes verdicts, code checks their evidence and computes the score."""
