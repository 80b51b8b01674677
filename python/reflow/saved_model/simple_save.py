"""A SavedModel for serving, in one call."""
from reflow.framework import ops
from reflow.saved_model import builder, signature_constants, signature_def_utils, tag_constants
from reflow.util import deprecation


@deprecation.deprecated(
    None, 'This function will only be available through the v1 compatibility library as '
    'tf.compat.v1.saved_model.simple_save.')
def simple_save(session, export_dir, inputs, outputs, legacy_init_op=None):
    """Saves the graph and the variables of a session, with inputs and outputs, dicts from names to tensors.

    `legacy_init_op` is run when the model has been loaded.
    """
    signatures = {signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
                  signature_def_utils.predict_signature_def(inputs, outputs)}
    model = builder.SavedModelBuilder(export_dir)
    model.add_meta_graph_and_variables(
        session, tags=[tag_constants.SERVING], signature_def_map=signatures,
        assets_collection=ops.get_collection(ops.GraphKeys.ASSET_FILEPATHS), main_op=legacy_init_op, clear_devices=True)
    model.save()
