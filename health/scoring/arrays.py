"""Array types shared by the scoring modules."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
DayArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]

#: "no such day" in arrays of day ordinals (``date.toordinal()`` starts at 1)
NO_DAY = 0
