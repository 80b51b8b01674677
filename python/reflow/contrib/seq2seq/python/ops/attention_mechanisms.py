"""Attention: how a query weighs the rows of a memory."""

import math

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.keras.engine import base_layer
from reflow.layers import core as layers_core
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import clip_ops
from reflow.ops import functional_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import random_ops
from reflow.ops import variable_scope
from reflow.ops.rnn_cell_base import _zero_state_tensors
from reflow.util import nest
from reflow.util.shown_attributes import shown

__all__ = ['AttentionMechanism', 'LuongAttention', 'BahdanauAttention', 'safe_cumprod', 'monotonic_attention',
           'BahdanauMonotonicAttention', 'LuongMonotonicAttention']


class AttentionMechanism:
    """The base class of attention."""

    @property
    def alignments_size(self):
        """The number of rows of the memory."""
        raise NotImplementedError

    @property
    def state_size(self):
        """The size of the state."""
        raise NotImplementedError


def _size(tensor, axis):
    return tensor_shape.dimension_value(tensor.shape[axis]) or array_ops.shape(tensor)[axis]


def _prepare_memory(memory, memory_sequence_length=None, memory_mask=None, check_inner_dims_defined=True):
    """The memory with zeros beyond the lengths, or where the mask is 0."""
    memory = nest.map_structure(lambda m: ops.convert_to_tensor(m, name='memory'), memory)
    if memory_sequence_length is not None:
        memory_sequence_length = ops.convert_to_tensor(memory_sequence_length, name='memory_sequence_length')
    if check_inner_dims_defined:
        for m in nest.flatten(memory):
            if not m.get_shape()[2:].is_fully_defined():
                raise ValueError('Expected memory %s to have fully defined inner dims, but saw shape: %s' % (
                    m.name, m.get_shape()))
    _check_one_of(memory_sequence_length, memory_mask)
    if memory_sequence_length is None and memory_mask is None:
        return memory
    first = nest.flatten(memory)[0]
    if memory_mask is not None:
        mask = math_ops.cast(memory_mask, first.dtype)
    else:
        mask = array_ops.sequence_mask(memory_sequence_length, maxlen=array_ops.shape(first)[1], dtype=first.dtype)

    def masked(m):
        rank = m.get_shape().ndims
        extra_ones = array_ops.ones((rank if rank is not None else array_ops.rank(m)) - 2, dtype=dtypes.int32)
        return m * array_ops.reshape(mask, array_ops.concat((array_ops.shape(mask), extra_ones), 0))

    return nest.map_structure(masked, memory)


def _check_one_of(memory_sequence_length, memory_mask):
    if memory_sequence_length is not None and memory_mask is not None:
        raise ValueError("memory_sequence_length and memory_mask can't be provided at same time.")


def _maybe_mask_score(score, memory_sequence_length=None, memory_mask=None, score_mask_value=None):
    _check_one_of(memory_sequence_length, memory_mask)
    if memory_mask is not None:
        return array_ops.where(memory_mask, score, score_mask_value * array_ops.ones_like(score))
    if memory_sequence_length is None:
        return score
    with ops.control_dependencies([check_ops.assert_positive(
            memory_sequence_length, message='All values in memory_sequence_length must be greater than zero.')]):
        score_mask = array_ops.sequence_mask(memory_sequence_length, maxlen=array_ops.shape(score)[1])
    score_mask_values = score_mask_value * array_ops.ones_like(score)
    return array_ops.where(score_mask, score, score_mask_values)


def _check_layer(layer, name):
    if layer is not None and not isinstance(layer, base_layer.Layer):
        raise TypeError('%s is not a Layer: %s' % (name, type(layer).__name__))


