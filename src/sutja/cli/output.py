"""What the commands share: results to standard output, remarks to standard error."""

import sys
import traceback
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str) -> None:
    """Print a result to standard output."""
    sys.stdout.write(f"{text}\n")


def remark(text: str) -> None:
    """Print a remark to standard error."""
    sys.stderr.write(f"{text}\n")


def debugging() -> bool:
    """Whether errors are to be told with where they come from."""
    return "--debug" in sys.argv


def tell(error: Exception, text: str = "") -> None:
    """Tell an error that does not end the command: by default in its own words."""
    if debugging():
        traceback.print_exception(error)
    remark(f"sutja: {text or error}")


@cache
def console() -> "Console":
    """The terminal behind standard output, for tables and drawings."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)  # names of files are shown as they are
