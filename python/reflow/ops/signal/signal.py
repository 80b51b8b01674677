"""tf.signal."""
from reflow.ops.signal.dct_ops import *  # noqa: F401,F403
from reflow.ops.signal.fft_ops import *  # noqa: F401,F403
from reflow.ops.signal.mel_ops import *  # noqa: F401,F403
from reflow.ops.signal.mfcc_ops import *  # noqa: F401,F403
from reflow.ops.signal.reconstruction_ops import *  # noqa: F401,F403
from reflow.ops.signal.shape_ops import *  # noqa: F401,F403
from reflow.ops.signal.spectral_ops import *  # noqa: F401,F403
from reflow.ops.signal.window_ops import *  # noqa: F401,F403
