"""Estimators made of others."""

from reflow.estimator import estimator as estimator_lib
from reflow.estimator.mode_keys import ModeKeys
from reflow.util import function_utils

_VALID_METRIC_FN_ARGS = {'features', 'labels', 'predictions', 'config'}


def add_metrics(estimator, metric_fn):
    """An Estimator with the metrics of `metric_fn` beside those of `estimator`."""
    args = set(function_utils.fn_args(metric_fn))
    unknown = list(args - _VALID_METRIC_FN_ARGS)
    if unknown:
        raise ValueError('metric_fn (%s) has following not expected args: %s' % (metric_fn, unknown))

    def new_model_fn(features, labels, mode, config):
        spec = estimator.model_fn(features, labels, mode, config)
        if mode != ModeKeys.EVAL:
            return spec
        known = {'features': features, 'labels': labels, 'predictions': spec.predictions, 'config': config}
        metrics = dict(spec.eval_metric_ops or {})
        metrics.update(metric_fn(**{name: known[name] for name in args}))
        return spec._replace(eval_metric_ops=metrics)

    return estimator_lib.Estimator(model_fn=new_model_fn, model_dir=estimator.model_dir, config=estimator.config,
                                   warm_start_from=estimator._warm_start_settings)
