"""Collections of outputs and variables, and arguments of layers."""

import collections

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import control_flow_ops
from reflow.ops import variables

__all__ = ['collect_named_outputs', 'constant_value', 'static_cond', 'smart_cond', 'get_variable_collections',
           'two_element_tuple', 'n_positive_integers', 'channel_dimension', 'last_dimension']

NamedOutputs = collections.namedtuple('NamedOutputs', ['name', 'outputs'])


def collect_named_outputs(collections, alias, outputs):
    """Puts `outputs` into collections, under another name; returns them."""
    if collections:
        append_tensor_alias(outputs, alias)
        ops.add_to_collections(collections, outputs)
    return outputs


def append_tensor_alias(tensor, alias):
    """Gives the tensor one more name."""
    alias = alias[:-1] if alias[-1] == '/' else alias
    if hasattr(tensor, 'aliases'):
        tensor.aliases.append(alias)
    else:
        tensor.aliases = [alias]
    return tensor


def gather_tensors_aliases(tensors):
    """The other names of all tensors."""
    return [alias for tensor in tensors for alias in get_tensor_aliases(tensor)]


def get_tensor_aliases(tensor):
    """The other names of the tensor, or its own."""
    if hasattr(tensor, 'aliases'):
        return tensor.aliases
    return [tensor.op.name if tensor.name[-2:] == ':0' else tensor.name]


def convert_collection_to_dict(collection, clear_collection=False):
    """{name: tensor} of a collection, in its order."""
    output = collections.OrderedDict((alias, tensor) for tensor in ops.get_collection(collection)
                                     for alias in get_tensor_aliases(tensor))
    if clear_collection:
        ops.get_default_graph().clear_collection(collection)
    return output


def constant_value(value_or_tensor_or_var, dtype=None):
    """The value; that of a tensor where it is known while the graph is built, else None."""
    value = value_or_tensor_or_var
    if value is None:
        raise ValueError('value_or_tensor_or_var cannot be None')
    if isinstance(value, (ops.Tensor, variables.Variable)):
        if dtype and value.dtype != dtype:
            raise ValueError('It has the wrong type %s instead of %s' % (value.dtype, dtype))
        return None if isinstance(value, variables.Variable) else tensor_util.constant_value(value)
    return value


def static_cond(pred, fn1, fn2):
    """The result of one of the functions."""
    if not callable(fn1):
        raise TypeError('fn1 must be callable.')
    if not callable(fn2):
        raise TypeError('fn2 must be callable.')
    return fn1() if pred else fn2()


def smart_cond(pred, fn1, fn2, name=None):
    """The result of one of the functions, without a cond where it is known which."""
    value = constant_value(pred)
    return control_flow_ops.cond(pred, fn1, fn2, name=name) if value is None else static_cond(value, fn1, fn2)


def get_variable_collections(variables_collections, name):
    """The collections of variables called `name`."""
    return variables_collections.get(name, None) if isinstance(variables_collections, dict) else variables_collections


def _dimension(shape, dim, min_rank):
    dims = shape.dims
    if dims is None:
        raise ValueError('dims of shape must be known but is None')
    if len(dims) < min_rank:
        raise ValueError('rank of shape must be at least %d not: %d' % (min_rank, len(dims)))
    if dims[dim].value is None:
        raise ValueError('dimension %d of shape must be known but is None: %s' % (dim, shape))
    return dims[dim].value


def channel_dimension(shape, data_format, min_rank=1):
    """The number of channels."""
    return _dimension(shape, 1 if data_format == 'channels_first' else -1, min_rank)


def last_dimension(shape, min_rank=1):
    """The last size."""
    return _dimension(shape, -1, min_rank)


def two_element_tuple(int_or_tuple):
    """Two ints, of one or two."""
    if isinstance(int_or_tuple, (list, tuple)):
        if len(int_or_tuple) != 2:
            raise ValueError('Must be a list with 2 elements: %s' % int_or_tuple)
        return int(int_or_tuple[0]), int(int_or_tuple[1])
    if isinstance(int_or_tuple, int):
        return int_or_tuple, int_or_tuple
    if isinstance(int_or_tuple, tensor_shape.TensorShape) and len(int_or_tuple) == 2:
        return int_or_tuple[0], int_or_tuple[1]
    raise ValueError('Must be an int, a list with 2 elements or a TensorShape of length 2')


def n_positive_integers(n, value):
    """`n` positive ints, of one or n."""
    if int(n) < 1 or int(n) != n:
        raise ValueError('n must be a positive integer')
    n = int(n)
    try:
        values = (int(value),) * n
    except (TypeError, ValueError):
        try:
            values = tuple(int(each) for each in value)
        except (TypeError, ValueError):
            values = ()
        if len(values) != n:
            raise ValueError('Expected sequence of %d positive integers, but received %r' % (n, value)) from None
    for each in values:
        if each < 1:
            raise ValueError('expected positive integer, but received %d' % each)
    return values
