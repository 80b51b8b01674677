"""TensorFlow 1.15's names over Reflow: `import reflow.tensorflow as tf`."""

import sys

from reflow.names import public

public.furnish(sys.modules[__name__], '')