class _BaseAttentionMechanism(AttentionMechanism):
    """Keeps the memory, and the keys that a layer makes of it."""

    def __init__(self, query_layer, memory, probability_fn, memory_sequence_length=None, memory_layer=None,
                 check_inner_dims_defined=True, score_mask_value=None, custom_key_value_fn=None, name=None):
        _check_layer(query_layer, 'query_layer')
        _check_layer(memory_layer, 'memory_layer')
        self._query_layer = query_layer
        self._memory_layer = memory_layer
        self.dtype = memory_layer.dtype
        if not callable(probability_fn):
            raise TypeError('probability_fn must be callable, saw type: %s' % type(probability_fn).__name__)
        if score_mask_value is None:
            score_mask_value = dtypes.as_dtype(self._memory_layer.dtype).as_numpy_dtype(-np.inf)
        self._probability_fn = lambda score, prev: probability_fn(
            _maybe_mask_score(score, memory_sequence_length, score_mask_value=score_mask_value), prev)
        with ops.name_scope(name, 'BaseAttentionMechanismInit', nest.flatten(memory)):
            self._values = _prepare_memory(memory, memory_sequence_length,
                                           check_inner_dims_defined=check_inner_dims_defined)
            self._keys = self.memory_layer(self._values) if self.memory_layer else self._values
            if custom_key_value_fn is not None:
                if not callable(custom_key_value_fn):
                    raise TypeError('custom_key_value_fn must be callable, saw type: %s' %
                                    type(custom_key_value_fn).__name__)
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            self._batch_size = _size(self._keys, 0)
            self._alignments_size = _size(self._keys, 1)

    memory_layer = shown('_memory_layer', 'The layer that makes the keys.')
    query_layer = shown('_query_layer', 'The layer that the query goes through, or None.')
    values = shown('_values', 'The memory.')
    keys = shown('_keys', 'The keys.')
    batch_size = shown('_batch_size', 'The size of the batch.')
    alignments_size = shown('_alignments_size', 'The number of rows of the memory.')
    state_size = shown('_alignments_size', 'That of alignments.')

    def initial_alignments(self, batch_size, dtype):
        """Zeros."""
        return _zero_state_tensors(self._alignments_size, batch_size, dtype)

    def initial_state(self, batch_size, dtype):
        """initial_alignments."""
        return self.initial_alignments(batch_size, dtype)


def _luong_score(query, keys, scale):
    depth, key_units = query.get_shape()[-1], keys.get_shape()[-1]
    if depth != key_units:
        raise ValueError(
            "Incompatible or unknown inner dimensions between query and keys.  Query (%s) has units: %s.  Keys (%s) have "
            "units: %s.  Perhaps you need to set num_units to the keys' dimension (%s)?" % (
                query, depth, keys, key_units, key_units))
    query = array_ops.expand_dims(query, 1)
    score = array_ops.squeeze(math_ops.matmul(query, keys, transpose_b=True), [1])
    return score if scale is None else scale * score


def _bahdanau_score(processed_query, keys, attention_v, attention_g=None, attention_b=None):
    """[batch, rows]: `attention_v` times the hidden layer; with a length and a bias, its direction times the length."""
    processed_query = array_ops.expand_dims(processed_query, 1)
    if attention_g is None or attention_b is None:
        return math_ops.reduce_sum(attention_v * math_ops.tanh(keys + processed_query), [2])
    weights = attention_g * attention_v * math_ops.rsqrt(math_ops.reduce_sum(math_ops.square(attention_v)))
    return math_ops.reduce_sum(weights * math_ops.tanh(keys + processed_query + attention_b), [2])


def _memory_layer(num_units, dtype):
    return layers_core.Dense(num_units, name='memory_layer', use_bias=False, dtype=dtype)


def _query_layer(num_units, dtype):
    return layers_core.Dense(num_units, name='query_layer', use_bias=False, dtype=dtype)


def _of_scores(probability_fn):
    """Of scores and the alignments before the alignments; softmax by default."""
    function = nn_ops.softmax if probability_fn is None else probability_fn
    return lambda score, _: function(score)


class _Luong:
    """Scores that are products of query and keys, times a variable where `_scale` is set."""

    def _score(self, query):
        scale = None
        if self._scale:
            scale = variable_scope.get_variable('attention_g', shape=(), dtype=query.dtype,
                                                initializer=init_ops.ones_initializer)
        return _luong_score(query, self._keys, scale)


