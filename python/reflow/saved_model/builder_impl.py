"""Builds SavedModels: several MetaGraphs with one checkpoint and one set of assets."""
import functools
import os

from reflow import _core
from reflow.framework import ops, protos
from reflow.lib.io import file_io
from reflow.ops import variables
from reflow.platform import tf_logging
from reflow.saved_model import assets, constants, signature_def_utils
from reflow.saved_model import utils_impl as utils
from reflow.saved_model.assets import copy_assets_to_destination_dir, get_asset_filename_to_add  # noqa: F401
from reflow.training import saver as saver_lib
from reflow.util import compat, deprecation

_legacy_init_op_deprecated = deprecation.deprecated_args(
    None, 'Pass your op to the equivalent parameter main_op instead.', 'legacy_init_op')


def _add_op_to_signature_def_map(signature_def_map, op, key):
    if op is not None:
        signature_def_map[key] = signature_def_utils.op_signature_def(op, key)


class _SavedModelBuilder(object):
    """Builds a SavedModel in a folder, which is made or must be empty.

    Operations to run on loading are named by signatures, and assets by the MetaGraphDefs.
    """

    def __init__(self, export_dir):
        self._saved_model = protos.message('tensorflow.SavedModel')()
        self._saved_model.saved_model_schema_version = constants.SAVED_MODEL_SCHEMA_VERSION
        self._export_dir = export_dir
        if not file_io.file_exists(export_dir):
            file_io.recursive_create_dir(self._export_dir)
        elif file_io.list_directory(export_dir):
            raise AssertionError(
                "Export directory already exists, and isn't empty. Please choose a different export directory, or "
                'delete all the contents of the specified directory: %s' % export_dir)
        self._has_saved_variables = False

    def _tag_and_add_meta_graph(self, meta_graph_def, tags, signature_def_map):
        for tag in tags:
            meta_graph_def.meta_info_def.tags.append(tag)
        for key in signature_def_map or ():
            meta_graph_def.signature_def[key].CopyFrom(signature_def_map[key])
        self._saved_model.meta_graphs.add().CopyFrom(meta_graph_def)

    def _validate_tensor_info(self, tensor_info):
        if tensor_info is None:
            raise AssertionError(
                'All TensorInfo protos used in the SignatureDefs must have the name and dtype fields set.')
        if tensor_info.WhichOneof('encoding') is None:
            raise AssertionError("All TensorInfo protos used in the SignatureDefs must have one of the 'encoding' "
                                 'fields (e.g., name or coo_sparse) set: %s' % tensor_info)
        if tensor_info.WhichOneof('encoding') == 'composite_tensor':
            for component in tensor_info.composite_tensor.components:
                self._validate_tensor_info(component)
        elif not tensor_info.dtype:
            raise AssertionError(
                'All TensorInfo protos used in the SignatureDefs must have the dtype field set: %s' % tensor_info)

    def _validate_signature_def_map(self, signature_def_map):
        """AssertionError: a TensorInfo without name or type. KeyError: a name that is used for something else."""
        for signature_def in signature_def_map.values():
            for tensor_infos in (signature_def.inputs, signature_def.outputs):
                for name in tensor_infos:
                    self._validate_tensor_info(tensor_infos[name])
        for key, use in ((constants.INIT_OP_SIGNATURE_KEY, 'initialization'),
                         (constants.TRAIN_OP_SIGNATURE_KEY, 'the train op')):
            if key in signature_def_map:
                raise KeyError('SignatureDef map key "{}" is reserved for {}. Please use a different key.'.format(
                    key, use))

    def _maybe_create_saver(self, saver=None):
        return saver or saver_lib.Saver(variables._all_saveable_objects(), sharded=True, write_version=2,
                                        allow_empty=True)

    def _assert_variables_saved(self):
        if not self._has_saved_variables:
            raise AssertionError('Graph state including variables and assets has not been saved yet. Please invoke '
                                 '`add_meta_graph_and_variables()` first.')

    def _assert_variables_not_saved(self):
        if self._has_saved_variables:
            raise AssertionError('Graph state including variables and assets has already been saved. Please invoke '
                                 '`add_meta_graph()` instead.')

    def _signatures_with_ops(self, signature_def_map, init_op, train_op):
        signature_def_map = signature_def_map or {}
        self._validate_signature_def_map(signature_def_map)
        _add_op_to_signature_def_map(signature_def_map, init_op, constants.INIT_OP_SIGNATURE_KEY)
        _add_op_to_signature_def_map(signature_def_map, train_op, constants.TRAIN_OP_SIGNATURE_KEY)
        return signature_def_map

    def _save_variables(self, sess, saver):
        utils.get_or_create_variables_dir(self._export_dir)
        saver.save(sess, utils.get_variables_path(self._export_dir), write_meta_graph=False, write_state=False)

    def _export(self, saver, tags, signature_def_map, assets_list, clear_devices, strip_default_attrs):
        meta_graph_def = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip_default_attrs)
        assets.save_assets(functools.partial(assets.add_to_meta_graph, meta_graph_def), assets_list, self._export_dir)
        self._tag_and_add_meta_graph(meta_graph_def, tags, signature_def_map)

    def add_meta_graph(self, tags, signature_def_map=None, assets_list=None, clear_devices=False, init_op=None,
                       train_op=None, saver=None):
        """Adds the default graph, whose variables have been saved with the first one."""
        self._assert_variables_saved()
        signature_def_map = self._signatures_with_ops(signature_def_map, init_op, train_op)
        self._export(self._maybe_create_saver(saver), tags, signature_def_map, assets_list, clear_devices, True)

    def add_meta_graph_and_variables(self, sess, tags, signature_def_map=None, assets_list=None, clear_devices=False,
                                     init_op=None, train_op=None, strip_default_attrs=False, saver=None):
        """Adds the default graph, which is the first, and saves the variables of a session."""
        self._assert_variables_not_saved()
        signature_def_map = self._signatures_with_ops(signature_def_map, init_op, train_op)
        saver = self._maybe_create_saver(saver)
        self._save_variables(sess, saver)
        self._export(saver, tags, signature_def_map, assets_list, clear_devices, strip_default_attrs)
        self._has_saved_variables = True

    def save(self, as_text=False):
        """Writes the SavedModel message, as bytes or text; gives its path."""
        if not file_io.file_exists(self._export_dir):
            file_io.recursive_create_dir(self._export_dir)
        name = constants.SAVED_MODEL_FILENAME_PBTXT if as_text else constants.SAVED_MODEL_FILENAME_PB
        path = os.path.join(compat.as_bytes(self._export_dir), compat.as_bytes(name))
        file_io.write_string_to_file(
            path, protos.to_text(self._saved_model) if as_text else self._saved_model.SerializeToString())
        tf_logging.info('SavedModel written to: %s', compat.as_text(path))
        return path


