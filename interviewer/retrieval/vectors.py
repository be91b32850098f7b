"""Unit vectors in a FAISS index: exact in half precision, compressed when they are very many."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

FLAT_LIMIT = 100_000
_POINTS_PER_LIST = 39
_PROBED_LISTS = 32

Rows = NDArray[np.int64]
Vectors = NDArray[np.float32]


class VectorIndex:
    """Inner products over unit vectors, which are cosines; the rows are numbered from 0.

    Args:
        index: a FAISS index over inner products.
    """

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, *, flat_limit: int = FLAT_LIMIT) -> VectorIndex:
        """Index `(n, dimension)` float32 vectors of unit norm.

        Args:
            vectors: the rows.
            flat_limit: above so many rows, inverted lists with 8-bit codes take the place of the
                flat index: some 8 times faster, and no longer exact.
        """
        index = _empty_index(len(vectors), vectors.shape[1], flat_limit)
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        if len(rows):
            index.train(rows)
            index.add(rows)
        return cls(index)

    @classmethod
    def read(cls, path: Path) -> VectorIndex:
        """Map an index file into memory; it is trusted, so check its checksum first."""
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def write(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self._index, str(path))

    @property
    def size(self) -> int:
        """The number of rows."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._index.d)

    @property
    def exact(self) -> bool:
        """Whether the vectors come out as they went in, but for half precision."""
        return not isinstance(self._index, faiss.IndexIVF)

    def search(
        self, query: Vectors, top_k: int, among: Rows | None = None
    ) -> tuple[Rows, NDArray[np.float64]]:
        """Find the rows nearest to a query, best first.

        Args:
            query: `(dimension,)`, unit norm.
            top_k: how many at most.
            among: search these rows alone; all if None.

        Returns:
            The rows and their cosines, in [-1, 1].
        """
        most = self.size if among is None else len(among)
        if min(most, top_k) == 0:
            return np.empty(0, dtype=np.int64), np.empty(0)
        parameters, _kept_alive = self._parameters(among)
        # One query is no work for several threads: on busy cores they wait for each other some
        # hundred times as long as the search takes. The setting is the calling thread's own.
        faiss.omp_set_num_threads(1)
        scores, rows = self._index.search(query[np.newaxis], min(most, top_k), params=parameters)
        found = rows[0] >= 0
        return rows[0][found], np.clip(scores[0][found].astype(np.float64), -1.0, 1.0)

    def scores(self, query: Vectors, rows: Rows) -> NDArray[np.float64]:
        """Give the cosine of each of some rows, sorted and without repeats, with a query."""
        found, scores = self.search(query, len(rows), among=rows)
        return scores[np.argsort(found)]

    def all_vectors(self) -> Vectors:
        """Give every vector, `(n, dimension)` float32."""
        if not self.exact:
            self._index.make_direct_map()
        vectors: Vectors = self._index.reconstruct_n(0, self.size)
        return vectors

    def _parameters(self, among: Rows | None) -> tuple[Any, Any]:
        """Give FAISS's search parameters, and what they point to and do not own."""
        selector = None if among is None else faiss.IDSelectorBatch(among)
        if self.exact:
            return faiss.SearchParameters(sel=selector), selector  # type: ignore[call-arg]
        # A filter may leave rows in any list, so with one all lists are looked through.
        probed = _PROBED_LISTS if among is None else self._index.nlist
        parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probed)  # type: ignore[call-arg]
        return parameters, selector


def _empty_index(count: int, dimension: int, flat_limit: int) -> Any:
    metric = faiss.METRIC_INNER_PRODUCT
    if count <= flat_limit:
        return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, metric)
    lists = max(1, min(int(4 * math.sqrt(count)), count // _POINTS_PER_LIST))
    return faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, lists, faiss.ScalarQuantizer.QT_8bit, metric
    )
