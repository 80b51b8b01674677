"""Functions of tensors, traced into graphs of their own: what tf.function and tf.contrib.eager.defun call."""

import contextlib
import inspect
import weakref

import numpy as np

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import scopes
from reflow.framework import tensor_shape
from reflow.framework import tensor_spec
from reflow.util import nest


_kept_calls = None  # the functions that have been called since a trace began, each once


def start_keeping_calls():
    """Keeps, from now on, which functions are called."""
    global _kept_calls
    _kept_calls = {}


def kept_calls():
    """The ConcreteFunctions that have been called since start_keeping_calls, in the order of their first calls."""
    return list((_kept_calls or {}).values())


def stop_keeping_calls():
    """Forgets which functions have been called."""
    global _kept_calls
    _kept_calls = None


class ConcreteFunction:
    """A function of tensors of given types and shapes: a graph that calls of it run."""

    def __init__(self, traced, structured_outputs, structured_input_signature=None):
        self._traced = traced
        self._structured_outputs = structured_outputs
        self._structured_input_signature = structured_input_signature
        self._num_captured = len(traced.captured)
        self._arg_keywords = [each.op.name for each in traced.inputs[:len(traced.inputs) - self._num_captured]]
        self._num_positional_args = len(self._arg_keywords)
        self._has_loose_control_flow = False  # Switch and Merge without the context that gradients need

    @property
    def name(self):
        """The name of the function in graphs, as bytes."""
        return self._traced.name.encode()

    @property
    def graph(self):
        """The graph of its body."""
        return self._traced.graph

    @property
    def inputs(self):
        """The placeholders of its arguments and of the tensors that it has captured."""
        return self._traced.inputs

    @property
    def outputs(self):
        """The tensors of its body that it gives back."""
        return self._traced.outputs

    @property
    def captured_inputs(self):
        """The tensors of other graphs, and the handles of variables, that the body uses."""
        return self._traced.captured

    @property
    def variables(self):
        """The variables that the body uses."""
        found = [_core.variable_of_handle(each) for each in self.captured_inputs]
        return tuple(each for each in found if each is not None)

    @property
    def structured_outputs(self):
        """What it gives back, as the Python function does."""
        return self._structured_outputs

    @property
    def structured_input_signature(self):
        """What it takes, as the Python function does: (positional arguments, keyword arguments), with TensorSpecs."""
        return self._structured_input_signature

    @property
    def output_shapes(self):
        """The shapes of what it gives back."""
        return nest.map_structure(lambda x: getattr(x, 'shape', tensor_shape.TensorShape(None)), self._structured_outputs)

    @property
    def output_dtypes(self):
        """The types of what it gives back."""
        return nest.map_structure(lambda x: x.dtype if x is not None else None, self._structured_outputs)

    @property
    def function_def(self):
        """The FunctionDef."""
        graph = ops.Graph()
        with graph.as_default():
            self._traced.add_to_graph()
        return next(each for each in graph.as_graph_def().library.function if each.signature.name == self._traced.name)

    def add_to_graph(self, g=None):
        """Adds the function to the library of a graph, or of the default one."""
        with (g or ops.get_default_graph()).as_default():
            self._traced.add_to_graph()

    def __call__(self, *args, **kwargs):
        if len(args) > self._num_positional_args:
            raise TypeError('Expected at most {} positional arguments (and the rest keywords, of {}), got {}. When calling a '
                            'concrete function, positional arguments may not be bound to Tensors within nested '
                            'structures.'.format(self._num_positional_args, self._arg_keywords, args))
        names, given = self._arg_keywords[len(args):], [*self._arg_keywords[:len(args)], *kwargs]
        missing = [name for name in names if name not in kwargs]
        if missing:
            raise TypeError('Expected argument names {} but got values for {}. Missing: {}.'.format(
                self._arg_keywords, given, missing))
        for name in kwargs:
            if name in self._arg_keywords[:len(args)]:
                raise TypeError("Got two values for keyword '{}'.".format(name))
        if len(kwargs) > len(names):
            raise TypeError('Keyword arguments {} unknown. Expected {}.'.format(
                [name for name in kwargs if name not in names], self._arg_keywords))
        return self._call_flat([*args, *(kwargs[name] for name in names)])

    def _call_flat(self, args):
        """The results for tensors, or what becomes one."""
        args = [ops.convert_to_tensor(arg, placeholder.dtype) for arg, placeholder in zip(args, self.inputs)]
        if _kept_calls is not None:
            _kept_calls.setdefault(self.name, self)
        if _core.executing_eagerly():
            outputs = self._run(args)
        else:
            operation = self._traced.call(args)
            if self._structured_outputs is None:
                return operation
            outputs = operation.outputs
        results = iter(outputs)
        flat = [None if each is None else next(results)
                for each in nest.flatten(self._structured_outputs, expand_composites=True)]
        return nest.pack_sequence_as(self._structured_outputs, flat, expand_composites=True)

    def _run(self, args):
        """Calls it at once. Tapes remember the call with what its backward function needs."""
        inputs = args + self._traced.captured
        if not inputs or not _core.tape_should_record(inputs):
            return self._traced.call_results(args)
        paused = _core.TapesPaused()
        try:
            outputs = (self._traced.call_results if self._has_loose_control_flow else self._traced.call_forward)(args)
        finally:
            paused.end()
        if self._has_loose_control_flow:
            _core.tape_record(self._traced.name, outputs, inputs, self._no_gradient)
            return outputs
        results = outputs[:len(self.outputs)]
        intermediates = outputs[len(results):] and outputs
        _core.tape_record(self._traced.name, results, inputs,
                          lambda gradients: self._traced.call_backward(gradients, outputs))
        del intermediates
        return results


    def _no_gradient(self, gradients):
        raise NotImplementedError('The function %s comes from a SavedModel in which Reflow, or TensorFlow 1, has written a '
                                  'condition or loop over tensors as Switch and Merge: it has no gradient' % self._traced.name)


