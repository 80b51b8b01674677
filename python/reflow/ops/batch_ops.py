"""Functions whose calls, by several runs at the same time, are one call with the rows of all."""

from reflow.framework import ops
from reflow.framework import tensor_spec
from reflow.ops import gen_batch_ops


def __getattr__(name):
    return getattr(gen_batch_ops, name)


def batch_function(num_batch_threads, max_batch_size, batch_timeout_micros, allowed_batch_sizes=None, max_enqueued_batches=10,
                   autograph=True):
    """Decorates a function of tensors, whose rows it takes and gives: it waits for more rows at most `batch_timeout_micros`."""
    from reflow.eager import def_function

    def decorator(fn):
        def decorated(*args):
            def computation(*computation_args):
                return fn(*computation_args)
            specs = [tensor_spec.TensorSpec(dtype=x.dtype, shape=x.shape, name=str(i)) for i, x in enumerate(args)]
            traced = def_function.function(computation, autograph=autograph).get_concrete_function(*specs)
            with ops.name_scope('batch') as name:
                for x in args:
                    if not isinstance(x, ops.Tensor):
                        raise ValueError('All arguments to functions decorated with `batch_function`  are supposed to be Tensors; '
                                         'found %s' % repr(x))
                traced.add_to_graph()
                return gen_batch_ops.batch_function(
                    num_batch_threads=num_batch_threads, max_batch_size=max_batch_size,
                    batch_timeout_micros=batch_timeout_micros, allowed_batch_sizes=allowed_batch_sizes,
                    max_enqueued_batches=max_enqueued_batches, shared_name=name, f=traced, in_tensors=list(args),
                    captured_tensors=traced.captured_inputs, Tout=[x.dtype for x in traced.outputs])
        return decorated
    return decorator
