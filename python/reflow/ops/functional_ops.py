"""Folds and scans over the rows of tensors."""

from reflow import _core
from reflow.util import nest


def __getattr__(name):
    """What is an op and nothing more."""
    from reflow.ops import gen_functional_ops
    return getattr(gen_functional_ops, name)


def _fold_function(fn, elems, structure):
    def run(accumulated, rows):
        a = nest.pack_sequence_as(structure, accumulated) if nest.is_sequence(structure) else accumulated[0]
        x = nest.pack_sequence_as(elems, rows) if nest.is_sequence(elems) else rows[0]
        result = fn(a, x)
        nest.assert_same_structure(structure, result)
        return nest.flatten(result)
    return run


def _fold(name, fn, elems, initializer, *options):
    if not callable(fn):
        raise TypeError('fn must be callable.')
    if _core.executing_eagerly():
        from reflow.ops import eager_functional
        if name == 'scan':
            return eager_functional.scan(fn, elems, initializer, reverse=options[4])
        return eager_functional.fold(fn, elems, initializer, reverse=name == 'foldr')
    structure = elems if initializer is None else initializer
    results = getattr(_core, name)(_fold_function(fn, elems, structure), nest.flatten(elems),
                                   [] if initializer is None else nest.flatten(initializer), *options)
    return nest.pack_sequence_as(structure, results) if nest.is_sequence(structure) else results[0]


def foldl(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """fn(... fn(initializer, row 0) ..., last row)."""
    return _fold('foldl', fn, elems, initializer, parallel_iterations, bool(back_prop), bool(swap_memory), name)


def foldr(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """The same from the last row to the first."""
    return _fold('foldr', fn, elems, initializer, parallel_iterations, bool(back_prop), bool(swap_memory), name)


def scan(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True,
         reverse=False, name=None):
    """All that foldl accumulates on its way, stacked."""
    return _fold('scan', fn, elems, initializer, parallel_iterations, bool(back_prop), bool(swap_memory),
                 bool(infer_shape), bool(reverse), name)


def Gradient(inputs, f, name=None):
    """The gradient of a Defun: gradients of its arguments, given these and the gradients of its results."""
    from reflow.ops import gen_functional_ops
    types = [argument.type for argument in f.definition.signature.input_arg]
    return gen_functional_ops.symbolic_gradient(input=inputs, Tout=types, f=f, name=name)


def _result_types(function):
    return [result.type for result in function.definition.signature.output_arg]


def If(cond, inputs, then_branch, else_branch, name=None):
    """The results of one of two Defuns of `inputs`."""
    from reflow.ops import gen_functional_ops
    return gen_functional_ops._if(cond, inputs, _result_types(then_branch), then_branch, else_branch, name=name)


def _with_captures(body, func_name):
    """`body`, a Defun, of arguments for what it captures too, which it gives out again."""
    from reflow.framework import function
    captured = body.captured_inputs
    types = [*body.declared_input_types, *(tensor.dtype.base_dtype for tensor in captured)]

    @function.Defun(*types, func_name=func_name)
    def wrapper(*arguments):
        results = body._call_with_captures(list(arguments))
        results = list(results) if isinstance(results, (list, tuple)) else [results]
        return tuple(results) + tuple(arguments[len(body.declared_input_types):])

    return wrapper


def While(input_, cond, body, name=None, hostmem=None):
    """Repeats `body`, a Defun, as long as `cond`, another one of the same arguments, is true."""
    from reflow.framework import function
    from reflow.ops import gen_functional_ops
    if cond.captured_inputs:
        raise ValueError("While op 'cond' argument must be a function without implicitly captured inputs.")
    if cond.declared_input_types != body.declared_input_types:
        raise ValueError("While op 'cond' and 'body' signatures do not match. %r vs %r" % (
            cond.declared_input_types, body.declared_input_types))
    captured = body.captured_inputs
    if not captured:
        return gen_functional_ops._while(input_, cond, body, name=name)
    num_arguments = len(body.declared_input_types)

    @function.Defun(*body.declared_input_types, *(tensor.dtype.base_dtype for tensor in captured),
                    func_name='%s_Wrapper' % cond.name)
    def wrapped_cond(*arguments):
        return cond(*arguments[:num_arguments])

    wrapped_body = _with_captures(body, '%s_Wrapper' % body.name)
    return gen_functional_ops._while(list(input_) + captured, wrapped_cond, wrapped_body, name=name)[:-len(captured)]


def For(start, limit, delta, inputs, body, name=None, hostmem=None, rewrite_with_while=None):
    """Repeats `body`, a Defun of a counter and `inputs`, for each value of the counter."""
    from reflow.ops import gen_functional_ops
    if rewrite_with_while:
        raise NotImplementedError('For with rewrite_with_while=True is not part of Reflow yet')
    captured = body.captured_inputs
    if not captured:
        return gen_functional_ops._for(start, limit, delta, inputs, body, name=name)
    wrapped = _with_captures(body, '%s_Wrapper' % body.name)
    return gen_functional_ops._for(start, limit, delta, list(inputs) + captured, wrapped, name=name)[:-len(captured)]
