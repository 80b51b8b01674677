"""Gradients of what has run: tf.GradientTape, and functions that give gradients."""

import contextlib
import functools

from reflow import _core
from reflow.eager import context
from reflow.framework import ops
from reflow.ops.unconnected_gradients import UnconnectedGradients
from reflow.util import nest
from reflow.util import tf_inspect


class _MockOp:
    """What a registered gradient function sees of an operation that has run."""

    def __init__(self, attrs, inputs, outputs, typ, skip_input_indices=None):
        self.attrs = attrs
        self.inputs = inputs
        self.outputs = outputs
        self.type = typ
        self.skip_input_indices = skip_input_indices

    def get_attr(self, attr):
        """The value of the attribute. KeyError: there is none."""
        return self.attrs[attr]

    def _get_control_flow_context(self):
        raise NotImplementedError("tf.GradientTape.gradients() does not support graph control flow operations like "
                                  "tf.cond or tf.while at this time. Use tf.gradients() instead. If you need this "
                                  "feature, please file a feature request at "
                                  "https://github.com/tensorflow/tensorflow/issues/new")


class GradientTape:
    """Remembers what runs within its context, for gradients with respect to what it watches."""

    def __init__(self, persistent=False, watch_accessed_variables=True):
        self._persistent = persistent
        self._watch_accessed_variables = watch_accessed_variables
        self._tape = None
        self._recording = False
        self._watched_variables = ()

    def __enter__(self):
        self._start()
        return self

    def __exit__(self, typ, value, traceback):
        if self._recording:
            self._stop()

    def _start(self):
        if self._recording:
            raise ValueError('Tape is already recording.')
        if self._tape is None:
            make = _core.make_tape if context.executing_eagerly() else _graph_tape
            self._tape = make(self._watch_accessed_variables)
        self._tape.start()
        self._recording = True

    def _stop(self):
        if not self._recording:
            raise ValueError('Tape is not recording.')
        self._tape.stop()
        self._recording = False

    def watch(self, tensor):
        """Remembers from now on what is computed from `tensor`, or from each tensor of a structure."""
        for each in nest.flatten(tensor, expand_composites=True):
            if not (_is_tensor(each) or isinstance(each, _core.Variable)):
                raise ValueError('Passed in object of type {}, not tf.Tensor'.format(type(each)))
            if not _is_trainable(each.dtype):
                from reflow.platform import tf_logging
                tf_logging.log_first_n(tf_logging.WARN, 'The dtype of the watched tensor must be floating (e.g. '
                                       'tf.float32), got %r', 5, each.dtype.name)
                continue
            self._tape.watch(each)

    @contextlib.contextmanager
    def stop_recording(self):
        """Remembers nothing of what runs within the context."""
        if self._tape is None:
            raise RuntimeError('Trying to stop recording a tape which is not recording.')
        self._stop()
        try:
            yield
        finally:
            self._start()

    def reset(self):
        """Forgets all that it remembers."""
        self._stop()
        self._tape = None
        self._start()

    def watched_variables(self):
        """The variables that it watches, in the order of their making."""
        if self._tape is not None:
            self._watched_variables = tuple(self._tape.watched_variables())
        return self._watched_variables

    def gradient(self, target, sources, output_gradients=None, unconnected_gradients=UnconnectedGradients.NONE):
        """The derivatives of `target`, or of the sum of its tensors, with respect to each of `sources`.

        RuntimeError: the tape is not persistent, and has been asked before.
        """
        if self._tape is None:
            raise RuntimeError('GradientTape.gradient can only be called once on non-persistent tapes.')
        if self._recording and not self._persistent:
            self._stop()
        zeros = _zeros_if_unconnected(unconnected_gradients)
        targets = []
        for each in nest.flatten(target):
            if not _is_trainable(each.dtype):
                from reflow.platform import tf_logging
                tf_logging.vlog(1, 'The dtype of the target tensor must be floating (e.g. tf.float32) when calling '
                                'GradientTape.gradient, got %r', each.dtype)
            if isinstance(each, _core.Variable):
                with self._resumed():
                    each = ops.convert_to_tensor(each)
            targets.append(each)
        flat_sources = nest.flatten(sources)
        for source in flat_sources:
            if not _is_trainable(source.dtype):
                from reflow.platform import tf_logging
                tf_logging.vlog(1, 'The dtype of the source tensor must be floating (e.g. tf.float32) when calling '
                                'GradientTape.gradient, got %r', source.dtype)
        weights = []
        if output_gradients is not None:
            weights = [None if each is None else ops.convert_to_tensor(each) for each in nest.flatten(output_gradients)]
        gradients = self._gradients_of_watched(targets, flat_sources, weights)
        if zeros:
            gradients = [_zeros_like(source) if gradient is None else gradient
                         for gradient, source in zip(gradients, flat_sources)]
        if not self._persistent:
            self._forget()
        return nest.pack_sequence_as(sources, gradients)

    def _gradients_of_watched(self, targets, sources, weights):
        """The tape's gradients. What it doesn't watch is a constant to it, even where it went into what it remembers."""
        if not isinstance(self._tape, _core.Tape):
            return self._tape.gradient(targets, sources, weights)
        watched = [self._tape.is_watched(source) for source in sources]
        found = iter(self._tape.gradient(targets, [each for each, known in zip(sources, watched) if known], weights))
        return [next(found) if known else None for known in watched]

    @contextlib.contextmanager
    def _resumed(self):
        if self._recording:
            yield
            return
        self._start()
        try:
            yield
        finally:
            self._stop()

    def jacobian(self, target, sources, unconnected_gradients=UnconnectedGradients.NONE, parallel_iterations=None,
                 experimental_use_pfor=True):
        """The derivatives of each element of `target` with respect to each of `sources`."""
        from reflow.eager import jacobians
        return jacobians.jacobian(self, target, sources, unconnected_gradients, parallel_iterations, experimental_use_pfor)

    def batch_jacobian(self, target, source, unconnected_gradients=UnconnectedGradients.NONE, parallel_iterations=None,
                       experimental_use_pfor=True):
        """For each row, the derivatives of the elements of `target`'s row with respect to `source`'s row."""
        from reflow.eager import jacobians
        return jacobians.batch_jacobian(self, target, source, unconnected_gradients, parallel_iterations,
                                        experimental_use_pfor)

    def _forget(self):
        """Ends what a tape that isn't persistent can be asked for."""
        self.watched_variables()
        self._tape = None


