from typing import Any

import numpy as np
import torch
from scipy import ndimage

from sutja.training.augment import Augmentation

FIVE = torch.zeros(1, 1, 28, 28)
FIVE[0, 0, 6:22, 10:13] = 1
FIVE[0, 0, 6:9, 10:18] = 1
BATCH = FIVE.repeat(64, 1, 1, 1)


def changed(seed: int = 0, images: torch.Tensor = BATCH, **settings: float) -> np.ndarray:
    result = Augmentation(**settings)(images, torch.Generator().manual_seed(seed))  # type: ignore[arg-type]
    return result[:, 0].numpy()


def test_no_bounds_change_nothing() -> None:
    np.testing.assert_allclose(changed(), BATCH[:, 0].numpy(), atol=1e-5)


def test_the_same_seed_gives_the_same_change_and_images_differ() -> None:
    settings: dict[str, Any] = {
        "shift": 2.0,
        "rotation": 15.0,
        "shear": 0.2,
        "scale": 0.1,
        "wobble": 1.0,
        "thickness": 0.7,
    }
    first = changed(1, **settings)
    assert np.array_equal(first, changed(1, **settings))
    assert not np.array_equal(first, changed(2, **settings))
    assert np.abs(first[0] - first[1]).max() > 0.1
    assert first.min() >= 0
    assert first.max() <= 1 + 1e-5


def test_shifts_move_the_centre_of_mass_within_their_bound() -> None:
    centre = np.array(ndimage.center_of_mass(FIVE[0, 0].numpy()))
    moved = np.array([ndimage.center_of_mass(image) for image in changed(shift=3)]) - centre
    assert 2 < np.abs(moved).max() <= 3.01


def test_rotation_turns_the_main_axis_within_its_bound() -> None:
    bar = torch.zeros(64, 1, 28, 28)
    bar[:, :, 4:24, 13:15] = 1
    angles = []
    for image in changed(images=bar, rotation=20):
        y, x = np.nonzero(image > 0.5)
        angles.append(np.degrees(np.arctan2(*np.linalg.eigh(np.cov(x, y))[1][:, 1])))
    turned = (np.array(angles) + 90) % 180 - 90
    assert 15 < np.abs(turned).max() < 22


def test_scaling_changes_the_extent_within_its_bound() -> None:
    heights = [(image > 0.5).any(axis=1).sum() / 16 for image in changed(scale=0.3)]
    assert max(heights) > 1.2
    assert min(heights) < 0.85
    assert max(heights) <= np.exp(0.3) + 0.1


def test_thickness_lies_between_erosion_and_dilation() -> None:
    image = FIVE[0, 0].numpy()
    thin, thick = ndimage.grey_erosion(image, 3), ndimage.grey_dilation(image, 3)
    results = changed(thickness=1)
    assert (results >= thin - 1e-5).all()
    assert (results <= thick + 1e-5).all()
    ink = results.sum(axis=(1, 2))
    assert ink.min() < 0.5 * image.sum()
    assert ink.max() > 1.5 * image.sum()


def test_flip_mirrors_about_half_of_the_images() -> None:
    mirrored = [np.allclose(image, FIVE[0, 0].numpy()[:, ::-1], atol=1e-4) for image in changed(flip=True)]
    assert 16 < sum(mirrored) < 48


def test_erase_blanks_a_square() -> None:
    blanked = (changed(images=torch.ones(64, 1, 28, 28), erase=10) == 0).sum(axis=(1, 2))
    assert blanked.max() == 100
    assert blanked.min() < 100
