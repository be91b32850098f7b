"""Writes the names of folders and files as words: `ml-fundamentals` as `ML fundamentals`."""

from __future__ import annotations

_WHOLE_NAMES = {
    "math-statistics": "Math and statistics",
    "nlp": "NLP and LLMs",
    "python-libraries": "Python and libraries",
    "ab-testing": "A/B testing",
}
_SPELLING = {
    "ml": "ML",
    "ai": "AI",
    "nlp": "NLP",
    "llm": "LLM",
    "llms": "LLMs",
    "mlops": "MLOps",
    "sql": "SQL",
    "cv": "CV",
    "rl": "RL",
    "gpu": "GPU",
    "rag": "RAG",
    "pca": "PCA",
    "mle": "MLE",
    "map": "MAP",
    "bert": "BERT",
    "gpt": "GPT",
    "pytorch": "PyTorch",
    "numpy": "NumPy",
}


def section_name(slug: str) -> str:
    """Write a section's or a topic's slug as words."""
    if slug in _WHOLE_NAMES:
        return _WHOLE_NAMES[slug]
    words = slug.replace("_", "-").split("-")
    name = " ".join(_SPELLING.get(word.lower(), word) for word in words if word)
    return name[:1].upper() + name[1:]
