"""What a SavedModel of objects has of layers and models beside their attributes: calls, variables, how they are made anew.

TensorFlow's load_model makes a model of these; `keras_api` holds all but what others than Keras ask for.
"""
import contextlib

from reflow.eager import def_function
from reflow.framework import tensor_spec
from reflow.keras.engine import input_spec
from reflow.keras.saving import training_config
from reflow.training.tracking import data_structures, tracking
from reflow.util import nest

_ROOT, _CALLED = object(), object()


class _Served:
    """What is saved of one layer."""

    def __init__(self, layer, is_root, is_called):
        self.functions, self.objects = {}, {}
        if not layer.built:
            return
        lists = {name: _list(getattr(layer, name)) for name in ('variables', 'trainable_variables', 'non_trainable_variables')}
        lists['layers'] = _list(layer.layers if hasattr(layer, 'layers') else layer._sublayers())
        lists['metrics'] = _list([])
        own = [def_function.function(loss, input_signature=[], autograph=False) for loss in layer._callable_losses]
        lists['layer_regularization_losses'] = _list(own)
        lists['regularization_losses'] = _list(own)
        specs = _specs_of_inputs(layer) if is_called else None
        all_functions = _calls(layer, specs) if specs else {}
        self.functions = {name: function for name, function in all_functions.items()
                          if name != 'call_and_return_conditional_losses'}
        if specs and is_root:
            self.functions['_default_save_signature'] = _signature(layer, specs)
        api = tracking.AutoTrackable()
        for name, value in {**lists, **all_functions}.items():
            setattr(api, name, value)
        self.objects = {name: lists[name] for name in ('variables', 'trainable_variables', 'regularization_losses')}
        self.objects['keras_api'] = api


def _list(values):
    return data_structures.ListWrapper(list(values))


def of_layer(layer, cache):
    """What is saved of a layer, the same for each `cache`. Calls are saved of models, and of the layers of a Sequential."""
    from reflow.keras.engine import sequential, training
    if layer not in cache:
        is_model = isinstance(layer, training.Model)
        is_root = cache.setdefault(_ROOT, layer) is layer and is_model
        called = cache.setdefault(_CALLED, [])
        if isinstance(layer, sequential.Sequential):
            called += layer.layers
        cache[layer] = _Served(layer, is_root, is_model or any(layer is each for each in called))
    return cache[layer]


def _specs_of_inputs(layer):
    """TensorSpecs of what a layer is called with; None: it has neither symbols nor was it trained."""
    inputs = getattr(layer, 'inputs', None)
    if inputs:
        specs = [tensor_spec.TensorSpec(each.shape, each.dtype, name) for each, name in zip(inputs, layer.input_names)]
    elif layer._inbound_nodes:
        specs = [tensor_spec.TensorSpec(each.shape, each.dtype, 'inputs')
                 for each in nest.flatten(layer._inbound_nodes[0].input_tensors)]
    else:
        specs = layer.__dict__.get('_specs_of_inputs')
    if not specs or hasattr(layer, 'layers') and not getattr(layer, 'output_names', None):
        return None
    return specs[0] if len(specs) == 1 else specs


def _calls(layer, specs):
    """{name: function} of a call of the layer, traced for training too where that makes a difference."""
    def plain(inputs, **kwargs):
        with _kept_state(layer):
            outputs = layer(inputs, **kwargs)
            return outputs, layer.get_losses_for(inputs)

    if _uses_training(layer):
        def call_and_losses(inputs, training=False, mask=None):
            del mask
            return plain(inputs, training=training)

        def call(inputs, training=False, mask=None):
            del mask
            return plain(inputs, training=training)[0]
        traces = [{'training': False}, {'training': True}]
    else:
        def call_and_losses(inputs):
            return plain(inputs)

        def call(inputs):
            return plain(inputs)[0]
        traces = [{}]
    call_and_losses, call = (def_function.function(each, autograph=False) for each in (call_and_losses, call))
    for kwargs in traces:
        call_and_losses.get_concrete_function(specs, **kwargs)
        call.get_concrete_function(specs, **kwargs)
    return {'__call__': call, 'call_and_return_conditional_losses': call_and_losses,
            'call_and_return_all_conditional_losses': call_and_losses}


def _signature(model, specs):
    def default_save_signature(inputs):
        with _kept_state(model):
            return dict(zip(model.output_names, nest.flatten(model(inputs, training=False))))

    return def_function.function(default_save_signature, input_signature=[specs], autograph=False)


@contextlib.contextmanager
def _kept_state(layer):
    """What the calls within add to layers, losses and updates, isn't there after."""
    names = ('_losses', '_updates', '_inbound_nodes', '_outbound_nodes')
    kept = [(each, {name: list(getattr(each, name)) for name in names}) for each in (layer, *layer.submodules)
            if hasattr(each, '_callable_losses')]
    for each, _ in kept:
        each._losses[:] = []
    try:
        yield
    finally:
        for each, lists in kept:
            for name, values in lists.items():
                getattr(each, name)[:] = values


def _uses_training(layer):
    return any(each._expects_training_arg for each in (layer, *layer.submodules) if hasattr(each, '_expects_training_arg'))


def metadata_of(layer):
    """How a layer is made anew, as JSON."""
    from reflow.keras.engine import training
    data = {'class_name': type(layer).__name__, 'name': layer.name, 'trainable': layer.trainable,
            'expects_training_arg': _uses_training(layer), 'dtype': layer.dtype,
            'batch_input_shape': getattr(layer, '_batch_input_shape', None), 'activity_regularizer': None,
            'input_spec': nest.map_structure(_input_spec, layer.input_spec)}
    config = _config_of(layer)
    if config is not None:
        data['config'] = config
    if isinstance(layer, training.Model):
        data.update(backend='tensorflow', keras_version='2.2.4-tf', model_config={'class_name': type(layer).__name__})
        if config is not None:
            data['model_config']['config'] = config
        if layer.optimizer and hasattr(layer.optimizer, 'get_config'):
            data['training_config'] = training_config.of_model(layer)
    return _json(data)


def _json(data):
    from reflow.keras.engine import network_config
    return network_config.to_json(data)


def _config_of(layer):
    try:
        config = layer.get_config()
        _json(config)
        return config
    except (NotImplementedError, ValueError, TypeError):
        return None


def _input_spec(spec):
    return spec and {'class_name': 'InputSpec', 'config': spec.get_config()} if isinstance(
        spec, input_spec.InputSpec) else None
