"""Models: networks that can be trained."""

from reflow import _core
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.keras import backend as K
from reflow.keras import metrics as metrics_module
from reflow.keras import optimizers
from reflow.keras.engine import batch_sources
from reflow.keras.engine import data_checks
from reflow.keras.engine import layer_weights
from reflow.keras.engine import inner_names
from reflow.keras.engine import training_data
from reflow.keras.engine import training_loop
from reflow.keras.engine import training_targets
from reflow.keras.engine.network import Network
from reflow.keras.utils import generic_utils
from reflow.ops import math_ops
from reflow.util import nest


class Model(inner_names.InnerNames, Network):
    """Layers with training and inference.

    Model(inputs, outputs) is what lies between tensors; subclasses compute outputs in `call`.
    """

    _object_identifier = '_tf_keras_model'

    # How progress is shown, and what metrics are called: the package keras does it otherwise.
    _loop = training_loop.Loop()
    _metric_name = staticmethod(training_targets.metric_name)
    _checks_target_shapes = False
    _not_compiled = 'You must compile your model before training/testing. Use `model.compile(optimizer, loss)`.'

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._init_training()

    def _init_training(self):
        self.__dict__.update(
            _endpoints=[], _compile_arguments=None, _compile_metric_objects=[], _run_eagerly=None, loss=None,
            total_loss=None, stop_training=False, history=None, _metric_names=['loss'], _functions={}, optimizer=None)

    # Compilation.

    def compile(self, optimizer='rmsprop', loss=None, metrics=None, loss_weights=None, sample_weight_mode=None,
                weighted_metrics=None, target_tensors=None, distribute=None, **kwargs):
        """Says how the model is trained: by which optimizer, to make which loss small."""
        self._run_eagerly = kwargs.pop('run_eagerly', None)
        if kwargs.pop('cloning', None) is not None or distribute is not None:
            raise NotImplementedError('Distribution strategies are not there yet')
        kwargs.pop('experimental_run_tf_function', None)
        self.__dict__['_function_kwargs'] = {key: kwargs.pop(key) for key in (
            'feed_dict', 'fetches', 'options', 'run_metadata') if key in kwargs}
        if kwargs:
            raise TypeError('Invalid keyword argument(s) in `compile`: %s' % (set(kwargs),))
        self.__dict__.update(loss=loss or {}, loss_weights=loss_weights, sample_weight_mode=sample_weight_mode)
        self.optimizer = self._optimizer_of(optimizer)
        self.__dict__['_compile_arguments'] = {
            'metrics': metrics, 'loss_weights': loss_weights, 'sample_weight_mode': sample_weight_mode,
            'weighted_metrics': weighted_metrics, 'target_tensors': target_tensors}
        self.__dict__.update(_functions={}, _trainable_when_compiled=layer_weights.trainable_state(self))
        self._is_compiled = True
        if self.run_eagerly:
            self.__dict__['_endpoints'] = []
            self.__dict__['_metric_names'] = ['loss']
            if self._is_graph_network:
                training_targets.loss_functions(self.loss, self.output_names)  # raises where one is unknown
        elif self.inputs and self.outputs:
            self._compile_outputs()

    @staticmethod
    def _optimizer_of(identifier):
        return optimizers.get(identifier)

    @property
    def run_eagerly(self):
        """Whether the model is trained without a graph."""
        if self._run_eagerly and not _core.executing_eagerly():
            raise ValueError('You can only set `run_eagerly` if eager execution is enabled.')
        return _core.executing_eagerly()

    @run_eagerly.setter
    def run_eagerly(self, value):
        self._run_eagerly = value

    def _compile_outputs(self):
        arguments = self._compile_arguments
        functions = training_targets.loss_functions(self.loss, self.output_names)
        endpoints = [training_targets.Endpoint(output, name, function)
                     for output, name, function in zip(self.outputs, self.output_names, functions)]
        self.__dict__['_endpoints'] = endpoints
        training_targets.set_loss_weights(endpoints, arguments['loss_weights'])
        modes = training_targets.sample_weight_modes(arguments['sample_weight_mode'], self.output_names)
        self._make_targets(endpoints, arguments['target_tensors'])
        for endpoint, mode in zip(endpoints, modes):
            endpoint.make_sample_weight(mode)
        self._make_metrics(arguments['metrics'], arguments['weighted_metrics'])
        self._make_loss_and_metrics()
        self.__dict__['_collected_trainable_weights'] = self.trainable_weights

    def _make_targets(self, endpoints, target_tensors):
        tensors = [None] * len(endpoints)
        if isinstance(target_tensors, dict):
            tensors = [target_tensors.get(each.output_name) for each in endpoints]
        elif isinstance(target_tensors, (list, tuple)):
            if len(target_tensors) != len(endpoints):
                raise ValueError('When passing a list as `target_tensors`, it should have one entry per model output. The '
                                 'model has %s outputs, but you passed target_tensors=%s' % (len(endpoints), target_tensors))
            tensors = target_tensors
        elif target_tensors is not None:
            tensors = [target_tensors]
        for endpoint, tensor in zip(endpoints, tensors):
            endpoint.make_target(tensor)

    def _make_metrics(self, metrics, weighted_metrics):
        names = ['loss']
        if len(self._endpoints) > 1:
            for endpoint in self._endpoints:
                if not endpoint.is_skipped:
                    endpoint.output_loss_metric = metrics_module.Mean(name=endpoint.loss_name)
                    names.append(endpoint.loss_name)
        objects = []
        self.__dict__['_metrics_of_outputs'] = []
        of_outputs = [training_targets.metrics_of_outputs(each, self._endpoints, self._metric_name, weighted)
                      for each, weighted in ((metrics, False), (weighted_metrics, True))]
        for endpoint, plain, weighted in zip(self._endpoints, *of_outputs):
            renamed = []
            for name, metric, is_weighted in [(*item, False) for item in plain.items()] + [
                    (*item, True) for item in weighted.items()]:
                if endpoint.is_skipped:
                    continue
                unique = base = endpoint.output_name + '_' + name if len(self._endpoints) > 1 else name
                number = 1
                while unique in names:
                    unique = '%s_%d' % (base, number)
                    number += 1
                names.append(unique)
                metric._name = unique
                objects.append(metric)
                renamed.append((unique, metric, is_weighted))
            self._metrics_of_outputs.append(renamed)
        self.__dict__['_metric_names'] = names
        self.__dict__['_compile_metric_objects'] = [
            each.output_loss_metric for each in self._endpoints if each.output_loss_metric is not None] + objects

    def _make_loss_and_metrics(self):
        """The total loss and the metrics' tensors, of the endpoints' targets and sample weights."""
        masks = [getattr(x, '_keras_mask', None) for x in self.outputs]
        with ops.name_scope('metrics'):
            for endpoint, named, mask in zip(self._endpoints, self._metrics_of_outputs, masks):
                for name, metric, is_weighted in named:
                    with ops.name_scope(name):
                        weights = endpoint.sample_weight if is_weighted else None
                        training_targets.call_metric(metric, endpoint.target, endpoint.output, weights, mask)
        self.__dict__['total_loss'] = self._total_loss(masks)
        self.__dict__['_functions'] = {}

    def _total_loss(self, masks):
        total = None
        with ops.name_scope('loss'):
            for endpoint, mask in zip(self._endpoints, masks):
                if endpoint.is_skipped:
                    continue
                with ops.name_scope(endpoint.loss_name):
                    loss = training_targets.loss_of(
                        endpoint.loss_fn, endpoint.target, endpoint.output, endpoint.sample_weight, mask)
                if endpoint.output_loss_metric is not None:
                    endpoint.output_loss_metric(loss)
                weighted = endpoint.loss_weight * loss
                total = weighted if total is None else total + weighted
            if total is None:
                if not self.losses:
                    raise ValueError('The model cannot be compiled because it has no loss to optimize.')
                total = 0.
            custom = self.get_losses_for(None) + self.get_losses_for(self.inputs)
            if custom:
                total += math_ops.add_n(custom)
        return total

    @property
    def metrics(self):
        """The metrics: those of compile, then those that layers have added."""
        found = list(self._compile_metric_objects) if self._is_compiled else []
        return found + [each for each in self._added_metrics() if all(each is not m for m in found)]

    def _added_metrics(self):
        """The metrics that the model and its layers have added; what a model within was compiled with is its own."""
        of_layers = [layer._added_metrics() if isinstance(layer, Model) else layer.metrics for layer in self._sublayers()]
        return self._metrics + [metric for metrics in of_layers for metric in metrics]

    @property
    def metrics_names(self):
        """'loss' and the names of the metrics."""
        names = list(self._metric_names)
        known = self._compile_metric_objects
        return names + [each.name for each in self.metrics if all(each is not m for m in known)]

    def _metrics_by_name(self):
        """{name: metric} of what compile was given as metrics; None: of nothing."""
        if not self._is_compiled or not (self._compile_arguments['metrics'] or self._compile_arguments['weighted_metrics']):
            return None
        of_losses = [each.output_loss_metric for each in self._endpoints]
        return {metric.name: metric for metric in self._compile_metric_objects
                if all(metric is not each for each in of_losses)}

    def reset_metrics(self):
        """Sets the metrics back."""
        for metric in self.metrics:
            metric.reset_states()

    # Functions of arrays.

    def _feeds(self, mode):
        feeds = list(self._feed_inputs)
        if mode != 'predict':
            feeds += [each.target for each in self._endpoints if each.is_fed]
            feeds += [each.sample_weight for each in self._endpoints if each.sample_weight is not None]
        return feeds

    def _function(self, mode):
        """The function of lists of arrays that trains, tests or predicts with one batch."""
        if self.run_eagerly:
            from reflow.keras.engine import training_eager
            return lambda arrays: training_eager.run(self, mode, arrays)
        if mode not in self._functions:
            self._functions[mode] = self._make_function(mode)
        return self._functions[mode]

    def _make_function(self, mode):
        phase = K.learning_phase()
        kwargs = self.__dict__.get('_function_kwargs', {})
        inputs = self._feeds(mode)
        if mode == 'train':
            self._check_trainable_weights()
            updates = self._training_updates()
            with ops.name_scope('training'):
                return _Function(inputs, [self.total_loss] + self._metric_tensors(), updates, phase, 1, 'train_function',
                                 kwargs)
        if mode == 'test':
            with ops.name_scope('evaluation'):
                return _Function(inputs, [self.total_loss] + self._metric_tensors(), self.state_updates, phase, 0,
                                 'test_function', kwargs)
        with ops.name_scope('predict'):
            return _Function(inputs, self.outputs, self.state_updates, phase, 0, 'predict_function', kwargs)

    def _training_updates(self):
        """The operations of a training step, of what was trainable when the model was compiled."""
        with ops.name_scope('training'), layer_weights.trainable_as(self._trainable_when_compiled):
            return self._updates_of_optimizer() + self.get_updates_for(None) + self.get_updates_for(self.inputs)

    def _updates_of_optimizer(self):
        return self.optimizer.get_updates(params=self.trainable_weights, loss=self.total_loss)

    def _metric_tensors(self):
        return [each.__dict__['_call_result'] for each in self.metrics if '_call_result' in each.__dict__]

    def _check_trainable_weights(self):
        with layer_weights.trainable_as(self._trainable_when_compiled):
            number = len(self.trainable_weights)
        if len(self.trainable_weights) != number:
            from reflow.platform import tf_logging as logging
            logging.warning('Discrepancy between trainable weights and collected trainable weights, did you set '
                            '`model.trainable` without calling `model.compile` after ?')

    def _assert_compiled(self):
        if not self._is_compiled:
            raise RuntimeError(self._not_compiled)

    # Inputs of models that have none yet.

    def _set_inputs(self, inputs, outputs=None, training=None):
        """Takes `inputs`, arrays or tensors, for what the model is called with."""
        if self.inputs:
            return
        if hasattr(self, '_build_input_shape'):
            self._build_input_shape = (None,) + tuple(_shape_of(nest.flatten(inputs)[0])[1:])
        structure = inputs
        tensors = []
        for number, each in enumerate(nest.flatten(inputs)):
            if tensor_util.is_tensor(each) and not hasattr(each, 'numpy'):
                tensors.append(each)
            else:
                name = 'input_%d' % (number + 1)
                shape = tuple(_shape_of(each)[1:]) if len(_shape_of(each)) != 1 else (1,)  # arrays of numbers become columns
                tensors.append(K.placeholder(shape=(None,) + shape,
                                             dtype=K.floatx() if _is_float(each) else each.dtype.name, name=name))
        packed = nest.pack_sequence_as(structure, tensors) if nest.is_sequence(structure) else tensors[0]
        if isinstance(packed, (list, tuple)) and len(packed) == 1:
            packed = packed[0]
        names = sorted(structure) if isinstance(structure, dict) else ['input_%d' % (i + 1) for i in range(len(tensors))]
        self.__dict__.update(inputs=tensors, input_names=names, _feed_inputs=tensors, _feed_input_names=list(names),
                             _feed_input_shapes=[K.int_shape(each) for each in tensors])
        if outputs is None:
            kwargs = {}
            if self._expects('training'):
                kwargs['training'] = K.learning_phase() if training is None else training
            outputs = self(packed, **kwargs)
        flat = nest.flatten(outputs)
        self.__dict__.update(outputs=flat, output_names=['output_%d' % (i + 1) for i in range(len(flat))], built=True)

    def _prepare(self, x, y=None):
        """Gives a model without inputs those of `x`, and compiles it for them."""
        if self.run_eagerly or self.inputs and self.outputs and (not self._is_compiled or self._endpoints):
            return
        if not self.inputs:
            data = x
            if isinstance(x, tuple):
                data = list(x)
            if isinstance(data, list) and data and not hasattr(data[0], 'shape'):
                import numpy as np
                data = np.asarray(data)
            if any(tensor_util.is_tensor(each) for each in nest.flatten(data)):
                data = nest.map_structure(_with_default_float, data)
            self._set_inputs(data)
        if self._is_compiled and not self._endpoints:
            self._compile_outputs()

    def _standardized(self, x, y=None, sample_weight=None, class_weight=None, batch_size=None):
        """(inputs, targets, weights): lists of arrays for one of the functions."""
        if self.run_eagerly:
            from reflow.keras.engine import training_eager
            return training_eager.standardized(self, x, y, sample_weight, class_weight)
        self._prepare(x, y)
        if self._is_graph_network and not self._checks_target_shapes:
            x = training_data.without_extra_arrays(x, self._feed_input_names)
        x = training_data.standardize_input_data(
            x, self._feed_input_names, self._feed_input_shapes if self._is_graph_network else None,
            check_batch_axis=False, exception_prefix='input')
        if y is None:
            training_data.check_array_lengths(x, None)
            return x, [], []
        if not self._is_compiled:
            self._assert_compiled()
        endpoints = [each for each in self._endpoints if each.is_fed]
        y = training_data.standardize_input_data(
            y, [each.output_name for each in endpoints],
            [each.feed_shape for each in endpoints] if self._checks_target_shapes and self._is_graph_network else None,
            check_batch_axis=False, exception_prefix='target')
        names = [each.output_name for each in endpoints]
        weights = training_data.standardize_weights_of_outputs(sample_weight, names, 'sample_weight')
        class_weights = training_data.class_weights_of_outputs(class_weight, names)
        weights = [training_data.standardize_weights(each, sample, classes, endpoint.sample_weight_mode)
                   for each, sample, classes, endpoint in zip(y, weights, class_weights, endpoints)]
        training_data.check_array_lengths(x, y, [each for each in weights if each is not None])
        training_data.check_loss_and_target_compatibility(y, [each.loss_fn for each in endpoints],
                                                          [each.feed_shape for each in endpoints])
        if self.stateful and batch_size and x and x[0].shape[0] % batch_size != 0:
            raise ValueError('In a stateful network, you should only pass inputs with a number of samples that can be '
                             'divided by the batch size. Found: ' + str(x[0].shape[0]) + ' samples')
        return x, y, self._fed_weights(endpoints, weights, y)

    def _fed_weights(self, endpoints, weights, targets):
        """The weights for the placeholders, which are made when weights are first given."""
        import numpy as np
        missing = [each for each, weight in zip(endpoints, weights) if weight is not None and each.sample_weight is None]
        if missing:
            for endpoint in missing:
                endpoint.make_sample_weight('samplewise')
            self._make_loss_and_metrics()
        fed = []
        for endpoint, weight, target in zip(endpoints, weights, targets):
            if endpoint.sample_weight is not None:
                shape = target.shape[:2] if endpoint.sample_weight_mode == 'temporal' else target.shape[:1]
                fed.append(np.ones(shape, dtype=K.floatx()) if weight is None else weight)
        return fed

    def _set_sample_weight_tensors(self, weights):
        """Weighs the losses with tensors: one, or one for each output in a list or, by name, in a dictionary."""
        names = [each.output_name for each in self._endpoints]
        for endpoint, weight in zip(self._endpoints, training_data.standardize_weights_of_outputs(
                weights, names, 'sample_weight')):
            endpoint.sample_weight = weight
        self._make_loss_and_metrics()

    # Training and inference.

    def fit(self, x=None, y=None, batch_size=None, epochs=1, verbose=1, callbacks=None, validation_split=0.,
            validation_data=None, shuffle=True, class_weight=None, sample_weight=None, initial_epoch=0,
            steps_per_epoch=None, validation_steps=None, validation_freq=1, max_queue_size=10, workers=1,
            use_multiprocessing=False, **kwargs):
        """Trains the model with arrays, a dataset, a generator or a Sequence. Gives the History."""
        if 'nb_epoch' in kwargs:
            epochs = kwargs.pop('nb_epoch')
        if kwargs:
            raise TypeError('Unrecognized keyword arguments: ' + str(kwargs))
        self._assert_compiled()
        data_checks.refuse_iterators(x)
        return self._loop.fit(
            self, x, y, batch_size=batch_size, epochs=epochs, verbose=verbose, callbacks=callbacks,
            validation_split=validation_split, validation_data=validation_data, shuffle=shuffle,
            class_weight=class_weight, sample_weight=sample_weight, initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch, validation_steps=validation_steps, validation_freq=validation_freq,
            workers=workers)

    def evaluate(self, x=None, y=None, batch_size=None, verbose=1, sample_weight=None, steps=None, callbacks=None,
                 max_queue_size=10, workers=1, use_multiprocessing=False):
        """The loss and the metrics of arrays, a dataset, a generator or a Sequence."""
        self._assert_compiled()
        data_checks.refuse_iterators(x)
        return self._loop.evaluate(self, x, y, batch_size=batch_size, verbose=verbose, sample_weight=sample_weight,
                                   steps=steps, callbacks=callbacks, workers=workers)

    def predict(self, x, batch_size=None, verbose=0, steps=None, callbacks=None, max_queue_size=10, workers=1,
                use_multiprocessing=False):
        """The outputs for arrays, a dataset, a generator or a Sequence."""
        data_checks.refuse_iterators(x)
        return self._loop.predict(self, x, batch_size=batch_size, verbose=verbose, steps=steps, callbacks=callbacks,
                                  workers=workers)

    def fit_generator(self, generator, steps_per_epoch=None, epochs=1, verbose=1, callbacks=None, validation_data=None,
                      validation_steps=None, validation_freq=1, class_weight=None, max_queue_size=10, workers=1,
                      use_multiprocessing=False, shuffle=True, initial_epoch=0):
        """Trains the model with batches of a generator or a Sequence."""
        self._assert_compiled()
        return self._loop.fit(
            self, generator, None, epochs=epochs, verbose=verbose, callbacks=callbacks, validation_data=validation_data,
            shuffle=shuffle, class_weight=class_weight, initial_epoch=initial_epoch, steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps, validation_freq=validation_freq, workers=workers, as_generator=True)

    def evaluate_generator(self, generator, steps=None, callbacks=None, max_queue_size=10, workers=1,
                           use_multiprocessing=False, verbose=0):
        """The loss and the metrics of batches of a generator or a Sequence."""
        self._assert_compiled()
        return self._loop.evaluate(self, generator, None, verbose=verbose, steps=steps, callbacks=callbacks,
                                   workers=workers)

    def predict_generator(self, generator, steps=None, callbacks=None, max_queue_size=10, workers=1,
                          use_multiprocessing=False, verbose=0):
        """The outputs for batches of a generator or a Sequence."""
        return self._loop.predict(self, generator, verbose=verbose, steps=steps, callbacks=callbacks, workers=workers)

    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None, reset_metrics=True):
        """Trains the model with one batch. Gives the loss and the metrics."""
        self._assert_compiled()
        x, y, sample_weight = batch_sources.next_batch(x, y, sample_weight)
        x, y, weights = self._standardized(x, y, sample_weight, class_weight)
        return self._run_batch('train', x, y, weights, reset_metrics)

    def test_on_batch(self, x, y=None, sample_weight=None, reset_metrics=True):
        """The loss and the metrics of one batch."""
        self._assert_compiled()
        x, y, sample_weight = batch_sources.next_batch(x, y, sample_weight)
        x, y, weights = self._standardized(x, y, sample_weight)
        return self._run_batch('test', x, y, weights, reset_metrics)

    def _run_batch(self, mode, x, y, weights, reset_metrics):
        outputs = self._function(mode)(x + y + weights)
        if self.run_eagerly:
            outputs = [each.numpy() if hasattr(each, 'numpy') else each for each in outputs]
        if reset_metrics:
            self.reset_metrics()
        return generic_utils.unpack_singleton(outputs)

    def predict_on_batch(self, x):
        """The outputs for one batch."""
        x, _, _ = self._standardized(batch_sources.next_batch(x)[0])
        return generic_utils.unpack_singleton(self._function('predict')(x))


