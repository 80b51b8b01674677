"""`tf.contrib.estimator`: heads, Estimators made of others, early stopping."""
from reflow.contrib.estimator.python.estimator.export import (  # noqa: F401
    export_all_saved_models, export_saved_model_for_mode)
from reflow.contrib.estimator.python.estimator.extenders import (  # noqa: F401
    add_metrics, clip_gradients_by_norm, forward_features)
from reflow.contrib.estimator.python.estimator.head import (  # noqa: F401
    binary_classification_head, logistic_regression_head, multi_class_head, multi_label_head, poisson_regression_head,
    regression_head)
from reflow.contrib.estimator.python.estimator.multi_head import multi_head  # noqa: F401
from reflow.contrib.estimator.python.estimator.rnn import RNNClassifier, RNNEstimator  # noqa: F401
from reflow.estimator.canned.dnn import dnn_logit_fn_builder  # noqa: F401
from reflow.estimator.canned.linear import linear_logit_fn_builder  # noqa: F401
from reflow.estimator.early_stopping import (  # noqa: F401
    make_early_stopping_hook, read_eval_metrics, stop_if_higher_hook, stop_if_lower_hook, stop_if_no_decrease_hook,
    stop_if_no_increase_hook)
from reflow.estimator.export.export import (  # noqa: F401
    build_raw_supervised_input_receiver_fn, build_supervised_input_receiver_fn_from_input_fn)
from reflow.estimator.hooks.hooks import InMemoryEvaluatorHook, make_stop_at_checkpoint_step_hook  # noqa: F401
from reflow.estimator.model_fn import call_logit_fn  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
