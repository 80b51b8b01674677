"""`tf.contrib.quantization`: ops with quantized values, and all those of tf.math and tf.nn."""
from reflow.names.packages import lazy_modules
from reflow.ops import gen_array_ops as quantized_gen_array_ops
from reflow.ops import gen_math_ops, gen_nn_ops

_lazy = lazy_modules(__spec__.name)


def __getattr__(name):
    module = quantized_gen_array_ops if name in ('dequantize', 'quantize_v2', 'quantized_concat') else gen_math_ops
    for module in (module, gen_nn_ops):
        if not name.startswith('_') and hasattr(module, name):
            return getattr(module, name)
    return _lazy(name)
