"""Exports for other modes under older names."""

from reflow.estimator.mode_keys import ModeKeys
from reflow.util import deprecation


@deprecation.deprecated('2018-12-03', 'Use estimator.export_saved_model(*args, experimental_mode=...)')
def export_saved_model_for_mode(estimator, export_dir_base, input_receiver_fn, assets_extra=None, as_text=False,
                                checkpoint_path=None, mode=ModeKeys.PREDICT):
    """Deprecated: estimator.export_saved_model."""
    return estimator.export_saved_model(export_dir_base, input_receiver_fn, assets_extra=assets_extra, as_text=as_text,
                                        checkpoint_path=checkpoint_path, experimental_mode=mode)


@deprecation.deprecated('2018-12-03', 'Use estimator.experimental_export_all_saved_models')
def export_all_saved_models(estimator, export_dir_base, input_receiver_fn_map, assets_extra=None, as_text=False,
                            checkpoint_path=None):
    """Deprecated: estimator.experimental_export_all_saved_models."""
    return estimator.experimental_export_all_saved_models(
        export_dir_base, input_receiver_fn_map, assets_extra=assets_extra, as_text=as_text,
        checkpoint_path=checkpoint_path)
