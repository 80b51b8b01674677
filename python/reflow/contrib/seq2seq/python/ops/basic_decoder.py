"""A decoder of a cell and a helper."""

import collections

from reflow.contrib.seq2seq.python.ops import decoder
from reflow.contrib.seq2seq.python.ops import helper as helper_lib
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.keras.engine import base_layer
from reflow.ops.rnn_cell_base import assert_like_rnncell
from reflow.util import nest

__all__ = ['BasicDecoderOutput', 'BasicDecoder']


class BasicDecoderOutput(collections.namedtuple('BasicDecoderOutput', ('rnn_output', 'sample_id'))):
    """The outputs and samples of a step."""


class BasicDecoder(decoder.Decoder):
    """A cell, perhaps with a layer behind it, and a helper."""

    def __init__(self, cell, helper, initial_state, output_layer=None):
        assert_like_rnncell('cell', cell)
        if not isinstance(helper, helper_lib.Helper):
            raise TypeError('helper must be a Helper, received: %s' % type(helper))
        if output_layer is not None and not isinstance(output_layer, base_layer.Layer):
            raise TypeError('output_layer must be a Layer, received: %s' % type(output_layer))
        self._cell = cell
        self._helper = helper
        self._initial_state = initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self):
        """The size of the batch."""
        return self._helper.batch_size

    def _rnn_output_size(self):
        size = self._cell.output_size
        if self._output_layer is None:
            return size
        with_batch = nest.map_structure(lambda s: tensor_shape.TensorShape([None]).concatenate(s), size)
        layer_output_shape = self._output_layer.compute_output_shape(with_batch)
        return nest.map_structure(lambda s: s[1:], layer_output_shape)

    @property
    def output_size(self):
        """The sizes of outputs and samples."""
        return BasicDecoderOutput(rnn_output=self._rnn_output_size(), sample_id=self._helper.sample_ids_shape)

    @property
    def output_dtype(self):
        """The types of outputs and samples."""
        dtype = nest.flatten(self._initial_state)[0].dtype
        return BasicDecoderOutput(nest.map_structure(lambda _: dtype, self._rnn_output_size()),
                                  self._helper.sample_ids_dtype)

    def initialize(self, name=None):
        """(finished, first inputs, first state)."""
        return self._helper.initialize() + (self._initial_state,)

    def step(self, time, inputs, state, name=None):
        """(outputs, next state, next inputs, finished)."""
        with ops.name_scope(name, 'BasicDecoderStep', (time, inputs, state)):
            cell_outputs, cell_state = self._cell(inputs, state)
            if self._output_layer is not None:
                cell_outputs = self._output_layer(cell_outputs)
            sample_ids = self._helper.sample(time=time, outputs=cell_outputs, state=cell_state)
            finished, next_inputs, next_state = self._helper.next_inputs(
                time=time, outputs=cell_outputs, state=cell_state, sample_ids=sample_ids)
        return BasicDecoderOutput(cell_outputs, sample_ids), next_state, next_inputs, finished
