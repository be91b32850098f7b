"""Measures how well passages are found and answers graded, on anybody's labelled data."""
