"""The steps that bring an older session database to today's tables."""
