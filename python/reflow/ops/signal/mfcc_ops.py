"""Mel-frequency cepstral coefficients."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.signal import dct_ops

__all__ = ['mfccs_from_log_mel_spectrograms']


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms, name=None):
    """The coefficients of logarithms of mel spectra, [..., num_mel_bins]."""
    with ops.name_scope(name, 'mfccs_from_log_mel_spectrograms', [log_mel_spectrograms]):
        log_mel_spectrograms = ops.convert_to_tensor(log_mel_spectrograms, dtype=dtypes.float32)
        num_mel_bins = log_mel_spectrograms.shape.dims[-1].value if log_mel_spectrograms.shape.ndims else None
        if num_mel_bins == 0:
            raise ValueError('num_mel_bins must be positive. Got: %s' % log_mel_spectrograms)
        if num_mel_bins is None:
            num_mel_bins = array_ops.shape(log_mel_spectrograms)[-1]
        dct2 = dct_ops.dct(log_mel_spectrograms, type=2)
        return dct2 * math_ops.rsqrt(math_ops.cast(num_mel_bins, dtypes.float32) * 2.0)
