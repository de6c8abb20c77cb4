"""Score the guessing of roles against an answer sheet: what share of the columns is right, and every miss."""

import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from retrieval.importing.readers import read_table
from retrieval.importing.roles import Guess, guess_roles

ANSWERS = Path(__file__).with_name("role_answers.toml")
PROJECT = Path(__file__).parents[1]


def score_roles(data: Path | None, answers: Path = ANSWERS) -> int:
    """Print the share right by catalogue and in total, and each miss; return 1 where fewer than 95 % are right.

    Catalogues that lie neither below `data` nor below the project are skipped with a line.
    """
    n_right = n_columns = 0
    for name, roles in tomllib.loads(answers.read_text(encoding="utf-8")).items():
        path = next((folder / name for folder in (data, PROJECT) if folder and _is_there(folder / name)), None)
        if path is None:
            print(f"{name}: skipped, no such file")
            continue
        misses = misses_of(path, roles)
        print(f"{name}: {len(roles) - len(misses)} of {len(roles)} right")
        for miss in misses:
            print(f"  {miss}")
        n_right, n_columns = n_right + len(roles) - len(misses), n_columns + len(roles)
    share = n_right / max(1, n_columns)
    print(f"total: {n_right} of {n_columns} right ({share:.1%})")
    return int(share < 0.95)


def misses_of(path: Path, roles: Mapping[str, str]) -> list[str]:
    """Return a line for every column whose guessed role is not the right one; "ignore" for a column left out."""
    misses = []
    guesses = _guesses(path)
    for column, right in roles.items():
        guess = guesses.get(column)
        role = "no such column" if guess is None else guess.role or "ignore"
        if role not in right.split("/"):
            misses.append(f"{column}: {role} instead of {right} ({guess.why if guess else ''})")
    return misses + [f"{column}: not on the answer sheet" for column in guesses if column not in roles]


def _guesses(path: Path) -> Mapping[str, Guess]:
    if path.parent.suffix != ".zip":
        return guess_roles(read_table(path).table, {})
    with zipfile.ZipFile(path.parent) as archive, tempfile.TemporaryDirectory() as folder:
        member = next(name for name in archive.namelist() if Path(name).name == path.name)
        target = Path(folder) / path.name
        target.write_bytes(archive.read(member))
        return guess_roles(read_table(target).table, {})


def _is_there(path: Path) -> bool:
    """Tell whether a file is there, or the archive that stands for its folder."""
    return path.is_file() or (path.parent.suffix == ".zip" and path.parent.is_file())
