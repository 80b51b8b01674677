"""Arrays as components and back."""
import numpy as np
import reflow.tensorflow as tf


def test_an_array_is_one_list_of_tensors():
    with tf.Graph().as_default(), tf.Session() as sess:
        array = tf.TensorArray(tf.float32, 2, element_shape=[3]).unstack([[1., 2., 3.], [4., 5., 6.]])
        spec = tf.TensorArraySpec.from_value(array)
        components = spec._to_components(array)
        assert [component.dtype for component in components] == [tf.variant]
        again = spec._from_components(components)
        assert again.element_shape.as_list() == [3] and again.dtype == tf.float32
        assert sess.run(again.stack()).tolist() == [[1, 2, 3], [4, 5, 6]]
        assert np.array_equal(sess.run(again.size()), 2)
