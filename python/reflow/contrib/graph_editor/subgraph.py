"""Views of parts of a graph: operations, and the tensors that go into and out of them."""

from reflow.contrib.graph_editor import select
from reflow.contrib.graph_editor import util
from reflow.framework import ops as tf_ops


class SubGraphView:
    """Operations of a graph, with tensors that go in and come out, in an order that may be changed; the graph stays."""

    def __init__(self, inside_ops=(), passthrough_ts=()):
        self._ops = util.make_list_of_op(inside_ops)
        inputs, outputs, inside = select.compute_boundary_ts(self._ops)
        known = set(inputs) | set(outputs) | set(inside)
        self._passthrough_ts = [tensor for tensor in util.make_list_of_t(passthrough_ts) if tensor not in known]
        self._input_ts = inputs + self._passthrough_ts
        self._output_ts = outputs + self._passthrough_ts

    @property
    def graph(self):
        """The graph; None: there is nothing in the view."""
        elements = self._ops or self._passthrough_ts
        return elements[0].graph if elements else None

    @property
    def ops(self):
        """The operations."""
        return self._ops

    @property
    def inputs(self):
        """The tensors that go in."""
        return list(self._input_ts)

    @property
    def outputs(self):
        """The tensors that come out."""
        return list(self._output_ts)

    @property
    def connected_inputs(self):
        """The tensors that go in and into an operation."""
        return [tensor for tensor in self._input_ts if not self.is_passthrough(tensor)]

    @property
    def connected_outputs(self):
        """The tensors that come out and out of an operation."""
        return [tensor for tensor in self._output_ts if not self.is_passthrough(tensor)]

    @property
    def passthroughs(self):
        """The tensors that go through."""
        return list(self._passthrough_ts)

    def is_passthrough(self, t):
        """Whether the tensor goes through."""
        return t in self._passthrough_ts

    def op(self, op_id):
        """Operation number `op_id`."""
        return self._ops[op_id]

    def find_op_by_name(self, op_name):
        """The operation of the name. AssertionError: there is none."""
        found = [op for op in self._ops if op.name == op_name]
        if not found:
            raise AssertionError('{} not found.'.format(op_name))
        return found[0]

    def input_index(self, t):
        """Where the tensor is among the inputs."""
        return _index(t, self._input_ts, 'input')

    def output_index(self, t):
        """Where the tensor is among the outputs."""
        return _index(t, self._output_ts, 'output')

    def consumers(self):
        """The operations outside that take one of the outputs."""
        members = set(self._ops)
        return [op for op in util.get_consuming_ops(self._output_ts) if op not in members]

    def copy(self):
        """A view of the same."""
        return SubGraphView._like(self, self._input_ts, self._output_ts)

    @classmethod
    def _like(cls, view, inputs, outputs):
        made = cls.__new__(cls)
        made._ops, made._passthrough_ts = list(view._ops), list(view._passthrough_ts)
        made._input_ts, made._output_ts = list(inputs), list(outputs)
        return made

    def remap_inputs(self, new_input_indices):
        """The view with inputs in this order."""
        return self._like(self, [self._input_ts[_place(each, self._input_ts)] for each in new_input_indices], self._output_ts)

    def remap_outputs(self, new_output_indices):
        """The view with outputs in this order."""
        return self._like(self, self._input_ts, [self._output_ts[_place(each, self._output_ts)] for each in new_output_indices])

    def remap(self, new_input_indices=None, new_output_indices=None):
        """The view with inputs and outputs in these orders."""
        view = self.copy()
        if new_input_indices is not None:
            view = view.remap_inputs(new_input_indices)
        return view if new_output_indices is None else view.remap_outputs(new_output_indices)

    def __bool__(self):
        return self.graph is not None

    __nonzero__ = __bool__

    def __enter__(self):
        return self

    def __exit__(self, *unused_exception):
        pass


def _place(element, ts):
    return element if isinstance(element, int) else ts.index(element)


def _index(t, ts, kind):
    if t not in ts:
        raise ValueError("Can't find {} in {} list of subgraph.".format(t.name, kind))
    return ts.index(t)


def make_view(*args, **kwargs):
    """A view of operations and tensors, or of what expressions of names choose in `graph`."""
    if len(args) == 1 and isinstance(args[0], SubGraphView) and not kwargs:
        return args[0]
    ops, ts = select.select_ops_and_ts(*args, **kwargs)
    return SubGraphView(ops, ts)


def make_view_from_scope(scope, graph):
    """A view of the operations within a name scope."""
    return SubGraphView(select.get_name_scope_ops(graph, scope), ())


def view_of(value):
    """A view of what may be one, an operation, or several operations."""
    if isinstance(value, SubGraphView):
        return value
    if isinstance(value, tf_ops.Graph):
        raise TypeError('Expected a SubGraphView, got: {}'.format(type(value)))
    return make_view(value)
