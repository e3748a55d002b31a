"""Conditions on labels, such as `label > 5 and label != 7`: parsed to a tree, never evaluated as code.

A condition compares `label` (a number, or a class name in quotes) or `index` (the place in the data set) by
`< <= > >= == != in`, and joins comparisons by `and`, `or`, `not` and parentheses.
"""

import ast
import operator
from collections.abc import Callable
from functools import partial
from typing import Any
from unicodedata import normalize

import numpy as np
from jaxtyping import Bool, Integer

from sutja.errors import DataError, unknown_name

COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
LONGEST = 1000
MOST = 10**15


def matching(condition: str, labels: Integer[np.ndarray, "n"], classes: tuple[str, ...]) -> Bool[np.ndarray, "n"]:
    """Which of the labels fulfil the condition.

    Args:
        condition: For example `label > 5`, `label in (1, 7)`, `3 <= label < 6`, `label == "Bag" and index < 100`.
        labels: The labels, in the order of the data set.
        classes: The names that labels may be called by.

    Raises:
        DataError: the condition is not of that form; the message shows the part that is not.

    Example:
        >>> matching("label > 5 or label == 0", np.array([0, 5, 7]), tuple("0123456789"))
        array([ True, False,  True])
    """
    try:
        if len(condition) > LONGEST:
            raise SyntaxError
        tree = ast.parse(condition.strip(), mode="eval").body
        return _Condition(condition, labels.astype(np.int64), classes).holds(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        shown = condition if len(condition) <= 80 else condition[:77] + "..."
        raise DataError(f"cannot understand the condition {shown!r}. Write it like `label > 5`.") from error


def label_number(name: str, classes: tuple[str, ...]) -> int:
    """The label that a number or a class name stands for, whatever its capitals if only one fits.

    Raises:
        DataError: neither a label nor a class name, or one that several fit.
    """
    for form in (str, partial(normalize, "NFC"), lambda text: normalize("NFC", text).casefold()):
        fitting = [number for number, known in enumerate(classes) if form(known) == form(name)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise DataError(f"{name!r} fits several classes. Give a number, 0 to {len(classes) - 1}.")
    if name.isdecimal() and int(name) < len(classes):
        return int(name)
    raise DataError(unknown_name("label", name, classes))


class _Condition:
    """A walk over the tree of one condition."""

    def __init__(self, text: str, labels: np.ndarray, classes: tuple[str, ...]) -> None:
        self.text, self.classes = text, classes
        self.columns = {"label": labels, "index": np.arange(len(labels))}

    def holds(self, node: ast.expr) -> np.ndarray:
        match node:
            case ast.BoolOp(op=ast.And()):
                return np.asarray(np.logical_and.reduce([self.holds(value) for value in node.values]))
            case ast.BoolOp():
                return np.asarray(np.logical_or.reduce([self.holds(value) for value in node.values]))
            case ast.UnaryOp(op=ast.Not()):
                return ~self.holds(node.operand)
            case ast.Compare():
                terms = [node.left, *node.comparators]
                steps = zip(terms, node.ops, terms[1:], strict=False)
                return np.asarray(np.logical_and.reduce([self.compare(*step) for step in steps]))
        raise self.refused(node)

    def compare(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> np.ndarray:
        if isinstance(sign, ast.In | ast.NotIn) and isinstance(right, ast.Tuple | ast.List | ast.Set):
            inside = np.isin(self.column(left), [self.number(element) for element in right.elts])
            return ~inside if isinstance(sign, ast.NotIn) else inside
        if type(sign) not in COMPARISONS:
            raise self.refused(right)
        result: np.ndarray = COMPARISONS[type(sign)](self.term(left), self.term(right))
        return np.broadcast_to(result, self.columns["label"].shape)

    def term(self, node: ast.expr) -> np.ndarray:
        return self.column(node) if isinstance(node, ast.Name) else np.asarray(self.number(node))

    def column(self, node: ast.expr) -> np.ndarray:
        if isinstance(node, ast.Name) and node.id in self.columns:
            return self.columns[node.id]
        raise self.refused(node)

    def number(self, node: ast.expr) -> float:
        match node:
            case ast.Constant(value=bool()):
                raise self.refused(node)
            case ast.Constant(value=int() | float() as value) if abs(value) <= MOST:
                return float(value)
            case ast.Constant(value=str() as name):
                return label_number(name, self.classes)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)) if value <= MOST:
                return -float(value)
        raise self.refused(node)

    def refused(self, node: ast.expr) -> DataError:
        part = ast.get_source_segment(self.text.strip(), node) or self.text
        return DataError(
            f"cannot use {part!r} in the condition {self.text!r}. Compare `label` or `index` with numbers or class "
            "names by < <= > >= == != in, joined by and, or, not."
        )
