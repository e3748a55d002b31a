import numpy as np
import pytest

import sutja
from sutja.data.dataset import Dataset, Part
from sutja.evaluation.shifts import over_shifts


def asked(images: np.ndarray, mirrored: bool) -> list[np.ndarray]:
    """What a classifier is shown."""
    seen: list[np.ndarray] = []

    def classifier(batch: np.ndarray) -> np.ndarray:
        seen.append(batch)
        return np.zeros((len(batch), 2), np.float32)

    over_shifts(classifier, images, mirrored)
    return seen


def dot(row: int, column: int) -> np.ndarray:
    images = np.zeros((1, 28, 28), np.uint8)
    images[0, row, column] = 255
    return images


def places(seen: list[np.ndarray]) -> set[tuple[int, int]]:
    return {(int(place[1]), int(place[2])) for batch in seen for place in np.argwhere(batch)}


CROSS = {(10, 4), (11, 4), (9, 4), (10, 5), (10, 3)}


@pytest.mark.parametrize("mirrored", [False, True])
def test_an_image_is_seen_in_five_places_and_mirrored(mirrored: bool) -> None:
    seen = asked(dot(10, 4), mirrored)
    assert len(seen) == (10 if mirrored else 5)
    assert places(seen) == CROSS | ({(row, 27 - column) for row, column in CROSS} if mirrored else set())


def test_what_leaves_the_image_does_not_come_in_at_the_other_side() -> None:
    assert places(asked(dot(0, 27), False)) == {(0, 27), (1, 27), (0, 26)}


def test_the_answer_is_the_mean() -> None:
    def classifier(batch: np.ndarray) -> np.ndarray:
        lit = batch[:, 0, 27] > 0
        return np.stack([lit, ~lit], 1).astype(np.float32)

    assert over_shifts(classifier, dot(0, 27), False).tolist() == [
        [0.2, 0.8]
    ]  # four of the five copies have it elsewhere
    assert over_shifts(classifier, np.zeros((0, 28, 28), np.uint8), True).shape == (0, 2)


@pytest.mark.parametrize(("frame", "copies"), [("digit", 5), ("garment", 10)])
def test_only_garments_are_mirrored_when_a_model_is_judged(frame: str, copies: int) -> None:
    calls = []

    def classifier(batch: np.ndarray) -> np.ndarray:
        calls.append(len(batch))
        return np.tile(np.array([0.1, 0.9], np.float32), (len(batch), 1))

    part = Part(np.zeros((3, 28, 28), np.uint8), np.ones(3, np.uint8))
    judged = sutja.evaluate(classifier, Dataset("made", part, part, ("a", "b"), frame), shifts=True)  # type: ignore[arg-type]
    assert (judged.accuracy, judged.dataset, calls) == (1.0, "made, test part, with shifts", [3] * copies)
    assert sutja.evaluate(classifier, part).dataset == "given images"
