"""The Python function of each op of the registry, with TensorFlow's argument names, order and defaults.

The functions are compiled from a few lines of source each, when they are first asked for: a call then costs little more
than the call of the engine in it, and inspect.signature sees what TensorFlow's shows.
"""

import collections
import os
import struct

from reflow import _core
from reflow.framework import ops  # noqa: F401  gives tensors their methods
from reflow.names import table

_FOLDER = os.path.dirname(__file__)  # frames in it are the library's, not the program's


def op_function(op_type, name, module):
    """The wrapper `name` of an op, as it stands in the generated module `module`; None for an op that Reflow has not.

    It gives the Operation of an op without outputs, else a Tensor, a list of them, or a namedtuple of both.
    """
    return _compile(op_type, name, module, raw=False) if _core.has_op(op_type) else None


def raw_op_function(op_type, module):
    """The wrapper of an op in tf.raw_ops: named as the op is, and all of its arguments are passed by name."""
    return _compile(op_type, op_type, module, raw=True) if _core.has_op(op_type) else None


def _compile(op_type, name, module, raw):
    definition = _core.op_def(op_type)
    renamed = table.renamed_arguments(op_type)
    inputs = [(renamed.get(argument, argument), has_number) for argument, has_number in definition['inputs']]
    attrs = [(renamed.get(attr, attr), *rest) for attr, *rest in definition['attrs']]
    required = [argument for argument, _ in inputs] + [attr[0] for attr in attrs if not attr[2]]
    defaults = {f'_default_{attr}': _default(kind, value) for attr, kind, has_default, value in attrs if has_default}
    optional = [attr[0] for attr in attrs if attr[2]]
    parameters = [*required, *(f'{attr}=_default_{attr}' for attr in optional), 'name=None']
    names = {'_apply': _core.apply_op, '_type': op_type, '_name': table.function_name(op_type), '__name__': module,
             **defaults}
    lists = [argument for argument, has_number in inputs if has_number]
    lists += [attr for attr, kind, *_ in attrs if kind.startswith('list(')]
    outputs = [argument for argument, _ in definition['outputs']]
    call = (f"_apply(_type, name, ({''.join(argument + ', ' for argument, _ in inputs)}), "
            f"{{{', '.join(f'{attr[0]!r}: {new[0]}' for attr, new in zip(definition['attrs'], attrs))}}})")
    if len(outputs) > 1:
        names['_result'] = collections.namedtuple(op_type, outputs)
        call = f'_result._make({call})'
    source = [f"def {name}({', '.join(parameters)}):", *(_list_check(each, each in optional) for each in lists),
              f'    return {call}']
    exec(compile('\n'.join(source), os.path.join(_FOLDER, f'<{op_type}>'), 'exec'), names)
    function = names[name]
    function.__module__ = module
    function.__doc__ = _documentation(definition, [*required, *optional])
    if raw:
        return _keywords_only(function, [*required, *optional, 'name'])
    return function


def _list_check(argument, may_be_none):
    also = f' and {argument} is not None' if may_be_none else ''
    return (f'    if not isinstance({argument}, (list, tuple)){also}:\n'
            f'        raise TypeError("Expected list for \'{argument}\' argument to \'%s\' Op, not %r." % '
            f'(_name, {argument}))')


def _default(kind, value):
    """An attr's default as Python writes it."""
    if kind == 'float':
        return _shortest(value)
    if kind == 'list(float)':
        return [_shortest(each) for each in value]
    if kind == 'string':
        return value.decode()
    if kind == 'list(string)':
        return [each.decode() for each in value]
    if kind == 'shape':
        return None if value.ndims is None else value.as_list()
    if kind == 'tensor':
        return _tensor_proto(value)
    return value


def _tensor_proto(array):
    """A TensorProto of small integers, as TensorFlow's op definitions write them."""
    from reflow.framework import dtypes, protos
    proto = protos.message('tensorflow.TensorProto')(dtype=dtypes.as_dtype(array.dtype).as_datatype_enum)
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    proto.int_val.extend(int(value) for value in array.flat)
    return proto


def _shortest(value):
    """What has the fewest digits and is `value`, a float32: 1, not 1.0, and 0.001, not 0.0010000000474974513."""
    if value == int(value):
        return int(value)
    for digits in range(1, 9):
        candidate = float(f'{value:.{digits}g}')
        if struct.pack('f', candidate) == struct.pack('f', value):
            return candidate
    return value


def _documentation(definition, arguments):
    lines = [definition['doc'].strip() or 'No documentation.', '', 'Args:', *(f'  {each}' for each in arguments), '  name']
    outputs = [name for name, _ in definition['outputs']]
    lines += ['', 'Returns:', '  ' + (', '.join(outputs) if outputs else 'the Operation')]
    return '\n'.join(lines)


def _keywords_only(function, possible):
    """`function` for calls by name only; its signature is shown as the function's is."""

    def by_name(*args, **kwargs):
        if args:
            raise TypeError(f'{function.__name__} only takes keyword args (possible keys: {possible}). Please pass '
                            'these args as kwargs instead.')
        return function(**kwargs)

    by_name.__name__ = by_name.__qualname__ = function.__name__
    by_name.__module__ = function.__module__
    by_name.__doc__ = function.__doc__
    by_name.__wrapped__ = function
    return by_name
