"""Weights and models of Keras in HDF5 files."""

import json
import warnings

import numpy as np

from reflow.keras import backend as K
from reflow.keras import optimizers
from reflow.keras.engine import network_config
from reflow.keras.saving import training_config
from reflow.lib.io import hdf5_file
from reflow.platform import tf_logging as logging

_ATTRIBUTE_LIMIT = 64512  # bytes: what an HDF5 attribute may have
_VERSION = '2.2.4-tf'


def _legacy_weights(layer):
    """The weights in the order of Keras 2: those that are trained first."""
    return layer.trainable_weights + layer.non_trainable_weights


def _put_names(group, name, values):
    too_large = [each for each in values if len(each) > _ATTRIBUTE_LIMIT]
    if too_large:
        raise RuntimeError('The following attributes cannot be saved to HDF5 file because they are larger than %d bytes: %s'
                           % (_ATTRIBUTE_LIMIT, ', '.join(map(str, too_large))))
    array = np.asarray(values)
    number = 1
    parts = [array]
    while any(each.nbytes > _ATTRIBUTE_LIMIT for each in parts):
        number += 1
        parts = np.array_split(array, number)
    if number == 1:
        group.attrs[name] = array
        return
    for i, part in enumerate(parts):
        group.attrs['%s%d' % (name, i)] = part


def _names(group, name):
    if name in group.attrs:
        values = list(group.attrs[name])
    else:
        values, number = [], 0
        while '%s%d' % (name, number) in group.attrs:
            values += list(group.attrs['%s%d' % (name, number)])
            number += 1
    return [each.decode('utf8') if isinstance(each, bytes) else str(each) for each in values]


def _text(value):
    return value.decode('utf8') if isinstance(value, bytes) else value


def _put_weights(group, layers, version=_VERSION):
    _put_names(group, 'layer_names', [layer.name.encode('utf8') for layer in layers])
    group.attrs['backend'] = K.backend().encode('utf8')
    group.attrs['keras_version'] = version.encode('utf8')
    for layer in layers:
        of_layer = group.create_group(layer.name)
        weights = _legacy_weights(layer)
        names = [weight.name.encode('utf8') for weight in weights]
        _put_names(of_layer, 'weight_names', names)
        for name, value in zip(names, K.batch_get_value(weights)):
            of_layer.create_dataset(name.decode('utf8'), data=np.asarray(value))


def _values(group):
    return [np.asarray(group[name]) for name in _names(group, 'weight_names')]


def load_weights_from_hdf5_group(f, layers):
    """Gives the layers the weights of a group of a file, by their order. ValueError: the group has others."""
    load_by_order(f, layers)


def load_weights_from_hdf5_group_by_name(f, layers):
    """Gives the layers the weights of a group of a file, by their names. ValueError: the group has others for one."""
    load_by_name(f, layers)


def save_weights_to_hdf5_group(f, layers):
    """Writes the weights of the layers to a group of a file."""
    _put_weights(f, layers)


def _as_they_are(layer, values):
    del layer
    return values


def load_by_order(group, layers, fitted=_as_they_are):
    """load_weights_from_hdf5_group; `fitted(layer, values)` are the values that a layer gets."""
    layers = [layer for layer in layers if _legacy_weights(layer)]
    names = [name for name in _names(group, 'layer_names') if _names(group[name], 'weight_names')]
    if len(names) != len(layers):
        raise ValueError('You are trying to load a weight file containing ' + str(len(names)) +
                         ' layers into a model with ' + str(len(layers)) + ' layers.')
    pairs = []
    for k, (name, layer) in enumerate(zip(names, layers)):
        values = fitted(layer, _converted(layer, _values(group[name]), group))
        weights = _legacy_weights(layer)
        if len(values) != len(weights):
            raise ValueError('Layer #' + str(k) + ' (named "' + layer.name + '" in the current model) was found to '
                             'correspond to layer ' + name + ' in the save file. However the new layer ' + layer.name +
                             ' expects ' + str(len(weights)) + ' weights, but the saved weights have ' + str(len(values)) +
                             ' elements.')
        for weight, value in zip(weights, values):
            if K.int_shape(weight) != value.shape:
                raise ValueError('Layer #%d (named "%s"), weight %s has shape %s, but the saved weight has shape %s.' % (
                    k, layer.name, weight.name, K.int_shape(weight), value.shape))
        pairs += zip(weights, values)
    K.batch_set_value(pairs)


