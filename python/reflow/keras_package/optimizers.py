"""The package's optimizers: other defaults, and gradients that are clipped by the norm of all of them."""

import numpy as np

from reflow.keras import backend as K
from reflow.keras import optimizers as tf_keras_optimizers
from reflow.keras.optimizer_v2 import adadelta
from reflow.keras.optimizer_v2 import adagrad
from reflow.keras.optimizer_v2 import adam
from reflow.keras.optimizer_v2 import adamax
from reflow.keras.optimizer_v2 import gradient_descent
from reflow.keras.optimizer_v2 import nadam
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.keras.optimizer_v2 import rmsprop
from reflow.keras.optimizers import TFOptimizer  # noqa: F401
from reflow.keras.utils.generic_utils import as_config, deserialize_keras_object, serialize_keras_object
from reflow.ops import array_ops
from reflow.ops import math_ops


def _clipped(optimizer, grads):
    """The gradients as the optimizer's clipnorm and clipvalue have them."""
    clipnorm = getattr(optimizer, 'clipnorm', 0)
    if clipnorm > 0:
        norm = K.sqrt(sum(math_ops.reduce_sum(math_ops.square(getattr(g, 'values', g))) for g in grads))
        factor = array_ops.where(norm >= clipnorm, clipnorm / norm, array_ops.ones_like(norm))
        grads = [g * factor for g in grads]
    clipvalue = getattr(optimizer, 'clipvalue', 0)
    if clipvalue > 0:
        grads = [K.clip(g, -clipvalue, clipvalue) for g in grads]
    return grads


class Optimizer(tf_keras_optimizers.Optimizer):
    """The base of optimizers: programs derive theirs from it and write get_updates."""

    def _clipped(self, grads):
        return _clipped(self, grads)

    @staticmethod
    def _check_clipping(name, value):
        """The package takes any."""

    @property
    def lr(self):
        """learning_rate by its old name."""
        return self.learning_rate


class _OwnOptimizer(optimizer_v2.OptimizerV2, Optimizer):
    """The base of the package's own optimizers."""

    _arguments_of_tf_keras = ('name',)
    _plain_arguments = ()  # numbers that are no variables in the package
    _iterations_then = None

    @property
    def iterations(self):
        """How often gradients were applied; a variable. Updates take what it is after them, as the package's do."""
        return optimizer_v2.OptimizerV2.iterations.fget(self) if self._iterations_then is None else self._iterations_then

    @iterations.setter
    def iterations(self, variable):
        optimizer_v2.OptimizerV2.iterations.fset(self, variable)

    @property
    def weights(self):
        """The iterations and the slots, or what get_updates of a program's class has set."""
        return self._weights

    @weights.setter
    def weights(self, variables):
        self._weights = list(variables)

    def _prepare(self, var_list):
        self._iterations_then = self.iterations + 1
        try:
            return super()._prepare(var_list)
        finally:
            self._iterations_then = None

    def _clipped(self, grads):
        return _clipped(self, grads)

    def set_weights(self, weights):
        """Gives `weights` values."""
        tf_keras_optimizers.Optimizer.set_weights(self, self._weights_of_keras(weights))

    def get_config(self):
        """The arguments of the constructor; those that are variables have the precision of floatx."""
        config = {name: value for name, value in super().get_config().items() if name not in self._arguments_of_tf_keras}
        for name in set(config) & set(self._hyper) - set(self._plain_arguments):
            config[name] = float(np.asarray(config[name], K.floatx()))
        return config


def _without_none(kwargs):
    """epsilon=None stands for the default."""
    return {key: value for key, value in kwargs.items() if value is not None or key != 'epsilon'}


class SGD(_OwnOptimizer, gradient_descent.SGD):
    """Gradient descent."""

    def __init__(self, learning_rate=0.01, momentum=0., nesterov=False, **kwargs):
        gradient_descent.SGD.__init__(self, learning_rate, momentum, nesterov, **kwargs)
        self._momentum = True  # the package has moments without momentum too


