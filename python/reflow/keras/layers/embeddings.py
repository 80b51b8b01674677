"""Vectors for numbers."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.keras import backend as K
from reflow.keras import regularizers
from reflow.keras.engine import arguments
from reflow.keras.engine.base_layer import Layer
from reflow.ops import embedding_ops
from reflow.ops import math_ops


class Embedding(Layer):
    """A vector of `output_dim` for each number below `input_dim`."""

    def __init__(self, input_dim, output_dim, embeddings_initializer='uniform', embeddings_regularizer=None,
                 activity_regularizer=None, embeddings_constraint=None, mask_zero=False, input_length=None, **kwargs):
        if 'input_shape' not in kwargs and 'batch_input_shape' not in kwargs:
            if input_length:
                kwargs['input_shape'] = tuple(input_length) if isinstance(input_length, (list, tuple)) else (input_length,)
            else:
                kwargs['input_shape'] = (None,)
        dtype = kwargs.pop('dtype', K.floatx())
        super().__init__(dtype=dtype, activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        arguments.keep(self, input_dim=input_dim, output_dim=output_dim, embeddings_initializer=embeddings_initializer,
                       embeddings_regularizer=embeddings_regularizer, embeddings_constraint=embeddings_constraint,
                       mask_zero=mask_zero, supports_masking=mask_zero, input_length=input_length)

    def build(self, input_shape):
        """Makes the vectors."""
        self.embeddings = self.add_weight(
            shape=(self.input_dim, self.output_dim), initializer=self.embeddings_initializer, name='embeddings',
            regularizer=self.embeddings_regularizer, constraint=self.embeddings_constraint)
        self.built = True

    def compute_mask(self, inputs, mask=None):
        """Where inputs aren't 0."""
        return math_ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape):
        """With the vectors' dimension."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        if self.input_length is None:
            return tensor_shape.TensorShape(sizes + [self.output_dim])
        lengths = list(self.input_length) if isinstance(self.input_length, (list, tuple)) else [self.input_length]
        if len(lengths) != len(sizes) - 1:
            raise ValueError('"input_length" is %s, but received input has shape %s' % (self.input_length, tuple(sizes)))
        for i, (length, size) in enumerate(zip(lengths, sizes[1:])):
            if length is not None and size is not None and length != size:
                raise ValueError('"input_length" is %s, but received input has shape %s' % (self.input_length, tuple(sizes)))
            if length is None:
                lengths[i] = size
        return tensor_shape.TensorShape([sizes[0]] + lengths + [self.output_dim])

    def call(self, inputs):
        """The vectors of the inputs."""
        if ops.convert_to_tensor(inputs).dtype.base_dtype not in (dtypes.int32, dtypes.int64):
            inputs = math_ops.cast(inputs, 'int32')
        return embedding_ops.embedding_lookup(self.embeddings, inputs)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('input_dim', 'output_dim', *arguments.of_weights('embeddings', activity=True), 'mask_zero',
                            'input_length')


Embedding.__module__ = 'tensorflow.python.keras.layers.embeddings'
