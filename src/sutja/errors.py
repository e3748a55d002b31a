"""The errors that sutja raises on purpose. Each message says what, where, what was expected and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class SutjaError(Exception):
    """Base of every error that a user can cause and mend. The command line prints its message as one line."""


class DataError(SutjaError):
    """A data set is missing, damaged, or not what it claims to be."""


class DataUnavailableError(DataError):
    """A data set is not on this machine and cannot be downloaded."""


class PictureError(SutjaError):
    """A picture cannot be read, or should not be."""


class ModelError(SutjaError):
    """A model file is missing, damaged, or not one of ours."""


class RunError(SutjaError):
    """A training run cannot start, continue or be saved."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown, and which known names are nearest.

    Example:
        >>> unknown_name("recipe", "dens", ["dense", "convnet"])
        "unknown recipe 'dens'. Did you mean 'dense'? Known: dense, convnet."
    """
    known = list(known)
    near = get_close_matches(name.casefold(), known, n=2, cutoff=0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"unknown {kind} {name!r}.{hint} Known: {', '.join(known)}."
