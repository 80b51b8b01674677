"""tf.contrib.hooks, tf.contrib.quantization and tf.contrib.batching, which have names of others."""
import tensorflow as tf
from tensorflow.contrib.hooks import ProfilerHook

print(ProfilerHook is tf.train.ProfilerHook)
quantization = tf.contrib.quantization
values, low, high = quantization.quantize_v2([0., 1., 2.], 0., 2., tf.quint8)
joined = quantization.quantized_concat(0, [values, values], [low, low], [high, high])
relu = quantization.quantized_relu(joined.output, joined.output_min, joined.output_max)
print(relu.activations.op.type, quantization.quantized_mat_mul.__name__, hasattr(quantization, 'nothing'))
with tf.Session() as session:
    print(session.run(quantization.dequantize(joined.output, joined.output_min, joined.output_max)).tolist())


@tf.contrib.batching.batch_function(1, 4, 0)
def doubled(rows):
    return rows * 2.


with tf.Session() as session:
    print([value.tolist() for value in session.run(doubled(tf.constant([[1.], [2.]])))])
    from tensorflow.contrib.batching.python.ops import batch_ops
    batched, index, run = batch_ops.batch([tf.constant([[1.], [2.]])], 1, 4, 0, 10)
    print([value.tolist() for value in session.run([batched[0], batch_ops.unbatch(batched[0] * 3., index, run, 1000)])])
