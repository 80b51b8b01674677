"""Arrays for models: brought into lists in the order of the inputs and outputs, and checked."""

import collections.abc

import numpy as np

from reflow.framework import tensor_util
from reflow.keras import losses
from reflow.keras.utils import generic_utils
from reflow.util import nest


def _is_frame(x):
    return type(x).__name__ in ('DataFrame', 'Series') and hasattr(x, 'values')


def as_array(x):
    """What is fed for `x`: lists and values of eager tensors are arrays."""
    if _is_frame(x):
        return x.values
    if hasattr(x, 'numpy') and tensor_util.is_tensor(x):
        return x.numpy()
    return x


def _with_channel(x, expected_shape=None):
    if x is None:
        return None
    if isinstance(x, int):
        raise ValueError('Expected an array data type but received an integer: {}'.format(x))
    if hasattr(x, 'shape') and x.shape is not None and len(x.shape) == 1 and (
            expected_shape is None or len(expected_shape) != 1):
        if tensor_util.is_tensor(x):
            from reflow.ops import array_ops
            return array_ops.expand_dims(x, axis=1)
        return np.expand_dims(x, 1)
    return x


def without_extra_arrays(data, names):
    """A list of arrays, of which there may be more than inputs: TensorFlow takes the first ones, too."""
    if isinstance(data, (list, tuple)) and len(data) > len(names) > 0 and hasattr(data[0], 'shape') and len(data[0].shape):
        return data[:len(names)]
    return data


def standardize_input_data(data, names, shapes=None, check_batch_axis=True, exception_prefix=''):
    """The list of arrays, one for each of `names`. ValueError: they aren't what is expected."""
    if not names:
        if hasattr(data, '__len__') and len(data) and not isinstance(data, dict):
            raise ValueError('Error when checking model ' + exception_prefix + ': expected no data, but got:', data)
        return []
    if data is None:
        return [None] * len(names)
    if isinstance(data, dict):
        try:
            data = [as_array(data[name]) for name in names]
        except KeyError as error:
            raise ValueError('No data provided for "' + error.args[0] + '". Need data for each key in: ' +
                             str(names)) from None
    elif isinstance(data, (list, tuple)):
        if isinstance(data[0], (list, tuple)):
            data = [np.asarray(each) for each in data]
        elif len(names) == 1 and isinstance(data[0], (float, int)):
            data = [np.asarray(data)]
        else:
            data = [as_array(each) for each in data]
    else:
        data = [as_array(data)]
    data = [_with_channel(x, shape) for x, shape in zip(data, shapes)] + data[len(shapes):] if shapes else [
        _with_channel(x) for x in data]
    if len(data) != len(names):
        data = _of_other_number(data, names, exception_prefix)
    for x, name, shape in zip(data, names, shapes or ()):
        if shape is not None and x is not None:
            _check_shape(x, name, shape, check_batch_axis, exception_prefix)
    return data


def _of_other_number(data, names, exception_prefix):
    if data and hasattr(data[0], 'shape'):
        raise ValueError('Error when checking model ' + exception_prefix + ': the list of Numpy arrays that you are passing '
                         'to your model is not the size the model expected. Expected to see ' + str(len(names)) +
                         ' array(s), but instead got the following list of ' + str(len(data)) + ' arrays: ' +
                         str(data)[:200] + '...')
    if len(names) > 1:
        raise ValueError('Error when checking model ' + exception_prefix + ': you are passing a list as input to your '
                         'model, but the model expects a list of ' + str(len(names)) + ' Numpy arrays instead. The list you '
                         'passed was: ' + str(data)[:200])
    if len(data) == 1 and not hasattr(data[0], 'shape'):
        raise TypeError('Error when checking model ' + exception_prefix + ': data should be a Numpy array, or list/dict of '
                        'Numpy arrays. Found: ' + str(data)[:200] + '...')
    return [np.asarray(data)]


def _check_shape(x, name, shape, check_batch_axis, exception_prefix):
    data_shape = tuple(x.shape.as_list()) if hasattr(x.shape, 'as_list') else tuple(x.shape)
    if len(data_shape) != len(shape):
        raise ValueError('Error when checking ' + exception_prefix + ': expected ' + name + ' to have ' + str(len(shape)) +
                         ' dimensions, but got array with shape ' + str(data_shape))
    if not check_batch_axis:
        data_shape, shape = data_shape[1:], shape[1:]
    for dim, expected in zip(data_shape, shape):
        if expected != dim and expected is not None and dim is not None:
            raise ValueError('Error when checking ' + exception_prefix + ': expected ' + name + ' to have shape ' +
                             str(tuple(shape)) + ' but got array with shape ' + str(data_shape))


