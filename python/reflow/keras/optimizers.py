"""Optimizers by name; optimizers of tf.train for models of Keras."""

from reflow.distribute import distribution_strategy_context as contexts
from reflow.framework import ops
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
from reflow.keras.utils.generic_utils import deserialize_keras_object, serialize_keras_object
from reflow.names.packages import lazy_modules
from reflow.training import optimizer as tf_optimizer
from reflow.training.tracking import base as trackable

_CLASSES = {'adadelta': adadelta.Adadelta, 'adagrad': adagrad.Adagrad, 'adam': adam.Adam, 'adamax': adamax.Adamax,
            'nadam': nadam.Nadam, 'rmsprop': rmsprop.RMSprop, 'sgd': gradient_descent.SGD, 'ftrl': ftrl.Ftrl}


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

    def _clip_gradients(self, grads):
        return grads

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
    if isinstance(identifier, (optimizer_v2.OptimizerV2, TFOptimizer)):
        return identifier
    if isinstance(identifier, tf_optimizer.Optimizer):
        return TFOptimizer(identifier)
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return deserialize({'class_name': str(identifier), 'config': {}})
    raise ValueError('Could not interpret optimizer identifier:', identifier)


TFOptimizer.__module__ = 'tensorflow.python.keras.optimizers'


# What TensorFlow has here and programs import, and Reflow elsewhere.
__getattr__ = lazy_modules(__spec__.name, 'keras.optimizers')
