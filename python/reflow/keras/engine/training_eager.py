"""Training and inference with eager execution: each batch is computed with a tape."""

import numpy as np

from reflow.eager import backprop
from reflow.framework import ops
from reflow.framework import tensor_spec
from reflow.keras import backend_config
from reflow.keras.engine import layer_weights
from reflow.keras.engine import training_data
from reflow.keras.engine import training_targets
from reflow.ops import math_ops
from reflow.util import nest


def standardized(model, x, y=None, sample_weight=None, class_weight=None):
    """(inputs, targets, weights): lists of arrays."""
    names = None
    if isinstance(x, dict):
        names = list(model.input_names) if model._is_graph_network else sorted(x)
        inputs = [training_data.as_array(x[name]) for name in names]
        model.__dict__['_eager_names'] = None if model._is_graph_network else names
    else:
        model.__dict__['_eager_names'] = None
        if model._is_graph_network:
            x = training_data.without_extra_arrays(x, model._feed_input_names)
        many = isinstance(x, tuple) or isinstance(x, list) and len(x) and hasattr(x[0], 'shape')
        inputs = [training_data.as_array(each) for each in x] if many else [training_data.as_array(x)]
    inputs = [np.asarray(each) for each in inputs]
    inputs = [np.expand_dims(each, 1) if each.ndim == 1 else each for each in inputs]
    if model._is_graph_network:
        inputs = training_data.standardize_input_data(inputs, model._feed_input_names, model._feed_input_shapes,
                                                      check_batch_axis=False, exception_prefix='input')
    targets, weights = [], []
    if y is not None:
        if isinstance(y, dict):
            targets = [training_data.as_array(y[name]) for name in model.output_names]
        else:
            many = isinstance(y, tuple) or isinstance(y, list) and len(y) and hasattr(y[0], 'shape')
            targets = [training_data.as_array(each) for each in y] if many else [training_data.as_array(y)]
        targets = [np.asarray(each) for each in targets]
        targets = [np.expand_dims(each, 1) if each.ndim == 1 else each for each in targets]
        output_names = list(model.output_names) if model._is_graph_network else [
            'output_%d' % (i + 1) for i in range(len(targets))]
        given = training_data.standardize_weights_of_outputs(sample_weight, output_names, 'sample_weight')
        classes = training_data.class_weights_of_outputs(class_weight, output_names)
        weights = [training_data.standardize_weights(target, weight, of_classes) for target, weight, of_classes in
                   zip(targets, given, classes)]
        if all(each is None for each in weights):
            weights = []
        else:
            weights = [np.ones(len(target), backend_config.floatx()) if weight is None else weight
                       for target, weight in zip(targets, weights)]
    training_data.check_array_lengths(inputs, targets, weights)
    model.__dict__['_eager_counts'] = len(inputs), len(targets)
    return inputs, targets, weights


def run(model, mode, arrays):
    """Trains, tests or predicts with one batch. Gives the loss and metrics, or the outputs."""
    if mode != 'train':
        return _run(model, mode, arrays)
    with layer_weights.trainable_as(model._trainable_when_compiled):
        return _run(model, mode, arrays)


def _run(model, mode, arrays):
    number, targets = model._eager_counts
    inputs = [_tensor(each) for each in arrays[:number]]
    if model.__dict__.get('_eager_names'):
        packed = dict(zip(model._eager_names, inputs))
    else:
        packed = inputs[0] if len(inputs) == 1 else inputs
        _keep_specs(model, inputs)
    if mode == 'predict':
        outputs = nest.flatten(_called(model, packed, False))
        _name_outputs(model, outputs)
        return outputs
    y = [_tensor(each) for each in arrays[number:number + targets]]
    weights = [_tensor(each) for each in arrays[number + targets:]]
    with backprop.GradientTape() as tape:
        outputs = nest.flatten(_called(model, packed, mode == 'train'))
        _prepare(model, outputs)
        loss, parts = _loss(model, outputs, y, weights)
    if mode == 'train':
        variables = model.trainable_weights
        gradients = tape.gradient(loss, variables)
        optimizer = model.optimizer
        if hasattr(optimizer, '_clipped'):
            gradients = optimizer._clipped(gradients)
        optimizer.apply_gradients(list(zip(gradients, variables)))
    results = [loss]
    if len(model._endpoints) > 1:
        results += [endpoint.output_loss_metric(part) for endpoint, part in zip(model._endpoints, parts)
                    if endpoint.output_loss_metric is not None]
    for i, (endpoint, named) in enumerate(zip(model._endpoints, model._metrics_of_outputs)):
        for _, metric, is_weighted in named:
            weight = weights[i] if is_weighted and weights else None
            results.append(metric(y[i], outputs[i], sample_weight=weight))
    known = model._compile_metric_objects
    return results + [each.result() for each in model.metrics if all(each is not metric for metric in known)]


def _keep_specs(model, inputs):
    """Keeps what a model without symbols was first called with: what it is saved with says so."""
    if not model.inputs and '_specs_of_inputs' not in model.__dict__:
        model.__dict__['_specs_of_inputs'] = [
            tensor_spec.TensorSpec([None] + each.shape.as_list()[1:], each.dtype, 'input_%d' % (i + 1))
            for i, each in enumerate(inputs)]


def _called(model, inputs, training):
    return model(inputs, training=training) if model._expects('training') else model(inputs)


def _tensor(array):
    array = np.asarray(array)
    return ops.convert_to_tensor(array.astype(backend_config.floatx()) if array.dtype == np.float64 else array)


def _name_outputs(model, outputs):
    if not model._is_graph_network:
        model.__dict__['output_names'] = ['output_%d' % (i + 1) for i in range(len(outputs))]


def _prepare(model, outputs):
    """Makes losses and metrics for the outputs, once they are known."""
    if model._endpoints:
        return
    arguments = model._compile_arguments
    _name_outputs(model, outputs)
    functions = training_targets.loss_functions(model.loss, model.output_names)
    model.__dict__['_endpoints'] = [training_targets.Endpoint(output, name, function) for output, name, function in
                                    zip(outputs, model.output_names, functions)]
    training_targets.set_loss_weights(model._endpoints, arguments['loss_weights'])
    model._make_metrics(arguments['metrics'], arguments['weighted_metrics'])


def _loss(model, outputs, targets, weights):
    """(total loss, loss of each output)"""
    total, parts = None, []
    position = 0
    for i, endpoint in enumerate(model._endpoints):
        if endpoint.is_skipped:
            parts.append(None)
            continue
        target = targets[position]
        if outputs[i].dtype.is_floating and not target.dtype.is_floating and getattr(
                endpoint.loss_fn, 'fn', None) is not training_targets.losses.sparse_categorical_crossentropy:
            target = math_ops.cast(target, outputs[i].dtype)
        part = training_targets.loss_of(endpoint.loss_fn, target, outputs[i], weights[position] if weights else None,
                                        getattr(outputs[i], '_keras_mask', None))
        parts.append(part)
        position += 1
        weighted = endpoint.loss_weight * part
        total = weighted if total is None else total + weighted
    for each in model.losses:
        total = each if total is None else total + each
    if total is None:
        raise ValueError('The model cannot be trained because it has no loss to optimize.')
    return total, parts
