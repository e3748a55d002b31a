import numpy as np
import pytest
import torch

import sutja
from sutja.models.detector import CLASSES, OUTPUTS, STRIDE, UNIT, Detector
from sutja.synthesis.page import Page
from sutja.synthesis.writer import Digits, Sign, Written
from sutja.training.composed import PATCH, Patches, part_of, targets_of
from sutja.training.detector import Student, loss_of


def page_with(*digits: Written, signs: tuple[Sign, ...] = ()) -> Page:
    empty = np.zeros((PATCH, PATCH))
    return Page(empty.astype(np.uint8), empty.astype(np.float32), digits, signs)


@pytest.fixture(scope="module")
def digits() -> Digits:
    return Digits(*sutja.load("digits").train)


def test_the_middle_of_each_digit_is_asked_for_in_its_class() -> None:
    answer = targets_of(page_with(Written(7, (40, 60, 20, 30), 0), Written(0, (100.0, 60.0, 21.0, 28.0), 0)))
    assert np.argwhere(answer.heat == 1).tolist() == [[0, 18, 27], [7, 18, 12]]
    offset_x, offset_y, width, height = answer.sizes[:, 18, 12]
    assert ((12 + 0.5 + offset_x) * STRIDE, (18 + 0.5 + offset_y) * STRIDE) == pytest.approx((50, 75))
    assert (np.exp(width) * UNIT, np.exp(height) * UNIT) == pytest.approx((20, 30))
    assert answer.sized[18, 12] == 1
    assert answer.weight.all()


@pytest.mark.parametrize(
    ("digit", "ignored"),
    [
        (Written(3, (50, 50, 6, 7), 0), True),  # too small to ask for
        (Written(3, (50, 50, 60, 80), 0), True),  # either is right
        (Written(3, (20, 20, 90, 130), 0), False),  # for a smaller copy: no digit here
        (Written(3, (180, 50, 20, 30), 0), True),  # cut by the border
        (Written(3, (50, 50, 20, 30), 0, visible=False), True),
    ],
)
def test_what_is_not_asked_for(digit: Written, ignored: bool) -> None:
    answer = targets_of(page_with(digit))
    assert not answer.heat.any()
    assert (answer.weight == 0).any() == ignored


def test_a_sign_like_a_digit_is_neither_right_nor_wrong_unless_it_is_spelled() -> None:
    alone = targets_of(page_with(signs=(Sign("O", (50, 50, 20, 30)),)))
    spelled = targets_of(page_with(signs=(Sign("O", (50, 50, 20, 30), spelled=True), Sign("K", (80, 50, 20, 30)))))
    assert (alone.weight == 0).sum() == 6 * 9
    assert spelled.weight.all()


def test_a_patch_depends_on_its_number_only(digits: Digits) -> None:
    patches, again = Patches(digits, 3, 10), Patches(digits, 3, 100)
    for one, other in zip(patches[4], again[4], strict=True):
        assert torch.equal(one, other)
    assert not torch.equal(patches[4][0], patches[5][0])
    assert [tuple(part.shape[-2:]) for part in patches[4]] == [(PATCH, PATCH), *[(48, 48)] * 4]


def test_a_part_beyond_the_border_repeats_it() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert part_of(picture, -1, 1, 4).tolist() == [[4, 4, 5, 6], [8, 8, 9, 10], [8, 8, 9, 10], [8, 8, 9, 10]]
    assert part_of(picture, 1, 0, 3).tolist() == picture[:, 1:].tolist()


def test_the_loss_is_the_published_one() -> None:
    torch.manual_seed(0)
    outputs = torch.randn(2, OUTPUTS, 5, 6)
    heat = torch.rand(2, CLASSES, 5, 6) * 0.9
    heat[0, 3, 2, 2] = heat[1, 4, 1, 5] = 1
    sizes, sized = torch.randn(2, 4, 5, 6), torch.zeros(2, 5, 6)
    sized[0, 2, 2] = 1
    weight = torch.ones(2, 5, 6)
    weight[1, 0] = 0
    detection, size = loss_of(outputs, heat, sizes, sized, weight)
    total = 0.0
    for n, c, i, j in np.ndindex(2, CLASSES, 5, 6):
        p = 1 / (1 + np.exp(-outputs[n, c, i, j].double().item()))
        y, w = heat[n, c, i, j].item(), weight[n, i, j].item()
        total -= w * ((1 - p) ** 2 * np.log(p) if y == 1 else (1 - y) ** 4 * p**2 * np.log(1 - p))
    assert detection.item() == pytest.approx(total / 2, rel=1e-4)
    errors = (outputs[0, CLASSES:, 2, 2] - sizes[0, :, 2, 2]).abs()
    expected = torch.where(errors < 0.1, errors**2 / 0.2, errors - 0.05).sum().item()
    assert size.item() == pytest.approx(expected, rel=1e-4)


def test_a_student_that_was_saved_goes_on_bit_for_bit(digits: Digits, tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "checkpoint.pt"
    patches = Patches(digits, 0, 8)
    batches = [[torch.stack(parts) for parts in zip(*(patches[i + j] for j in (0, 1)), strict=True)] for i in (0, 2, 4)]
    whole = Student.new(5)
    for batch in batches:
        whole.learn(batch, 10)
    first = Student.new(5)
    first.learn(batches[0], 10)
    first.save(path)
    second = Student.new(6)
    second.restore(path)
    for batch in batches[1:]:
        second.learn(batch, 10)
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name
        assert torch.equal(whole.average[name], second.average[name]), name


def test_the_network_learns(digits: Digits) -> None:
    patches = Patches(digits, 0, 4)
    batch = [torch.stack(parts) for parts in zip(*(patches[i] for i in range(2)), strict=True)]
    student = Student.new(0)
    losses = [float(student.learn(batch, 1000).sum()) for _ in range(25)]
    assert losses[-1] < 0.8 * losses[0]


def test_a_detector_has_about_half_a_million_parameters() -> None:
    assert sum(parameter.numel() for parameter in Detector().parameters()) == 535_470
