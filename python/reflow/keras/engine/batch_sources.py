"""Where batches come from: arrays, generators, Sequences, datasets."""

import random

import numpy as np

from reflow import _core
from reflow.framework import errors_impl, tensor_shape
from reflow.keras.engine import data_checks
from reflow.keras.engine import training_data
from reflow.keras.utils import generic_utils
from reflow.platform import tf_logging as logging
from reflow.util import nest


class ArraySource:
    """Batches of arrays, in another order in each epoch if wanted."""

    use_steps = False
    is_dataset = is_generator = False
    keeps_order = False  # whether an epoch's order is made of the last one's

    def __init__(self, model, mode, arrays, batch_size, shuffle=False, max_steps=None):
        self._function = model._function(mode)
        self._arrays = arrays
        self._batch_size = batch_size
        self._shuffle = shuffle
        self.size = _number_of_samples(arrays)
        self._indices = np.arange(self.size)
        self._max_steps = max_steps

    @property
    def announced_size(self):
        """What fit says that the model is validated on."""
        return self.size

    def end_pass(self):
        """Nothing: arrays have no passes."""

    end_epoch = end_pass

    def batches(self):
        """(number of samples, what the function gives) of each batch."""
        indices = self._indices if self.keeps_order else np.arange(self.size)
        if self._shuffle == 'batch':
            indices = self._indices = _shuffled_batches(indices, self._batch_size)
        elif self._shuffle:
            np.random.shuffle(indices)
        batches = generic_utils.make_batches(self.size, self._batch_size)
        for start, end in batches[:self._max_steps]:
            ids = indices[start:end]
            if len(batches) == 1:
                arrays = self._arrays
            else:
                try:
                    arrays = generic_utils.slice_arrays(self._arrays, ids)
                except TypeError:
                    raise TypeError('TypeError while preparing batch. If using HDF5 input data, pass shuffle="batch".'
                                    ) from None
            arrays = [each.toarray() if hasattr(each, 'toarray') else each for each in arrays]
            yield end - start, self._function, arrays


def _number_of_samples(arrays):
    for each in arrays:
        if hasattr(each, 'shape'):
            size = tensor_shape.dimension_value(each.shape[0])
            return 1 if size is None else size  # a tensor's may be unknown: then batches count alike
    raise ValueError('The model has no inputs whose number of samples is known: say `steps`')


def _shuffled_batches(indices, batch_size):
    """Whole batches in another order; what is left over stays at the end."""
    whole = len(indices) // batch_size
    last = indices[whole * batch_size:]
    shuffled = indices[:whole * batch_size].reshape((whole, batch_size))
    np.random.shuffle(shuffled)
    return np.append(shuffled.flatten(), last)


class StepSource:
    """A number of batches in each epoch, which an iterator makes."""

    use_steps = True
    is_announced = True  # whether fit says how many steps there are
    tells_sizes = False  # whether callbacks hear of batches' sizes
    is_generator = False  # whether a bar shows validation
    cardinality = None  # of the dataset, as far as it is known
    is_dataset = False
    goes_on = False  # whether a validation begins where the last one ended

    def __init__(self, model, mode, next_batch, steps, class_weight=None, restart=None, warning=None,
                 sequence=None):
        self._model = model
        self._mode = mode
        self._next = next_batch
        self._class_weight = class_weight
        self._restart = restart
        self._warning = warning
        self._sequence = sequence
        self.size = self.announced_size = steps

    def take_for_generator(self):
        """What it gives comes from a generator: fit says nothing of it, and shows validation."""
        self.is_announced = False
        self.is_generator = self.tells_sizes = True
        self.size = self.cardinality if self.size is None else self.size

    def end_pass(self):
        """Ends the pass over a Sequence whose batches have all been taken; else the next batch does."""
        if self._sequence:
            self._sequence.end_pass()

    def end_epoch(self):
        """Ends an epoch as the package keras does, where a Sequence hears of it at once."""
        if self._sequence:
            self._sequence.end_epoch()

    def batches(self):
        """(number of samples, what the function gives) of each batch."""
        step = 0
        while self.size is None or step < self.size:
            try:
                data = self._next()
            except (StopIteration, errors_impl.OutOfRangeError):
                self._ended(step)
                return
            x, y, weights = _parts_of_batch(data, self._mode)
            arrays = self._model._standardized(x, y, weights, self._class_weight)
            flat = [part for parts in arrays for part in parts]
            yield _number_of_samples(flat), self._model._function(self._mode), flat
            step += 1
        if self._restart and not self.goes_on:
            self._restart()

    def _ended(self, step):
        if self.size is None:
            self.size = step
            if self._restart:
                self._restart()
            return
        self._model.stop_training = True
        logging.warning(self._warning, self.size)


