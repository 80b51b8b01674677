"""Descriptions of composite tensors in nested structures; what is expected was recorded from TensorFlow 1.15.5."""
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402

nest = tf.contrib.framework.nest


def _pairs():
    sparse = tf.SparseTensor([[0, 1]], [1.], [2, 3])
    return [
        (tf.SparseTensorSpec([2, 3], tf.float32), tf.SparseTensorSpec([2], tf.int32), None),
        (tf.RaggedTensorSpec([2, None], tf.int32), tf.RaggedTensorSpec([2, None], tf.float32), None),
        (tf.SparseTensorSpec([2, 3], tf.float32), sparse, None),
        (tf.SparseTensorSpec([2], tf.int32), sparse, 'Incompatible CompositeTensor TypeSpecs'),
        (tf.SparseTensorSpec([2, 3], tf.float32), tf.RaggedTensorSpec([2, None], tf.float32), "don't have the same sequence type"),
    ]


@pytest.mark.parametrize('number', range(5))
def test_of_two_descriptions_the_class_alone_counts(number):
    first, second, message = _pairs()[number]
    if message is None:
        nest.assert_same_structure([first], [second], expand_composites=True)
    else:
        with pytest.raises((TypeError, ValueError), match=message):
            nest.assert_same_structure([first], [second], expand_composites=True)
