"""tf.contrib.hooks and tf.contrib.quantization, which have names of others."""
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