def _parts_of_batch(data, mode):
    """(x, y, sample weights) of what an iterator gives."""
    if mode == 'predict':
        return (data[0] if isinstance(data, tuple) else data), None, None
    if not isinstance(data, tuple):
        return data, None, None
    if len(data) == 2:
        return data[0], data[1], None
    if len(data) == 3:
        return data
    if len(data) == 1:
        return data[0], None, None
    raise ValueError('Output of generator should be a tuple `(x, y, sample_weight)` or `(x, y)`. Found: ' + str(data))


def of_arrays_with_steps(model, mode, arrays, steps):
    """The same arrays, or tensors of queues and the like, `steps` times."""
    source = _RepeatedSource(model, mode, lambda: arrays, steps)
    source.announced_size = _announced_samples(arrays)
    return source


def _announced_samples(structure):
    """The size of the first array or tensor, which may be '?'."""
    shape = nest.flatten(structure)[0].shape
    return shape[0] if len(shape) else None


class _RepeatedSource(StepSource):
    """One batch, which is as the model's function takes it."""

    def batches(self):
        flat = [part for parts in self._next() for part in parts]
        for _ in range(self.size):
            yield _number_of_samples(flat), self._model._function(self._mode), flat


def of_iterator(model, mode, generator, steps, class_weight=None, shuffle=False, workers=1):
    """Batches of a generator or a Sequence."""
    source = _of_iterator(model, mode, generator, steps, class_weight, shuffle, workers)
    source.take_for_generator()
    if _core.executing_eagerly():
        source.is_announced, source.is_generator = True, False
    return source


def _of_iterator(model, mode, generator, steps, class_weight, shuffle, workers):
    from reflow.keras.utils import data_utils
    if isinstance(generator, data_utils.Sequence):
        ordered = _SequenceReader(generator, shuffle, workers, is_whole=steps is None)
        return StepSource(model, mode, ordered.next, len(generator) if steps is None else steps, class_weight,
                          restart=None if mode == 'train' else ordered.begin, sequence=ordered)
    if steps is None:
        raise ValueError('Please specify the number of steps of a generator: `steps_per_epoch`, `validation_steps` or '
                         '`steps`.')
    return StepSource(model, mode, lambda: next(generator), steps, class_weight,
                      warning='Your dataset iterator ran out of data; interrupting training. Make sure that your iterator '
                              'can generate at least `%s` batches for each epoch.')


class _SequenceReader:
    """Pass after pass over a Sequence, which hears of the end of one when the next begins. Without workers it never does."""

    def __init__(self, sequence, shuffle, workers, is_whole):
        self._sequence = sequence
        self._is_whole = is_whole  # whether an epoch is a pass
        self._has_workers = workers > 0
        self._shuffle = shuffle and self._has_workers
        self._order = list(range(len(sequence)))
        self.begin()

    def begin(self):
        if self._shuffle:
            random.shuffle(self._order)
        self._position = 0

    def next(self):
        self.end_pass()
        batch = self._sequence[self._order[self._position]]
        self._position += 1
        return batch

    def end_pass(self):
        if self._position == len(self._order):
            if self._has_workers:
                self._sequence.on_epoch_end()
            self.begin()

    def end_epoch(self):
        if not self._has_workers:
            self._sequence.on_epoch_end()
        elif self._is_whole:
            self.end_pass()


