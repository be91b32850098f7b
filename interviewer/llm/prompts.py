"""The prompts: Markdown files beside this module, filled in and identified by hash."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from string import Template

from interviewer.errors import ConfigurationError

_HASH_DIGITS = 12


def load_prompt(name: str) -> Template:
    """Load the prompt `prompts/<name>.md`.

    Raises:
        ConfigurationError: there is no such file; the installation is incomplete.
    """
    file = files("interviewer.llm") / "prompts" / f"{name}.md"
    try:
        return Template(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"The prompt {name}.md cannot be read. Install the package again."
        ) from error


def fill(template: Template, **values: str) -> str:
    """Fill in a prompt; a `$` within a value stays as it is.

    Raises:
        ConfigurationError: naming every value that the prompt wants and was not given.
    """
    missing = sorted(set(template.get_identifiers()) - values.keys())
    if missing:
        raise ConfigurationError(f"The prompt needs a value for {', '.join(missing)}.")
    return template.substitute(values)


def prompt_hash(*parts: str) -> str:
    """Identify prompts and schemas by their content: 12 hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:_HASH_DIGITS]
