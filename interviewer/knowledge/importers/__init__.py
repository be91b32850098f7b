"""Import other people's questions and answers: a file, a folder, standard input or text."""

from interviewer.knowledge.importers.derive import derive_key_points
from interviewer.knowledge.importers.files import import_path, import_text
from interviewer.knowledge.importers.handed_in import HandedIn
from interviewer.knowledge.importers.model import ImportResult, Skipped
from interviewer.knowledge.importers.safe import Limits, import_safely
from interviewer.knowledge.importers.save import save_import

__all__ = [
    "HandedIn",
    "ImportResult",
    "Limits",
    "Skipped",
    "derive_key_points",
    "import_path",
    "import_safely",
    "import_text",
    "save_import",
]
