"""Functions of the graphs that Python functions of TensorFlow 1 build, with their variables, and of GraphDefs."""

import inspect

from reflow.eager import function
from reflow.framework import importer
from reflow.framework import ops
from reflow.framework import protos
from reflow.framework import tensor_spec
from reflow.ops import array_ops
from reflow.ops import variable_scope
from reflow.util import nest


class VariableHolder:
    """Keeps the variables that a function makes, by their names."""

    def __init__(self, fn=None, share_variables=False):
        self._fn = fn
        self._share_variables = share_variables
        self._variables_by_name = {}

    @property
    def variables(self):
        """{name: variable}."""
        return self._variables_by_name

    def variable_creator_scope(self, next_creator, **kwargs):
        """A creator of variables (tf.variable_creator_scope) that keeps what it makes."""
        return self._kept(next_creator(**kwargs))

    def _kept(self, variable):
        name = variable.name.split(':')[0]
        if self._share_variables:
            return self._variables_by_name.setdefault(name, variable)
        self._variables_by_name[name] = variable
        return variable

    def _getter(self, getter, *args, **kwargs):
        """A custom getter: variables of get_variable are kept too."""
        return self._kept(getter(*args, **kwargs))

    def call_with_variable_creator_scope(self, fn):
        """`fn`, whose variables are kept."""
        def wrapped(*args, **kwargs):
            scope = variable_scope.get_variable_scope()
            with variable_scope.variable_creator_scope(self.variable_creator_scope), variable_scope.variable_scope(
                    scope, custom_getter=self._getter, auxiliary_name_scope=False):
                return fn(*args, **kwargs)
        wrapped.__signature__ = inspect.signature(fn)
        return wrapped

    def __call__(self, *args, **kwargs):
        return self.call_with_variable_creator_scope(self._fn)(*args, **kwargs)


class WrappedFunction(function.ConcreteFunction):
    """A function of a graph, whose parts are functions too (`prune`)."""

    def __init__(self, concrete, variable_holder):
        super().__init__(concrete._traced, concrete._structured_outputs)
        self.graph.variables = self.variables  # those that it uses
        self._variable_holder = variable_holder
        self._takes_keywords = False

    def __call__(self, *args, **kwargs):
        if self._takes_keywords:
            return super().__call__(*args, **kwargs)
        if kwargs:
            raise NotImplementedError('Keyword arguments not supported when calling a wrap_function-decorated function.')
        if len(args) + self._num_captured != len(self.inputs):
            raise ValueError('Arguments and signature arguments do not match. got: %s, expected: %s ' % (
                len(args) + self._num_captured, len(self.inputs)))
        return super().__call__(*args)

    def prune(self, feeds, fetches, name=None, input_signature=None):
        """The function that gives `fetches` of the graph, tensors or operations, for the tensors `feeds` of it."""
        flat_feeds = [self.graph.as_graph_element(feed) for feed in nest.flatten(feeds, expand_composites=True)]
        if not all(isinstance(feed, ops.Tensor) for feed in flat_feeds):
            raise ValueError('Feeds must be tensors.')
        captures = self.inputs[len(self.inputs) - self._num_captured:]
        flat_feeds = [feed for feed in flat_feeds if not any(feed is capture for capture in captures)]
        fetches = nest.map_structure(self._element, fetches)
        flat_fetches = nest.flatten(fetches, expand_composites=True)
        for element in flat_feeds + flat_fetches:
            if element.graph is not self.graph:
                raise ValueError('Can only prune function whose feeds and fetches are from this graph (%s). Input %s is from '
                                 'graph %s' % (self.graph, element, element.graph))
        inside, outside = flat_feeds + list(captures), self.captured_inputs

        def part(*args):
            found = iter(_imported(self.graph, inside, list(args) + [_captured(each) for each in outside], flat_fetches))
            return nest.pack_sequence_as(fetches, [next(found) for _ in flat_fetches], expand_composites=True)
        specs = [_spec_of(feed) for feed in flat_feeds]
        return WrappedFunction(function.trace(part, name or 'pruned', specs, {}), self._variable_holder)

    def _element(self, fetch):
        """The tensor or operation that is meant by it, its name or a TensorInfo."""
        from reflow.framework import sparse_tensor
        if isinstance(fetch, protos.message('tensorflow.TensorInfo')):
            if fetch.WhichOneof('encoding') == 'coo_sparse':
                parts = fetch.coo_sparse
                return sparse_tensor.SparseTensor(*[self.graph.get_tensor_by_name(name) for name in (
                    parts.indices_tensor_name, parts.values_tensor_name, parts.dense_shape_tensor_name)])
            fetch = fetch.name
        if isinstance(fetch, (ops.Operation, ops.Tensor, sparse_tensor.SparseTensor, ops.IndexedSlices)):
            return fetch
        return self.graph.as_graph_element(fetch)


