"""Reports of a finished session."""
