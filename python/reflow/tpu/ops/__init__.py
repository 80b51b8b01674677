"""`tensorflow.python.tpu.ops`: what replicas of a computation do together."""
