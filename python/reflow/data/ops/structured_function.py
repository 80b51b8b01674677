"""Functions of elements: a Python function of a dataset's elements as one of the graph."""
import contextlib

from reflow import _core
from reflow.autograph.core import ag_ctx
from reflow.data.util import structure
from reflow.eager import context
from reflow.framework import function as legacy_function, ops
from reflow.ops import variable_scope
from reflow.util import function_utils


def _should_unpack_args(args):
    """An element that is a tuple becomes the arguments of a function, any other its argument."""
    return type(args) is tuple


class StructuredFunctionWrapper:
    """`func` of the elements of a dataset, built at once: what goes in and out are lists of tensors."""

    def __init__(self, func, transformation_name, dataset=None, input_classes=None, input_shapes=None, input_types=None,
                 input_structure=None, add_to_graph=True, use_legacy_function=False, defun_kwargs=None):
        legacy = (input_classes, input_shapes, input_types)
        if input_structure is not None:
            if dataset is not None or any(each is not None for each in legacy):
                raise ValueError('Either `dataset`, `input_structure`, or all of `input_classes`, `input_shapes`, and '
                                 '`input_types` must be specified.')
        elif dataset is not None:
            if any(each is not None for each in legacy):
                raise ValueError('Either `dataset`, `input_structure` or all of `input_classes`, `input_shapes`, and '
                                 '`input_types` must be specified.')
            input_structure = dataset.element_spec
        else:
            if any(each is None for each in legacy):
                raise ValueError('Either `dataset`, `input_structure` or all of `input_classes`, `input_shapes`, and '
                                 '`input_types` must be specified.')
            input_structure = structure.convert_legacy_structure(input_types, input_shapes, input_classes)
        self._input_structure = input_structure
        self._output_structure = None
        self._func = func
        self._status = ag_ctx.control_status_ctx()
        self._transformation_name = transformation_name
        self._around = None if _core.executing_eagerly() else ops.get_default_graph()
        readable = transformation_name.replace('.', '_')[:-2] if len(transformation_name) > 2 else ''
        name = '_'.join([readable, function_utils.get_func_name(func)])
        specs = structure.get_flat_tensor_specs(input_structure)
        if use_legacy_function:
            defined = legacy_function.Defun(*[spec.dtype for spec in specs],
                                            func_name='%s_%d' % (name, ops.uid()), **(defun_kwargs or {}))
            self._function = defined(self._legacy_body(specs))
            if add_to_graph:
                self._function.add_to_graph(ops.get_default_graph())
        else:
            if not _core.executing_eagerly():
                graph = ops.get_default_graph()  # variables of the body are the graph's
                for key in (ops.GraphKeys.GLOBAL_VARIABLES, ops.GraphKeys.LOCAL_VARIABLES, ops.GraphKeys.TRAINABLE_VARIABLES):
                    graph.get_collection_ref(key)
            self._function = _core.ConcreteFunction(name, [(spec.dtype, spec.shape) for spec in specs], self._body)

    def _body(self, tensors):
        """What the engine calls, with the graph of the body as the default one."""
        from reflow.autograph.impl import api as autograph
        ops.get_default_graph()._is_body = True
        arguments = structure.from_compatible_tensor_list(self._input_structure, tensors)
        if not _should_unpack_args(arguments):
            arguments = (arguments,)
        with self._variables_outside():
            result = autograph.tf_convert(self._func, self._status)(*arguments)
        if isinstance(result, list):
            result = tuple(result)  # a list of results, not one tensor
        try:
            self._output_structure = structure.type_spec_from_value(result)
        except (ValueError, TypeError):
            raise TypeError('Unsupported return value from function passed to %s: %s.' % (
                self._transformation_name, result)) from None
        return [ops.convert_to_tensor(tensor) for tensor in structure.to_tensor_list(self._output_structure, result)]

    @contextlib.contextmanager
    def _variables_outside(self):
        """Variables that the function makes, or finds, are those of the graph around it, which can initialize them."""
        ops.get_default_graph().outer_graph = self._around
        outermost = self._around
        while getattr(outermost, '_is_body', False) and getattr(outermost, 'outer_graph', None) is not None:
            outermost = outermost.outer_graph

        @contextlib.contextmanager
        def outside():
            scope = ops.get_name_scope()
            around = context.eager_mode() if outermost is None else outermost.as_default()
            with around, ops.control_dependencies(None), ops.name_scope(scope + '/' if scope else None):
                yield

        def create(next_creator, **kwargs):
            with outside():
                return next_creator(**{**kwargs, 'use_resource': True})

        def find(getter, *args, **kwargs):
            with outside():
                return getter(*args, **kwargs)
        with outside():
            scope = variable_scope.get_variable_scope()
        with variable_scope.variable_creator_scope(create), variable_scope.variable_scope(
                scope, use_resource=True, custom_getter=find, auxiliary_name_scope=False):
            yield

    def _legacy_body(self, specs):
        def wrapper_fn(*tensors):
            for tensor, spec in zip(tensors, specs):
                tensor.set_shape(spec.shape)
            return self._body(tensors)
        return wrapper_fn

    @property
    def output_structure(self):
        """The element spec of the results."""
        return self._output_structure

    @property
    def output_classes(self):
        """The classes of the results."""
        return structure.legacy_classes(self._output_structure)

    @property
    def output_shapes(self):
        """The shapes of the results."""
        return structure.legacy_shapes(self._output_structure)

    @property
    def output_types(self):
        """The types of the results."""
        return structure.legacy_types(self._output_structure)

    @property
    def function(self):
        """The function of tensors, which the graph has."""
        return self._function

