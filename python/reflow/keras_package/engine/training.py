"""The package's models."""

from reflow.keras import metrics as metrics_module
from reflow.keras.engine import training
from reflow.keras.engine import training_loop
from reflow.keras.utils.progress import LineProgbar
from reflow.keras_package import optimizers
from reflow.keras_package.engine.base_layer import Layer


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

    @staticmethod
    def _optimizer_of(identifier):
        return optimizers.get(identifier)

    @staticmethod
    def _deserialize_layer(config, custom_objects=None):
        from reflow.keras_package import layers
        return layers.deserialize(config, custom_objects=custom_objects)

    @staticmethod
    def _updated_version():
        return '2.3.1'


Model.__module__ = 'keras.engine.training'
