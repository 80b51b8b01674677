"""New layers for a model whose class alone knows how they are connected, and its own ones back."""

from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.network import Network

_OF_TRAINING = ('inputs', 'outputs', 'input_names', 'output_names', 'built', 'optimizer', 'loss', 'total_loss', '_endpoints',
                '_compile_arguments', '_compile_metric_objects', '_metric_names', '_functions', '_is_compiled', '_layers',
                '_feed_inputs', '_feed_input_names', '_feed_input_shapes', '_trainable_weights', '_non_trainable_weights',
                '_losses', '_updates', '_metrics')


def reset(model):
    """Replaces each layer that is an attribute of the model by a new one with its configuration."""
    if model._is_graph_network:
        raise ValueError('Only the layers of a subclassed model are reset')
    kept = {name: model.__dict__[name] for name in _OF_TRAINING if name in model.__dict__}
    layers = {name: value for name, value in model.__dict__.items() if isinstance(value, Layer) and name not in kept}
    for name, layer in layers.items():
        if isinstance(layer, Network):
            raise ValueError('We do not support the use of nested layers in `model_to_estimator` at this time. Found nested '
                             'layer: %s' % layer)
    model.__dict__['_attributes_before_reset'] = {**kept, **layers}
    model.__dict__.update(_layers=[], inputs=None, outputs=None, built=False, _losses=[], _updates=[], _metrics=[],
                          _trainable_weights=[], _non_trainable_weights=[])
    for name, layer in layers.items():
        setattr(model, name, type(layer).from_config(layer.get_config()))
    model._init_training()
    model._is_compiled = False


def restore(model):
    """Undoes reset()."""
    kept = model.__dict__.pop('_attributes_before_reset', None)
    if kept is not None:
        model.__dict__.update(kept)