class LuongAttention(_Luong, _BaseAttentionMechanism):
    """Scores are products of query and keys. Luong and others, arXiv 1508.04025."""

    def __init__(self, num_units, memory, memory_sequence_length=None, scale=False, probability_fn=None,
                 score_mask_value=None, dtype=None, custom_key_value_fn=None, name='LuongAttention'):
        layer = _memory_layer(num_units, dtypes.float32 if dtype is None else dtype)
        super().__init__(None, memory, _of_scores(probability_fn), memory_sequence_length, layer,
                         score_mask_value=score_mask_value, custom_key_value_fn=custom_key_value_fn, name=name)
        self._num_units, self._scale, self._name = num_units, scale, name

    def __call__(self, query, state):
        """(alignments, next state)."""
        with variable_scope.variable_scope(None, 'luong_attention', [query]):
            score = self._score(query)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class _Bahdanau:
    """Scores of a small network of one hidden layer; where `_normalize` is set its weights are of length 1, times a
    variable."""

    def _score(self, query):
        hidden = self.query_layer(query) if self.query_layer else query
        weights = variable_scope.get_variable('attention_v', [self._num_units], dtype=query.dtype)
        length = bias = None
        if self._normalize:
            length = variable_scope.get_variable('attention_g', shape=(), dtype=query.dtype,
                                                 initializer=init_ops.constant_initializer(math.sqrt(1. / self._num_units)))
            bias = variable_scope.get_variable('attention_b', [self._num_units], dtype=query.dtype,
                                               initializer=init_ops.zeros_initializer())
        return _bahdanau_score(hidden, self._keys, weights, attention_g=length, attention_b=bias)


class BahdanauAttention(_Bahdanau, _BaseAttentionMechanism):
    """Scores are those of a small network. Bahdanau and others, arXiv 1409.0473."""

    def __init__(self, num_units, memory, memory_sequence_length=None, normalize=False, probability_fn=None,
                 score_mask_value=None, dtype=None, custom_key_value_fn=None, name='BahdanauAttention'):
        dtype = dtypes.float32 if dtype is None else dtype
        super().__init__(_query_layer(num_units, dtype), memory, _of_scores(probability_fn), memory_sequence_length,
                         _memory_layer(num_units, dtype), score_mask_value=score_mask_value,
                         custom_key_value_fn=custom_key_value_fn, name=name)
        self._num_units, self._normalize, self._name = num_units, normalize, name

    def __call__(self, query, state):
        """(alignments, next state)."""
        with variable_scope.variable_scope(None, 'bahdanau_attention', [query]):
            score = self._score(query)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


def safe_cumprod(x, *args, **kwargs):
    """cumprod of numbers of (0, 1], through logarithms: its gradient is finite."""
    with ops.name_scope(None, 'SafeCumprod', [x]):
        x = ops.convert_to_tensor(x, name='x')
        logs = math_ops.log(clip_ops.clip_by_value(x, np.finfo(x.dtype.as_numpy_dtype).tiny, 1))
        return math_ops.exp(math_ops.cumsum(logs, *args, **kwargs))


def _recursive_attention(choose, previous):
    """Row by row: what has come so far, less what the row before has taken, and what begins here."""
    batch_size = _size(choose, 0)
    passes_on = array_ops.concat([array_ops.ones((batch_size, 1)), 1 - choose[:, :-1]], 1)
    begins = array_ops.zeros((batch_size,))
    arrived = functional_ops.scan(
        lambda so_far, row: array_ops.reshape(row[0] * so_far + row[1], (batch_size,)),
        [array_ops.transpose(passes_on), array_ops.transpose(previous)], begins)
    return choose * array_ops.transpose(arrived)


def _parallel_attention(choose, previous):
    passes = safe_cumprod(1 - choose, axis=1, exclusive=True)
    stops = choose * passes
    return stops * math_ops.cumsum(previous / clip_ops.clip_by_value(passes, 1e-10, 1.), axis=1)


def _hard_attention(choose, previous):
    choose *= math_ops.cumsum(previous, axis=1)
    return choose * math_ops.cumprod(1 - choose, axis=1, exclusive=True)