GradientTape.__module__ = 'tensorflow.python.eager.backprop'


def _graph_tape(watches_variables):
    from reflow.eager import graph_tape
    return graph_tape.GraphTape(watches_variables)


def _is_tensor(value):
    return isinstance(value, _core.Tensor)


def _is_trainable(dtype):
    from reflow.framework import dtypes
    return dtypes.as_dtype(dtype).base_dtype in (dtypes.float16, dtypes.float32, dtypes.float64, dtypes.complex64,
                                                 dtypes.complex128, dtypes.resource, dtypes.variant, dtypes.bfloat16)


def _zeros_if_unconnected(value):
    try:
        return UnconnectedGradients(value) is UnconnectedGradients.ZERO
    except ValueError:
        raise ValueError("Unknown value for unconnected_gradients: '%s'" % value) from None


def _zeros_like(source):
    from reflow.ops import array_ops, gen_array_ops
    if context.executing_eagerly() or isinstance(source, _core.Variable):
        return array_ops.zeros_like(source)
    return array_ops.zeros(gen_array_ops.shape(source), source.dtype)


def _tensors_of(values):
    return [ops.convert_to_tensor(value) for value in values]


def implicit_val_and_grad(f):
    """A function that gives f's result and pairs (gradient, variable) of all trainable variables that f reads."""

    @functools.wraps(f)
    def grad_fn(*args, **kwds):
        with GradientTape() as tape:
            result = f(*args, **kwds)
            if result is None:
                raise ValueError('Cannot differentiate a function that returns None; did you forget to return a value from '
                                 '{}?'.format(getattr(f, '__name__', f)))
        variables = tape.watched_variables()
        if not variables:
            raise ValueError('No trainable variables were accessed while the function was being computed.')
        return result, list(zip(tape.gradient(result, list(variables)), variables))

    return grad_fn


def implicit_grad(f):
    """A function that gives pairs (gradient, variable) of all trainable variables that f reads."""

    def grad_fn(*args, **kwds):
        return implicit_val_and_grad(f)(*args, **kwds)[1]

    return grad_fn


def _get_arg_spec(f, params, param_args):
    """The positions of the arguments that are differentiated by."""
    try:
        args = tf_inspect.getfullargspec(f).args
    except TypeError:
        if params is None:
            return range(len(param_args))
        if all(isinstance(x, int) for x in params):
            return params
        raise ValueError('Either callable provided is not a function or could not inspect its arguments by name: %s. '
                         'Original error: not inspectable' % f)
    if params is None:
        if not args:
            return range(len(param_args))
        if args[0] == 'self':
            return range(len(args) - 1)
        return range(len(args))
    if all(isinstance(x, str) for x in params):
        return [args.index(n) for n in params]
    if all(isinstance(x, int) for x in params):
        return params
    raise ValueError('params must be all strings or all integers; got %s.' % params)


def val_and_grad_function(f, params=None):
    """A function that gives f's result and its gradients with respect to the arguments `params` (None: all)."""

    def decorated(*args, **kwds):
        """f's result and its gradients; `dy` is dL/df."""
        dy = kwds.pop('dy', None)
        if kwds:
            raise ValueError('Functions to be differentiated cannot receive keyword arguments.')
        value, vjp = make_vjp(f, params)(*args)
        return value, vjp(dy=dy)

    return decorated


def gradients_function(f, params=None):
    """A function that gives f's gradients with respect to the arguments `params` (None: all)."""

    def decorated(*args, **kwds):
        return val_and_grad_function(f, params=params)(*args, **kwds)[1]

    return decorated


def make_vjp(f, params=None, persistent=True):
    """A function that gives f's result and a function of dy that gives gradients."""

    def decorated(*args, **kwds):
        parameter_positions = _get_arg_spec(f, params, args)
        if kwds:
            raise ValueError('The gradient function can only be called with positional arguments.')
        args = list(args)
        with GradientTape(persistent=persistent) as tape:
            sources = []
            for i, value in enumerate(args):
                if i in parameter_positions:
                    if isinstance(value, _core.Variable):
                        sources.append(value)
                        tape.watch(value)
                        continue
                    args[i] = ops.convert_to_tensor(value)
                    sources.append(args[i])
                    if _is_trainable(args[i].dtype):
                        tape.watch(args[i])
            result = f(*args)
            if result is None:
                raise ValueError('Cannot differentiate a function that returns None; did you forget to return a value from '
                                 '{}?'.format(getattr(f, '__name__', f)))
            flat_result = [ops.convert_to_tensor(each) for each in nest.flatten(result)]
            result = nest.pack_sequence_as(result, flat_result)

        def vjp(dy=None):
            if dy is not None:
                dy = [ops.convert_to_tensor(x) for x in nest.flatten(dy)]
            return tape.gradient(flat_result, sources, dy)

        return result, vjp

    return decorated
