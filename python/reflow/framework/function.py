"""Functions of tensors that a graph calls by name: Defun."""

import inspect

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.util import function_utils


class Defun:
    """A decorator that makes a function of tensors one of the graph, whose body is built once.

    With the types of its arguments it is one function, without them one for each list of types that it is called with.
    `func_name`, `out_names`, `grad_func` (a Defun of the arguments and the gradients of the results), `python_grad_func`
    (a Python function of the operation and the gradients), `shape_func` and `noinline` go with the definition.
    """

    def __init__(self, *input_types, **kwargs):
        self._input_types = input_types
        self._func_name = kwargs.pop('func_name', None)
        self._grad_func = kwargs.pop('grad_func', None)
        self._python_grad_func = kwargs.pop('python_grad_func', None)
        self._out_names = kwargs.pop('out_names', None)
        self._extra_kwargs = kwargs

    def __call__(self, func):
        if not callable(func):
            raise ValueError('function %s must be callable' % func)
        spec = inspect.getfullargspec(func)
        if spec.varkw or spec.defaults:
            raise ValueError('function with argument defaults or keywords arguments are not supported. {} has defaults {} '
                             'and keywords {}.'.format(func, spec.defaults, spec.varkw))
        names = spec.args[1:] if inspect.ismethod(func) else list(spec.args)
        most = 1000000 if spec.varargs else len(names)
        names += ['%s_%d' % (spec.varargs, i) for i in range(len(self._input_types) - len(names))] if spec.varargs else []
        options = dict(func_name=self._func_name, grad_func=self._grad_func, python_grad_func=self._python_grad_func,
                       out_names=self._out_names, **self._extra_kwargs)
        if self._input_types:
            least = len(names) if not spec.varargs else len(spec.args) - inspect.ismethod(func)
            if not least <= len(self._input_types) <= most:
                raise ValueError('The function has fewer arguments than the number of specified input types.')
            return _DefinedFunction(func, names, self._input_types, **options)
        if most == 0:
            return _DefinedFunction(func, [], [], **options)
        return _OverloadedFunction(func, names, **options)


class _DefinedFunction:
    """A function of arguments of given types."""

    def __init__(self, func, argnames, input_types, func_name=None, grad_func=None, python_grad_func=None,
                 out_names=None, shape_func=None, capture_by_value=False, whitelisted_stateful_ops=None,
                 capture_resource_var_by_value=True, **kwargs):
        if capture_by_value:
            raise NotImplementedError('Defun with capture_by_value=True is not part of Reflow yet')
        self._func = func
        self._input_types = tuple(dtypes.as_dtype(each) for each in input_types)
        self._grad_func = grad_func
        self._python_grad_func = python_grad_func
        self._shape_func = shape_func
        self._base_name = func_name or function_utils.get_func_name(func)
        self._function = None
        self._make = lambda gradient: _core.DefinedFunction(
            [each.base_dtype for each in self._input_types], self._body, func_name, self._base_name, list(argnames),
            list(out_names or ()), bool(kwargs.get('noinline', False)), gradient, getattr(func, '__doc__', None))
        self._outer_graph = None
        self._check_options(kwargs)

    @staticmethod
    def _check_options(options):
        unknown = {key: value for key, value in options.items() if not key.startswith('experimental_')
                   and key not in ('noinline', 'compiled', 'separate_compiled_gradients')}
        if unknown:
            raise ValueError('Unknown keyword arguments: %s' % unknown.keys())

    def _body(self, arguments):
        """What the engine calls, with the graph of the body as the default one."""
        from reflow.ops import variable_scope
        ops.get_default_graph()._is_body = True
        outer_graph = self._outer_graph

        def make_outside(getter, *args, **kwargs):
            with outer_graph.as_default():
                return getter(*args, **kwargs)

        with variable_scope.variable_scope('', custom_getter=make_outside):
            outputs = self._func(*arguments)
        if not isinstance(outputs, (list, tuple)):
            outputs = [] if outputs is None else [outputs]
        if any(output is None for output in outputs):
            raise ValueError('Function %s can not return None.' % self._base_name)
        return [ops.convert_to_tensor(output) for output in outputs]

    def _defined(self):
        """The engine's function, in the library of the default graph."""
        if self._function is None:
            gradient = None if self._grad_func is None else self._grad_func._defined()
            self._function = self._make(gradient)
        self._outer_graph = ops.get_default_graph()
        for key in ops.GraphKeys._VARIABLE_COLLECTIONS:  # those of the body are those of the graph
            self._outer_graph.get_collection_ref(key)
        self._function.add_to_graph()
        self._outer_graph._functions[self._function.name] = self
        if self._python_grad_func is not None and _core.gradient_kind(self._function.name) == 'unregistered':
            _core.register_gradient(self._function.name, self._gradient)
        return self._function

    def _gradient(self, op, *grads):
        """What a program gave for the gradient, be it of this function or of one of the same name in another graph."""
        function = op.graph._functions.get(op.type, self)
        return function._python_grad_func(op, *grads)

    @property
    def name(self):
        """The name of the function in graphs."""
        return self._defined().name

    @property
    def definition(self):
        """The FunctionDef."""
        name = self.name
        return next(function for function in ops.get_default_graph().as_graph_def().library.function
                    if function.signature.name == name)

    @property
    def declared_input_types(self):
        """The types of the arguments."""
        return self._input_types

    @property
    def captured_inputs(self):
        """The tensors of other graphs that the body uses."""
        return self._defined().captured_inputs

    def _call_with_captures(self, arguments):
        """Calls it with tensors for what it captures, too."""
        num_arguments = len(self._input_types)
        return self._defined().call(arguments[:num_arguments], arguments[num_arguments:])

    @property
    def stateful_ops(self):
        """Pairs of name and type of the stateful operations in the body."""
        from reflow.framework import op_def_registry
        found = []
        for node in self.definition.node_def:
            definition = op_def_registry.op_def(node.op)
            if definition is not None and definition.is_stateful:
                found.append((node.name, node.op))
        return found

    @property
    def grad_func_name(self):
        """The name of its gradient function, or None."""
        return None if self._grad_func is None else self._grad_func.name

    @property
    def python_grad_func(self):
        """The Python function of its gradient, or None."""
        return self._python_grad_func

    def set_grad_func(self, grad_func):
        """Gives it a gradient, a Defun, before it is first called."""
        assert not self._grad_func
        assert isinstance(grad_func, _DefinedFunction)
        if self._function is not None:
            raise NotImplementedError('a gradient for a function that has been called already is not part of Reflow yet')
        self._grad_func = grad_func

    def add_to_graph(self, g):
        """Adds the function to the library of a graph."""
        with g.as_default():
            self._defined()

    def __call__(self, *args, **kwargs):
        name = kwargs.pop('name', None)
        self._check_options(kwargs)
        graph = ops.get_default_graph()
        function = self._defined()
        outputs = function([ops.convert_to_tensor(arg) for arg in args], name)
        operation = outputs[0].op if outputs else graph.get_operations()[-1]
        if self._shape_func is not None:
            shapes = self._shape_func(operation)
            if len(shapes) != len(operation.outputs):
                raise ValueError('shape_func produced %d shapes for %d outputs' % (len(shapes), len(operation.outputs)))
            for tensor, shape in zip(operation.outputs, shapes):
                tensor.set_shape(shape)
        if not outputs:
            return operation
        return outputs[0] if len(outputs) == 1 else tuple(outputs)


