"""The backend of Keras: `from keras import backend as K`."""

from reflow.keras.backend_config import *  # noqa: F401,F403
from reflow.keras.backend_config import epsilon, floatx, image_data_format  # noqa: F401
from reflow.keras.backend_control import *  # noqa: F401,F403
from reflow.keras.backend_math import *  # noqa: F401,F403
from reflow.keras.backend_nn import *  # noqa: F401,F403
from reflow.keras.backend_rnn import rnn  # noqa: F401
from reflow.keras.backend_session import *  # noqa: F401,F403
from reflow.keras.backend_nn import _padding as _preprocess_padding  # noqa: F401
from reflow.keras.backend_session import (_constant_to_tensor, _get_available_gpus, _initialize_variables,  # noqa: F401
                                          _learning_phases, _to_tensor, function, variable)
from reflow.keras.backend_shapes import *  # noqa: F401,F403
from reflow.framework.ops import name_scope  # noqa: F401


def backend():
    """The name of the backend."""
    return 'tensorflow'
