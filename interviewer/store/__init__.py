"""The session store: every event saved in SQLite before anything else is shown."""