class _Function:
    """A function of arrays that also feeds the learning phase."""

    def __init__(self, inputs, outputs, updates, phase, phase_value, name, kwargs):
        self._feeds_phase = isinstance(phase, ops.Tensor)
        self._phase_value = bool(phase_value)
        self.function = K.function(inputs + ([phase] if self._feeds_phase else []), outputs, updates=updates, name=name,
                                   **kwargs)

    @property
    def inputs(self):
        """What is fed."""
        return self.function.inputs

    def __call__(self, arrays):
        feeds_phase = self._feeds_phase and len(arrays) < len(self.inputs)  # programs give the phase, too
        return self.function(list(arrays) + ([self._phase_value] if feeds_phase else []))


def _shape_of(value):
    return value.shape.as_list() if hasattr(value.shape, 'as_list') else value.shape


def _with_default_float(value):
    """A tensor of `value`, of Keras' type of floating-point numbers if it is one of those."""
    from reflow.framework import ops
    from reflow.ops import math_ops
    tensor = ops.convert_to_tensor(value)
    return math_ops.cast(tensor, K.floatx()) if tensor.dtype.is_floating else tensor


def _is_float(value):
    return value.dtype.kind == 'f' if hasattr(value.dtype, 'kind') else value.dtype.is_floating


Model.__module__ = 'tensorflow.python.keras.engine.training'
