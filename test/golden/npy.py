"""Arrays as NumPy saves them: npy/*.npy, whose bytes writeNpy must write.

    python test/golden/npy.py      (numpy 2.4.6)

Entry i of every array is i / 4 - 1. The number of digits in the first axis decides how the header is padded.
"""

from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "npy"
SHAPES = {"matrix": (3, 4), "vector": (5,), "one": (1, 1), "scalar": (), "none": (0, 7), "cube": (12, 2, 3), "rows": (123, 1)}

FOLDER.mkdir(exist_ok=True)
for name, shape in SHAPES.items():
    values = np.arange(np.prod(shape, dtype=int), dtype="<f4") / 4 - 1
    np.save(FOLDER / f"{name}.npy", values.astype("<f4").reshape(shape))
np.save(FOLDER / "double.npy", np.zeros((2, 2)))
np.save(FOLDER / "fortran.npy", np.asfortranarray(np.arange(6, dtype="<f4").reshape(2, 3)))
with (FOLDER / "second.npy").open("wb") as file:
    np.lib.format.write_array(file, np.arange(6, dtype="<f4").reshape(2, 3), version=(2, 0))
