"""Functions of each element take ragged tensors: what they give has the same rows.

They are functions of tensors alone until the first ragged tensor of the process is made.
"""
import functools
import inspect
import sys

from reflow.names import public
from reflow.ops import math_ops
from reflow.ops.ragged import ragged_concat_ops
from reflow.ops.ragged import ragged_functional_ops
from reflow.ops.ragged import ragged_reductions
from reflow.ops.ragged import ragged_operators
from reflow.ops.ragged import ragged_tensor

# Public functions by their modules (root: tensorflow itself); these have one, two, or a list of arguments that may be ragged.
_UNARY = '''
root: as_string cast clip_by_value decode_base64 encode_base64 identity one_hot ones_like zeros_like saturate_cast substr
debugging: check_numerics
io: decode_compressed
bitwise: invert
math: abs acos acosh angle asin asinh atan atanh ceil conj cos cosh digamma erf erfc exp expm1 floor imag is_finite
math: is_inf is_nan lgamma log log1p log_sigmoid logical_not negative real reciprocal rint round rsqrt sign sin sinh
math: sqrt square tan
strings: length regex_full_match regex_replace strip substr to_hash_bucket_fast to_hash_bucket_strong unicode_script
'''
_BINARY = '''
root: complex div realdiv truncatediv truncatemod
bitwise: bitwise_and bitwise_or bitwise_xor left_shift right_shift
math: add atan2 divide divide_no_nan equal floordiv floormod greater greater_equal less less_equal logical_and logical_or
math: logical_xor maximum minimum multiply not_equal pow squared_difference subtract truediv
'''
_OF_LISTS = '''
root: add_n string_join
strings: join
'''


def _named(names):
    for line in names.strip().splitlines():
        module, functions = line.split(': ')
        for name in functions.split():
            yield public.resolve('' if module == 'root' else module, name)


def _taking_ragged(function, count):
    """`function` over ragged tensors too: of the `count` arguments that come first, or (0) of a list."""
    first = list(inspect.signature(function).parameters)[:count or 1]

    @functools.wraps(function)
    def over_rows(*args, **kwargs):
        tensors = list(args[:len(first)]) + [kwargs[name] for name in first if name in kwargs]
        if not count and tensors and isinstance(tensors[0], (list, tuple)):
            tensors = tensors[0]
        if not any(map(ragged_tensor.is_ragged, tensors)):
            return function(*args, **kwargs)
        ragged_operators.check_rows(function.__name__, tensors)
        return ragged_functional_ops.map_flat_values(function, *args, **kwargs)
    return over_rows


def _joining(function, joins_rows):
    """`function` of a list of tensors, or where one of these is ragged `joins_rows`."""
    @functools.wraps(function)
    def of_either(values, *args, **kwargs):
        if function.__name__ == 'stack' and ragged_tensor.is_ragged(values):
            raise TypeError("Expected list for 'values' argument to 'pack' Op, not %s." % (values,))
        among = values if isinstance(values, (list, tuple)) else [values]
        chosen = joins_rows if any(map(ragged_tensor.is_ragged, among)) else function
        return chosen(values, *args, **kwargs)
    return of_either


def _reducing(function, reduces_rows):
    """A reduction, or of a ragged tensor `reduces_rows`; both names of its arguments that tf.reduce_sum has are known."""
    @functools.wraps(function)
    def of_either(*args, **kwargs):
        tensor = args[0] if args else kwargs.get('input_tensor')
        if not ragged_tensor.is_ragged(tensor):
            return function(*args, **kwargs)
        given = inspect.signature(function).bind(*args, **kwargs).arguments
        axis, keepdims = (given.get(name) if given.get(name) is not None else given.get(old)
                          for name, old in (('axis', 'reduction_indices'), ('keepdims', 'keep_dims')))
        return reduces_rows(tensor, axis, keepdims, given.get('name'))
    return of_either


@functools.lru_cache(maxsize=None)
def install():
    """Puts functions that take ragged tensors in the place of those that don't, wherever modules have these."""
    originals = [(function, count) for names, count in ((_UNARY, 1), (_BINARY, 2), (_OF_LISTS, 0))
                 for function in _named(names)]
    replaced = {id(function): _taking_ragged(function, count) for function, count in originals}
    for name in ('concat', 'stack'):
        function = public.resolve('', name)
        replaced[id(function)] = _joining(function, getattr(ragged_concat_ops, name))
    for name in ('reduce_sum', 'reduce_prod', 'reduce_min', 'reduce_max', 'reduce_mean', 'reduce_all', 'reduce_any'):
        for function in (public.resolve('', name), getattr(math_ops, name)):
            replaced[id(function)] = _reducing(function, getattr(ragged_reductions, name))
    for name, module in list(sys.modules.items()):
        if name.partition('.')[0] not in ('reflow', 'tensorflow') or module is None:
            continue
        for key, value in list(vars(module).items()):
            if id(value) in replaced:
                setattr(module, key, replaced[id(value)])
