"""Layers that add noise while training."""

import numpy as np

from reflow.keras import backend as K
from reflow.keras.engine.base_layer import Layer
from reflow.ops import array_ops
from reflow.ops import math_ops


class GaussianNoise(Layer):
    """Adds normal noise."""

    def __init__(self, stddev, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.stddev = stddev

    def call(self, inputs, training=None):
        """The outputs."""
        def noised():
            return inputs + K.random_normal(shape=array_ops.shape(inputs), mean=0., stddev=self.stddev)

        return K.in_train_phase(noised, inputs, training=training)

    def compute_output_shape(self, input_shape):
        """The same."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('stddev')


class GaussianDropout(Layer):
    """Multiplies by normal noise with mean 1."""

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.rate = rate

    def call(self, inputs, training=None):
        """The outputs."""
        if not 0 < self.rate < 1:
            return inputs

        def noised():
            stddev = np.sqrt(self.rate / (1.0 - self.rate))
            return inputs * K.random_normal(shape=array_ops.shape(inputs), mean=1.0, stddev=stddev)

        return K.in_train_phase(noised, inputs, training=training)

    def compute_output_shape(self, input_shape):
        """The same."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('rate')


class AlphaDropout(Layer):
    """Dropout that keeps mean and variance of SELU's outputs (Klambauer et al., arXiv 1706.02515)."""

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed
        self.supports_masking = True

    def call(self, inputs, training=None):
        """The outputs."""
        if not 0. < self.rate < 1.:
            return inputs
        noise_shape = self.noise_shape if self.noise_shape else array_ops.shape(inputs)

        def dropped():
            alpha_p = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946
            kept = math_ops.greater_equal(K.random_uniform(noise_shape, seed=self.seed), self.rate)
            kept = math_ops.cast(kept, K.floatx())
            a = ((1 - self.rate) * (1 + self.rate * alpha_p ** 2)) ** -0.5
            b = -a * alpha_p * self.rate
            return a * (inputs * kept + alpha_p * (1 - kept)) + b

        return K.in_train_phase(dropped, inputs, training=training)

    def compute_output_shape(self, input_shape):
        """The same."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('rate')


for _class in (GaussianNoise, GaussianDropout, AlphaDropout):
    _class.__module__ = 'tensorflow.python.keras.layers.noise'
