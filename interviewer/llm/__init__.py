"""The chat model: made from settings, asked within a deadline, scripted in tests."""
