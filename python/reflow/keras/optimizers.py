"""Optimizers by name; optimizers of tf.train for models of Keras."""

from reflow.distribute import distribution_strategy_context as contexts
from reflow.framework import ops
from reflow.keras import backend
from reflow.keras import backend_session
from reflow.keras.optimizer_v2 import adadelta
from reflow.keras.optimizer_v2 import adagrad
from reflow.keras.optimizer_v2 import adam
from reflow.keras.optimizer_v2 import adamax
from reflow.keras.optimizer_v2 import ftrl
from reflow.keras.optimizer_v2 import gradient_descent
from reflow.keras.optimizer_v2 import nadam
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.keras.optimizer_v2 import rmsprop
from reflow.keras.utils.generic_utils import as_config, deserialize_keras_object, serialize_keras_object
from reflow.names.packages import lazy_modules
from reflow.training import optimizer as tf_optimizer
from reflow.training.tracking import base as trackable

_CLASSES = {'adadelta': adadelta.Adadelta, 'adagrad': adagrad.Adagrad, 'adam': adam.Adam, 'adamax': adamax.Adamax,
            'nadam': nadam.Nadam, 'rmsprop': rmsprop.RMSprop, 'sgd': gradient_descent.SGD, 'ftrl': ftrl.Ftrl}


class Optimizer:
    """The base of optimizers of programs, whose get_updates makes the operations of a step and sets `weights`."""

    def __init__(self, **kwargs):
        for name, value in kwargs.items():
            if name not in ('clipnorm', 'clipvalue'):
                raise TypeError('Unexpected keyword argument passed to optimizer: ' + str(name))
            self._check_clipping(name, value)
        self.__dict__.update(kwargs)
        self.updates = []  # the operations of a step
        self.weights = []  # the variables that files of models keep

    @staticmethod
    def _check_clipping(name, value):
        if value < 0:
            raise ValueError('Expected {} >= 0, received: {}'.format(name, value))

    def get_updates(self, loss, params):
        """The operations that lower a loss."""
        raise NotImplementedError

    def get_gradients(self, loss, params):
        """The gradients of a loss, clipped."""
        grads = backend.gradients(loss, params)
        if any(grad is None for grad in grads):
            raise ValueError(self._no_gradient)
        return self._clipped(grads)

    _no_gradient = ('An operation has `None` for gradient. Please make sure that all of your ops have a gradient defined '
                    '(i.e. are differentiable). Common ops without gradient: K.argmax, K.round, K.eval.')

    _clipped = optimizer_v2.OptimizerV2._clipped

    def set_weights(self, weights):
        """Gives `weights` values. ValueError: not as many, or of other shapes."""
        params = self.weights
        if len(params) != len(weights):
            raise ValueError('Length of the specified weight list (' + str(len(weights)) +
                             ') does not match the number of weights of the optimizer (' + str(len(params)) + ')')
        for param, weight in zip(params, weights):
            shape = tuple(param.shape.as_list())
            if shape != weight.shape:
                raise ValueError('Optimizer weight shape ' + str(shape) + ' not compatible with provided weight shape ' +
                                 str(weight.shape))
        backend_session.batch_set_value(list(zip(params, weights)))

    def get_weights(self):
        """The values of `weights`."""
        return backend_session.batch_get_value(self.weights)

    def _weights_for_files(self, params):
        """(name, value) of all that files of models have; `params`: what is trained."""
        return list(zip([weight.name for weight in self.weights], self.get_weights()))

    def get_config(self):
        """The arguments of the constructor."""
        return {name: getattr(self, name) for name in ('clipnorm', 'clipvalue') if hasattr(self, name)}

    @classmethod
    def from_config(cls, config):
        """The optimizer with the arguments of get_config."""
        return cls(**config)


class TFOptimizer(trackable.Trackable):
    """An optimizer of tf.train."""

    def __init__(self, optimizer, iterations=None):
        self.optimizer = optimizer
        self._track_trackable(optimizer, name='optimizer')
        if iterations is None:
            with ops.name_scope(type(self).__name__):
                iterations = backend_session.variable(0, dtype='int64', name='iterations')
        self.iterations = iterations  # how often gradients were applied; a variable
        self._track_trackable(iterations, name='global_step')

    def get_grads(self, loss, params):
        """The gradients of a loss."""
        return self.optimizer.compute_gradients(loss, params)

    def get_updates(self, loss, params):
        """The operations that lower a loss."""
        with contexts.as_one_replica():
            grads = self.optimizer.compute_gradients(loss, params)
            update = self.optimizer.apply_gradients(grads, global_step=self.iterations)
        for variable in self.optimizer.variables():
            backend_session.track_variable(variable)
        return [update]

    def apply_gradients(self, grads):
        """The operation that applies gradients."""
        with contexts.as_one_replica():
            return self.optimizer.apply_gradients(grads, global_step=self.iterations)

    @property
    def weights(self):
        """The values of an optimizer of tf.train have no order."""
        raise NotImplementedError

    def get_config(self):
        """It has none."""
        raise NotImplementedError

    def from_config(self, config):
        """It has none."""
        raise NotImplementedError


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
    if isinstance(identifier, (Optimizer, optimizer_v2.OptimizerV2, TFOptimizer)):
        return identifier
    if isinstance(identifier, tf_optimizer.Optimizer):
        return TFOptimizer(identifier)
    if isinstance(identifier, (dict, str)):
        return deserialize(as_config(identifier))
    raise ValueError('Could not interpret optimizer identifier:', identifier)


for _class in (Optimizer, TFOptimizer):
    _class.__module__ = 'tensorflow.python.keras.optimizers'


# What TensorFlow has here and programs import, and Reflow elsewhere.
__getattr__ = lazy_modules(__spec__.name, 'keras.optimizers')
