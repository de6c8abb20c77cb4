"""The calibrated judge: fitted once to people's labels, kept in a small file, set upon dialogues nobody labelled."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from errors import InputError
from eval.dialogues import Dialogue
from eval.judging.evidence import Axes, Reader, evidence
from eval.judging.kernel import Kernel, condensed, fit_kernel
from eval.judging.ridge import Scale

SHIPPED = Path(__file__).parent / "fitted.npz"
TOP = 4.0
_CENTRES = 120
_STEPS = 41


@dataclass(frozen=True, slots=True)
class Fitted:
    """A regression, the axes it reads vectors by, and where its predictions lay for what it was fitted on."""

    kernel: Kernel
    axes: Sequence[Axes]
    steps: np.ndarray
    """Quantiles of the predictions out of fold, ascending."""
    facts: Mapping[str, Any]
    """What it was fitted on, and the embedder it needs."""

    def scores(self, dialogues: Sequence[Dialogue], readers: Sequence[Reader]) -> np.ndarray:
        """Return 0–4: four times the share of the dialogues it was fitted on that it takes for worse, (n,)."""
        seen = evidence(dialogues, readers)
        rows = seen.rows(self.axes, np.ones(len(dialogues), bool))
        self._check([part.shape[1] for part in rows])
        scores: np.ndarray = TOP * np.interp(self.kernel.above(rows), self.steps, np.linspace(0, 1, len(self.steps)))
        return scores

    def _check(self, widths: Sequence[int]) -> None:
        needed = [part.shape[1] for part in self.kernel.known]
        if list(widths) != needed:
            raise InputError(
                f"The judge was fitted on {needed} columns and is given {list(widths)}. Use what it was fitted with, "
                "or fit it again with `eval calibrate --save`."
            )


def fit_judge(
    dialogues: Sequence[Dialogue], labels: np.ndarray, above: np.ndarray, readers: Sequence[Reader], **facts: Any
) -> Fitted:
    """Fit to all labelled dialogues; `above` are the predictions for them out of fold, less the level."""
    seen = evidence(dialogues, readers)
    everyone = np.ones(len(labels), bool)
    axes = seen.axes(everyone)
    kernel = condensed(fit_kernel(seen.rows(axes, everyone), labels), _CENTRES)
    steps = np.quantile(above, np.linspace(0, 1, _STEPS))
    return Fitted(kernel, axes, np.maximum.accumulate(steps), {"n": len(labels), **facts})


def save(fitted: Fitted, path: Path) -> None:
    """Write the judge as numbers alone. Raises InputError where that is impossible."""
    arrays: dict[str, np.ndarray] = {"duals": fitted.kernel.duals, "steps": fitted.steps}
    for i, (scale, known) in enumerate(zip(fitted.kernel.scales, fitted.kernel.known, strict=True)):
        arrays |= {f"mean{i}": scale.mean, f"sd{i}": scale.sd, f"known{i}": known.astype(np.float16)}
    for i, (mean, main) in enumerate(fitted.axes):
        arrays |= {f"block{i}": mean.astype(np.float16), f"axes{i}": main.astype(np.float16)}
    facts = {
        **fitted.facts,
        "level": fitted.kernel.level,
        "parts": len(fitted.kernel.known),
        "blocks": len(fitted.axes),
    }
    try:
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, facts=np.array(json.dumps(facts)), **arrays)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}). Give a file in a folder that exists."
        ) from error


def load(path: Path = SHIPPED) -> Fitted:
    """Read a judge. Raises InputError where the file is none."""
    try:
        with np.load(path, allow_pickle=False) as held:
            facts = json.loads(str(held["facts"]))
            parts = range(facts["parts"])
            scales = [Scale(held[f"mean{i}"], held[f"sd{i}"]) for i in parts]
            known = [held[f"known{i}"].astype(float) for i in parts]
            axes = [(held[f"block{i}"].astype(float), held[f"axes{i}"].astype(float)) for i in range(facts["blocks"])]
            kernel = Kernel(scales, known, held["duals"], float(facts["level"]))
            return Fitted(kernel, axes, held["steps"], facts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} holds no judge. Write one with `eval calibrate --save`.") from error
