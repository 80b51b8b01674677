"""The functions that a SavedModel of objects has, as saved_model_cli shows them."""
import collections.abc

from reflow.framework import tensor_spec
from reflow.saved_model import structured_values


def show_defined_functions(meta_graphs):
    """Prints the functions of the root object and what each can be called with. Nothing: there are no objects."""
    with_objects = [graph.object_graph_def for graph in meta_graphs if graph.HasField('object_graph_def')]
    if not with_objects:
        return
    objects = with_objects[0]
    print('\nDefined Functions:', end='')
    functions = {child.local_name: objects.nodes[child.node_id] for child in objects.nodes[0].children}
    for name in sorted(functions):
        if functions[name].WhichOneof('kind') != 'function':
            continue
        print("\n  Function Name: '%s'" % name)
        for i, concrete in enumerate(sorted(functions[name].function.concrete_functions), 1):
            args, kwargs = structured_values.decode(objects.concrete_functions[concrete].canonicalized_input_signature)
            print('    Option #%d' % i)
            print('      Callable with:')
            _show_arguments(args, 'Argument')
            _show_arguments(kwargs, 'Named Argument')


def _quoted(value):
    return "'%s'" % value if isinstance(value, str) else str(value)


def _show_arguments(arguments, kind):
    for i, value in enumerate(arguments, 1):
        print('        %s #%d' % (kind, i))
        if isinstance(value, tensor_spec.TensorSpec):
            print('          %s: %r' % (value.name, value))
            continue
        print('          DType: %s' % type(value).__name__)
        if isinstance(value, dict):
            items = ["'%s': %s" % (key, _quoted(item)) for key, item in value.items()]
            print('          Value: {%s, \b\b}' % ', '.join(items))
        elif isinstance(value, collections.abc.Iterable):
            print('          Value: [%s, \b\b]' % ', '.join(map(_quoted, value)))
        else:
            print('          Value: %s' % value)
