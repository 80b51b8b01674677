"""tf.estimator.export."""

from reflow.estimator.export.export import (  # noqa: F401
    ServingInputReceiver, SupervisedInputReceiver, TensorServingInputReceiver, UnsupervisedInputReceiver,
    build_parsing_serving_input_receiver_fn, build_raw_serving_input_receiver_fn, build_raw_supervised_input_receiver_fn,
    build_supervised_input_receiver_fn_from_input_fn, wrap_and_check_input_tensors)
from reflow.estimator.export.export_output import *  # noqa: F401,F403
from reflow.estimator.export.export_output import _SupervisedOutput  # noqa: F401
from reflow.saved_model.model_utils import (  # noqa: F401
    EXPORT_TAG_MAP, SIGNATURE_KEY_MAP, build_all_signature_defs, export_outputs_for_mode, get_export_outputs,
    get_temp_export_dir, get_timestamped_export_dir)
