"""Context managers of graph building. Each enters a scope of the extension and leaves it."""

from reflow import _core


class DefaultGraph:
    """`with graph.as_default() as graph:`. May be entered again."""

    def __init__(self, graph):
        self._graph = graph
        self._scope = _core.DefaultGraph(graph)

    def __enter__(self):
        self._scope.enter()
        if self._graph._has_resource_variables:
            scope = _core.get_variable_scope()
            if scope.use_resource is None:
                scope.set_use_resource(True)
        return self._graph

    def __exit__(self, *unused_exception):
        self._scope.exit()


def enter_device(device_name_or_function):
    """Enters a device's scope. ValueError, AttributeError: the name is none of a device."""
    if device_name_or_function is None:
        return _core.enter_device(None)
    from reflow.framework import device
    if callable(device_name_or_function):
        return _core.enter_device(lambda op: device.name_of(device_name_or_function(op)))
    return _core.enter_device(device.checked_name(device_name_or_function))


class GraphScope:
    """A scope that `enter(*args)` enters, in `graph`."""

    def __init__(self, graph, enter, *args):
        self._graph = graph
        self._enter = enter
        self._args = args

    def __enter__(self):
        scope = _core.DefaultGraph(self._graph)
        scope.enter()
        try:
            self._entered = self._enter(*self._args)
        finally:
            scope.exit()

    def __exit__(self, *unused_exception):
        self._entered.exit()


class GraphNameScope:
    """`with graph.name_scope(name) as scope:`."""

    def __init__(self, graph, name):
        self._graph = graph
        self._name = name

    def __enter__(self):
        scope = _core.DefaultGraph(self._graph)
        scope.enter()
        try:
            self._entered, name = _core.enter_name_scope(self._name or '')
        finally:
            scope.exit()
        return name

    def __exit__(self, *unused_exception):
        self._entered.exit()


class ControlDependencies(GraphScope):
    """`with graph.control_dependencies(control_inputs):`."""

    def __init__(self, graph, control_inputs):
        super().__init__(graph, _core.enter_control_dependencies,
                         None if control_inputs is None else self._elements(graph, control_inputs))

    @staticmethod
    def _elements(graph, control_inputs):
        elements = []
        for value in control_inputs:
            # IndexedSlices stand for the operation of their values.
            if isinstance(value, _indexed_slices()) or (hasattr(value, '_handle') and hasattr(value, 'op')):
                value = value.op
            outside = getattr(graph, '_is_part_of_graph', False) and isinstance(value, (_core.Tensor, _core.Operation))
            elements.append(value if outside else graph.as_graph_element(value))
        return elements


def _indexed_slices():
    from reflow.framework import indexed_slices
    return indexed_slices.IndexedSlices


class NullContext:
    """Does nothing."""

    def __enter__(self):
        return None

    def __exit__(self, *unused_exception):
        return None


class name_scope:
    """Puts the names of operations below `name`, or `default_name` where that is None.

    `values` are the inputs of the operations: they have to be of one graph, which is the default one within the context.
    """

    @property
    def name(self):
        """The name that the scope was given."""
        return self._name

    def __init__(self, name, default_name=None, values=None):
        if not (default_name is None or isinstance(default_name, str)):
            raise TypeError('`default_name` type (%s) is not a string type. You likely meant to pass this into the '
                            '`values` kwarg.' % type(default_name))
        self._name = default_name if name is None else name
        self._default_name = default_name
        self._values = values

    def __enter__(self):
        if self._name is None and self._values is not None:
            raise ValueError('At least one of name (%s) and default_name (%s) must be provided.' % (
                None, self._default_name))
        self._graph = None
        if self._values and not _core.executing_eagerly():
            graph = graph_of_inputs(self._values)
            if graph is not _core.get_default_graph():
                self._graph = _core.DefaultGraph(graph)
                self._graph.enter()
        try:
            self._entered, scope = _core.enter_name_scope(self._name or '')
        except BaseException:
            if self._graph is not None:
                self._graph.exit()
            raise
        return scope

    def __exit__(self, *unused_exception):
        self._entered.exit()
        if self._graph is not None:
            self._graph.exit()


class name_scope_v2(name_scope):
    """Puts the names of operations below `name`."""

    def __init__(self, name):
        if name is None or not isinstance(name, str):
            raise ValueError('name for name_scope must be a string.')
        super().__init__(name)


num_traces = 0  # functions that are being traced, by any thread


def graph_of_inputs(op_input_list, graph=None):
    """The graph that all tensors in the list are of, or the default graph. ValueError: they are of several."""
    if graph is not None and not isinstance(graph, _core.Graph):
        raise TypeError('Input graph needs to be a Graph: %s' % graph)
    if graph is None and _core.get_default_graph().building_function:
        return _core.get_default_graph()  # it takes tensors of other graphs
    first = None
    for value in op_input_list:
        if isinstance(value, _core.EagerTensor):
            continue
        element = value if isinstance(value, (_core.Tensor, _core.Operation, _core.Variable)) else None
        if element is None:
            convert = getattr(value, '_as_graph_element', None)
            element = convert() if convert is not None else None
            if element is None and isinstance(getattr(value, 'op', None), _core.Operation):
                element = value.op
        if element is None:
            continue
        if graph is None:
            first, graph = element, element.graph
        elif element.graph is not graph:
            if first is not None:
                raise ValueError('%s must be from the same graph as %s.' % (element, first))
            raise ValueError('%s is not from the passed-in graph.' % element)
    return graph or _core.get_default_graph()
