"""The mel scale, as the Hidden Markov Model Toolkit has it."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import gen_math_ops
from reflow.ops import math_ops
from reflow.ops.signal import shape_ops

__all__ = ['linear_to_mel_weight_matrix']

_BREAK_FREQUENCY_HERTZ = 700.0
_HIGH_FREQUENCY_Q = 1127.0


def _mels(hertz):
    with ops.name_scope('hertz_to_mel', values=[hertz]):
        return _HIGH_FREQUENCY_Q * math_ops.log(1.0 + ops.convert_to_tensor(hertz) / _BREAK_FREQUENCY_HERTZ)


def _check(num_mel_bins, sample_rate, lower_edge_hertz, upper_edge_hertz, dtype):
    """ValueError: one of the arguments can't be."""
    rules = (
        (num_mel_bins > 0, 'num_mel_bins must be positive. Got: %s', num_mel_bins),
        (sample_rate > 0, 'sample_rate must be positive. Got: %s', sample_rate),
        (lower_edge_hertz >= 0, 'lower_edge_hertz must be non-negative. Got: %s', lower_edge_hertz),
        (lower_edge_hertz < upper_edge_hertz, 'lower_edge_hertz %.1f >= upper_edge_hertz %.1f',
         (lower_edge_hertz, upper_edge_hertz)),
        (upper_edge_hertz <= sample_rate / 2, 'upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / '
         '2). Got: %s for sample_rate: %s', (upper_edge_hertz, sample_rate)),
        (dtype.is_floating, 'dtype must be a floating point type. Got: %s', dtype))
    for is_kept, message, given in rules:
        if not is_kept:
            raise ValueError(message % given)


def linear_to_mel_weight_matrix(num_mel_bins=20, num_spectrogram_bins=129, sample_rate=8000, lower_edge_hertz=125.0,
                                upper_edge_hertz=3800.0, dtype=dtypes.float32, name=None):
    """What spectra are multiplied with to give mel bins, [num_spectrogram_bins, num_mel_bins]."""
    with ops.name_scope(name, 'linear_to_mel_weight_matrix') as name:
        if isinstance(sample_rate, ops.Tensor):
            sample_rate = tensor_util.constant_value(sample_rate)
            if sample_rate is None:
                raise ValueError('`sample_rate` was a non-constant Tensor. Must be a Python float or a constant Tensor.')
        _check(num_mel_bins, sample_rate, lower_edge_hertz, upper_edge_hertz, dtype)
        sample_rate, lowest, highest = (ops.convert_to_tensor(value, dtype, name=name) for value, name in (
            (sample_rate, 'sample_rate'), (lower_edge_hertz, 'lower_edge_hertz'), (upper_edge_hertz, 'upper_edge_hertz')))
        zero = ops.convert_to_tensor(0.0, dtype)
        # Without the bin of frequency 0, which is part of no band.
        frequencies = gen_math_ops.lin_space(zero, sample_rate / 2.0, num_spectrogram_bins)[1:]
        bins = array_ops.expand_dims(_mels(frequencies), 1)
        edges = gen_math_ops.lin_space(_mels(lowest), _mels(highest), num_mel_bins + 2)
        bands = array_ops.split(shape_ops.frame(edges, frame_length=3, frame_step=1), 3, axis=1)
        lower, center, upper = (array_ops.reshape(each, [1, num_mel_bins]) for each in bands)
        rising, falling = (bins - lower) / (center - lower), (upper - bins) / (upper - center)
        weights = math_ops.maximum(zero, math_ops.minimum(rising, falling))
        return array_ops.pad(weights, [[1, 0], [0, 0]], name=name)
