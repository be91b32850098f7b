"""What a search may be narrowed to."""

from __future__ import annotations

from dataclasses import dataclass

from interviewer.models import Chunk, ChunkRole, Kind, Level


@dataclass(frozen=True, slots=True)
class ChunkFilter:
    """Which chunks a search may return; an empty field lets all through.

    A chunk fits when every field that is set names its value.
    """

    question_ids: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    kinds: tuple[Kind, ...] = ()
    paths: tuple[str, ...] = ()
    roles: tuple[ChunkRole, ...] = ()

    def fits(self, chunk: Chunk) -> bool:
        """Whether a chunk may be returned."""
        return (
            (not self.question_ids or chunk.question_id in self.question_ids)
            and (not self.sections or chunk.section in self.sections)
            and (not self.levels or chunk.level in self.levels)
            and (not self.kinds or chunk.kind in self.kinds)
            and (not self.paths or chunk.path in self.paths)
            and (not self.roles or chunk.role in self.roles)
        )
