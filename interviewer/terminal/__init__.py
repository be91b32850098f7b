"""What the terminal shows: progress, search results, grade cards and the interview."""
