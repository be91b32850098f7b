"""The question bank: its format, its linter and the importers that fill it."""
