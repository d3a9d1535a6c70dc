"""Many values as indices into the list of the distinct ones."""

import numpy as np
import numpy.typing as npt

_FEW = 20_000  # values up to which sorting is as fast as a hash table


def factorize(
    values: npt.NDArray[np.generic],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.generic]]:
    """Return each value's index in the list of distinct values, and that list, by first appearance.

    pandas' hash table serves many values. Few are sorted by numpy, because importing pandas takes
    longer than reading 名录.
    """
    if len(values) > _FEW:
        import pandas as pd

        codes, distinct = pd.factorize(values)
        return codes.astype(np.int64, copy=False), np.asarray(distinct)
    distinct, first, sorted_codes = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[sorted_codes], distinct[order]
