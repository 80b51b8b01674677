"""Unrolled decoders that attend to the outputs of an encoder. Bahdanau and others, arXiv 1409.0473."""

import copy

from reflow.contrib.legacy_seq2seq.python.ops import decoders
from reflow.contrib.rnn.python.ops import core_rnn_cell
from reflow.framework import dtypes
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import embedding_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import rnn
from reflow.ops import variable_scope
from reflow.util import nest

__all__ = ['attention_decoder', 'embedding_attention_decoder', 'embedding_attention_seq2seq']


class _Attention:
    """Heads that read from `attention_states`, [batch, length, size]; their variables are in the current scope."""

    def __init__(self, attention_states, num_heads, dtype):
        self._dtype = dtype
        self._length = tensor_shape.dimension_value(attention_states.get_shape()[1])
        if self._length is None:
            self._length = array_ops.shape(attention_states)[1]
        self.size = tensor_shape.dimension_value(attention_states.get_shape()[2])
        self._hidden = array_ops.reshape(attention_states, [-1, self._length, 1, self.size])
        self._features, self._v = [], []
        for head in range(num_heads):
            kernel = variable_scope.get_variable('AttnW_%d' % head, [1, 1, self.size, self.size], dtype=dtype)
            self._features.append(nn_ops.conv2d(self._hidden, kernel, [1, 1, 1, 1], 'SAME'))
            self._v.append(variable_scope.get_variable('AttnV_%d' % head, [self.size], dtype=dtype))

    def __call__(self, query):
        """What each head reads for a state of the decoder."""
        if nest.is_sequence(query):
            parts = nest.flatten(query)
            for part in parts:
                assert part.get_shape().ndims in (None, 0, 2)
            query = array_ops.concat(parts, 1)
        return [self._read(head, query) for head in range(len(self._v))]

    def _read(self, head, query):
        with variable_scope.variable_scope('Attention_%d' % head):
            y = core_rnn_cell._Linear(query, self.size, True)(query)
            y = math_ops.cast(array_ops.reshape(y, [-1, 1, 1, self.size]), self._dtype)
            scores = math_ops.reduce_sum(self._v[head] * math_ops.tanh(self._features[head] + y), [2, 3])
            weights = nn_ops.softmax(math_ops.cast(scores, dtype=dtypes.float32))
            weights = array_ops.reshape(math_ops.cast(weights, self._dtype), [-1, self._length, 1, 1])
            return array_ops.reshape(math_ops.reduce_sum(weights * self._hidden, [1, 2]), [-1, self.size])


def attention_decoder(decoder_inputs, initial_state, attention_states, cell, output_size=None, num_heads=1,
                      loop_function=None, dtype=None, scope=None, initial_state_attention=False):
    """(outputs, state) of a cell that sees with each input what heads read from `attention_states`."""
    if not decoder_inputs:
        raise ValueError('Must provide at least 1 input to attention decoder.')
    if num_heads < 1:
        raise ValueError('With less than 1 heads, use a non-attention decoder.')
    if tensor_shape.dimension_value(attention_states.get_shape()[2]) is None:
        raise ValueError('Shape[2] of attention_states must be known: %s' % attention_states.get_shape())
    if output_size is None:
        output_size = cell.output_size
    with variable_scope.variable_scope(scope or 'attention_decoder', dtype=dtype) as scope:
        dtype = scope.dtype
        batch_size = array_ops.shape(decoder_inputs[0])[0]
        attention = _Attention(attention_states, num_heads, dtype)
        shape = array_ops.stack([batch_size, attention.size])
        reads = [array_ops.zeros(shape, dtype=dtype) for _ in range(num_heads)]
        for read in reads:
            read.set_shape([None, attention.size])
        if initial_state_attention:
            reads = attention(initial_state)
        state, outputs, prev = initial_state, [], None
        for i, inputs in enumerate(decoder_inputs):
            if i > 0:
                variable_scope.get_variable_scope().reuse_variables()
            if loop_function is not None and prev is not None:
                with variable_scope.variable_scope('loop_function', reuse=True):
                    inputs = loop_function(prev, i)
            input_size = inputs.get_shape().with_rank(2)[1]
            if input_size.value is None:
                raise ValueError('Could not infer input size from input: %s' % inputs.name)
            joined = [math_ops.cast(value, dtype) for value in [inputs] + reads]
            cell_output, state = cell(core_rnn_cell._Linear(joined, input_size, True)(joined), state)
            if i == 0 and initial_state_attention:
                with variable_scope.variable_scope(variable_scope.get_variable_scope(), reuse=True):
                    reads = attention(state)
            else:
                reads = attention(state)
            with variable_scope.variable_scope('AttnOutputProjection'):
                joined = [math_ops.cast(cell_output, dtype)] + reads
                output = core_rnn_cell._Linear(joined, output_size, True)(joined)
            if loop_function is not None:
                prev = output
            outputs.append(output)
    return outputs, state


