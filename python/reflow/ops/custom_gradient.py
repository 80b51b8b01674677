"""Functions with gradients of their own."""

from reflow import _core
from reflow.framework import ops
from reflow.platform import tf_logging
from reflow.util import nest
from reflow.util import tf_decorator
from reflow.util import tf_inspect


def custom_gradient(f):
    """Decorates a function that gives its result and a function, which makes gradients of arguments of those of results."""

    def decorated(*args, **kwargs):
        if _core.executing_eagerly():
            from reflow.ops import eager_custom_gradient
            return eager_custom_gradient.call(f, args, kwargs)
        if kwargs:
            raise ValueError('The custom_gradient decorator currently supports keywords arguments only when eager '
                             'execution is enabled.')
        return _apply(f, args)

    return tf_decorator.make_decorator(f, decorated)


def _apply(f, args):
    """Calls `f`, and has gradients take what it says they are."""
    structure = []

    def build(inputs):
        scope_variables = _scope_variables()
        result, grad_fn = f(*inputs)
        structure.append(result)
        _check_variables(scope_variables)
        variables = variables_of(nest.flatten(result), inputs)
        _check_signature(grad_fn, variables)
        return nest.flatten(result), _flat_gradients(grad_fn, variables), variables

    results = _core.custom_gradient(build, list(args))
    return nest.pack_sequence_as(structure[0], results)


def _scope_variables():
    from reflow.ops import variable_scope
    scope = variable_scope.get_variable_scope()
    return set(scope.global_variables() + scope.local_variables())


def _check_variables(before):
    from reflow.ops import resource_variable_ops
    if not all(isinstance(variable, resource_variable_ops.ResourceVariable) for variable in _scope_variables() - before):
        raise TypeError('All variables used by a function wrapped with @custom_gradient must be `ResourceVariable`s. '
                        'Ensure that no `variable_scope` is created with `use_resource=False`.')


def variables_of(results, inputs):
    """The variables that the results depend on, other than through `inputs`."""
    known = {variable.op: variable for variable in ops.get_collection(ops.GraphKeys.GLOBAL_VARIABLES)
             if isinstance(variable, _core.Variable) and hasattr(variable, 'op')}
    seen, waiting, found = set(inputs), [result for result in results if isinstance(result, ops.Tensor)], []
    while waiting:
        tensor = waiting.pop()
        if tensor in seen:
            continue
        seen.add(tensor)
        if tensor.op in known:
            if known[tensor.op] not in found:
                found.append(known[tensor.op])
        elif _core.gradient_kind(tensor.op.type) != 'none':
            waiting += tensor.op.inputs
    return found


def _check_signature(grad_fn, variables):
    spec = tf_inspect.getfullargspec(grad_fn)
    takes_variables = 'variables' in spec.args or 'variables' in spec.kwonlyargs or spec.varkw
    if variables and not takes_variables:
        raise TypeError("If using @custom_gradient with a function that uses variables, then grad_fn must accept a keyword "
                        "argument 'variables'.")
    if takes_variables and not variables:
        from reflow.ops import variable_scope
        if not variable_scope.get_variable_scope().use_resource:
            raise TypeError('If using @custom_gradient with a function that uses variables, the enclosing variable scope '
                            'must have use_resource=True.')
        tf_logging.warn("@custom_gradient grad_fn has 'variables' in signature, but no ResourceVariables were used on "
                        "the forward pass.")


def _flat_gradients(grad_fn, variables):
    """`grad_fn` as a function of a list of gradients that gives a list of them."""

    def flat(result_grads):
        if not variables:
            return nest.flatten(grad_fn(*result_grads))
        input_grads, variable_grads = grad_fn(*result_grads, variables=variables)
        if len(variable_grads) != len(variables):
            raise ValueError('Must return gradient for each variable from @custom_gradient grad_fn.')
        return nest.flatten(input_grads) + list(variable_grads)

    return flat


def recompute_grad(f):
    """`f`, whose gradient computes it once more, so that what it computes needn't be kept until then."""

    @custom_gradient
    def inner(*args, **kwargs):
        result = f(*args, **kwargs)

        def grad(dresult, variables=None):
            from reflow.ops import gradients_impl
            with ops.control_dependencies([dresult]):
                again = f(*args, **kwargs)
            grads = gradients_impl.gradients(again, list(args) + list(variables or ()), grad_ys=[dresult])
            return grads[:len(args)], grads[len(args):]

        return result, grad

    return inner


def grad_pass_through(f):
    """`f`, whose gradient is that of the identity."""

    @custom_gradient
    def _grad_pass_through_op(*args, **kwargs):
        def grad(*args, **kwargs):
            variables = kwargs.get('variables')
            return args if variables is None else (args, [None] * len(variables))

        return f(*args, **kwargs), grad

    return tf_decorator.make_decorator(f, _grad_pass_through_op)