class RMSprop(_OwnOptimizer, rmsprop.RMSprop):
    """Divides gradients by the root of a moving average of their squares."""

    _arguments_of_tf_keras = ('name', 'momentum', 'centered')

    def __init__(self, learning_rate=0.001, rho=0.9, **kwargs):
        rmsprop.RMSprop.__init__(self, learning_rate, rho, **_without_none(kwargs))


class Adagrad(_OwnOptimizer, adagrad.Adagrad):
    """Divides gradients by the root of the sum of their squares."""

    _arguments_of_tf_keras = ('name', 'initial_accumulator_value')

    def __init__(self, learning_rate=0.01, **kwargs):
        kwargs = _without_none(kwargs)
        kwargs.setdefault('initial_accumulator_value', 0.)
        adagrad.Adagrad.__init__(self, learning_rate, **kwargs)


class Adadelta(_OwnOptimizer, adadelta.Adadelta):
    """Scales gradients by moving averages of squares of updates and gradients."""

    _plain_arguments = ('rho',)

    def __init__(self, learning_rate=1.0, rho=0.95, **kwargs):
        adadelta.Adadelta.__init__(self, learning_rate, rho, **_without_none(kwargs))


class Adam(_OwnOptimizer, adam.Adam):
    """Adam."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, amsgrad=False, **kwargs):
        adam.Adam.__init__(self, learning_rate, beta_1, beta_2, amsgrad=amsgrad, **_without_none(kwargs))
        self._has_vhats = amsgrad

    def _create_slots(self, var_list):
        super()._create_slots(var_list)
        if not self._has_vhats:
            self._has_vhats = True
            self._weights += [self.add_weight('vhat_%d' % i, (1,), var.dtype.base_dtype, trainable=False)
                              for i, var in enumerate(var_list)]

    def _weights_of_keras(self, weights):
        """All of them: the package has a `vhat`, which is no slot, without amsgrad too."""
        return weights


class Adamax(_OwnOptimizer, adamax.Adamax):
    """Adam with the maximum norm."""

    def __init__(self, learning_rate=0.002, beta_1=0.9, beta_2=0.999, **kwargs):
        adamax.Adamax.__init__(self, learning_rate, beta_1, beta_2, **_without_none(kwargs))


class Nadam(_OwnOptimizer, nadam.Nadam):
    """Adam with Nesterov's momentum."""

    _plain_arguments = ('decay',)

    def __init__(self, learning_rate=0.002, beta_1=0.9, beta_2=0.999, **kwargs):
        nadam.Nadam.__init__(self, learning_rate, beta_1, beta_2, **_without_none(kwargs))

    def get_config(self):
        """The arguments of the constructor."""
        config = super().get_config()
        config['schedule_decay'] = config.pop('decay')
        return config


_CLASSES = {cls.__name__.lower(): cls for cls in (SGD, RMSprop, Adagrad, Adadelta, Adam, Adamax, Nadam)}


def serialize(optimizer):
    """The class and the arguments of an optimizer."""
    return serialize_keras_object(optimizer)


def deserialize(config, custom_objects=None):
    """The optimizer of what serialize gives."""
    if config['class_name'].lower() in _CLASSES:
        config = dict(config, class_name=config['class_name'].lower())
    return deserialize_keras_object(config, module_objects=_CLASSES, custom_objects=custom_objects,
                                    printable_module_name='optimizer')


def get(identifier):
    """The optimizer: a name, a configuration, an optimizer of Keras or of tf.train."""
    if isinstance(identifier, (dict, str)):
        return deserialize(as_config(identifier))
    return tf_keras_optimizers.get(identifier)


for _class in (Optimizer, SGD, RMSprop, Adagrad, Adadelta, Adam, Adamax, Nadam):
    _class.__module__ = 'keras.optimizers'
