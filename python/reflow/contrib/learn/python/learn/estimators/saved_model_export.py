"""Writes what an Estimator of tf.contrib.learn has learnt as a SavedModel."""
from reflow.client import session as tf_session
from reflow.contrib.learn.python.learn.estimators import model_fn as model_fn_lib
from reflow.contrib.learn.python.learn.utils import saved_model_export_utils
from reflow.estimator import model_export
from reflow.framework import ops
from reflow.ops import control_flow_ops, lookup_ops, resources, variables
from reflow.saved_model import builder_impl
from reflow.training import saver as saver_lib
from reflow.training import training_util

FEATURE_KEYS_COLLECTION = 'input_feature_keys'


def export(estimator, export_dir_base, serving_input_fn, checkpoint_path, default_key, assets_extra, as_text, tags,
           strip_default_attrs):
    """The folder, as bytes, of a SavedModel of the model with the inputs of `serving_input_fn`."""
    export_dir = saved_model_export_utils.get_timestamped_export_dir(export_dir_base)
    temporary_dir = saved_model_export_utils.get_temp_export_dir(export_dir)
    builder = builder_impl.SavedModelBuilder(temporary_dir)
    with ops.Graph().as_default() as graph:
        training_util.create_global_step(graph)
        input_ops = serving_input_fn()
        inputs, features = saved_model_export_utils.get_input_alternatives(input_ops)
        for key in input_ops.features:
            ops.add_to_collection(FEATURE_KEYS_COLLECTION, key)
        model = estimator._call_model_fn(features, None, model_fn_lib.ModeKeys.INFER)
        outputs, default_key = saved_model_export_utils.get_output_alternatives(model, default_key)
        init_op = control_flow_ops.group(
            variables.local_variables_initializer(), resources.initialize_resources(resources.shared_resources()),
            lookup_ops.tables_initializer())
        signatures = saved_model_export_utils.build_all_signature_defs(inputs, outputs, default_key)
        with tf_session.Session('') as session:
            saver = model.scaffold.saver if model.scaffold is not None else None
            (saver or saver_lib.Saver(variables._all_saveable_objects(), sharded=True)).restore(session, checkpoint_path)
            builder.add_meta_graph_and_variables(
                session, tags, signature_def_map=signatures,
                assets_collection=ops.get_collection(ops.GraphKeys.ASSET_FILEPATHS), main_op=init_op,
                strip_default_attrs=strip_default_attrs)
    return model_export.write_and_rename(builder, temporary_dir, export_dir, assets_extra, as_text)
