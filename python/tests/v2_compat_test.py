"""tf.disable_v2_behavior and tf.enable_v2_behavior."""
import pytest

import reflow.tensorflow as tf


def test_version_1_is_what_there_is():
    tf.disable_v2_behavior()
    tf.compat.v1.disable_v2_behavior()
    assert isinstance(tf.TensorShape([2])[0], tf.Dimension)
    assert not tf.Variable(1.).dtype.name.endswith('resource')


def test_version_2_says_that_it_is_not_there():
    with pytest.raises(tf.errors.UnimplementedError, match='eager'):
        tf.enable_v2_behavior()
