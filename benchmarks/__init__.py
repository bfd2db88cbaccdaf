"""How fast the explorer is beside others: `python -m benchmarks`, or one subject by its name."""

import explorer  # noqa: F401 - says how idle threads wait, which counts only before torch is loaded
