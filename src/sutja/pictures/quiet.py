"""No remarks from Pillow and NumPy while pictures are decoded, also in several threads at once."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_inside: "list[warnings.catch_warnings[None]]" = []


@contextmanager
def quiet() -> Iterator[None]:
    """Show no warnings meanwhile.

    The filters of warnings belong to the whole process. So the first thread to come puts them aside, and the last to go
    puts them back: had each its own `catch_warnings`, one that ends first would leave the silence of another for good.
    """
    with _lock:
        if not _inside:
            outer = warnings.catch_warnings()
            outer.__enter__()
            warnings.simplefilter("ignore")
        else:
            outer = _inside[0]
        _inside.append(outer)
    try:
        yield
    finally:
        with _lock:
            _inside.pop()
            if not _inside:
                outer.__exit__(None, None, None)
