"""The data sets that sutja knows by name: their files, digests, mirrors and class names."""

from dataclasses import dataclass

from sutja.errors import DataError, unknown_name
from sutja.pictures.frame import Frame


@dataclass(frozen=True)
class RemoteFile:
    """One file of a data set, known by the SHA-256 of its uncompressed bytes."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Entry:
    """A data set of the catalog.

    Attributes:
        name: What `sutja.load` calls it.
        title: One line about it.
        classes: The name of each label, from 0.
        frame: The frame its images are in.
        files: Training images and labels, then test images and labels; empty for a set that is carried inside.
        mirrors: Addresses to which a file's name plus `.gz` is appended, tried in turn.
        licence: Under which terms its makers give it.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    frame: Frame
    files: tuple[RemoteFile, ...]
    mirrors: tuple[str, ...]
    licence: str


DIGIT_NAMES = tuple("0123456789")

IDX_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def _files(*digests: str) -> tuple[RemoteFile, ...]:
    return tuple(RemoteFile(name, digest) for name, digest in zip(IDX_NAMES, digests, strict=True))


CATALOG = {
    entry.name: entry
    for entry in (
        Entry(
            name="mnist",
            title="70,000 handwritten digits, 28×28 (LeCun, Cortes, Burges)",
            classes=DIGIT_NAMES,
            frame="digit",
            files=_files(
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
            mirrors=(
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
                "http://yann.lecun.com/exdb/mnist/",
            ),
            licence="CC BY-SA 3.0",
        ),
        Entry(
            name="fashion-mnist",
            title="70,000 pictures of garments, 28×28 (Zalando Research)",
            classes=(
                "T-shirt/top",
                "Trouser",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ),
            frame="garment",
            files=_files(
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            ),
            mirrors=(
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
                "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
            ),
            licence="MIT",
        ),
        Entry(
            name="digits",
            title="1,797 digits of 8×8 brought to 28×28 (UCI, carried by scikit-learn; needs no network)",
            classes=DIGIT_NAMES,
            frame="digit",
            files=(),
            mirrors=(),
            licence="CC BY 4.0",
        ),
    )
}


def find(name: str) -> Entry:
    """The catalog entry of that name.

    Raises:
        DataError: no such data set; the message gives the nearest names.
    """
    if name not in CATALOG:
        raise DataError(
            unknown_name("data set", name, CATALOG)
            + " A folder of your own pictures, one subfolder per class, works too."
        )
    return CATALOG[name]