def captured_variables():
    """Pairs of variables that the function which is being traced uses, and what stands for their handles in it."""
    around = _core.graph_around() if scopes.num_traces else None
    if around is None:
        return []
    pairs = [(outside, inside) for outside, inside in _core.captured_so_far() if outside.dtype == dtypes.resource]
    with around.as_default():
        known = captured_variables()
        if not _core.executing_eagerly():
            known += [(variable, variable._variable) for variable in ops.get_collection(ops.GraphKeys.GLOBAL_VARIABLES)
                      if isinstance(variable, _core.Variable)]
    found = []
    for outside, inside in pairs:
        variable = _core.variable_of_handle(outside)
        if variable is None:
            variable = next((each for each, handle in known if handle is outside), None)
        if variable is not None:
            found.append((variable, inside))
    return found


def _argument_names(function, args, kwargs):
    """A name for each argument: of parameters, and numbered ones behind these."""
    spec = inspect.getfullargspec(function)
    names = spec.args[1:] if inspect.ismethod(function) else spec.args
    rest = spec.varargs or 'args'
    return [names[i] if i < len(names) else '%s_%d' % (rest, i - len(names)) for i in range(len(args))], sorted(kwargs)


def _is_traced(value):
    """Whether it becomes a placeholder."""
    return isinstance(value, (_core.Tensor, np.ndarray, tensor_spec.TensorSpec))


def _key_of(value):
    """What tells an argument from others that need a graph of their own."""
    if isinstance(value, tensor_spec.TensorSpec) or isinstance(value, _core.Tensor):
        shape = value.shape
        return dtypes.as_dtype(value.dtype).base_dtype, None if shape.rank is None else tuple(shape.as_list())
    if isinstance(value, _core.Variable):
        return 'variable', id(value)
    try:
        hash(value)
    except TypeError:
        return 'object', id(value)
    return type(value), value


class Function:
    """A Python function of tensors that is traced for each list of types and shapes of its arguments."""

    def __init__(self, python_function, name, input_signature=None, autograph=False, autograph_options=None):
        self._python_function = python_function
        self._name = name
        self._input_signature = input_signature
        self._autograph = autograph, autograph_options
        self._traces = {}  # key of the arguments -> ConcreteFunction
        self._alive = []   # what keys tell apart by identity

    def concrete_for(self, args, kwargs):
        """(The function for these arguments, the tensors among them)."""
        flat = nest.flatten((args, kwargs), expand_composites=True)
        flat = [ops.convert_to_tensor(value) if isinstance(value, np.ndarray) else value for value in flat]
        specs = flat
        if self._input_signature is not None:
            specs = nest.flatten(self._input_signature, expand_composites=True)
        graph = ops.get_default_graph()
        key = (None if _core.executing_eagerly() else id(graph), self._structure_key((args, kwargs)),
               tuple(_key_of(value) for value in specs))
        concrete = self._traces.get(key)
        if concrete is None:
            if self._input_signature is not None:
                args = nest.pack_sequence_as(args, specs, expand_composites=True)
            concrete = self._traces[key] = trace(self._python_function, self._name, args, kwargs, *self._autograph)
            self._alive.append((graph, [value for value in flat if not isinstance(value, _core.Tensor)]))
        return concrete, [value for value in flat if _is_traced(value)]

    def concrete_functions(self):
        """The functions that have been traced, in this order."""
        return list(self._traces.values())

    @staticmethod
    def _structure_key(structure):
        return repr(nest.map_structure(lambda _: None, structure)) if nest.is_sequence(structure) else ''

    def __call__(self, *args, **kwargs):
        concrete, tensors = self.concrete_for(args, kwargs)
        return concrete._call_flat(tensors)


