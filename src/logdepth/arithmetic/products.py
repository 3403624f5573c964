"""Matrix products that no setting makes less precise."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def product(a: Tensor, b: Tensor) -> Tensor:
    """a @ b of tensors on the CPU, each product and sum in their own format, float32 or float64; shapes as for `@`.

    torch computes float32 products in bfloat16 or TF32 where its user asked for it, by any of several global settings
    that all threads share. To change such a setting for a while would change it under other threads, and they could
    change it under us. NumPy's products have no such setting.
    """
    with np.errstate(all="ignore"):  # underflow is meant, and NumPy may be set to raise
        return torch.from_numpy(np.matmul(a.numpy(), b.numpy()))
