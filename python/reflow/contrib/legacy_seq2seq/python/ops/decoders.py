"""Unrolled networks from a sequence to a sequence: an encoder, and a decoder that starts from its last state."""

import copy

from reflow.contrib.rnn.python.ops import core_rnn_cell
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import embedding_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import rnn
from reflow.ops import rnn_cell_impl
from reflow.ops import variable_scope
from reflow.util import nest

__all__ = ['rnn_decoder', 'basic_rnn_seq2seq', 'tied_rnn_seq2seq', 'embedding_rnn_decoder', 'embedding_rnn_seq2seq',
           'embedding_tied_rnn_seq2seq', 'one2many_rnn_seq2seq']


def best_symbol_embedded(embedding, output_projection=None, update_embedding=True):
    """A loop_function: the embedding of the most probable symbol of the output before."""
    def loop_function(prev, _):
        if output_projection is not None:
            prev = nn_ops.xw_plus_b(prev, output_projection[0], output_projection[1])
        embedded = embedding_ops.embedding_lookup(embedding, math_ops.argmax(prev, 1))
        return embedded if update_embedding else array_ops.stop_gradient(embedded)
    return loop_function


def check_projection(output_projection, num_symbols, dtype, weights_too=True):
    """ValueError: the shapes of the projection don't fit `num_symbols`."""
    if output_projection is None:
        return
    if weights_too:
        weights = ops.convert_to_tensor(output_projection[0], dtype=dtype)
        weights.get_shape().assert_is_compatible_with([None, num_symbols])
    biases = ops.convert_to_tensor(output_projection[1], dtype=dtype)
    biases.get_shape().assert_is_compatible_with([num_symbols])


def fed_previous_or_not(feed_previous, decoder, num_outputs, structure):
    """(outputs, state) of decoder(bool) in both branches of a cond on a tensor; the second reuses the variables."""
    def branch(feeds):
        scope = variable_scope.get_variable_scope()
        with variable_scope.variable_scope(scope, reuse=None if feeds else True):
            outputs, state = decoder(feeds)
        return outputs + (nest.flatten(state) if nest.is_sequence(state) else [state])

    results = control_flow_ops.cond(feed_previous, lambda: branch(True), lambda: branch(False))
    outputs, parts = results[:num_outputs], results[num_outputs:]
    structure = structure() if callable(structure) else structure
    if nest.is_sequence(structure):
        return outputs, nest.pack_sequence_as(structure=structure, flat_sequence=parts)
    return outputs, parts[0]


def rnn_decoder(decoder_inputs, initial_state, cell, loop_function=None, scope=None):
    """(outputs, state) of a cell; with loop_function(previous output, i) in place of all inputs but the first."""
    with variable_scope.variable_scope(scope or 'rnn_decoder'):
        state, outputs, prev = initial_state, [], None
        for i, inputs in enumerate(decoder_inputs):
            if loop_function is not None and prev is not None:
                with variable_scope.variable_scope('loop_function', reuse=True):
                    inputs = loop_function(prev, i)
            if i > 0:
                variable_scope.get_variable_scope().reuse_variables()
            output, state = cell(inputs, state)
            outputs.append(output)
            if loop_function is not None:
                prev = output
    return outputs, state


def basic_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, dtype=dtypes.float32, scope=None):
    """An encoder and a decoder with variables of their own."""
    with variable_scope.variable_scope(scope or 'basic_rnn_seq2seq'):
        _, state = rnn.static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, loop_function=None, dtype=dtypes.float32, scope=None):
    """An encoder and a decoder that share their variables."""
    with variable_scope.variable_scope('combined_tied_rnn_seq2seq'):
        scope = scope or 'tied_rnn_seq2seq'
        _, state = rnn.static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
        variable_scope.get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function=loop_function, scope=scope)


def embedding_rnn_decoder(decoder_inputs, initial_state, cell, num_symbols, embedding_size, output_projection=None,
                          feed_previous=False, update_embedding_for_previous=True, scope=None):
    """rnn_decoder of embedded symbols; with `feed_previous` each input is the symbol decoded before."""
    with variable_scope.variable_scope(scope or 'embedding_rnn_decoder') as scope:
        check_projection(output_projection, num_symbols, scope.dtype)
        embedding = variable_scope.get_variable('embedding', [num_symbols, embedding_size])
        loop_function = None
        if feed_previous:
            loop_function = best_symbol_embedded(embedding, output_projection, update_embedding_for_previous)
        embedded = (embedding_ops.embedding_lookup(embedding, symbols) for symbols in decoder_inputs)
        return rnn_decoder(embedded, initial_state, cell, loop_function=loop_function)