class SavedModelBuilder(_SavedModelBuilder):
    """Builds a SavedModel in a folder, which is made or must be empty.

    Operations to run on loading, and assets, are named by collections of the graph.
    """

    def __init__(self, export_dir):
        super(SavedModelBuilder, self).__init__(export_dir=export_dir)

    def _add_collections(self, assets_collection, main_op, train_op):
        assets.save_assets(assets.add_to_collection, assets_collection, self._export_dir)
        self._maybe_add_main_op(main_op)
        self._add_train_op(train_op)

    def _maybe_add_main_op(self, main_op):
        """TypeError: it is no Operation. ValueError: the graph has one."""
        if main_op is None:
            return
        if not isinstance(main_op, _core.Operation):
            raise TypeError('main_op needs to be an Operation: %r' % main_op)
        for key in (constants.MAIN_OP_KEY, constants.LEGACY_INIT_OP_KEY):
            if ops.get_collection(key):
                raise ValueError('Graph already contains one or more main ops under the collection {}.'.format(key))
        ops.add_to_collection(constants.MAIN_OP_KEY, main_op)

    def _add_train_op(self, train_op):
        if train_op is not None:
            if not isinstance(train_op, (_core.Tensor, _core.Operation)):
                raise TypeError('train_op needs to be a Tensor or Op: %r' % train_op)
            ops.add_to_collection(constants.TRAIN_OP_KEY, train_op)

    def _export_with_collections(self, saver, tags, signature_def_map, clear_devices, strip_default_attrs):
        meta_graph_def = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip_default_attrs)
        self._tag_and_add_meta_graph(meta_graph_def, tags, signature_def_map)

    @_legacy_init_op_deprecated
    def add_meta_graph(self, tags, signature_def_map=None, assets_collection=None, legacy_init_op=None,
                       clear_devices=False, main_op=None, strip_default_attrs=False, saver=None):
        """Adds the default graph, whose variables have been saved with the first one."""
        self._assert_variables_saved()
        signature_def_map = signature_def_map or {}
        self._validate_signature_def_map(signature_def_map)
        self._add_collections(assets_collection, main_op or legacy_init_op, None)
        self._export_with_collections(
            self._maybe_create_saver(saver), tags, signature_def_map, clear_devices, strip_default_attrs)

    @_legacy_init_op_deprecated
    def add_meta_graph_and_variables(self, sess, tags, signature_def_map=None, assets_collection=None,
                                     legacy_init_op=None, clear_devices=False, main_op=None, strip_default_attrs=False,
                                     saver=None):
        """Adds the default graph, which is the first, and saves the variables of a session."""
        self._assert_variables_not_saved()
        signature_def_map = signature_def_map or {}
        self._validate_signature_def_map(signature_def_map)
        self._add_collections(assets_collection, main_op or legacy_init_op, None)
        saver = self._maybe_create_saver(saver)
        self._save_variables(sess, saver)
        self._export_with_collections(saver, tags, signature_def_map, clear_devices, strip_default_attrs)
        self._has_saved_variables = True
