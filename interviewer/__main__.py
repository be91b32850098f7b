"""`python -m interviewer` is the `interviewer` command."""

from interviewer.cli import app

if __name__ == "__main__":
    app()
