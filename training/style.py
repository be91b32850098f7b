"""Prints how far function words and punctuation alone tell right answers from wrong ones.

An AUC of .5 would be no telling. What is far above it a judge can learn in place of the subject.
"""

from __future__ import annotations

import re

from bm25s.stopwords import STOPWORDS_EN_PLUS
from pairs import ANSWERS, answer_rows
from second_stage import MORE_ANSWERS, restyled_answers
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

RIGHT = ("strong", "paraphrase")
WRONG = ("fluent-wrong",)
_MARKS = ",.;:?!-()"
_TOKEN = rf"[A-Za-z']+|[{re.escape(_MARKS)}]"


def main() -> None:
    """Print the AUC of a logistic regression, five-fold, for the answers and with the restyled."""
    written = [
        answer
        for folder in (ANSWERS, MORE_ANSWERS)
        for row in answer_rows(folder)
        for answer in row["answers"]
        if answer["kind"] in RIGHT + WRONG
    ]
    restyled = [
        answer for split in ("train", "dev", "test") for _, answer in restyled_answers(split)
    ]
    for name, answers in (("as written", written), ("with the restyled", written + restyled)):
        counts = CountVectorizer(
            vocabulary=sorted({*STOPWORDS_EN_PLUS, *_MARKS}), token_pattern=_TOKEN
        ).transform([answer["answer"] for answer in answers])
        wrong = [answer["kind"] in WRONG for answer in answers]
        model = LogisticRegression(max_iter=2000, C=0.05)
        auc = cross_val_score(model, counts, wrong, cv=5, scoring="roc_auc").mean()
        print(f"{name}: {len(answers)} answers, AUC {auc:.3f}")


if __name__ == "__main__":
    main()
