"""The confusion matrix that programs make metrics of."""
import tensorflow as tf
from tensorflow.python.ops.metrics_impl import _streaming_confusion_matrix

labels, weights = tf.constant([[0, 1], [2, 1]]), tf.constant([[1., 2.], [3., 0.]])
plain, update_plain = _streaming_confusion_matrix(labels, tf.constant([[0, 2], [2, 1]]), 3)
weighted, update_weighted = _streaming_confusion_matrix(labels, tf.constant([[0, 2], [2, 1]]), 3, weights)
with tf.Session() as session:
    session.run(tf.local_variables_initializer())
    session.run([update_plain, update_weighted])
    print(session.run([update_plain, weighted]))
    print([node.name for node in tf.get_default_graph().get_operations()])