def standardize_weights_of_outputs(x_weight, output_names, weight_type):
    """A list of what `x_weight` has for each output."""
    if x_weight is None or isinstance(x_weight, (list, tuple)) and not len(x_weight):
        return [None] * len(output_names)
    if len(output_names) == 1:
        if isinstance(x_weight, (list, tuple)) and len(x_weight) == 1:
            return list(x_weight)
        if isinstance(x_weight, dict) and output_names[0] in x_weight:
            return [x_weight[output_names[0]]]
        return [x_weight]
    if isinstance(x_weight, (list, tuple)):
        if len(x_weight) != len(output_names):
            raise ValueError('Provided `' + weight_type + '` was a list of ' + str(len(x_weight)) + ' elements, but the '
                             'model has ' + str(len(output_names)) + ' outputs. You should provide one `' + weight_type +
                             '`array per model output.')
        return list(x_weight)
    if isinstance(x_weight, collections.abc.Mapping):
        generic_utils.check_for_unexpected_keys(weight_type, x_weight, output_names)
        return [x_weight.get(name) for name in output_names]
    raise TypeError('The model has multiple outputs, so `' + weight_type + '` should be either a list or a dict. Provided `' +
                    weight_type + '` type not understood: ' + str(x_weight))


def class_weights_of_outputs(class_weight, output_names):
    """A list of the weights of classes for each output: one output's need not be named."""
    if isinstance(class_weight, dict) and len(output_names) == 1 and output_names[0] not in class_weight:
        return [class_weight]
    return standardize_weights_of_outputs(class_weight, output_names, 'class_weight')


def check_array_lengths(inputs, targets, weights=None):
    """Raises ValueError where arrays have different numbers of samples."""
    def lengths(arrays):
        return {x.shape[0] for x in arrays or () if x is not None and not tensor_util.is_tensor(x)}

    of_x, of_y, of_w = lengths(inputs), lengths(targets), lengths(weights)
    for found, arrays, text in ((of_x, inputs, 'All input arrays (x)'), (of_y, targets, 'All target arrays (y)')):
        if len(found) > 1:
            raise ValueError(text + ' should have the same number of samples. Got array shapes: ' +
                             str([x.shape for x in arrays]))
    if of_x and of_y and of_x != of_y:
        raise ValueError('Input arrays should have the same number of samples as target arrays. Found ' +
                         str(list(of_x)[0]) + ' input samples and ' + str(list(of_y)[0]) + ' target samples.')
    if len(of_w) > 1:
        raise ValueError('All sample_weight arrays should have the same number of samples. Got array shapes: ' +
                         str([w.shape for w in weights]))
    if of_y and of_w and of_y != of_w:
        raise ValueError('Sample_weight arrays should have the same number of samples as target arrays. Got ' +
                         str(list(of_y)[0]) + ' input samples and ' + str(list(of_w)[0]) + ' target samples.')


def check_loss_and_target_compatibility(targets, loss_fns, output_shapes):
    """Raises ValueError where targets have a shape that their loss can't be computed of."""
    compared = (losses.mean_squared_error, losses.binary_crossentropy, losses.categorical_crossentropy)
    for y, loss, shape in zip(targets, loss_fns, output_shapes):
        if y is None or loss is None or tensor_util.is_tensor(y):
            continue
        if losses.is_categorical_crossentropy(loss) and y.shape[-1] == 1:
            raise ValueError('You are passing a target array of shape ' + str(y.shape) + ' while using as loss '
                             '`categorical_crossentropy`. `categorical_crossentropy` expects targets to be binary matrices '
                             '(1s and 0s) of shape (samples, classes). If your targets are integer classes, you can '
                             'convert them to the expected format via:\n```\nfrom keras.utils import to_categorical\n'
                             'y_binary = to_categorical(y_int)\n```\n\nAlternatively, you can use the loss function '
                             '`sparse_categorical_crossentropy` instead, which does expect integer targets.')
        if getattr(loss, 'fn', None) in compared and shape is not None:
            for target_dim, out_dim in zip(y.shape[1:], shape[1:]):
                if out_dim is not None and target_dim != out_dim:
                    raise ValueError('A target array with shape ' + str(y.shape) + ' was passed for an output of shape ' +
                                     str(shape) + ' while using as loss `' + (loss.name or loss.fn.__name__) + '`. This '
                                     'loss expects targets to have the same shape as the output.')