def embedding_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, num_encoder_symbols, num_decoder_symbols, embedding_size,
                          output_projection=None, feed_previous=False, dtype=None, scope=None):
    """From symbols to symbols; `feed_previous` is a bool or a bool tensor."""
    with variable_scope.variable_scope(scope or 'embedding_rnn_seq2seq') as scope:
        if dtype is not None:
            scope.set_dtype(dtype)
        else:
            dtype = scope.dtype
        encoder_cell = core_rnn_cell.EmbeddingWrapper(copy.deepcopy(cell), embedding_classes=num_encoder_symbols,
                                                      embedding_size=embedding_size)
        _, encoder_state = rnn.static_rnn(encoder_cell, encoder_inputs, dtype=dtype)
        if output_projection is None:
            cell = core_rnn_cell.OutputProjectionWrapper(cell, num_decoder_symbols)

        def decoder(feeds, **options):
            return embedding_rnn_decoder(decoder_inputs, encoder_state, cell, num_decoder_symbols, embedding_size,
                                         output_projection=output_projection, feed_previous=feeds, **options)

        if isinstance(feed_previous, bool):
            return decoder(feed_previous)
        return fed_previous_or_not(feed_previous, lambda feeds: decoder(feeds, update_embedding_for_previous=False),
                                   len(decoder_inputs), encoder_state)


def embedding_tied_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, num_symbols, embedding_size, num_decoder_symbols=None,
                               output_projection=None, feed_previous=False, dtype=None, scope=None):
    """From symbols to symbols of one vocabulary: embedding and cell are shared."""
    with variable_scope.variable_scope(scope or 'embedding_tied_rnn_seq2seq', dtype=dtype) as scope:
        dtype = scope.dtype
        check_projection(output_projection, num_symbols, dtype)
        embedding = variable_scope.get_variable('embedding', [num_symbols, embedding_size], dtype=dtype)
        embedded, embedded_outputs = [[embedding_ops.embedding_lookup(embedding, symbols) for symbols in inputs]
                                      for inputs in (encoder_inputs, decoder_inputs)]
        if output_projection is None:
            cell = core_rnn_cell.OutputProjectionWrapper(
                cell, num_symbols if num_decoder_symbols is None else num_decoder_symbols)

        def decoder(feeds, update_embedding):
            loop_function = best_symbol_embedded(embedding, output_projection, update_embedding) if feeds else None
            return tied_rnn_seq2seq(embedded, embedded_outputs, cell, loop_function=loop_function, dtype=dtype)

        if isinstance(feed_previous, bool):
            return decoder(feed_previous, True)

        def zero_state():
            batch_size = encoder_inputs[0].get_shape()[0]
            for inputs in encoder_inputs[1:]:
                batch_size.merge_with(inputs.get_shape()[0])
            size = batch_size.value
            return cell.zero_state(array_ops.shape(encoder_inputs[0])[0] if size is None else size, dtype)

        return fed_previous_or_not(feed_previous, lambda feeds: decoder(feeds, False), len(decoder_inputs), zero_state)


def one2many_rnn_seq2seq(encoder_inputs, decoder_inputs_dict, enc_cell, dec_cells_dict, num_encoder_symbols,
                         num_decoder_symbols_dict, embedding_size, feed_previous=False, dtype=None, scope=None):
    """One encoder and several decoders, by name."""
    if not isinstance(enc_cell, rnn_cell_impl.RNNCell):
        raise TypeError('enc_cell is not an RNNCell: %s' % type(enc_cell))
    if set(dec_cells_dict) != set(decoder_inputs_dict):
        raise ValueError('keys of dec_cells_dict != keys of decodre_inputs_dict')
    for cell in dec_cells_dict.values():
        if not isinstance(cell, rnn_cell_impl.RNNCell):
            raise TypeError('dec_cell is not an RNNCell: %s' % type(cell))
    outputs_dict, state_dict = {}, {}
    with variable_scope.variable_scope(scope or 'one2many_rnn_seq2seq', dtype=dtype) as scope:
        enc_cell = core_rnn_cell.EmbeddingWrapper(enc_cell, embedding_classes=num_encoder_symbols,
                                                  embedding_size=embedding_size)
        _, encoder_state = rnn.static_rnn(enc_cell, encoder_inputs, dtype=scope.dtype)
        for name, decoder_inputs in decoder_inputs_dict.items():
            num_symbols = num_decoder_symbols_dict[name]
            with variable_scope.variable_scope('one2many_decoder_' + str(name)):
                cell = core_rnn_cell.OutputProjectionWrapper(dec_cells_dict[name], num_symbols)

                def decoder(feeds, decoder_inputs=decoder_inputs, cell=cell, num_symbols=num_symbols):
                    return embedding_rnn_decoder(decoder_inputs, encoder_state, cell, num_symbols, embedding_size,
                                                 feed_previous=feeds)

                if isinstance(feed_previous, bool):
                    result = decoder(feed_previous)
                else:
                    result = fed_previous_or_not(feed_previous, decoder, len(decoder_inputs), encoder_state)
            outputs_dict[name], state_dict[name] = result
    return outputs_dict, state_dict
