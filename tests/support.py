"""What the tests share: a hashing encoder, a small bank, and what a script loads."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from interviewer.config import CHECKOUT_DIR
from interviewer.text import stems

SMALL_BANK = """\
---
section: ml-fundamentals
topic: regularization
---

## What does regularization do, and when would you choose L1 over L2?
<!-- id: regularization-l1-l2 | kind: concept | level: 2 | tags: lasso, ridge, sparsity -->

Regularization adds a penalty on the size of the weights to the training loss. It trades a
little bias for less variance. The L1 penalty drives some weights to exactly zero, so it
selects features; the L2 penalty only shrinks every weight towards zero.

### Key points
- (3) It adds a penalty on the size of the weights to the loss.
- (2) The L1 penalty drives some weights to exactly zero, so it selects features.
- (2) The L2 penalty shrinks every weight towards zero and keeps them all.
- (1) It trades a little bias for less variance.

### Common mistakes
- [1] It takes the penalty away from the loss so that weights can grow.
- [2] The L1 penalty keeps every feature with a small weight.
- [3] The L2 penalty removes features by setting weights to exactly zero.

### Follow-ups
- Why does the L1 penalty produce exact zeros?
  > Its constraint region has corners on the axes, and the optimum often sits on a corner.
- How do you choose the strength of the penalty?
  > By cross-validation over a logarithmic grid of values.

### Hints
- Think of what each penalty does to a weight that is nearly zero.
- Compare a diamond with a circle.

### Sources
- Hastie, Tibshirani, Friedman (2009), The Elements of Statistical Learning, section 3.4

## What is gradient descent?
<!-- id: gradient-descent | kind: concept | level: 1 | tags: optimization -->

Gradient descent minimizes a loss by moving the parameters against the gradient, in steps whose
size is the learning rate. Stochastic gradient descent estimates the gradient on a mini-batch.

### Key points
- (3) It moves the parameters against the gradient of the loss.
- (2) The learning rate sets the size of each step.
- (1) Stochastic gradient descent estimates the gradient on a mini-batch.

### Common mistakes
- [1] It moves the parameters along the gradient, uphill.
- [2] The learning rate sets how many epochs are run.

### Follow-ups
- What happens when the learning rate is too large?
  > The loss oscillates or diverges, because each step overshoots the minimum.
- Why use mini-batches?
  > They are much cheaper per step and their noise is tolerable.

### Hints
- Picture walking down a hill.
- What decides how far you go in one step?

### Sources
- Goodfellow, Bengio, Courville (2016), Deep Learning, section 4.3
"""


class HashingEncoder:
    """An encoder without a model: stems hashed into a unit vector, the same on every machine."""

    name = "hashing-64"
    dimension = 64
    max_tokens = 256
    fingerprint = "hashing-64-v1"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for stem in stems(text):
                digest = hashlib.blake2b(stem.encode(), digest_size=8).digest()
                row[digest[0] % self.dimension] += 1.0 if digest[1] % 2 else -1.0
            norm = float(np.linalg.norm(row))
            if norm == 0.0:
                row[0] = 1.0
            else:
                row /= norm
        return rows

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2


def loaded_by(
    script: str, names: Set[str], *arguments: str, environment: Mapping[str, str] | None = None
) -> list[str]:
    """Run a script in a Python of its own, and name those of these modules that it has loaded.

    `environment` is added to this one's.
    """
    telling = f"{script}\nimport sys\nprint(*sorted(set({sorted(names)}) & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", telling, *arguments],
        cwd=CHECKOUT_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **(environment or {})},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].split()
