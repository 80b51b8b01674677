"""TensorFlow 1.15's names over Reflow: `import reflow.tensorflow as tf`."""

import sys

from reflow.names import finder, public

finder.add()
public.furnish(sys.modules[__name__], '')