_MODES = {'recursive': _recursive_attention, 'parallel': _parallel_attention, 'hard': _hard_attention}


def monotonic_attention(p_choose_i, previous_attention, mode):
    """Attention that only goes forward. Raffel and others, arXiv 1704.00784.

    Probabilities that each row of the memory is chosen, and the attention before: [batch, memory].
    """
    choose = ops.convert_to_tensor(p_choose_i, name='p_choose_i')
    previous = ops.convert_to_tensor(previous_attention, name='previous_attention')
    if mode not in _MODES:
        raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")
    return _MODES[mode](choose, previous)


class _BaseMonotonicAttentionMechanism(_BaseAttentionMechanism):
    """Begins at the first row of the memory. `noise`: (standard deviation, seed) of what is added to scores."""

    def __init__(self, query_layer, memory_layer, memory, memory_sequence_length, score_mask_value, noise, mode, name):
        def probabilities(score, previous):
            deviation, seed = noise
            if deviation > 0:
                score += deviation * random_ops.random_normal(array_ops.shape(score), dtype=score.dtype, seed=seed)
            choose = math_ops.cast(score > 0, score.dtype) if mode == 'hard' else math_ops.sigmoid(score)
            return monotonic_attention(choose, previous, mode)

        super().__init__(query_layer, memory, probabilities, memory_sequence_length, memory_layer,
                         score_mask_value=score_mask_value, name=name)

    def initial_alignments(self, batch_size, dtype):
        """1 for the first row and 0 for the others."""
        return array_ops.one_hot(array_ops.zeros((batch_size,), dtype=dtypes.int32), self._alignments_size, dtype=dtype)

    def _biased_score(self, query):
        score = self._score(query)
        return score + variable_scope.get_variable('attention_score_bias', dtype=score.dtype,
                                                   initializer=self._score_bias_init)


class BahdanauMonotonicAttention(_Bahdanau, _BaseMonotonicAttentionMechanism):
    """BahdanauAttention that only goes forward."""

    def __init__(self, num_units, memory, memory_sequence_length=None, normalize=False, score_mask_value=None,
                 sigmoid_noise=0., sigmoid_noise_seed=None, score_bias_init=0., mode='parallel', dtype=None,
                 name='BahdanauMonotonicAttention'):
        dtype = dtypes.float32 if dtype is None else dtype
        super().__init__(_query_layer(num_units, dtype), _memory_layer(num_units, dtype), memory, memory_sequence_length,
                         score_mask_value, (sigmoid_noise, sigmoid_noise_seed), mode, name)
        self._num_units, self._normalize, self._name = num_units, normalize, name
        self._score_bias_init = score_bias_init

    def __call__(self, query, state):
        """(alignments, next state)."""
        with variable_scope.variable_scope(None, 'bahdanau_monotonic_attention', [query]):
            score = self._biased_score(query)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class LuongMonotonicAttention(_Luong, _BaseMonotonicAttentionMechanism):
    """LuongAttention that only goes forward."""

    def __init__(self, num_units, memory, memory_sequence_length=None, scale=False, score_mask_value=None, sigmoid_noise=0.,
                 sigmoid_noise_seed=None, score_bias_init=0., mode='parallel', dtype=None, name='LuongMonotonicAttention'):
        layer = _memory_layer(num_units, dtypes.float32 if dtype is None else dtype)
        super().__init__(None, layer, memory, memory_sequence_length, score_mask_value, (sigmoid_noise, sigmoid_noise_seed),
                         mode, name)
        self._num_units, self._scale, self._name = num_units, scale, name
        self._score_bias_init = score_bias_init

    def __call__(self, query, state):
        """(alignments, next state)."""
        with variable_scope.variable_scope(None, 'luong_monotonic_attention', [query]):
            score = self._biased_score(query)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


for _class in (AttentionMechanism, LuongAttention, BahdanauAttention, BahdanauMonotonicAttention, LuongMonotonicAttention):
    _class.__module__ = 'tensorflow.contrib.seq2seq.python.ops.attention_wrapper'
