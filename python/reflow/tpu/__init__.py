"""`tensorflow.python.tpu`, as far as it concerns programs that run without TPUs."""