def _steps_of_dataset(dataset, steps, steps_name):
    """The number of batches of an epoch, as far as it is known before. ValueError: there are not so many, or no end."""
    from reflow.data.experimental.ops import cardinality
    from reflow.keras import backend_session
    size = int(backend_session.get_value(cardinality.cardinality(dataset)))
    if steps is None:
        if size == cardinality.INFINITE:
            raise ValueError('When passing an infinitely repeating dataset, you must specify the `%s` argument.' % (
                steps_name,))
        return size if size >= 0 else None
    return steps


def of_dataset(model, mode, dataset, steps, class_weight=None, steps_name='steps'):
    """Batches of a tf.data.Dataset, or of an iterator of one. Each validation begins anew, training with `steps` goes on."""
    if not hasattr(dataset, 'get_next') and not hasattr(dataset, '__next__'):
        known, is_given = _steps_of_dataset(dataset, steps, steps_name), steps is not None
    else:
        known, is_given = steps, steps is not None
    begins_anew = not is_given or steps_name == 'validation_steps'
    warning = ('Your dataset ran out of data; interrupting training. Make sure that your dataset can generate at least '
               '`%s` batches for each epoch. You may need to use the repeat() function when building your dataset.')
    if _core.executing_eagerly():
        holder = {'iterator': iter(dataset)}

        def restart():
            holder['iterator'] = iter(dataset)

        cardinality = known
        if mode == 'train' and not is_given:
            known = None  # fit takes what it is for unknown, in the first epoch
        source = StepSource(model, mode, lambda: _arrays_of(next(holder['iterator'])), known, class_weight,
                            restart=restart if begins_anew else None, warning=warning)
        source.is_announced, source.cardinality = is_given, cardinality
        source.tells_sizes = True
        return source
    from reflow.keras import backend_session
    is_iterator = data_checks.is_iterator(dataset)
    iterator, begin = (dataset, None) if is_iterator else _initialized(dataset)
    following = iterator.get_next()
    source = StepSource(model, mode, lambda: _tuple_of(backend_session.get_session().run(following)), known, class_weight,
                        restart=begin if begins_anew else None, warning=warning)
    source.is_dataset = not is_iterator
    if is_iterator:
        source.announced_size = _announced_samples(following)
    return source


def _initialized(dataset):
    """(iterator at the beginning of a dataset, function that sets it back there)"""
    from reflow.data.ops import dataset_ops
    from reflow.keras import backend_session
    iterator = dataset_ops.make_initializable_iterator(dataset)

    def begin():
        backend_session.get_session().run(iterator.initializer)

    begin()
    return iterator, begin


def next_batch(x, y=None, sample_weight=None):
    """(x, y, sample weights) of a batch: what is given, or the first of a dataset, or what an iterator in a graph has next."""
    is_iterator = data_checks.is_iterator(x)
    if not training_data.is_dataset(x) or is_iterator and _core.executing_eagerly():
        return x, y, sample_weight
    data_checks.check_dataset_arguments(x, y, sample_weight)
    if _core.executing_eagerly():
        return _parts_of_batch(_arrays_of(next(iter(x))), 'train')
    from reflow.keras import backend_session
    iterator = x if is_iterator else _initialized(x)[0]
    following = iterator.get_next()
    return _parts_of_batch(_tuple_of(backend_session.get_session().run(following)), 'train')


def _tuple_of(values):
    return tuple(values) if isinstance(values, (list, tuple)) else values


def _arrays_of(structure):
    return nest.map_structure(training_data.as_array, structure)
