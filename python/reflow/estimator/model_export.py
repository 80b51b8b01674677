"""Writes what an Estimator has learnt as a SavedModel."""

import os

from reflow.client import session as tf_session
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import errors
from reflow.framework import ops
from reflow.framework import random_seed
from reflow.platform import gfile
from reflow.saved_model import builder_impl
from reflow.saved_model import model_utils
from reflow.training import checkpoint_management
from reflow.training import saver as saver_lib
from reflow.training import scaffold as scaffold_lib
from reflow.util import compat


def export_all_saved_models(estimator, export_dir_base, input_receiver_fn_map, assets_extra=None, as_text=False,
                            checkpoint_path=None, strip_default_attrs=True):
    """A SavedModel with a MetaGraph for each mode of `input_receiver_fn_map`; gives its folder, as bytes."""
    checkpoint_path = checkpoint_path or _checkpoint_of(estimator)
    export_dir = model_utils.get_timestamped_export_dir(export_dir_base)
    temporary_dir = model_utils.get_temp_export_dir(export_dir)
    builder = builder_impl.SavedModelBuilder(temporary_dir)
    save_variables = True
    for mode in (ModeKeys.TRAIN, ModeKeys.EVAL, ModeKeys.PREDICT):
        if input_receiver_fn_map.get(mode):
            estimator._add_meta_graph_for_mode(builder, input_receiver_fn_map, checkpoint_path, save_variables, mode=mode,
                                               strip_default_attrs=strip_default_attrs)
            save_variables = False
    if save_variables:
        raise ValueError('No valid modes for exporting found. Got {}.'.format(input_receiver_fn_map.keys()))
    return write_and_rename(builder, temporary_dir, export_dir, assets_extra, as_text)


def write_and_rename(builder, temporary_dir, export_dir, assets_extra, as_text):
    """Writes what the builder has and files beside it, and only then gives the folder its name; returns that."""
    builder.save(as_text)
    for destination, source in (assets_extra or {}).items():
        path = os.path.join(compat.as_bytes(temporary_dir), b'assets.extra', compat.as_bytes(destination))
        gfile.MakeDirs(os.path.dirname(path))
        gfile.Copy(source, path)
    gfile.Rename(temporary_dir, export_dir)
    return export_dir


def _checkpoint_of(estimator):
    """The latest checkpoint, or the one from which the Estimator begins."""
    path = checkpoint_management.latest_checkpoint(estimator._model_dir)
    if path:
        return path
    if not estimator._warm_start_settings:
        raise ValueError("Couldn't find trained model at {}.".format(estimator._model_dir))
    path = estimator._warm_start_settings.ckpt_to_initialize_from
    return checkpoint_management.latest_checkpoint(path) if gfile.IsDirectory(path) else path


def add_meta_graph_for_mode(estimator, builder, input_receiver_fn_map, checkpoint_path, save_variables=True,
                            mode=ModeKeys.PREDICT, export_tags=None, check_variables=True, strip_default_attrs=True):
    """Builds the model for a mode, restores it and adds it to a SavedModel."""
    with ops.Graph().as_default() as graph:
        estimator._create_and_assert_global_step(graph)
        random_seed.set_random_seed(estimator._config.tf_random_seed)
        receiver = input_receiver_fn_map[mode]()
        spec = estimator._call_model_fn(features=receiver.features, labels=getattr(receiver, 'labels', None), mode=mode,
                                        config=estimator.config)
        outputs = model_utils.export_outputs_for_mode(
            mode=spec.mode, serving_export_outputs=spec.export_outputs, predictions=spec.predictions, loss=spec.loss,
            metrics=spec.eval_metric_ops)
        signatures = model_utils.build_all_signature_defs(
            receiver.receiver_tensors, outputs, getattr(receiver, 'receiver_tensors_alternatives', None),
            serving_only=mode == ModeKeys.PREDICT)
        with tf_session.Session(config=estimator._session_config) as session:
            local_init_op = spec.scaffold.local_init_op
            if local_init_op is None:
                local_init_op = scaffold_lib.Scaffold.default_local_init_op()
            saver = spec.scaffold.saver or saver_lib.Saver(sharded=True)
            if save_variables and not check_variables:
                raise ValueError('If `save_variables` is `True, `check_variables`must not be `False`.')
            if check_variables:
                _restore(saver, session, checkpoint_path, mode)
            builder._add_train_op(spec.train_op)
            arguments = dict(
                tags=model_utils.EXPORT_TAG_MAP[mode] if export_tags is None else export_tags,
                signature_def_map=signatures, assets_collection=ops.get_collection(ops.GraphKeys.ASSET_FILEPATHS),
                main_op=local_init_op, saver=saver, strip_default_attrs=strip_default_attrs)
            if save_variables:
                builder.add_meta_graph_and_variables(session, **arguments)
            else:
                builder.add_meta_graph(**arguments)


def _restore(saver, session, checkpoint_path, mode):
    try:
        saver.restore(session, checkpoint_path)
    except errors.NotFoundError as error:
        raise ValueError(
            'Could not load all requested variables from checkpoint. Please make sure your model_fn does not expect '
            'variables that were not saved in the checkpoint.\n\nEncountered error with mode `{}` while restoring '
            'checkpoint from: `{}`. Full Traceback:\n\n{}'.format(mode, checkpoint_path, error)) from None