def _named(spec):
    return tensor_spec.TensorSpec(spec.shape, spec.dtype, name=spec.name or 'placeholder')


def _spec_of(tensor):
    return tensor_spec.TensorSpec(tensor.shape, tensor.dtype.base_dtype, name=tensor.op.name.split('/')[-1])


def _captured(tensor):
    """What stands for a tensor of another graph in the function that is being traced."""
    return array_ops.identity(tensor).op.inputs[0]


def _imported(graph, inside, values, fetches):
    """`fetches` of a graph, made anew in the default graph with `values` for the tensors `inside`; None for operations."""
    return imported_part(graph.as_graph_def(), {tensor.name: value for tensor, value in zip(inside, values)}, fetches)


def imported_part(graph_def, values, fetches):
    """Imports what `fetches` need of a GraphDef, which changes, where `values` stand for tensors of these names."""
    used = _cut_before({name.split(':')[0] for name in values}, graph_def, [fetch.name.split(':')[0] for fetch in fetches])
    input_map = {name: value for name, value in values.items() if name in used or name.split(':')[0] in used}
    tensors = [fetch for fetch in fetches if isinstance(fetch, ops.Tensor)]
    operations = [fetch.name for fetch in fetches if not isinstance(fetch, ops.Tensor)]
    elements = importer.import_graph_def(graph_def, input_map=input_map, name='', return_elements=operations + [
        tensor.name for tensor in tensors if tensor.name not in values])
    elements = iter(elements[len(operations):])
    return [None if not isinstance(fetch, ops.Tensor) else values[fetch.name] if fetch.name in values else next(elements)
            for fetch in fetches]


def _cut_before(feeds, graph_def, fetches):
    """Leaves the nodes in the GraphDef that `fetches` need. Returns the inputs that these have."""
    nodes = {node.name: node for node in graph_def.node}
    needed, used, waiting = set(), set(), [name for name in fetches if name not in feeds]
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        used.update(nodes[name].input)
        waiting += [each for each in (key.lstrip('^').split(':')[0] for key in nodes[name].input) if each not in feeds]
    kept = [node for node in graph_def.node if node.name in needed]
    del graph_def.node[:]
    graph_def.node.extend(kept)
    return used


def wrap_function(fn, signature, name=None):
    """The function of tensors, as the TensorSpecs of `signature` describe them, whose graph the Python function `fn` builds.

    `fn` is called once. The variables that it makes, by tf.get_variable too, are the function's.
    """
    holder = VariableHolder(fn)
    name = 'wrapped_function' if name is None else 'wrapped_function_' + name
    traced = function.trace(holder.call_with_variable_creator_scope(fn), name,
                            [_named(spec) for spec in signature], {})
    return WrappedFunction(traced, holder)


def function_from_graph_def(graph_def, inputs, outputs):
    """The function that gives `outputs` of a GraphDef for `inputs`, all named as in it."""
    wrapped = wrap_function(lambda: importer.import_graph_def(graph_def, name=''), [])
    return wrapped.prune(nest.map_structure(wrapped.graph.as_graph_element, inputs),
                         nest.map_structure(wrapped.graph.as_graph_element, outputs))
