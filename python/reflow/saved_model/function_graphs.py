"""Functions of SavedModels as GraphDefs: those that they call stand in the place of the calls.

A tensor is called NODE:OUTPUT:INDEX in a function, and NODE:INDEX in a graph. An argument has no node.
"""
from reflow.framework import op_def_registry, protos

_CALLS = ('PartitionedCall', 'StatefulPartitionedCall')


class Library:
    """The functions of a SavedModel. `suffix` goes to the shared names of their resources, which no other model shares."""

    def __init__(self, library, suffix):
        self._functions = {}
        for function in library.function:
            copy = type(function)()
            copy.CopyFrom(function)
            for node in copy.node_def:
                _own_resources(node, suffix)
            self._functions[function.signature.name] = copy

    def __getitem__(self, name):
        return self._functions[name]

    def graph_of(self, name):
        """(GraphDef with the other functions in its library; names of the results' tensors).

        Arguments are called as in the function, and are to be mapped when the graph is imported.
        """
        graph_def = protos.message('tensorflow.GraphDef')()
        function = self[name]
        results, _ = self._add(function, '', {arg.name: arg.name + ':0' for arg in function.signature.input_arg}, [], graph_def)
        graph_def.library.function.extend(self._functions.values())
        graph_def.versions.producer = 134
        return graph_def, results

    def _add(self, function, prefix, arguments, control_inputs, graph_def):
        """Adds the nodes of a function; gives the tensors of its results, and all its nodes."""
        tensors, nodes = dict(arguments), {}
        for node in self._sorted(function):
            inputs = [tensors[name] for name in node.input if not name.startswith('^')]
            after = control_inputs + [each for name in node.input if name.startswith('^') for each in nodes.get(name[1:], ())]
            if node.op in _CALLS:
                called = self[node.attr['f'].func.name]
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


def _own_resources(node, suffix):
    for key in ('shared_name',):
        if key in node.attr and node.op != 'VarHandleOp':
            node.attr[key].s = (node.attr[key].s or node.name.encode()) + suffix
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
