"""What the descriptors that people designed before networks learned their own have in common: see `hog` and `sift`.

All angles are in degrees and counter-clockwise as on the screen, though rows grow downwards: scikit-image's own, of
which HOG's are clockwise and SIFT's are radians from downwards, are converted in those two modules and go no further.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]  #: brightness (h, w) in [0, 1]


class DescriptorError(ValueError):
    """A picture or a choice that gives no descriptor: one sentence says why and what to do."""
