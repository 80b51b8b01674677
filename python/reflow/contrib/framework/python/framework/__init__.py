"""Checkpoints, as tf.contrib.framework has them."""
