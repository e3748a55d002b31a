"""What a model file says of itself."""

import json
from dataclasses import asdict, dataclass

from sutja.errors import ModelError
from sutja.pictures.frame import Frame

FORMAT = 1
KEY = "sutja"
"""Under this key of the ONNX metadata lies the card, as JSON."""


@dataclass(frozen=True)
class Card:
    """The metadata of a model file.

    Attributes:
        classes: The name of each output, in order.
        frame: How pictures must be framed for it: "digit" or "garment".
        recipe: The recipe that trained it; "keras" if Keras did.
        dataset: The data set that it was trained on; like the next two None where that is not known.
        seed: The seed of its training.
        epochs: The epochs of its training.
        parameters: How many numbers were trained.
        test_accuracy: On the test part of its data set; None when that was not measured.
        test_images: How many images that part has.
        version: The version of the file format.
    """

    classes: tuple[str, ...]
    frame: Frame
    recipe: str
    dataset: str | None
    seed: int | None
    epochs: int | None
    parameters: int
    test_accuracy: float | None = None
    test_images: int | None = None
    version: int = FORMAT

    def to_json(self) -> str:
        """The card as it stands in a model file."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str, origin: str) -> "Card":
        """Read a card from the metadata of a model file.

        Raises:
            ModelError: not a card, or one of a later format.
        """
        try:
            fields = json.loads(text)
            if fields["version"] > FORMAT:
                raise ModelError(
                    f"{origin} has format {fields['version']}; this sutja reads up to {FORMAT}. Update sutja."
                )
            return cls(**{**fields, "classes": tuple(fields["classes"])})
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{origin} describes itself in a way that cannot be read. Export it again.") from error
