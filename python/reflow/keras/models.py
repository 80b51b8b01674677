"""Copies of models."""

from reflow.keras import backend as K
from reflow.keras import metrics as metrics_module
from reflow.keras import optimizers
from reflow.keras.engine import in_place_reset as in_place
from reflow.keras.engine import input_layer
from reflow.keras.engine import op_layer
from reflow.keras.engine.sequential import Sequential
from reflow.keras.engine.training import Model
from reflow.keras.saving.model_config import model_from_config, model_from_json, model_from_yaml  # noqa: F401
from reflow.keras.saving.save import load_model, save_model  # noqa: F401
from reflow.keras.utils import generic_utils
from reflow.names.packages import lazy_modules
from reflow.platform import tf_logging as logging
from reflow.util import nest


def clone_model(model, input_tensors=None, clone_function=None):
    """A model of new layers with the same configurations, and with other weights."""
    clone_function = clone_function or _clone_layer
    if isinstance(model, Sequential):
        return _clone_sequential(model, input_tensors, clone_function)
    if not isinstance(model, Model):
        raise ValueError('Expected `model` argument to be a `Model` instance, got ', model)
    if not model._is_graph_network:
        raise ValueError('Expected `model` argument to be a functional `Model` instance, but got a subclass model instead.')
    return _clone_functional(model, input_tensors, clone_function)


def _clone_layer(layer):
    return type(layer).from_config(layer.get_config())


def _clone_functional(model, input_tensors, clone_function):
    values, clones = {}, {}
    for tensor, layer in zip(model.inputs, model._input_layers):
        clones[layer] = type(layer).from_config(layer.get_config()) if input_tensors is None else None
        values[id(tensor)] = clones[layer].output if input_tensors is None else None
    if input_tensors is not None:
        for tensor, given in zip(model.inputs, nest.flatten(input_tensors)):
            if not hasattr(given, '_keras_history'):
                given = input_layer.Input(tensor=given, name='input_wrapper_for_' + tensor._keras_history.layer.name)
            values[id(tensor)] = given
    inputs = [values[id(tensor)] for tensor in model.inputs]
    for depth in sorted(model._nodes_by_depth, reverse=True):
        for node in model._nodes_by_depth[depth]:
            layer = node.outbound_layer
            if not node.inbound() or not all(id(x) in values for x in nest.flatten(node.input_tensors)):
                continue
            if layer not in clones:
                clones[layer] = _clone_layer(layer) if isinstance(layer, op_layer.AddLoss) else clone_function(layer)
            arguments = nest.map_structure(lambda x: values[id(x)], node.input_tensors)
            outputs = clones[layer](arguments, **node.arguments)
            for x, y in zip(nest.flatten(node.output_tensors), nest.flatten(outputs)):
                values[id(x)] = y
    outputs = [values[id(tensor)] for tensor in model.outputs]

    def one_or_all(tensors):
        return tensors[0] if len(tensors) == 1 else tensors

    return type(model)._of_tensors(one_or_all(inputs), one_or_all(outputs), model.name)


def _clone_sequential(model, input_tensors, clone_function):
    layers = [clone_function(layer) for layer in model.layers]
    if input_tensors is None:
        clone = type(model)(layers=layers, name=model.name)
        if not clone.inputs and model.inputs and model._is_graph_network:
            clone.build(tuple(model.inputs[0].shape.as_list()))
        return clone
    given = nest.flatten(input_tensors)
    if len(given) != 1:
        raise ValueError('To clone a `Sequential` model, we expect  at most one tensor as part of `input_tensors`.')
    if not hasattr(given[0], '_keras_history'):
        given = [input_layer.Input(tensor=given[0], name='input_wrapper_for_' + str(given[0].name).partition(':')[0])]
    return type(model)(layers=[given[0]._keras_history.layer] + layers, name=model.name)


def clone_and_build_model(model, input_tensors=None, target_tensors=None, custom_objects=None, compile_clone=True,
                          in_place_reset=False, optimizer_iterations=None, optimizer_config=None):
    """A clone that is compiled as the model is, unless `compile_clone` says otherwise; perhaps in another graph."""
    if compile_clone and not model.optimizer:
        raise ValueError('Error when cloning model: compile_clone was set to True, but the original model has not been '
                         'compiled.')
    optimizer, loss, arguments = model.optimizer, model.loss, model._compile_arguments  # which a reset takes away
    if model._is_graph_network or isinstance(model, Sequential):
        with generic_utils.custom_object_scope(custom_objects or {}):
            clone = clone_model(model, input_tensors=input_tensors)
        shape = getattr(model, '_build_input_shape', None)
        if isinstance(clone, Sequential) and not clone._is_graph_network and shape is not None:
            clone._set_inputs(K.placeholder(shape, dtype=model.inputs[0].dtype))
    else:
        clone = _clone_of_config(model, in_place_reset)
        if input_tensors is not None:
            is_one = isinstance(input_tensors, (list, tuple)) and len(input_tensors) == 1
            clone._set_inputs(input_tensors[0] if is_one else input_tensors)
    if compile_clone:
        clone.compile(
            _clone_optimizer(optimizer, optimizer_iterations, optimizer_config), loss,
            metrics=metrics_module.clone_metrics(arguments['metrics']), loss_weights=arguments['loss_weights'],
            sample_weight_mode=arguments['sample_weight_mode'],
            weighted_metrics=metrics_module.clone_metrics(arguments['weighted_metrics']), target_tensors=target_tensors)
    return clone


def _clone_of_config(model, in_place_reset):
    try:
        return type(model).from_config(model.get_config())
    except NotImplementedError:
        logging.warning('This model is a subclassed model. Please implement `get_config` and `from_config` to better support '
                        'cloning the model.')
        if in_place_reset:
            in_place.reset(model)
            return model
        raise ValueError(
            'This model is a subclassed model. Such a model cannot be cloned, but there is a workaround where the model is '
            'reset in-place. To use this, please set the argument `in_place_reset` to `True`. This will reset the attributes '
            'in the original model. To restore the attributes, call `in_place_subclassed_model_state_restoration(model)`.'
        ) from None


def in_place_subclassed_model_state_restoration(model):
    """Gives a model the layers back that clone_and_build_model has replaced."""
    in_place.restore(model)


def _clone_optimizer(optimizer, iterations, config):
    if isinstance(optimizer, optimizers.TFOptimizer):
        return optimizers.TFOptimizer(optimizer.optimizer, iterations)
    clone = type(optimizer).from_config(config or optimizer.get_config())
    if iterations is not None:
        clone.iterations = iterations
    return clone


# What TensorFlow has here and programs import, and Reflow elsewhere.
__getattr__ = lazy_modules(__spec__.name, 'keras.layers')
