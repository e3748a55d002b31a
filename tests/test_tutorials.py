import re
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

TUTORIALS = Path(__file__).parents[1] / "tutorials"
NAMES = ("1-data", "2-first-network", "3-watching-it-learn", "4-own-pictures", "5-keras")
EXERCISES = "3-watching-it-learn"
ANSWERS = ("training_accuracy = None", "training_loss = None")
"""How the cells begin in which a learner answers; a cell that checks follows each."""


def notebook(language: str, name: str) -> NotebookNode:
    book: NotebookNode = nbformat.read(TUTORIALS / language / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    return book


def sources(book: NotebookNode, kind: str) -> list[str]:
    return [cell.source for cell in book.cells if cell.cell_type == kind]


def solutions(language: str) -> list[str]:
    text = "\n".join(sources(notebook(language, EXERCISES), "markdown"))
    return re.findall(r"<details>.*?```python\n(.*?)```.*?</details>", text, re.DOTALL)


def with_one_epoch(book: NotebookNode) -> NotebookNode:
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source = re.sub(r"^EPOCHS = 10$", "EPOCHS = 1", cell.source, flags=re.MULTILINE)
    return book


def executed(book: NotebookNode, folder: Path) -> NotebookNode:
    client = NotebookClient(book, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    return client.execute()


def printed(cells: list[NotebookNode]) -> str:
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")


def said_to(attempts: list[list[str]], folder: Path) -> list[str]:
    """What the checks of the exercises print for each attempt at both, on data that trains in a moment."""
    book = with_one_epoch(notebook("en", EXERCISES))
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    places = [number for number, cell in enumerate(code) if cell.source.startswith(ANSWERS)]
    before, checks = code[: places[0]], [code[place + 1] for place in places]
    book.cells = deepcopy(before)
    for cell in book.cells:
        cell.source = cell.source.replace('"fashion-mnist"', '"digits"')
    for attempt in attempts:
        for answer, check in zip(attempt, checks, strict=True):
            book.cells += [nbformat.v4.new_code_cell(answer), deepcopy(check)]  # type: ignore[no-untyped-call]
    for number, cell in enumerate(book.cells):
        cell.id = f"cell-{number}"
    cells = executed(book, folder).cells[len(before) :]
    size = 2 * len(checks)
    return [printed(cells[start : start + size]) for start in range(0, len(cells), size)]


def test_there_are_five_notebooks_in_each_language() -> None:
    found = {path.relative_to(TUTORIALS).as_posix() for path in TUTORIALS.rglob("*.ipynb")}
    assert found == {f"{language}/{name}.ipynb" for language in ("ko", "en") for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_code_and_other_words(name: str) -> None:
    korean, english = notebook("ko", name), notebook("en", name)
    assert [cell.cell_type for cell in korean.cells] == [cell.cell_type for cell in english.cells]
    assert sources(korean, "code") == sources(english, "code")
    words = zip(sources(korean, "markdown"), sources(english, "markdown"), strict=True)
    assert all(one != other for one, other in words)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_written_in_its_language(name: str) -> None:
    hangul = re.compile("[가-힣]")
    for text in sources(notebook("ko", name), "markdown"):
        assert hangul.search(text) or len(text.split()) <= 3, text
    for text in sources(notebook("en", name), "markdown"):
        assert not hangul.search(text), text


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_saved_but_the_text(language: str, name: str) -> None:
    book = notebook(language, name)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_notebooks(language: str, name: str) -> None:
    text = "\n".join(sources(notebook(language, name), "markdown"))
    links = re.findall(r"\]\(([^)]+\.ipynb)\)", text)
    assert links
    assert all((TUTORIALS / language / link).is_file() for link in links)


@pytest.mark.parametrize("name", ["2-first-network", "3-watching-it-learn", "5-keras"])
def test_the_number_of_epochs_stands_where_a_test_can_change_it(name: str) -> None:
    assert sources(notebook("en", name), "code").count("EPOCHS = 10") == 1


@pytest.mark.real_data
@pytest.mark.parametrize("name", NAMES)
def test_it_runs_from_top_to_bottom(name: str, tmp_path: Path) -> None:
    book = executed(with_one_epoch(notebook("en", name)), tmp_path)
    assert not list(tmp_path.iterdir()), "what a notebook writes goes to a temporary folder"
    if name == EXERCISES:
        assert printed(book.cells).count("No answer yet") == 4
    if name == "4-own-pictures":
        lines = printed(book.cells).splitlines()
        for written in ("5", "1234567890", "30941 / 72685 / 114", "20268"):
            assert any(line.endswith(f" {written}") for line in lines), written
    if name == "5-keras":
        accuracies = re.findall(r"^in (?:Keras|sutja): (0\.\d+)", printed(book.cells), re.MULTILINE)
        assert float(accuracies[0]) == pytest.approx(float(accuracies[1]), abs=2e-4)


def test_the_solutions_are_the_same_in_both_languages() -> None:
    assert len(solutions("en")) == len(ANSWERS)
    assert solutions("ko") == solutions("en")


def test_solutions_are_called_right_and_wrong_answers_wrong(tmp_path: Path) -> None:
    wrong = [
        'training_accuracy = run.history["validation_accuracy"]',
        'training_loss = "low"\nvalidation_accuracy = [0.5, 0.6]\nvalidation_loss = run.history["loss"]',
    ]
    of_wrong, of_right = said_to([wrong, solutions("en")], tmp_path)
    assert "That is the validation accuracy" in of_wrong
    assert of_wrong.count("Not yet") == 3
    assert "Right!" not in of_wrong
    assert of_right.count("Right!") == 4
    assert "yet" not in of_right
