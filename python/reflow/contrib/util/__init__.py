"""`tf.contrib.util`."""
from reflow.framework.tensor_util import MakeNdarray as make_ndarray  # noqa: F401
from reflow.framework.tensor_util import constant_value, make_tensor_proto  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
