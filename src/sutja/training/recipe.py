"""Recipes: everything that decides how a network is trained, under one name."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from sutja.errors import RunError, unknown_name
from sutja.pictures.frame import Frame
from sutja.training.augment import Augmentation

if TYPE_CHECKING:
    import torch

OptimizerName = Literal["rmsprop", "adamw", "muon"]
Schedule = Literal["constant", "one-cycle"]
Precision = Literal["float32", "bfloat16"]
WORDS = {"optimizer": get_args(OptimizerName), "schedule": get_args(Schedule), "precision": get_args(Precision)}
"""What these settings may be."""


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes:
        name: The name of the recipe.
        network: The network it trains; that of the recipe's own name if there is none.
        epochs: Passes over the training images.
        batch_size: Images a step.
        optimizer: "rmsprop" as Keras defines it, "adamw" (Loshchilov and Hutter, 2017), or "muon" (Jordan and others,
            2024).
        learning_rate: Of each step, or the highest one of a one-cycle schedule.
        schedule: "constant", or "one-cycle": up during the first quarter of the steps, then down (Smith, 2018).
        weight_decay: Of AdamW and Muon.
        label_smoothing: Share of the target that is spread over all classes (Szegedy and others, 2016).
        average: How much of the running average of the weights is kept at each step; 0 keeps none. The network that
            is judged and exported has the averaged weights, the training goes on with its own (Polyak and Juditsky,
            Acceleration of stochastic approximation by averaging, 1992; `use_ema` in Keras's optimizers).
        frozen_statistics: Whether batch normalisation keeps the means and spreads that it starts with.
        precision: What the network computes in while training; parameters are float32 always.
        augmentation: The random changes for each frame of images; a frame that is not named gets none.
        plain: In so many of the last epochs images are shown as they are, so that the last small steps, and the
            statistics of batch normalisation, fit images without changes.
    """

    name: str
    network: str = ""
    epochs: int = 10
    batch_size: int = 128
    optimizer: OptimizerName = "rmsprop"
    learning_rate: float = 1e-3
    schedule: Schedule = "constant"
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    average: float = 0.0
    frozen_statistics: bool = False
    precision: Precision = "float32"
    augmentation: dict[Frame, Augmentation] = field(default_factory=dict)
    plain: int = 0

    def with_changes(self, **changes: object) -> "Recipe":
        """The recipe with some settings changed; those given as None stay.

        Raises:
            RunError: a setting is out of its range.
        """
        asked = {name: value for name, value in changes.items() if value is not None}
        settings = {**vars(self), **asked}
        for setting, known in WORDS.items():
            if settings[setting] not in known:
                raise RunError(unknown_name(setting, str(settings[setting]), known))
        for setting in ("epochs", "batch_size", "learning_rate"):
            if not settings[setting] > 0:
                raise RunError(f"{setting} must be above 0; found {settings[setting]}.")
        return replace(self, **asked)  # type: ignore[arg-type]  # its own fields

    def on_this_machine(self, device: "torch.device | None" = None) -> "Recipe":
        """The recipe in the precision that pays here: bfloat16 only where the device computes in it."""
        return self if pays_in_bfloat16(device) else replace(self, precision="float32")


def pays_in_bfloat16(device: "torch.device | None" = None) -> bool:
    """Whether a device, the processor if none is given, computes in bfloat16 rather than imitating it."""
    import torch

    kind = device.type if device else "cpu"
    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    capable = torch.cpu.get_capabilities()
    return kind == "cpu" and any(capable.get(name) for name in ("amx_bf16", "avx512_bf16"))


def recipe_from_dict(fields: dict[str, Any]) -> Recipe:
    """The inverse of `dataclasses.asdict` for a recipe.

    Raises:
        TypeError: the fields are not those of a recipe.
    """
    changes = {frame: Augmentation(**settings) for frame, settings in fields["augmentation"].items()}
    return Recipe(**{**fields, "augmentation": changes})


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("dense", average=0.995, precision="bfloat16"),
        Recipe(
            "dense-augmented",
            network="dense",
            epochs=100,
            batch_size=256,
            optimizer="adamw",
            learning_rate=3e-3,
            schedule="one-cycle",
            weight_decay=0.02,
            average=0.998,
            precision="bfloat16",
            augmentation={
                "digit": Augmentation(shift=1.5, rotation=10, shear=0.15, scale=0.1, wobble=0.7),
                "garment": Augmentation(shift=1, scale=0.05, flip=True),
            },
        ),
        Recipe(
            "tiny",
            epochs=40,
            optimizer="adamw",
            learning_rate=1e-2,
            schedule="one-cycle",
            average=0.998,
            precision="bfloat16",
            augmentation={
                "digit": Augmentation(shift=2, rotation=10, shear=0.15, scale=0.12),
                "garment": Augmentation(shift=1, scale=0.05, flip=True),
            },
        ),
        Recipe(
            "quick",
            epochs=1,
            batch_size=64,
            optimizer="adamw",
            learning_rate=1e-2,
            schedule="one-cycle",
            weight_decay=0.01,
            label_smoothing=0.1,
            average=0.99,
            precision="bfloat16",
        ),
        Recipe(
            "quick-deep",
            epochs=8,
            optimizer="adamw",
            learning_rate=1e-2,
            schedule="one-cycle",
            weight_decay=0.01,
            label_smoothing=0.1,
            average=0.995,
            precision="bfloat16",
            augmentation={
                "digit": Augmentation(shift=1.5, rotation=8, shear=0.1, scale=0.08),
                "garment": Augmentation(shift=1, scale=0.05, flip=True),
            },
        ),
        Recipe(
            "convnet",
            epochs=20,
            optimizer="muon",
            learning_rate=2e-2,
            schedule="one-cycle",
            weight_decay=0.05,
            precision="bfloat16",
            augmentation={
                "digit": Augmentation(shift=2.5, rotation=15, shear=0.25, scale=0.18, wobble=0.8, thickness=0.7),
                "garment": Augmentation(shift=2, scale=0.1, flip=True, erase=8),
            },
            plain=3,
        ),
        Recipe(
            "resnet",
            epochs=40,
            optimizer="muon",
            learning_rate=1e-2,
            schedule="one-cycle",
            weight_decay=0.05,
            precision="bfloat16",
            augmentation={
                "digit": Augmentation(shift=2.5, rotation=15, shear=0.25, scale=0.18, wobble=0.8, thickness=0.7),
                "garment": Augmentation(shift=2, scale=0.1, flip=True, erase=8),
            },
            plain=3,
        ),
    )
}


def find_recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        RunError: no such recipe; the message gives the nearest names.
    """
    if name not in RECIPES:
        raise RunError(unknown_name("recipe", name, RECIPES))
    return RECIPES[name]
