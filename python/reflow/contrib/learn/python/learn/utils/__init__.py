"""`tf.contrib.learn.utils`: how trained models are exported."""
from reflow.contrib.learn.python.learn.utils import (  # noqa: F401
    gc, input_fn_utils, saved_model_export_utils)
from reflow.contrib.learn.python.learn.utils.input_fn_utils import (  # noqa: F401
    InputFnOps, build_default_serving_input_fn, build_parsing_serving_input_fn)
from reflow.contrib.learn.python.learn.utils.saved_model_export_utils import (  # noqa: F401
    build_all_signature_defs, build_standardized_signature_def, extend_export_strategy, garbage_collect_exports,
    get_input_alternatives, get_most_recent_export, get_output_alternatives, get_temp_export_dir,
    get_timestamped_export_dir, make_best_model_export_strategy, make_export_strategy, make_parsing_export_strategy)
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