_SHORT_NAMES = {
    dtypes.float16: 'f16', dtypes.float32: 'f32', dtypes.float64: 'f64', dtypes.bfloat16: 'b16', dtypes.int8: 'i8',
    dtypes.int16: 'i16', dtypes.int32: 'i32', dtypes.int64: 'i64', dtypes.uint8: 'i8', dtypes.uint16: 'u16',
    dtypes.uint32: 'u32', dtypes.uint64: 'u64', dtypes.string: 's', dtypes.bool: 'b', dtypes.complex64: 'c64',
    dtypes.complex128: 'c128', dtypes.qint8: 'qi8', dtypes.quint8: 'qu8', dtypes.qint16: 'qi16',
    dtypes.quint16: 'qu16', dtypes.qint32: 'qi32'}


class _OverloadedFunction:
    """A function for each list of types that it is called with."""

    def __init__(self, func, argnames, func_name=None, grad_func=None, python_grad_func=None, out_names=None, **kwargs):
        assert grad_func is None or isinstance(grad_func, _OverloadedFunction)
        self._func = func
        self._argnames = argnames
        self._func_name = func_name
        self._grad_func = grad_func
        self._options = dict(python_grad_func=python_grad_func, out_names=out_names, **kwargs)
        self._overload = {}

    def instantiate(self, input_types):
        """The function of arguments of these types."""
        key = tuple(dtypes.as_dtype(each) for each in input_types)
        if key not in self._overload:
            name = self._func_name
            if name is not None:
                name = '_'.join([name, ''.join(_SHORT_NAMES[each] for each in key)])
            defined = _DefinedFunction(self._func, self._argnames, key, name, None, **self._options)
            if self._grad_func is not None:
                results = [dtypes.DType(each.type) for each in defined.definition.signature.output_arg]
                defined = _DefinedFunction(self._func, self._argnames, key, name,
                                           self._grad_func.instantiate(list(key) + results), **self._options)
            self._overload[key] = defined
        return self._overload[key]

    def __call__(self, *args, **kwargs):
        tensors = []
        for arg in args:
            arg = ops.convert_to_tensor(arg)
            if not isinstance(arg, ops.Tensor):
                raise ValueError('Expect a Tensor but get ', arg)
            tensors.append(arg)
        return self.instantiate([tensor.dtype.base_dtype for tensor in tensors])(*tensors, **kwargs)
