"""`tf.contrib.signal`."""
from reflow.names.packages import lazy_modules
from reflow.ops.signal.mel_ops import *  # noqa: F401,F403
from reflow.ops.signal.mfcc_ops import *  # noqa: F401,F403
from reflow.ops.signal.reconstruction_ops import *  # noqa: F401,F403
from reflow.ops.signal.shape_ops import *  # noqa: F401,F403
from reflow.ops.signal.spectral_ops import *  # noqa: F401,F403
from reflow.ops.signal.window_ops import *  # noqa: F401,F403

__getattr__ = lazy_modules(__spec__.name)
