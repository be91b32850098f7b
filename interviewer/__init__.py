"""A mock interviewer for machine-learning and AI roles that shows what every grade rests on."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("interviewer")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
