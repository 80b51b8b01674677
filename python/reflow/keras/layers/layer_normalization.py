"""Layer normalisation (Ba, Kiros and Hinton, arXiv 1607.06450)."""

from reflow.framework import tensor_shape
from reflow.keras.engine import arguments
from reflow.keras.engine.base_layer import Layer
from reflow.ops import array_ops
from reflow.ops import nn


class LayerNormalization(Layer):
    """Normalises each sample with its own mean and variance."""

    def __init__(self, axis=-1, epsilon=1e-3, center=True, scale=True, beta_initializer='zeros', gamma_initializer='ones',
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, trainable=True,
                 name=None, **kwargs):
        super().__init__(name=name, trainable=trainable, **kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise ValueError('Expected an int or a list/tuple of ints for the argument \'axis\', but received instead: %s' %
                             axis)
        self.axis = axis if isinstance(axis, int) else list(axis)
        arguments.keep(self, epsilon=epsilon, center=center, scale=scale, beta_initializer=beta_initializer,
                       gamma_initializer=gamma_initializer, beta_regularizer=beta_regularizer,
                       gamma_regularizer=gamma_regularizer, beta_constraint=beta_constraint,
                       gamma_constraint=gamma_constraint)
        self.supports_masking = True

    def build(self, input_shape):
        """Makes gamma and beta."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        ndims = len(sizes)
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        self.axis = [axis + ndims if axis < 0 else axis for axis in axes]
        for axis in self.axis:
            if axis < 0 or axis >= ndims:
                raise ValueError('Invalid axis: %d' % axis)
        if len(self.axis) != len(set(self.axis)):
            raise ValueError('Duplicate axis: {}'.format(tuple(self.axis)))
        shape = [sizes[axis] for axis in self.axis]
        for name, is_wanted in (('gamma', self.scale), ('beta', self.center)):
            setattr(self, name, self.add_weight(
                name=name, shape=shape, initializer=getattr(self, name + '_initializer'),
                regularizer=getattr(self, name + '_regularizer'), constraint=getattr(self, name + '_constraint'),
                trainable=True) if is_wanted else None)
        self.built = True

    def call(self, inputs):
        """The normalised inputs."""
        ndims = len(inputs.shape)
        mean, variance = nn.moments(inputs, self.axis, keep_dims=True)
        sizes = [1] * ndims
        for axis in self.axis:
            sizes[axis] = inputs.shape.dims[axis].value

        def broadcast(v):
            if v is not None and len(v.shape) != ndims and self.axis != [ndims - 1]:
                return array_ops.reshape(v, sizes)
            return v

        outputs = nn.batch_normalization(inputs, mean, variance, offset=broadcast(self.beta), scale=broadcast(self.gamma),
                                         variance_epsilon=self.epsilon)
        outputs.set_shape(inputs.shape)
        return outputs

    def compute_output_shape(self, input_shape):
        """The same."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('axis', 'epsilon', 'center', 'scale', *arguments.of_weights('beta', 'gamma'))


LayerNormalization.__module__ = 'tensorflow.python.keras.layers.normalization'
