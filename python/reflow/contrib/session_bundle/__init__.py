"""`tf.contrib.session_bundle`: exports of graphs for servers, as they were before SavedModels."""
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
