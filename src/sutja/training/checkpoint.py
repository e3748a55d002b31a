"""Checkpoints: one file with all that a run needs to go on, readable without running code from it."""

from pathlib import Path

import numpy as np
import torch

from sutja.errors import RunError
from sutja.files import replacing
from sutja.training.history import History
from sutja.training.loop import Learner
from sutja.training.optimizer import restore_state, state_arrays


def save_checkpoint(path: Path, learner: Learner, history: History) -> None:
    """Write network, optimizer, epoch and history to one `.npz` file, which replaces the older one at once."""
    arrays = {f"network/{name}": value.numpy(force=True) for name, value in learner.network.state_dict().items()}
    arrays |= {f"optimizer/{name}": value.numpy(force=True) for name, value in state_arrays(learner.optimizer).items()}
    arrays |= {f"average/{number}": value.numpy(force=True) for number, value in enumerate(learner.average or ())}
    with replacing(path) as temporary:
        np.savez(temporary, history=np.array(history.to_csv()), epoch=np.array(learner.epoch), **arrays)


def load_checkpoint(path: Path, learner: Learner) -> History:
    """Bring a new learner to the state of a checkpoint, and return the history up to there.

    Raises:
        RunError: the file is damaged, or belongs to another network.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = dict(archive)
    except Exception as error:  # zipfile, zlib, struct and numpy each raise their own on damage
        raise RunError(f"{path} is no checkpoint, or is damaged. Train again, or restore the file.") from error
    try:
        learner.network.load_state_dict(_under("network/", arrays))
        restore_state(learner.optimizer, _under("optimizer/", arrays))
        for number, value in enumerate(learner.average or ()):
            value.copy_(torch.from_numpy(arrays[f"average/{number}"]))
        learner.epoch = int(arrays["epoch"])
        return History.from_csv(str(arrays["history"]))
    except (KeyError, RuntimeError) as error:
        raise RunError(f"{path} belongs to another network than the run's recipe.json names.") from error


def _under(prefix: str, arrays: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    return {
        name.removeprefix(prefix): torch.from_numpy(array) for name, array in arrays.items() if name.startswith(prefix)
    }