def embedding_attention_decoder(decoder_inputs, initial_state, attention_states, cell, num_symbols, embedding_size,
                                num_heads=1, output_size=None, output_projection=None, feed_previous=False,
                                update_embedding_for_previous=True, dtype=None, scope=None,
                                initial_state_attention=False):
    """attention_decoder of embedded symbols; with `feed_previous` each input is the symbol decoded before."""
    if output_size is None:
        output_size = cell.output_size
    decoders.check_projection(output_projection, num_symbols, dtype, weights_too=False)
    with variable_scope.variable_scope(scope or 'embedding_attention_decoder', dtype=dtype):
        embedding = variable_scope.get_variable('embedding', [num_symbols, embedding_size])
        loop_function = None
        if feed_previous:
            loop_function = decoders.best_symbol_embedded(embedding, output_projection, update_embedding_for_previous)
        embedded = [embedding_ops.embedding_lookup(embedding, symbols) for symbols in decoder_inputs]
        return attention_decoder(embedded, initial_state, attention_states, cell, output_size=output_size,
                                 num_heads=num_heads, loop_function=loop_function,
                                 initial_state_attention=initial_state_attention)


def embedding_attention_seq2seq(encoder_inputs, decoder_inputs, cell, num_encoder_symbols, num_decoder_symbols,
                                embedding_size, num_heads=1, output_projection=None, feed_previous=False, dtype=None,
                                scope=None, initial_state_attention=False):
    """From symbols to symbols with attention; `feed_previous` is a bool or a bool tensor."""
    with variable_scope.variable_scope(scope or 'embedding_attention_seq2seq', dtype=dtype) as scope:
        encoder_cell = core_rnn_cell.EmbeddingWrapper(copy.deepcopy(cell), embedding_classes=num_encoder_symbols,
                                                      embedding_size=embedding_size)
        encoder_outputs, encoder_state = rnn.static_rnn(encoder_cell, encoder_inputs, dtype=scope.dtype)
        top_states = [array_ops.reshape(output, [-1, 1, cell.output_size]) for output in encoder_outputs]
        attention_states = array_ops.concat(top_states, 1)
        output_size = None
        if output_projection is None:
            cell = core_rnn_cell.OutputProjectionWrapper(cell, num_decoder_symbols)
            output_size = num_decoder_symbols

        def decoder(feeds, **options):
            return embedding_attention_decoder(
                decoder_inputs, encoder_state, attention_states, cell, num_decoder_symbols, embedding_size,
                num_heads=num_heads, output_size=output_size, output_projection=output_projection, feed_previous=feeds,
                initial_state_attention=initial_state_attention, **options)

        if isinstance(feed_previous, bool):
            return decoder(feed_previous)
        return decoders.fed_previous_or_not(
            feed_previous, lambda feeds: decoder(feeds, update_embedding_for_previous=False), len(decoder_inputs),
            encoder_state)
