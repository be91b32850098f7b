"""What this package asks of an encoder, so that it need not know where encoders come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class TextEncoder(Protocol):
    """Turns texts into unit vectors."""

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Give `(len(texts), dimension)` float32 rows of unit length."""
        ...