def trace(python_function, name, args, kwargs, autograph=False, autograph_options=None):
    """The ConcreteFunction of a Python function for arguments: tensors and specs become placeholders, the rest stays.

    With `autograph`, its control flow over tensors becomes part of the graph.
    """
    from reflow.autograph.core import ag_ctx
    status = ag_ctx.ControlStatusCtx(ag_ctx.Status.ENABLED if autograph else ag_ctx.Status.DISABLED, autograph_options)
    structure = (args, kwargs)
    flat = nest.flatten(structure, expand_composites=True)
    names, keyword_names = _argument_names(python_function, args, kwargs)
    leaf_names = [each for name, arg in zip(names, args) for each in [name] * len(nest.flatten(arg, expand_composites=True))]
    for key in keyword_names:
        leaf_names += [key] * len(nest.flatten(kwargs[key], expand_composites=True))
    wanted = [(getattr(value, 'name', None) if isinstance(value, tensor_spec.TensorSpec) else None) or leaf
              for value, leaf in zip(flat, leaf_names)]
    placeholders = []
    for value, leaf in zip(flat, wanted):
        if _is_traced(value):
            spec = value if not isinstance(value, np.ndarray) else ops.convert_to_tensor(value)
            placeholders.append((leaf, dtypes.as_dtype(spec.dtype).base_dtype, spec.shape))
    found, called = [], python_function
    if autograph:
        from reflow.autograph.impl import api
        bound = getattr(python_function, '_bound', None)
        called = api.tf_convert(bound() if bound else python_function, status, user_requested=True,
                                optional_features=autograph_options)
    around = ops.get_default_graph()

    def body(tensors):
        tensors = iter(tensors)
        values = [next(tensors) if _is_traced(value) else value for value in flat]
        call_args, call_kwargs = nest.pack_sequence_as(structure, values, expand_composites=True)
        with _within(around), status:
            outputs = called(*call_args, **call_kwargs)
        outputs = nest.map_structure(lambda value: _result(value, python_function), outputs, expand_composites=True)
        found.append(outputs)
        return [value for value in nest.flatten(outputs, expand_composites=True) if value is not None]
    scopes.num_traces += 1
    try:
        traced = _core.trace_function(name, placeholders, body)
    finally:
        scopes.num_traces -= 1
    signature = [_spec_of(value, leaf) for value, leaf in zip(flat, wanted)]
    return _of_traced(traced, found[0], nest.pack_sequence_as(structure, signature, expand_composites=True))


def from_graph(name, placeholders, body, structured_outputs, structured_input_signature, keywords=None):
    """The ConcreteFunction of a graph: `body` gives its results, in the order of the structure, for its placeholders.

    placeholders: (name, type, shape) of each argument. keywords: what arguments are called where a call names them.
    """
    concrete = _of_traced(_core.trace_function(name, placeholders, body), structured_outputs, structured_input_signature)
    if keywords is not None:
        concrete._arg_keywords = list(keywords)
    return concrete


def _of_traced(traced, outputs, signature):
    results = iter(traced.outputs)
    flat_outputs = [None if value is None else next(results) for value in nest.flatten(outputs, expand_composites=True)]
    return ConcreteFunction(traced, nest.pack_sequence_as(outputs, flat_outputs, expand_composites=True), signature)


class UnknownArgument:
    """In a signature: an argument that can't be written to a file."""


def _spec_of(value, name):
    if _is_traced(value):
        return tensor_spec.TensorSpec(value.shape, dtypes.as_dtype(value.dtype).base_dtype, name)
    if value is None or isinstance(value, (bool, int, float, str, dtypes.DType, tensor_shape.TensorShape)):
        return value
    return UnknownArgument()


@contextlib.contextmanager
def _within(around):
    """How a body is built: variables of get_variable, and their collections, are those of the graph around."""
    from reflow.ops import variable_scope
    graph = ops.get_default_graph()
    graph._is_body = True
    graph.outer_graph = around

    def make_outside(getter, *args, **kwargs):
        with ops.init_scope():
            return getter(*args, **kwargs)
    scope = around if isinstance(around, _core.Graph) else None
    with around.as_default():
        scope = variable_scope.get_variable_scope().name
    with variable_scope.variable_scope(scope, use_resource=True, custom_getter=make_outside, auxiliary_name_scope=False):
        yield


def _result(value, python_function):
    from reflow.ops import tensor_array_ops
    if value is None:
        return None
    if isinstance(value, ops.Operation):
        with ops.control_dependencies([value]):
            return ops.convert_to_tensor(1)
    if isinstance(value, tensor_array_ops.TensorArray):
        raise NotImplementedError('Functions that give back TensorArrays are not part of Reflow yet')
    try:
        return ops.convert_to_tensor(value)
    except (ValueError, TypeError):
        raise TypeError('To be compatible with tf.contrib.eager.defun, Python functions must return zero or more Tensors; in '
                        'compilation of %s, found return value of type %s, which is not a Tensor.' % (
                            python_function, type(value))) from None


class OfInstances:
    """Makes one object for each instance that a method is taken from."""

    def __init__(self, make):
        self._make = make
        self._known = weakref.WeakKeyDictionary()

    def get(self, instance):
        """The object of the instance."""
        try:
            made = self._known.get(instance)
            if made is None:
                made = self._known[instance] = self._make(weakref.ref(instance))
            return made
        except TypeError:  # it can't be a key, or be referred to weakly
            return self._make(lambda: instance)
