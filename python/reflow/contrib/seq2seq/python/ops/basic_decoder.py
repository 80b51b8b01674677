"""A decoder of a cell and a helper."""

import collections

from reflow.contrib.seq2seq.python.ops import decoder
from reflow.contrib.seq2seq.python.ops import helper as helper_lib
from reflow.framework import ops
from reflow.ops.rnn_cell_base import assert_like_rnncell
from reflow.util import nest
from reflow.util.shown_attributes import shown

__all__ = ['BasicDecoderOutput', 'BasicDecoder']


class BasicDecoderOutput(collections.namedtuple('BasicDecoderOutput', ('rnn_output', 'sample_id'))):
    """The outputs and samples of a step."""


class BasicDecoder(decoder.Decoder):
    """A cell, perhaps with a layer behind it, and a helper."""

    batch_size = shown('_helper.batch_size', 'The size of the batch.')

    def __init__(self, cell, helper, initial_state, output_layer=None):
        assert_like_rnncell('cell', cell)
        if not isinstance(helper, helper_lib.Helper):
            raise TypeError('helper must be a Helper, received: %s' % type(helper))
        decoder.check_output_layer(output_layer)
        self._cell, self._output_layer = cell, output_layer
        self._helper, self._initial_state = helper, initial_state

    def _rnn_output_size(self):
        return decoder.size_behind(self._cell, self._output_layer)

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
            outputs, state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            of_step = dict(time=time, outputs=outputs, state=state)
            samples = self._helper.sample(**of_step)
            finished, inputs, state = self._helper.next_inputs(**of_step, sample_ids=samples)
        return BasicDecoderOutput(outputs, samples), state, inputs, finished