def load_by_name(group, layers, fitted=_as_they_are, skip_mismatch=False):
    """load_weights_from_hdf5_group_by_name; with `skip_mismatch`, others are warned of and left out."""
    by_name = {}
    for layer in layers:
        by_name.setdefault(layer.name, []).append(layer)
    pairs = []
    for k, name in enumerate(_names(group, 'layer_names')):
        for layer in by_name.get(name, ()):
            values = fitted(layer, _converted(layer, _values(group[name]), group))
            weights = _legacy_weights(layer)
            if len(values) != len(weights):
                if skip_mismatch:
                    warnings.warn('Skipping loading of weights for layer %s due to mismatch in number of weights (%d vs %d).'
                                  % (layer.name, len(weights), len(values)))
                    continue
                raise ValueError('Layer #' + str(k) + ' (named "' + layer.name + '") expects ' + str(len(weights)) +
                                 ' weight(s), but the saved weights have ' + str(len(values)) + ' element(s).')
            for weight, value in zip(weights, values):
                if K.int_shape(weight) != value.shape:
                    if skip_mismatch:
                        warnings.warn('Skipping loading of weights for layer %s due to mismatch in shape (%s vs %s).'
                                      % (layer.name, weight.shape, value.shape))
                        continue
                    raise ValueError('Layer #' + str(k) + ' (named "' + layer.name + '"), weight ' + str(weight) +
                                     ' has shape {}'.format(K.int_shape(weight)) + ', but the saved weight has shape ' +
                                     str(value.shape) + '.')
                pairs.append((weight, value))
    K.batch_set_value(pairs)


def _converted(layer, values, group):
    """Weights of Keras 1 and of other backends as this Keras has them."""
    from reflow.keras.utils import conv_utils
    backend = _text(group.attrs['backend']) if 'backend' in group.attrs else None
    if backend not in (None, K.backend()) and type(layer).__name__ in ('Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose',
                                                                       'ConvLSTM2D'):
        values[0] = conv_utils.convert_kernel(values[0])
        if type(layer).__name__ == 'ConvLSTM2D':
            values[1] = conv_utils.convert_kernel(values[1])
    return values


def save_weights(model, filepath):
    """Writes the weights of a model."""
    with hdf5_file.File(filepath, 'w') as file:
        _put_weights(file, model.layers, model._updated_version())


def load_weights(model, filepath, by_name=False, **options):
    """Reads weights: of layers by their order, or by their names; `options` are those of load_by_order or load_by_name."""
    with hdf5_file.File(filepath, 'r') as file:
        group = file['model_weights'] if 'layer_names' not in file.attrs and 'model_weights' in file else file
        (load_by_name if by_name else load_by_order)(group, model.layers, **options)


def save_model(model, filepath, include_optimizer=True):
    """Writes a model: its configuration, its weights, and how it is trained."""
    config = {'class_name': type(model).__name__, 'config': model._config_for_files()}
    with hdf5_file.File(filepath, 'w') as file:
        file.attrs['keras_version'] = model._updated_version()
        file.attrs['backend'] = K.backend()
        file.attrs['model_config'] = network_config.to_json(config).encode('utf8')
        optimizer = model.optimizer if include_optimizer else None
        if isinstance(optimizer, optimizers.TFOptimizer):
            logging.warning('TensorFlow optimizers do not make it possible to access optimizer attributes or optimizer state '
                            'after instantiation. As a result, we cannot save the optimizer as part of the model save file. '
                            'You will have to compile your model again after loading it. Prefer using a Keras optimizer '
                            'instead (see keras.io/optimizers).')
            optimizer = None
        if optimizer:
            file.attrs['training_config'] = network_config.to_json(training_config.of_model(model)).encode('utf8')
        _put_weights(file.create_group('model_weights'), model.layers, model._updated_version())
        if optimizer and optimizer.weights:
            group = file.create_group('optimizer_weights')
            saved = optimizer._weights_for_files(model.trainable_weights)
            _put_names(group, 'weight_names', [name.encode('utf8') for name, _ in saved])
            for name, value in saved:
                group.create_dataset(name, data=np.asarray(value))


def load_model(filepath, custom_objects=None, compile=True, model_from_config=None):
    """Reads a model."""
    if model_from_config is None:
        from reflow.keras.saving import model_config
        model_from_config = model_config.model_from_config
    with hdf5_file.File(filepath, 'r') as file:
        config = file.attrs.get('model_config')
        if config is None:
            raise ValueError('No model found in config file.')
        model = model_from_config(json.loads(_text(config)), custom_objects=custom_objects)
        load_by_order(file['model_weights'], model.layers)
        if compile:
            _compile(model, file, custom_objects)
    return model


def _compile(model, file, custom_objects):
    training = file.attrs.get('training_config')
    if training is None:
        logging.warning('No training configuration found in save file: the model was *not* compiled. Compile it manually.')
        return
    training_config.compile_model(model, json.loads(_text(training)), custom_objects)
    if 'optimizer_weights' not in file:
        return
    if not model._is_graph_network:
        logging.warning('Sequential models without an `input_shape` passed to the first layer cannot reload their optimizer '
                        'state. As a result, your model isstarting with a freshly initialized optimizer.')
        return
    model._function('train')  # which makes the optimizer's variables
    group = file['optimizer_weights']
    try:
        model.optimizer.set_weights([np.asarray(group[name]) for name in _names(group, 'weight_names')])
    except ValueError:
        logging.warning('Error in loading the saved optimizer state. As a result, your model is starting with a freshly '
                        'initialized optimizer.')
