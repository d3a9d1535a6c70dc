"""Many values as places in the list of those that differ."""

from typing import Any

import numpy as np
import numpy.typing as npt

_FEW = 20_000  # values up to which sorting is as quick as a hash table


def factorize(values: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
    """Return each value's place in the list of different values, and that list, in order of appearance.

    pandas' hash table does it for many values. For few, numpy's sorting: importing pandas would take longer than reading 名录.
    """
    if len(values) > _FEW:
        import pandas as pd

        places, different = pd.factorize(values)
        return places.astype(np.int64, copy=False), np.asarray(different)
    different, first, sorted_places = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place_of = np.empty(len(order), dtype=np.int64)
    place_of[order] = np.arange(len(order))
    return place_of[sorted_places], different[order]
