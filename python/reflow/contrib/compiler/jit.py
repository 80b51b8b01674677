"""`tf.contrib.compiler.jit`."""
from reflow.compiler.xla.jit import experimental_jit_scope  # noqa: F401
