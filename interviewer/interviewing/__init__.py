"""The chat model as interviewer: it words what is asked and chooses what to ask next."""
