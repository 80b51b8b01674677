"""Functions of loaded SavedModels, which choose among the traces that the model has."""
import inspect

import numpy as np

from reflow import _core
from reflow.eager import def_function
from reflow.eager import function as function_lib
from reflow.framework import importer, ops, tensor_spec
from reflow.saved_model import structured_values
from reflow.util import nest, tf_decorator


def concrete_function(library, name, saved, captures, keywords):
    """The ConcreteFunction of a function of the library.

    saved: its SavedConcreteFunction. captures: a function that gives what it captures, tensors. keywords: the names of its
    arguments, None: as it says.
    """
    function = library[name]
    captured = captures()
    arguments = list(function.signature.input_arg)
    explicit = arguments[:len(arguments) - len(captured)]
    structured_inputs = structured_values.decode(saved.canonicalized_input_signature)
    specs = [each for each in nest.flatten(structured_inputs, expand_composites=True)
             if isinstance(each, tensor_spec.TensorSpec)]
    if '_input_shapes' in function.attr:
        shapes = function.attr['_input_shapes'].list.shape
    else:
        shapes = [each.shape.as_proto() for each in specs] if len(specs) == len(explicit) else [None] * len(explicit)
    placeholders = [(keyword, arg.type, None if shape is None else shape) for keyword, arg, shape in zip(
        keywords or [arg.name for arg in explicit], explicit, shapes)]

    graph_def, results = library.graph_of(name)

    def body(tensors):
        from reflow.ops import array_ops
        inside = [array_ops.identity(each).op.inputs[0] for each in captured]  # what an operation takes is captured
        mapped = dict(zip((arg.name + ':0' for arg in arguments), [*tensors, *inside]))
        return importer.import_graph_def(graph_def, input_map=mapped, return_elements=results, name='')
    structured_outputs = structured_values.decode(saved.output_signature)
    concrete = function_lib.from_graph(plain_name(name), placeholders, body, structured_outputs,
                                       structured_inputs, keywords)
    concrete._has_loose_control_flow = any(node.op in ('Switch', 'RefSwitch') for node in graph_def.node)
    return concrete


def plain_name(name):
    """'dense' of '__inference_dense_93'."""
    if name.startswith('__inference_') and name.rpartition('_')[2].isdigit():
        return name[len('__inference_'):].rpartition('_')[0]
    return name


class RestoredFunction(def_function.Function):
    """A function with the traces that were saved with it, which makes no others."""

    def __init__(self, saved, traces, name):
        spec = structured_values.decode(saved.function_spec.fullargspec)
        self._arguments = list(spec.args[1:] if saved.function_spec.is_method else spec.args)
        self._arg_spec = inspect.FullArgSpec(self._arguments, spec.varargs, spec.varkw, spec.defaults, list(spec.kwonlyargs or ()),
                                             spec.kwonlydefaults, {})
        self._names = list(saved.concrete_functions)
        self._traces_by_name = traces

        def restored_function_body(*args, **kwargs):
            return self(*args, **kwargs)
        super().__init__(restored_function_body, name, autograph=False)
        self._input_signature = structured_values.decode(saved.function_spec.input_signature)

    @property
    def concrete_functions(self):
        """The traces."""
        return [self._traces_by_name[name] for name in self._names]

    def __call__(self, *args, **kwargs):
        inputs = self._positional(args, kwargs)
        concrete = self._matching(*inputs)
        if concrete is None:
            raise ValueError(self._no_match(*inputs))
        expected = concrete.structured_input_signature
        tensors = [ops.convert_to_tensor(value, dtype_hint=spec.dtype) for value, spec in zip(
            nest.flatten_up_to(expected, self._fitting(inputs, expected), expand_composites=True),
            nest.flatten(expected, expand_composites=True)) if isinstance(spec, tensor_spec.TensorSpec)]
        result = concrete._call_flat(tensors)
        return None if isinstance(result, ops.Operation) else result

    def get_concrete_function(self, *args, **kwargs):
        if not args and not kwargs and self._input_signature is not None:
            args = self._input_signature
        inputs = self._positional(args, kwargs)
        concrete = self._matching(*inputs)
        if concrete is None:
            raise ValueError(self._no_match(*inputs))
        return concrete

    def _list_all_concrete_functions_for_serialization(self):
        return self.concrete_functions

    def _positional(self, args, kwargs):
        """Arguments by position as far as they have one, with defaults."""
        args, kwargs = list(args), dict(kwargs)
        defaults = dict(zip(self._arguments[len(self._arguments) - len(self._arg_spec.defaults or ()):],
                            self._arg_spec.defaults or ()))
        for name in self._arguments[len(args):]:
            if name in kwargs:
                args.append(kwargs.pop(name))
            elif name in defaults:
                args.append(defaults[name])
            else:
                break
        return tuple(args), kwargs

    def _matching(self, args, kwargs):
        """The first trace for these arguments: without conversions, else with them."""
        for convert in (False, True):
            for concrete in self.concrete_functions:
                expected = concrete.structured_input_signature
                if _fits(expected, self._fitting((args, kwargs), expected), convert):
                    return concrete
        return None

    def _fitting(self, inputs, expected):
        """The inputs with the defaults of keywords that a trace has; not all writers record these."""
        args, kwargs = inputs
        defaults = self._arg_spec.kwonlydefaults or {}
        missing = {name: defaults[name] for name in expected[1] if name not in kwargs and name in defaults}
        unneeded = {name for name in kwargs if name not in expected[1] and name in defaults and kwargs[name] is defaults[name]}
        return args, {name: value for name, value in {**missing, **kwargs}.items() if name not in unneeded}

    def _no_match(self, args, kwargs):
        def positional(values):
            return 'Positional arguments ({} total):\n    * {}'.format(
                len(values), '\n    * '.join(str(value) for value in values))
        options = ['Option {}:\n  {}\n  Keyword arguments: {}'.format(i + 1, positional(args), kwargs) for i, (args, kwargs) in
                   enumerate(concrete.structured_input_signature for concrete in self.concrete_functions)]
        return ('Could not find matching function to call loaded from the SavedModel. Got:\n  {}\n  Keyword arguments: {}\n\n'
                'Expected these arguments to match one of the following {} option(s):\n\n{}'.format(
                    positional(args), kwargs, len(options), '\n\n'.join(options)))


def _is_tensor(value):
    return isinstance(value, (_core.Tensor, _core.Variable, tensor_spec.TensorSpec))


def _fits(expected, inputs, convert):
    """Whether a trace of the signature `expected` may be called with `inputs`."""
    try:
        flat = nest.flatten_up_to(expected, inputs)
        nest.assert_same_structure(inputs, nest.pack_sequence_as(expected, flat), check_types=False)
    except (TypeError, ValueError):
        return False
    return all(_fits_one(spec, value, convert) for spec, value in zip(nest.flatten(expected), flat))


def _fits_one(spec, value, convert):
    if isinstance(spec, tensor_spec.TensorSpec):
        if convert and not _is_tensor(value):
            try:
                value = ops.convert_to_tensor(value, dtype_hint=spec.dtype)
            except (TypeError, ValueError):
                return False
        return _is_tensor(value) and value.dtype.base_dtype == spec.dtype and spec.shape.is_compatible_with(value.shape)
    if _is_tensor(value):
        return value is spec
    return not isinstance(value, np.ndarray) and type(value) is type(spec) and value == spec


def restored_function(saved, traces, name):
    """A function that is called as the one which was saved."""
    function = RestoredFunction(saved, traces, name)
    return tf_decorator.make_decorator(function.python_function, function, decorator_argspec=function._arg_spec)
