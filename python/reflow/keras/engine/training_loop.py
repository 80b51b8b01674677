"""The loops of fit, evaluate and predict: epochs, batches, validation, callbacks."""

import numpy as np

from reflow import _core
from reflow.framework import tensor_util
from reflow.keras import callbacks as callbacks_module
from reflow.keras.engine import batch_sources
from reflow.keras.engine import data_checks
from reflow.keras.engine import training_data
from reflow.keras.utils import generic_utils
from reflow.keras.utils.progress import Progbar
from reflow.util import nest


class Loop:
    """What fit, evaluate and predict do, and how they show it."""

    bar = Progbar
    tells_last_loss = False  # whether the loss of a generator is that of its last batch
    shuffles_validation = True  # which changes nothing but NumPy's random numbers

    # Sources of batches.

    def _source(self, model, mode, x, y=None, sample_weight=None, class_weight=None, batch_size=None, steps=None,
                shuffle=False, steps_name='steps', workers=1):
        if training_data.is_generator_or_sequence(x):
            return batch_sources.of_iterator(model, mode, x, steps, class_weight, shuffle, workers)
        if training_data.is_dataset(x):
            return batch_sources.of_dataset(model, mode, x, steps, class_weight, steps_name)
        arrays = model._standardized(x, y, sample_weight, class_weight, batch_size)
        if steps is not None and not (batch_size is not None and _core.executing_eagerly()):
            return batch_sources.of_arrays_with_steps(model, mode, arrays, steps)
        if any(tensor_util.is_tensor(each) and not hasattr(each, 'numpy') for each in nest.flatten(x)):
            raise ValueError('When using data tensors as input to a model, you should specify the `%s` argument.' % steps_name)
        flat = [each for part in arrays for each in part]
        if mode != 'predict' and y is None and model._endpoints and any(each.is_fed for each in model._endpoints):
            raise ValueError('The model needs targets: `y`')
        return batch_sources.ArraySource(model, mode, flat, batch_size, shuffle, steps)

    @staticmethod
    def _checked_batch_size(model, x, y, sample_weight, batch_size, steps, validation_split=None):
        """The size of batches. ValueError: what is given besides `x` doesn't go with it."""
        batch_size = data_checks.inferred_batch_size(model, batch_size, steps, x)
        data_checks.check_beside(x, y, sample_weight, validation_split)
        if steps is not None and _core.executing_eagerly() and isinstance(next(iter(nest.flatten(x)), None), np.ndarray):
            batch_size = data_checks.size_for_steps(x, batch_size, steps)
        return batch_size

    # fit

    def fit(self, model, x, y, batch_size=None, epochs=1, verbose=1, callbacks=None, validation_split=0.,
            validation_data=None, shuffle=True, class_weight=None, sample_weight=None, initial_epoch=0,
            steps_per_epoch=None, validation_steps=None, validation_freq=1, workers=1, as_generator=False):
        """Trains, with datasets as with generators if wanted. Gives the History."""
        batch_size = self._checked_batch_size(model, x, y, sample_weight, batch_size, steps_per_epoch, validation_split)
        validation = None
        if validation_data is not None:
            validation = validation_data
        elif validation_split and 0. < validation_split < 1.:
            x, y, sample_weight, validation = self._split(model, x, y, sample_weight, class_weight, validation_split)
        is_split = validation is not None and validation_data is None
        source = self._source(model, 'train', x, y, sample_weight, None if is_split else class_weight, batch_size,
                              steps_per_epoch, shuffle, 'steps_per_epoch', workers)
        if as_generator and source.use_steps:
            source.take_for_generator()
        validate = None
        if validation is not None:
            validate = self._validation_source(model, validation, batch_size, validation_steps)
        self._announce(source, validate, verbose)
        all_callbacks = callbacks_module.CallbackList(
            [callbacks_module.BaseLogger(stateful_metrics=model.metrics_names[1:])] + list(callbacks or ()) +
            [callbacks_module.History()])
        model.__dict__['history'] = all_callbacks.callbacks[-1]
        names = list(model.metrics_names)
        params = {'batch_size': batch_size, 'epochs': epochs, 'steps': _steps(source, batch_size),
                  'samples': source.size, 'verbose': verbose, 'do_validation': validate is not None,
                  'metrics': names + (['val_' + name for name in names] if validate is not None else [])}
        all_callbacks.set_model(self._callback_model(model))
        all_callbacks.set_params(params)
        progress = self._progress_logger(source, model, params)
        model.stop_training = False
        all_callbacks.on_train_begin()
        progress.on_train_begin({})
        for epoch in range(initial_epoch, epochs):
            if model.stop_training:
                break
            self._epoch(model, source, validate, epoch, all_callbacks, progress, batch_size, validation_freq)
            if not model.stop_training:
                self._end_epoch(source, as_generator)
        all_callbacks.on_train_end()
        progress.on_train_end({})
        return model.history

    @staticmethod
    def _callback_model(model):
        return getattr(model, 'callback_model', None) or model

    def _split(self, model, x, y, sample_weight, class_weight, validation_split):
        arrays = model._standardized(x, y, sample_weight, class_weight)
        training, validation = training_data.split_for_validation(list(arrays), validation_split)
        packed = [tuple(part or None for part in parts) for parts in (training, validation)]
        return packed[0] + (packed[1],)

    def _validation_source(self, model, validation, batch_size, validation_steps):
        if training_data.is_generator_or_sequence(validation) or training_data.is_dataset(validation):
            return self._source(model, 'test', validation, steps=validation_steps, steps_name='validation_steps')
        if not isinstance(validation, (list, tuple)) or len(validation) not in (2, 3):
            raise ValueError('When passing a `validation_data` argument, it must contain either 2 items (x_val, y_val), or 3 '
                             'items (x_val, y_val, val_sample_weights), or alternatively it could be a dataset or a '
                             'dataset or a dataset iterator. However we received `validation_data=%s`' % (validation,))
        weights = validation[2] if len(validation) == 3 else None
        if batch_size is None and validation_steps is None:
            batch_size = 32
        return self._source(model, 'test', validation[0], validation[1], weights, batch_size=batch_size,
                            steps=validation_steps, shuffle=self.shuffles_validation)

    def _announce(self, source, validate, verbose):
        if not verbose or not getattr(source, 'is_announced', True):
            return
        if _core.executing_eagerly():
            print('Train ' + _extent(source) + (
                ', validate ' + _extent(validate) if validate is not None and validate.size else ''))
            return
        unit = 'steps' if source.is_dataset else 'samples'
        text = 'Train on %s %s' % (source.size, unit)
        if validate is not None and validate.announced_size is not None:
            text += ', validate on %s %s' % (validate.announced_size, unit)
        print(text)

    def _progress_logger(self, source, model, params):
        logger = callbacks_module.ProgbarLogger('steps' if source.use_steps else 'samples',
                                                stateful_metrics=model.metrics_names[1:])
        logger.bar = self.bar
        logger.set_params(params)
        logger.set_model(model)
        return logger

    def _epoch(self, model, source, validate, epoch, callbacks, progress, batch_size, validation_freq):
        logs = {}
        model.reset_metrics()
        for each in self._in_order(callbacks, progress):
            each.on_epoch_begin(epoch, logs)
        results = self._batches(model, source, 'train', callbacks, progress)
        epoch_logs = self._epoch_logs(model, results)
        if validate is not None and _is_due(validation_freq, epoch) and not model.stop_training:
            source.end_pass()
            model.reset_metrics()
            callbacks.on_test_begin()
            bar = self._validation_bar(source, model, progress)
            validation = self._batches(model, validate, 'test', callbacks, bar)
            callbacks.on_test_end()
            if bar:
                bar.on_epoch_end(0, self._epoch_logs(model, validation))
            of_validation = {'val_' + name: value for name, value in zip(model.metrics_names, validation)}
            epoch_logs = self._joined(epoch_logs, of_validation)
        for each in self._in_order(callbacks, progress):
            each.on_epoch_end(epoch, epoch_logs)

    @staticmethod
    def _in_order(callbacks, progress):
        """What hears first of epochs, and so prints first."""
        return callbacks, progress

    def _end_epoch(self, source, as_generator):
        if _core.executing_eagerly() and not as_generator:
            source.end_pass()

    def _validation_bar(self, source, model, progress):
        """The bar of validation, which begins as that of training does: beside generators it is shown."""
        if not source.use_steps or not source.is_generator:
            progress.params['verbose'] = 0  # as with TensorFlow, where validation shares them
            return None
        bar = self._progress_logger(source, model, progress.params)
        bar.on_train_begin({})
        bar.on_epoch_begin(0, {})
        return bar

    def _epoch_logs(self, model, results):
        return dict(zip(model.metrics_names, results))

    def _joined(self, of_training, of_validation):
        return {**of_training, **of_validation}

    def _batches(self, model, source, mode, callbacks, progress):
        """The results of an epoch: the mean loss, and what the metrics say in the end."""
        total, weight, results = np.float64(0), 0, []
        for number, (size, function, arrays) in enumerate(source.batches()):
            logs = {'batch': number, 'size': 1 if source.use_steps and not source.tells_sizes else size}
            callbacks.call_batch_hook(mode, 'begin', number, logs)
            if progress:
                progress.on_batch_begin(number, logs)
            outputs = [_value(each) for each in _as_list(function(arrays))]
            if number == 0 and progress:
                self._learn_metrics(model, mode, callbacks, progress)
            of_batch = 1 if source.use_steps else size
            total += np.float64(outputs[0]) * of_batch
            weight += of_batch
            results = [None] + outputs[1:]
            logs.update(zip(model.metrics_names, outputs))
            callbacks.call_batch_hook(mode, 'end', number, logs)
            if progress:
                progress.on_batch_end(number, logs)
            if model.stop_training:
                break
        if results:
            # Of batches that were missing TensorFlow's mean takes the loss for 0.
            results[0] = total / (source.size if mode != 'train' and source.use_steps and source.size else weight)
            if mode == 'test' and source.is_generator and self.tells_last_loss:
                results[0] = outputs[0]
        if progress and source.use_steps and progress.target is None and source.size:
            progress.set_target(source.size)
            if mode == 'train':
                callbacks.params['steps'] = source.size
        return results

    @staticmethod
    def _learn_metrics(model, mode, callbacks, progress):
        """Tells callbacks the names of metrics that were made for the first batch: those of eager execution."""
        names, params = model.metrics_names, progress.params
        if params['metrics'][:len(names)] == names:
            return
        validated = ['val_' + name for name in names] if mode == 'train' and params['do_validation'] else []
        params['metrics'][:] = names + validated
        for each in [progress, progress.progbar, *callbacks]:
            if hasattr(each, 'stateful_metrics'):
                each.stateful_metrics = set(names[1:])

    # evaluate, predict

    def evaluate(self, model, x, y, batch_size=None, verbose=1, sample_weight=None, steps=None, callbacks=None,
                 workers=1):
        """The loss and the metrics."""
        batch_size = self._checked_batch_size(model, x, y, sample_weight, batch_size, steps)
        source = self._source(model, 'test', x, y, sample_weight, batch_size=batch_size, steps=steps, workers=workers)
        all_callbacks, progress = self._begin(model, source, 'test', callbacks, verbose, batch_size)
        model.reset_metrics()
        all_callbacks.on_test_begin()
        if progress:
            progress.on_epoch_begin(0, {})
        results = self._batches(model, source, 'test', all_callbacks, progress)
        if progress:
            progress.on_epoch_end(0, self._epoch_logs(model, results))
        all_callbacks.on_test_end()
        return results[0] if len(results) == 1 else results

    def predict(self, model, x, batch_size=None, verbose=0, steps=None, callbacks=None, workers=1):
        """The outputs."""
        batch_size = self._checked_batch_size(model, x, None, None, batch_size, steps)
        source = self._source(model, 'predict', x, batch_size=batch_size, steps=steps, workers=workers)
        all_callbacks, progress = self._begin(model, source, 'predict', callbacks, verbose, batch_size)
        model.reset_metrics()
        all_callbacks.on_predict_begin()
        if progress:
            progress.on_epoch_begin(0, {})
        parts = []
        for number, (size, function, arrays) in enumerate(source.batches()):
            logs = {'batch': number, 'size': 1 if source.use_steps else size}
            all_callbacks.call_batch_hook('predict', 'begin', number, logs)
            outputs = [_value(each) for each in _as_list(function(arrays))]
            parts.append(outputs)
            logs['outputs'] = outputs
            all_callbacks.call_batch_hook('predict', 'end', number, logs)
            if progress:
                progress.on_batch_end(number, logs)
        if progress:
            progress.on_epoch_end(0, {})
        all_callbacks.on_predict_end()
        joined = [each[0] if len(each) == 1 else np.concatenate(each, axis=0) for each in zip(*parts)]
        return generic_utils.unpack_singleton(joined)

    def _begin(self, model, source, mode, callbacks, verbose, batch_size):
        """The callbacks and the progress bar (None: none is shown) of evaluate or predict."""
        all_callbacks = callbacks_module.CallbackList(list(callbacks or ()))
        params = {'batch_size': batch_size, 'epochs': 1, 'steps': _steps(source, batch_size),
                  'samples': source.size, 'verbose': verbose, 'do_validation': False,
                  'metrics': list(model.metrics_names) if mode != 'predict' else []}
        all_callbacks.set_model(self._callback_model(model))
        all_callbacks.set_params(params)
        model.stop_training = False
        progress = self._progress_logger(source, model, params)
        progress.on_train_begin({})
        return all_callbacks, progress if verbose else None


