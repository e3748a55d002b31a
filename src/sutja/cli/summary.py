"""`sutja summary`: the layers of a network."""

from typing import Annotated

import typer

from sutja.cli.output import say
from sutja.models.registry import NETWORKS


def command(
    network: Annotated[str, typer.Argument(help=f"{', '.join(NETWORKS[:-1])} or {NETWORKS[-1]}.")],
    classes: Annotated[int, typer.Option(min=2, help="Number of outputs.")] = 10,
) -> None:
    """Print the layers of a network, their output shapes and parameters.

    Example: `sutja summary dense`
    """
    from sutja.models.summary import summary

    say(str(summary(network, classes)))
