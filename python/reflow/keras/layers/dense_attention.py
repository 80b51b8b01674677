"""Attention to the steps of a sequence."""

from reflow.framework import tensor_shape
from reflow.keras import backend as K
from reflow.keras.engine.base_layer import Layer
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn


class _Attention(Layer):
    """Weighted means of values [batch, Tv, dim], by scores of queries [batch, Tq, dim] and keys."""

    def __init__(self, causal=False, **kwargs):
        super().__init__(**kwargs)
        self.causal = causal
        self.supports_masking = True

    def _calculate_scores(self, query, key):
        raise NotImplementedError

    def _apply_scores(self, scores, value, scores_mask=None):
        if scores_mask is not None:
            scores -= 1.e9 * math_ops.cast(math_ops.logical_not(scores_mask), dtype=K.floatx())
        return math_ops.matmul(nn.softmax(scores), value)

    def call(self, inputs, mask=None):
        """The weighted means."""
        self._check(inputs, mask)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask = mask[0] if mask else None
        value_mask = mask[1] if mask else None
        scores = self._calculate_scores(query=query, key=key)
        masks = [] if value_mask is None else [array_ops.expand_dims(value_mask, axis=-2)]
        if self.causal:
            shape = array_ops.shape(scores)
            ones = array_ops.ones(array_ops.concat([array_ops.ones_like(shape[:-2]), shape[-2:]], axis=0), dtype='int32')
            masks.append(math_ops.greater_equal(math_ops.cumsum(ones, axis=-2), math_ops.cumsum(ones, axis=-1)))
        scores_mask = None
        for each in masks:
            scores_mask = each if scores_mask is None else math_ops.logical_and(scores_mask, each)
        result = self._apply_scores(scores=scores, value=value, scores_mask=scores_mask)
        if query_mask is not None:
            result *= math_ops.cast(array_ops.expand_dims(query_mask, axis=-1), dtype=result.dtype)
        return result

    def _check(self, inputs, mask):
        name = type(self).__name__
        if not isinstance(inputs, list):
            raise ValueError('{} layer must be called on a list of inputs, namely [query, value] or [query, value, '
                             'key].'.format(name))
        if len(inputs) < 2 or len(inputs) > 3:
            raise ValueError('{} layer accepts inputs list of length 2 or 3, namely [query, value] or [query, value, key]. '
                             'Given length: {}'.format(name, len(inputs)))
        if mask:
            if not isinstance(mask, list):
                raise ValueError('{} layer mask must be a list, namely [query_mask, value_mask].'.format(name))
            if len(mask) < 2 or len(mask) > len(inputs):
                raise ValueError('{} layer mask must be a list of length 2, namely [query_mask, value_mask]. Given length: '
                                 '{}'.format(name, len(mask)))

    def compute_mask(self, inputs, mask=None):
        """The queries' mask."""
        if mask and mask[0] is not None:
            return mask[0]
        return None

    def compute_output_shape(self, input_shape):
        """[batch, Tq, dim of the values]"""
        query, value = (tensor_shape.TensorShape(each).as_list() for each in input_shape[:2])
        return tensor_shape.TensorShape(query[:-1] + value[-1:])

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('causal')


class Attention(_Attention):
    """Attention by products (Luong)."""

    def __init__(self, use_scale=False, **kwargs):
        super().__init__(**kwargs)
        self.use_scale = use_scale

    def build(self, input_shape):
        """Makes the scale."""
        self.scale = self.add_weight(name='scale', shape=(), initializer=init_ops.Ones(), dtype=self.dtype,
                                     trainable=True) if self.use_scale else None
        super().build(input_shape)

    def _calculate_scores(self, query, key):
        scores = math_ops.matmul(query, key, transpose_b=True)
        return scores if self.scale is None else scores * self.scale

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), use_scale=self.use_scale)


class AdditiveAttention(_Attention):
    """Attention by sums (Bahdanau)."""

    def __init__(self, use_scale=True, **kwargs):
        super().__init__(**kwargs)
        self.use_scale = use_scale

    def build(self, input_shape):
        """Makes the scale."""
        dim = tensor_shape.dimension_value(tensor_shape.TensorShape(input_shape[1])[-1])
        self.scale = self.add_weight(name='scale', shape=[dim], initializer=init_ops.GlorotUniform(), dtype=self.dtype,
                                     trainable=True) if self.use_scale else 1.
        super().build(input_shape)

    def _calculate_scores(self, query, key):
        query = array_ops.expand_dims(query, axis=-2)
        key = array_ops.expand_dims(key, axis=-3)
        return math_ops.reduce_sum(self.scale * math_ops.tanh(query + key), axis=-1)

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), use_scale=self.use_scale)


for _class in (Attention, AdditiveAttention):
    _class.__module__ = 'tensorflow.python.keras.layers.dense_attention'
