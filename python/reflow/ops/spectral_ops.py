"""Transforms under the name of older programs (tensorflow.python.ops.spectral_ops)."""
from reflow.ops.signal.dct_ops import *  # noqa: F401,F403
from reflow.ops.signal.fft_ops import *  # noqa: F401,F403
