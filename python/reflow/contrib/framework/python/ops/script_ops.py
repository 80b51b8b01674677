"""Python functions of nested arguments as ops."""

from reflow.framework import tensor_shape
from reflow.ops import script_ops
from reflow.util import nest

__all__ = ['py_func']


def py_func(func, args=(), kwargs=None, output_types=None, output_shapes=None, stateful=True, name=None):
    """What `func(*args, **kwargs)` gives when the graph is run, of nested tensors as arguments and results.

    `output_types`, and `output_shapes` if they are given, have the structure of what `func` gives; they may be functions of
    the arguments.
    """
    arguments = (args, {} if kwargs is None else kwargs)
    for name_of, value, classes, wanted in (('args', arguments[0], (list, tuple), 'list'),
                                            ('kwargs', arguments[1], dict, 'dict')):
        if not isinstance(value, classes):
            raise TypeError('%s must be %s and not %s. args: %s' % (name_of, wanted, type(value), value))
    output_types, output_shapes = [given(*arguments[0], **arguments[1]) if callable(given) else given
                                   for given in (output_types, output_shapes)]

    def call(*flat):
        positional, named = nest.pack_sequence_as(arguments, flat)
        result = func(*positional, **named)
        nest.assert_shallow_structure(output_types, result)
        return nest.flatten(result)

    values = script_ops.py_func(call, nest.flatten(arguments), nest.flatten(output_types), stateful=stateful, name=name)
    if output_shapes is not None:
        shapes = nest.map_structure_up_to(output_types, tensor_shape.as_shape, output_shapes)
        for value, shape in zip(values, nest.flatten(shapes)):
            value.set_shape(shape)
    return nest.pack_sequence_as(output_types, values)
