"""Recurrent cells whose weights have a mask."""

from reflow.contrib.model_pruning.python.layers import core_layers
from reflow.ops import math_ops
from reflow.ops import rnn_cell_impl


class _MaskedCell:
    """A cell whose kernel has a mask; its projection has none."""

    def build(self, inputs_shape):
        """Makes the cell's variables, mask and threshold."""
        super().build(inputs_shape)
        self.built = False
        self._mask = core_layers.add_mask(self, [inputs_shape[1] + self._num_units, 4 * self._num_units])
        self._threshold = core_layers.add_threshold(self)
        self._masked_kernel = math_ops.multiply(self._mask, self._kernel, core_layers.MASKED_WEIGHT_NAME)
        core_layers.collect(self._mask, self._threshold, self._masked_kernel, self._kernel)
        self.built = True

    def call(self, inputs, state):
        """(output, new state)."""
        kernel, self._kernel = self._kernel, self._masked_kernel
        try:
            return super().call(inputs, state)
        finally:
            self._kernel = kernel


class MaskedBasicLSTMCell(_MaskedCell, rnn_cell_impl.BasicLSTMCell):
    """A BasicLSTMCell with a mask of its weights."""

    def __init__(self, num_units, forget_bias=1.0, state_is_tuple=True, activation=None, reuse=None, name=None):
        super().__init__(num_units, forget_bias, state_is_tuple, activation, reuse, name)


class MaskedLSTMCell(_MaskedCell, rnn_cell_impl.LSTMCell):
    """An LSTMCell with a mask of its weights."""

    def __init__(self, num_units, use_peepholes=False, cell_clip=None, initializer=None, num_proj=None, proj_clip=None,
                 num_unit_shards=None, num_proj_shards=None, forget_bias=1.0, state_is_tuple=True, activation=None, reuse=None):
        super().__init__(num_units, use_peepholes, cell_clip, initializer, num_proj, proj_clip, num_unit_shards, num_proj_shards,
                         forget_bias, state_is_tuple, activation, reuse)
