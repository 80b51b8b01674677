"""Functions of SavedModels as GraphDefs: those that they call stand in the place of the calls.

A tensor is called NODE:OUTPUT:INDEX in a function, and NODE:INDEX in a graph. An argument has no node.
"""
from reflow.framework import op_def_registry, protos

_CALLS = ('PartitionedCall', 'StatefulPartitionedCall')


class Library:
    """The functions of a SavedModel.

    `suffix` goes to their names, which are those of other functions in the program, and to the shared names of their
    resources, which no other model shares.
    """

    def __init__(self, library, suffix):
        self._suffix = suffix
        self._functions = {}  # by their new names
        names = {function.signature.name for function in library.function}
        for function in library.function:
            copy = type(function)()
            copy.CopyFrom(function)
            copy.signature.name += suffix
            for node in copy.node_def:
                if node.op in names:
                    node.op += suffix
                for called in _called_by(node):
                    called.name += suffix
                _own_resources(node, suffix.encode())
            self._functions[copy.signature.name] = copy

    def __getitem__(self, name):
        """The function that the model calls so."""
        return self._functions[name + self._suffix]

    def graph_of(self, name):
        """(GraphDef with the other functions in its library; names of the results' tensors).

        Arguments are called as in the function, and are to be mapped when the graph is imported.
        """
        graph_def = protos.message('tensorflow.GraphDef')()
        function = self[name]
        results, _ = self._add(function, '', {arg.name: arg.name + ':0' for arg in function.signature.input_arg}, [], graph_def)
        self._add_called(graph_def)
        graph_def.versions.producer = 134
        return graph_def, results

    def _add(self, function, prefix, arguments, control_inputs, graph_def):
        """Adds the nodes of a function; gives the tensors of its results, and all its nodes."""
        tensors, nodes = dict(arguments), {}
        for node in self._sorted(function):
            inputs = [tensors[name] for name in node.input if not name.startswith('^')]
            after = control_inputs + [each for name in node.input if name.startswith('^') for each in nodes.get(name[1:], ())]
            if node.op in _CALLS:
                called = self._functions[node.attr['f'].func.name]
                outputs, nodes[node.name] = self._add(
                    called, prefix + node.name + '/', dict(zip((arg.name for arg in called.signature.input_arg), inputs)),
                    after, graph_def)
                tensors.update(('%s:output:%d' % (node.name, i), each) for i, each in enumerate(outputs))
                tensors[node.name + ':output'] = tensors.get(node.name + ':output:0')
                continue
            added = graph_def.node.add()
            added.CopyFrom(node)
            added.name = prefix + node.name
            added.input[:] = inputs + sorted({'^' + each for each in after})
            added.device = ''
            if '_class' in added.attr:
                del added.attr['_class']  # says what stands on one device; they all do
            nodes[node.name] = [added.name]
            for output, index, number in _outputs_of(node, self._functions):
                tensors['%s:%s:%d' % (node.name, output, index)] = '%s:%d' % (added.name, number)
        results = [tensors[function.ret[arg.name]] for arg in function.signature.output_arg]
        return results, [each for names in nodes.values() for each in names]

    def _add_called(self, graph_def):
        """Adds the functions that are called, and those that they call."""
        added, to_visit = set(), [graph_def.node]
        while to_visit:
            for node in to_visit.pop():
                for name in [node.op, *(called.name for called in _called_by(node))]:
                    if name in self._functions and name not in added:
                        added.add(name)
                        graph_def.library.function.add().CopyFrom(self._functions[name])
                        to_visit.append(self._functions[name].node_def)

    @staticmethod
    def _sorted(function):
        """The nodes, each behind those that it needs."""
        nodes = {node.name: node for node in function.node_def}
        order, entered = [], set()
        for name in nodes:
            stack = [(name, False)]
            while stack:
                name, complete = stack.pop()
                if complete:
                    order.append(nodes[name])
                elif name in nodes and name not in entered:
                    entered.add(name)
                    stack.append((name, True))
                    stack.extend((each.lstrip('^').partition(':')[0], False) for each in nodes[name].input)
        return order


def _called_by(node):
    """The functions in a node's attributes."""
    for value in node.attr.values():
        if value.HasField('func'):
            yield value.func
        yield from value.list.func


def _own_resources(node, suffix):
    if 'shared_name' in node.attr:
        node.attr['shared_name'].s = (node.attr['shared_name'].s or node.name.encode()) + suffix
    if node.op == 'HashTableV2':
        node.attr['use_node_name_sharing'].b = True


def _outputs_of(node, functions):
    """(name of the output, index in it, number among all outputs of the node)."""
    definition = functions[node.op].signature if node.op in functions else op_def_registry.op_def(node.op)
    if definition is None:
        raise NotImplementedError('The SavedModel has an operation of the type %s, which Reflow has not' % node.op)
    number = 0
    for output in definition.output_arg:
        count = 1
        if output.number_attr:
            count = _attribute(node, definition, output.number_attr).i
        elif output.type_list_attr:
            count = len(_attribute(node, definition, output.type_list_attr).list.type)
        for index in range(count):
            yield output.name, index, number
            number += 1


def _attribute(node, definition, name):
    if name in node.attr:
        return node.attr[name]
    return next(attr.default_value for attr in definition.attr if attr.name == name)
