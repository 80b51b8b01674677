"""Conds that a program puts together of switch and merge itself."""
import tensorflow as tf
from tensorflow.python.ops import control_flow_ops

v = tf.Variable([1., 2.])
p = tf.placeholder(tf.bool, [])
no, yes = control_flow_ops.switch(v, p)
value, index = control_flow_ops.merge([no * 2, yes * 3])
slices = tf.IndexedSlices(tf.expand_dims(v, 1), tf.constant([0, 1], tf.int64), tf.constant([5, 1]))
merged, which = control_flow_ops.merge(control_flow_ops.switch(slices, p))
mixed, _ = control_flow_ops.merge([no, tf.IndexedSlices(yes, tf.constant([0, 1], tf.int64), tf.constant([2]))])
chosen = control_flow_ops.merge([
    tf.image.resize_images(control_flow_ops.switch(tf.ones([2, 2, 1]), tf.equal(tf.cast(p, tf.int32), case))[1], [3, 3], case)
    for case in range(2)])[0]
for op in tf.get_default_graph().get_operations():
    if op.type in ('Switch', 'RefSwitch', 'Merge', 'RefMerge', 'Cast'):
        print(op.name, op.type, [tensor.name for tensor in op.inputs], [tensor.dtype.name for tensor in op.outputs])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for fed in (False, True):
        print(sess.run([value, index, merged.values, merged.indices, which, chosen[:, :, 0]], {p: fed}))
    print(sess.run(mixed.values, {p: True}), mixed.indices.dtype.name)