def standardize_weights(y, sample_weight=None, class_weight=None, sample_weight_mode=None):
    """The weight of each sample, of weights of samples and of classes; None: there are none."""
    if isinstance(sample_weight, tuple):
        sample_weight = sample_weight[0]
    if sample_weight is not None and not hasattr(sample_weight, 'shape'):
        sample_weight = np.asarray(sample_weight)
    if sample_weight_mode is not None and sample_weight_mode != 'samplewise':
        if sample_weight_mode != 'temporal':
            raise ValueError('"sample_weight_mode should be None or "temporal". Found: ' + str(sample_weight_mode))
        if len(y.shape) < 3:
            raise ValueError('Found a sample_weight array for an input with shape ' + str(y.shape) + '. Timestep-wise '
                             'sample weighting (use of sample_weight_mode="temporal") is restricted to outputs that are at '
                             'least 3D, i.e. that have a time dimension.')
        if sample_weight is not None and len(sample_weight.shape) != 2:
            raise ValueError('Found a sample_weight array with shape ' + str(sample_weight.shape) + '. In order to use '
                             'timestep-wise sample weighting, you should pass a 2D sample_weight array.')
    elif sample_weight is not None and len(sample_weight.shape) != 1:
        raise ValueError('Found a sample_weight array with shape ' + str(sample_weight.shape) + '. In order to use '
                         'timestep-wise sample weights, you should specify sample_weight_mode="temporal" in compile(). If '
                         'you just mean to use sample-wise weights, make sure your sample_weight array is 1D.')
    if sample_weight is not None:
        if len(sample_weight.shape) > len(y.shape):
            raise ValueError('Found a sample_weight with shape' + str(sample_weight.shape) + '.Expected sample_weight with '
                             'rank less than or equal to ' + str(len(y.shape)))
        if not tensor_util.is_tensor(sample_weight) and y.shape[:sample_weight.ndim] != sample_weight.shape:
            raise ValueError('Found a sample_weight array with shape ' + str(sample_weight.shape) + ' for an input with '
                             'shape ' + str(y.shape) + '. sample_weight cannot be broadcast.')
    of_classes = _weights_of_classes(y, class_weight) if isinstance(class_weight, dict) else None
    if of_classes is not None and sample_weight is not None:
        return of_classes * sample_weight
    return sample_weight if sample_weight is not None else of_classes


def _weights_of_classes(y, class_weight):
    if len(y.shape) > 2:
        raise ValueError('`class_weight` not supported for 3+ dimensional targets.')
    if len(y.shape) == 2:
        y_classes = np.argmax(y, axis=1) if y.shape[1] > 1 else np.reshape(y, y.shape[0])
    else:
        y_classes = y
    weights = np.asarray([class_weight[cls] for cls in y_classes if cls in class_weight])
    if len(weights) != len(y_classes):
        existing = set(np.unique(y_classes).tolist())
        raise ValueError('`class_weight` must contain all classes in the data. The classes %s exist in the data but not in '
                         '`class_weight`.' % (existing - set(class_weight.keys())))
    return weights


def split_for_validation(arrays, validation_split):
    """(for training, for validation) of lists of arrays: the last part of each is for validation."""
    first = next(x for x in nest.flatten(arrays) if x is not None)
    number = int(first.shape[0])
    split_at = int(number * (1. - validation_split))
    if split_at == 0 or split_at == number:
        raise ValueError('Training data contains {number} samples, which is not sufficient to split it into a validation '
                         'and training set as specified by `validation_split={split}`. Either provide more data, or a '
                         'different value for the `validation_split` argument.'.format(number=number,
                                                                                       split=validation_split))
    return ([generic_utils.slice_arrays(each, 0, split_at) for each in arrays],
            [generic_utils.slice_arrays(each, split_at) for each in arrays])


def is_generator_or_sequence(x):
    """Whether batches are made by a generator or a Sequence."""
    import inspect

    from reflow.keras.utils import data_utils
    return inspect.isgenerator(x) or isinstance(x, data_utils.Sequence) or (
        hasattr(x, '__next__') and not tensor_util.is_tensor(x) and not hasattr(x, 'get_next'))


def is_dataset(x):
    """Whether it is a tf.data.Dataset or an iterator of one."""
    return hasattr(x, 'make_one_shot_iterator') or hasattr(x, '_variant_tensor') or hasattr(x, 'get_next')
