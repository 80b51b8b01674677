"""`tf.contrib.autograph`."""
from reflow.autograph.core.converter import Feature  # noqa: F401
from reflow.autograph.impl.api import (  # noqa: F401
    AutoGraphError, ConversionError, ConversionOptions, StagingError, convert, converted_call, do_not_convert, to_code, to_graph)
from reflow.autograph.lang.directives import set_element_type, set_loop_options  # noqa: F401
from reflow.autograph.utils.ag_logging import set_verbosity, trace  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
