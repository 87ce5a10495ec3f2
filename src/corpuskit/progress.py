"""What a long run tells while it works; the command line draws bars of it, tests count with it."""

from typing import Protocol


class Progress(Protocol):
    """Receives the phases of a run and how far each is."""

    def begin(self, phase: str, *, documents: int = 0, size: int = 0) -> None:
        """A phase begins; with how many documents and bytes lie ahead, where that is known."""

    def advance(self, documents: int, size: int) -> None:
        """So many more documents and bytes are done in this phase."""

    def note(self, message: str) -> None:
        """Something worth a line."""


class Silent:
    """Tells nothing."""

    def begin(self, phase: str, *, documents: int = 0, size: int = 0) -> None:
        """Ignore."""

    def advance(self, documents: int, size: int) -> None:
        """Ignore."""

    def note(self, message: str) -> None:
        """Ignore."""
