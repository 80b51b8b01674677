"""`tf.contrib.deprecated`: summaries of TensorFlow 0.x."""
from reflow.ops.tag_summaries import (  # noqa: F401
    audio_summary, histogram_summary, image_summary, merge_all_summaries, merge_summary, scalar_summary)
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
