"""`read_all`: many pictures, several at a time."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from sutja.classifier.classifier import AnyClassifier, as_classifier
from sutja.errors import PictureError, SutjaError
from sutja.pictures.decode import Picture
from sutja.reading.reader import Rotation, check_choices, stages_of
from sutja.reading.result import Reading, name_of


def read_all(
    pictures: Iterable[Picture],
    model: "AnyClassifier | str | os.PathLike[str]" = "digits",
    method: str = "auto",
    rotate: Rotation = 0,
    workers: int = 0,
) -> Iterator[Reading | SutjaError]:
    """Read many pictures, several at a time, in the order given.

    Args:
        pictures: As `sutja.read` takes them.
        model: As for `sutja.read`; one of your own is called by several threads at once.
        method: As for `sutja.read`.
        rotate: As for `sutja.read`.
        workers: How many are read at a time; 0 for one a core.

    Returns:
        Of each the reading, as soon as it is there; or, for a picture that cannot be read, its error, so that it does
        not stop the others.

    Raises:
        PictureError: the method or the turn is unknown.
        ModelError: as for `sutja.read`.
    """
    check_choices(method, rotate)
    return _readings(pictures, as_classifier(model), method, rotate, workers if workers > 0 else os.cpu_count() or 1)


def _readings(
    pictures: Iterable[Picture], classifier: AnyClassifier, method: str, rotate: Rotation, workers: int
) -> Iterator[Reading | SutjaError]:
    """What `read_all` gives."""

    def attempt(picture: Picture) -> Reading | SutjaError:
        try:
            return stages_of(picture, classifier, method, rotate, threads=1).reading(name_of(picture))
        except PictureError as error:
            return error

    begun: deque[Future[Reading | SutjaError]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for picture in pictures:
            begun.append(pool.submit(attempt, picture))
            if len(begun) > workers:  # pictures may come from a camera: but for one none waits for its turn
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
