"""What may stand beside each kind of data that fit, evaluate and predict are given."""

from reflow import _core
from reflow.framework import tensor_shape
from reflow.keras.engine import training_data
from reflow.util import nest


def is_iterator(x):
    """Whether it is an iterator over a dataset."""
    return hasattr(x, 'get_next')


def refuse_iterators(x):
    """Raises ValueError for an iterator: models are given the dataset itself."""
    if is_iterator(x):
        raise ValueError('For performance reasons Keras `fit`, `evaluate` and`predict` accept tf.data `Datasets` as input but '
                         'not iterators that have been manually generated from Datasets by users. Please directly pass in the '
                         'original `Dataset` object instead of passing in `iter(dataset)`.')


def check_generator_arguments(y=None, sample_weight=None, validation_split=None):
    """Raises ValueError for what a generator or Sequence gives itself."""
    if y is not None:
        raise ValueError('`y` argument is not supported when data isa generator or Sequence instance. Instead pass targets as '
                         'the second element of the generator.')
    if sample_weight is not None:
        raise ValueError('`sample_weight` argument is not supported when data isa generator or Sequence instance. Instead pass '
                         'sample weights as the third element of the generator.')
    if validation_split:
        raise ValueError('If your data is in the form of a Python generator, you cannot use `validation_split`.')


def check_dataset_arguments(x, y=None, sample_weight=None, validation_split=None):
    """Raises ValueError for what a dataset gives itself."""
    if y is not None:
        raise ValueError('You passed a dataset or dataset iterator (%s) as input `x` to your model. In that case, you should '
                         'not specify a target (`y`) argument, since the dataset or dataset iterator generates both input '
                         'data and target data. Received: %s' % (x, y))
    if sample_weight is not None:
        raise ValueError('`sample_weight` argument is not supported when input `x` is a dataset or a dataset iterator. '
                         'Instead, youcan provide sample_weight as the third element  of yourdataset, i.e. (inputs, targets, '
                         'sample_weight). Received: x=%s, sample_weight=%s' % (x, sample_weight))
    if validation_split is not None and validation_split != 0.:
        raise ValueError('`validation_split` argument is not supported when input `x` is a dataset or a dataset iterator. '
                         'Received: x=%s, validation_split=%f' % (x, validation_split))


def inferred_batch_size(model, batch_size, steps, x):
    """The size of batches that `x` is cut into; None: it is not cut. ValueError: it isn't that of the model's inputs."""
    if training_data.is_dataset(x) or training_data.is_generator_or_sequence(x):
        if batch_size is not None:
            raise ValueError('The `batch_size` argument must not be specified for the given input type. Received input: {}, '
                             'batch_size: {}'.format(x, batch_size))
        return None
    static_size = _static_batch_size(model)
    if static_size is not None:
        if batch_size is not None and batch_size != static_size:
            raise ValueError('The `batch_size` argument value {} is incompatible with the specified batch size of your Input '
                             'Layer: {}'.format(batch_size, static_size))
        if steps is None:
            batch_size = static_size
    return 32 if batch_size is None and steps is None else batch_size


def check_beside(x, y=None, sample_weight=None, validation_split=None):
    """Raises ValueError for what a generator, Sequence or dataset gives itself; in the words of the way that it is trained in."""
    if _core.executing_eagerly():
        _check_eagerly(x, y, sample_weight, validation_split)
    elif training_data.is_generator_or_sequence(x):
        check_generator_arguments(y, sample_weight, validation_split)
    elif training_data.is_dataset(x):
        check_dataset_arguments(x, y, sample_weight, validation_split)


_ADAPTERS = {'dataset': 'DatasetAdapter', 'python generator': 'GeneratorDataAdapter',
             '`keras.utils.Sequence`': 'KerasSequenceAdapter'}


def _check_eagerly(x, y, sample_weight, validation_split):
    from reflow.keras.utils import data_utils
    if training_data.is_dataset(x):
        kind = 'dataset'
    elif training_data.is_generator_or_sequence(x):
        kind = '`keras.utils.Sequence`' if isinstance(x, data_utils.Sequence) else 'python generator'
    else:
        return
    if validation_split and 0. < validation_split < 1.:
        raise ValueError("`validation_split` argument is not supported when data adapter is <class 'tensorflow.python.keras."
                         "engine.data_adapter.{}'>. Received: x={}, validation_split={}".format(
                             _ADAPTERS[kind], x, validation_split))
    if kind == 'dataset':
        check_dataset_arguments(x, y, sample_weight)
    for name, value in (('y', y), ('sample_weight', sample_weight)):
        if value is not None:
            raise ValueError('`{}` argument is not supported when using {} as input.'.format(name, kind))


def size_for_steps(x, batch_size, steps):
    """The size of the batches of arrays, of which `steps` are taken. ValueError: they have not the same size."""
    number = len(nest.flatten(x)[0])
    if batch_size is None:
        if number % steps:
            raise ValueError('The number of samples %s is not divisible by steps %s. Please change the number of steps to a '
                             'value that can consume all the samples' % (number, steps))
        return number // steps
    if number <= batch_size * (steps - 1):
        raise ValueError('Number of samples %s is less than samples required for specified batch_size %s and steps %s' % (
            number, batch_size, steps))
    return batch_size


def _static_batch_size(model):
    """The number of samples that the model's first layer says its batches have; None: it doesn't."""
    layers = model._sublayers()
    shape = getattr(layers[0], '_batch_input_shape', None) if layers else None
    return tensor_shape.dimension_value(shape[0]) if shape else None
