"""Random Fourier features, for the Gaussian kernel."""
import math

import numpy as np

from reflow.contrib.kernel_methods.python.mappers import dense_kernel_mapper
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.ops import math_ops


class RandomFourierFeatureMapper(dense_kernel_mapper.DenseKernelMapper):
    """sqrt(2 / output_dim) * cos(x * frequencies + phases); frequencies and phases are drawn anew from `seed` by each map."""

    def __init__(self, input_dim, output_dim, stddev=1.0, seed=1, name=None):
        self._input_dim = input_dim
        self._output_dim = output_dim
        self._stddev = stddev
        self._seed = seed
        self._name = name

    @property
    def name(self):
        """The given name, or one of this object alone."""
        return self._name or str(id(self))

    @property
    def input_dim(self):
        """The number of features that are mapped."""
        return self._input_dim

    @property
    def output_dim(self):
        """The number of mapped features."""
        return self._output_dim

    def map(self, input_tensor):
        """The mapped features, [batch_size, output_dim]. InvalidShapeError: others than [batch_size, input_dim]."""
        shape = input_tensor.shape
        if len(shape) != 2:
            raise dense_kernel_mapper.InvalidShapeError('The shape of the tensor should be 2. Got %d instead.' % len(shape))
        if shape[1] != self._input_dim:
            raise dense_kernel_mapper.InvalidShapeError('Invalid dimension: expected %d input features, got %d instead.' % (
                self._input_dim, shape[1]))
        np.random.seed(self._seed)
        frequencies = constant_op.constant(
            np.random.normal(scale=1.0 / self._stddev, size=[self._input_dim, self._output_dim]), dtype=dtypes.float32)
        phases = constant_op.constant(
            np.random.uniform(low=0.0, high=2 * np.pi, size=[self._output_dim]), dtype=dtypes.float32)
        waves = math_ops.add(math_ops.matmul(input_tensor, frequencies), phases)
        return math.sqrt(2.0 / self._output_dim) * math_ops.cos(waves)
