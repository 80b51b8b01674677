"""The package's models."""

import functools
import warnings

import numpy as np

from reflow.framework import ops
from reflow.keras import backend_session
from reflow.keras import metrics as metrics_module
from reflow.keras.engine import layer_losses
from reflow.keras.engine import layer_weights
from reflow.keras.engine import training
from reflow.keras.engine import training_loop
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.keras.utils.progress import LineProgbar
from reflow.keras_package import losses
from reflow.keras_package import optimizers
from reflow.keras_package.engine import file_config
from reflow.keras_package.engine.base_layer import Layer
from reflow.keras_package.legacy import interfaces


class _Loop(training_loop.LoopOfKeras):
    bar = LineProgbar


def _metric_name(metric, weighted=False):
    """The name of a metric: that which the program says."""
    if isinstance(metric, str):
        return metric
    function = metrics_module.get(metric)
    return function.name if hasattr(function, 'name') else function.__name__


class Model(training.Model, Layer):
    """Layers with training and inference: the class of the package keras."""

    _loop = _Loop()
    _metric_name = staticmethod(_metric_name)
    _checks_target_shapes = True
    _not_compiled = 'You must compile a model before training/testing. Use `model.compile(optimizer, loss)`.'

    @interfaces.legacy_model_constructor_support
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def compile(self, optimizer, loss=None, metrics=None, loss_weights=None, sample_weight_mode=None, weighted_metrics=None,
                target_tensors=None, **kwargs):
        """Says how the model is trained: by which optimizer, to make which loss small."""
        super().compile(optimizer, losses.named(loss), metrics, loss_weights, sample_weight_mode, weighted_metrics,
                        target_tensors, **kwargs)

    def add_loss(self, losses, inputs=None):
        """Adds losses; no layers of the model are made for them."""
        layer_losses.LayerLosses.add_loss(self, losses, inputs)

    def add_metric(self, value, name=None):
        """Adds a metric; no layers of the model are made for it."""
        layer_losses.LayerLosses.add_metric(self, value, 'mean', name)

    @functools.wraps(training.Model.fit)
    def fit(self, *args, **kwargs):
        """Trains the model; `nb_epoch` is Keras 1's name of the epochs."""
        if 'nb_epoch' in kwargs:
            warnings.warn('The `nb_epoch` argument in `fit` has been renamed `epochs`.', stacklevel=2)
            kwargs['epochs'] = kwargs.pop('nb_epoch')
        return super().fit(*args, **kwargs)

    fit_generator = interfaces.legacy_generator_methods_support(training.Model.fit_generator)
    evaluate_generator = interfaces.legacy_generator_methods_support(training.Model.evaluate_generator)
    predict_generator = interfaces.legacy_generator_methods_support(training.Model.predict_generator)

    def load_weights(self, filepath, by_name=False, skip_mismatch=False, reshape=False):
        """Reads the weights of an HDF5 file: of layers by their order, or by their names.

        By their names, with `skip_mismatch`, weights that don't fit are warned of and left out; with `reshape` kernels get
        the shape that the layer has.
        """
        from reflow.keras.saving import hdf5_format
        from reflow.keras_package.engine import saving
        options = {'skip_mismatch': skip_mismatch} if by_name else {}
        hdf5_format.load_weights(self, filepath, by_name, fitted=functools.partial(saving.fitted, reshape=reshape), **options)

    @property
    def weights(self):
        """The variables: first those that optimizers train."""
        return layer_weights.unique(self.trainable_weights + self.non_trainable_weights)

    def get_weights(self):
        """The values of the variables, layer by layer."""
        return backend_session.batch_get_value([weight for layer in self.layers for weight in layer.weights])

    def set_weights(self, weights):
        """Gives the variables, layer by layer, these values."""
        pairs = []
        for layer in self.layers:
            number = len(layer.weights)
            pairs += zip(layer.weights, weights[:number])
            weights = weights[number:]
        for variable, value in pairs:
            if tuple(variable.shape.as_list()) != np.shape(value):
                raise ValueError('Shapes %s and %s are incompatible' % (tuple(variable.shape.as_list()), np.shape(value)))
        backend_session.batch_set_value(pairs)

    def summary(self, line_length=None, positions=None, print_fn=None):
        """Prints the layers, their shapes and numbers of parameters."""
        if not self.built:
            raise ValueError('This model has not yet been built. Build the model first by calling build() or calling fit() '
                             'with some data. Or specify input_shape or batch_input_shape in the first layer for automatic '
                             'build. ')
        super().summary(line_length, positions, print_fn)

    def _training_updates(self):
        with ops.name_scope('training'):
            with layer_weights.trainable_as(self._trainable_when_compiled):
                updates = self._updates_of_optimizer()
            return updates + self.get_updates_for(None) + self.get_updates_for(self.inputs)

    def _updates_of_optimizer(self):
        if isinstance(self.optimizer, optimizer_v2.OptimizerV2):  # which have a scope of their own
            return super()._updates_of_optimizer()
        with ops.name_scope(type(self.optimizer).__name__):
            return super()._updates_of_optimizer()

    @staticmethod
    def _optimizer_of(identifier):
        return optimizers.get(identifier)

    @staticmethod
    def _deserialize_layer(config, custom_objects=None):
        from reflow.keras_package import layers
        return layers.deserialize(config, custom_objects=custom_objects)

    @staticmethod
    def _without_weights():
        return []

    def _config_for_files(self):
        return file_config.of_package(self.get_config())

    @staticmethod
    def _updated_version():
        return '2.3.1'


Model.__module__ = 'keras.engine.training'