class LoopOfKeras(Loop):
    """The loops of the package keras: no metrics beside the bars of evaluate and predict, other headings."""

    tells_last_loss = True
    shuffles_validation = False

    @staticmethod
    def _learn_metrics(model, mode, callbacks, progress):
        """Nothing: Keras has no eager execution, in which metrics come late."""

    @staticmethod
    def _in_order(callbacks, progress):
        return progress, callbacks

    def _end_epoch(self, source, as_generator):
        source.end_epoch()

    def _validation_bar(self, source, model, progress):
        return None

    def _announce(self, source, validate, verbose):
        if verbose and validate is not None and not source.use_steps and not validate.use_steps:
            print('Train on %d samples, validate on %d samples' % (source.size, validate.size))

    def _progress_logger(self, source, model, params):
        logger = super()._progress_logger(source, model, params)
        logger.shows_every_epoch = True
        logger.unit_name = 'step'
        return logger

    def _begin(self, model, source, mode, callbacks, verbose, batch_size):
        all_callbacks, progress = super()._begin(model, source, mode, callbacks, verbose, batch_size)
        if progress:
            progress.params['metrics'] = []
            progress.params['verbose'] = int(verbose == 1)
            progress.verbose = int(verbose == 1)
            progress.shows_every_epoch = False
        return all_callbacks, progress

    def _source(self, *args, **kwargs):
        source = super()._source(*args, **kwargs)
        source.keeps_order = source.goes_on = True
        return source

    def _batches(self, model, source, mode, callbacks, progress):
        results = super()._batches(model, source, mode, callbacks, progress)
        return [float(value) for value in results] if mode == 'test' else results

    def _joined(self, of_training, of_validation):
        return {**of_validation, **of_training}


def _extent(source):
    """How much an epoch takes, as eager execution says it."""
    return 'for %d steps' % source.size if source.use_steps else 'on %d samples' % source.size


def _steps(source, batch_size):
    """The steps of an epoch that callbacks are told."""
    if source.use_steps:
        return source.size
    return -(-source.size // batch_size) if _core.executing_eagerly() else None


def _is_due(validation_freq, epoch):
    """Whether there is validation after the epoch."""
    one_based = epoch + 1
    if isinstance(validation_freq, int):
        if validation_freq < 1:
            raise ValueError('`validation_freq` can not be less than 1.')
        return one_based % validation_freq == 0
    if not hasattr(validation_freq, '__contains__'):
        raise ValueError('`validation_freq` must be an Integer or `collections.Container` (e.g. list, tuple, etc.)')
    return one_based in validation_freq


def _as_list(values):
    return values if isinstance(values, list) else [values]


def _value(value):
    return value.numpy() if hasattr(value, 'numpy') else value
