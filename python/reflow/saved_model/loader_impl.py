"""Loads SavedModels."""
import os

from reflow.framework import ops, protos
from reflow.lib.io import file_io
from reflow.ops import variables
from reflow.platform import tf_logging
from reflow.saved_model import assets, constants, signature_def_utils
from reflow.saved_model import utils_impl as utils
from reflow.training import saver as saver_lib
from reflow.util import compat, deprecation
from reflow.util.shown_attributes import shown

get_asset_tensors = assets.tensors_of


def _path(export_dir, name):
    return os.path.join(compat.as_bytes(export_dir), compat.as_bytes(name))


def parse_saved_model(export_dir):
    """The SavedModel message of a folder, from bytes or text. IOError: there is none, or it can't be parsed."""
    from google.protobuf import message, text_format
    saved_model = protos.message('tensorflow.SavedModel')()
    path_to_pb = _path(export_dir, constants.SAVED_MODEL_FILENAME_PB)
    path_to_pbtxt = _path(export_dir, constants.SAVED_MODEL_FILENAME_PBTXT)
    if file_io.file_exists(path_to_pb):
        try:
            saved_model.ParseFromString(file_io.FileIO(path_to_pb, 'rb').read())
        except message.DecodeError as error:
            raise IOError('Cannot parse file %s: %s.' % (path_to_pb, str(error)))
        return saved_model
    if file_io.file_exists(path_to_pbtxt):
        try:
            protos.merge_text(file_io.FileIO(path_to_pbtxt, 'rb').read().decode('utf-8'), saved_model)
        except (text_format.ParseError, UnicodeDecodeError) as error:
            raise IOError('Cannot parse file %s: %s.' % (path_to_pbtxt, str(error)))
        return saved_model
    raise IOError('SavedModel file does not exist at: %s/{%s|%s}' % (
        export_dir, constants.SAVED_MODEL_FILENAME_PBTXT, constants.SAVED_MODEL_FILENAME_PB))


_parse_saved_model = parse_saved_model


def _op_of_collection(meta_graph_def, key=constants.MAIN_OP_KEY):
    if key not in meta_graph_def.collection_def:
        return None
    names = meta_graph_def.collection_def[key].node_list.value
    if len(names) != 1:
        raise RuntimeError('Expected exactly one SavedModel init op. Found: {}'.format(names))
    return ops.get_collection(key)[0]


_get_main_op_tensor = _op_of_collection


def _op_of_signature(meta_graph_def, key, import_scope):
    if key not in meta_graph_def.signature_def:
        return None
    return signature_def_utils.load_op_from_signature_def(meta_graph_def.signature_def[key], key, import_scope)


def get_init_op(meta_graph_def, import_scope=None):
    """What is to be run in the default graph, into which a MetaGraphDef was loaded; None: nothing."""
    for op in (_op_of_signature(meta_graph_def, constants.INIT_OP_SIGNATURE_KEY, import_scope),
               _op_of_collection(meta_graph_def, constants.MAIN_OP_KEY)):
        if op is not None:
            return op
    return _op_of_collection(meta_graph_def, constants.LEGACY_INIT_OP_KEY)


def get_train_op(meta_graph_def, import_scope=None):
    """The training step of the default graph, into which a MetaGraphDef was loaded; None: it names none."""
    train_op = _op_of_signature(meta_graph_def, constants.TRAIN_OP_SIGNATURE_KEY, import_scope)
    return _op_of_collection(meta_graph_def, constants.TRAIN_OP_KEY) if train_op is None else train_op


@deprecation.deprecated_endpoints('saved_model.loader.maybe_saved_model_directory')
def maybe_saved_model_directory(export_dir):
    """Whether the folder has the file of a SavedModel; whether that can be loaded is another question."""
    return any(file_io.file_exists(os.path.join(export_dir, name))
               for name in (constants.SAVED_MODEL_FILENAME_PBTXT, constants.SAVED_MODEL_FILENAME_PB))


def contains_saved_model(export_dir):
    """The same under its newer name."""
    return maybe_saved_model_directory(export_dir)


@deprecation.deprecated(
    None, 'This function will only be available through the v1 compatibility library as '
    'tf.compat.v1.saved_model.loader.load or tf.compat.v1.saved_model.load. There will be a new function for importing '
    'SavedModels in Tensorflow 2.0.')
def load(sess, tags, export_dir, import_scope=None, **saver_kwargs):
    """Loads the MetaGraph with exactly these tags into the graph of a session, restores variables, runs its main op.

    Gives the MetaGraphDef, which knows the signatures. RuntimeError: no MetaGraph has these tags.
    """
    return SavedModelLoader(export_dir).load(sess, tags, import_scope, **saver_kwargs)


class SavedModelLoader(object):
    """Loads a SavedModel step by step."""

    def __init__(self, export_dir):
        self._export_dir = export_dir
        self._variables_path = utils.get_variables_path(export_dir)
        self._saved_model = parse_saved_model(export_dir)

    export_dir = shown('_export_dir', 'The folder.')
    variables_path = shown('_variables_path', 'The prefix of the checkpoint.')
    saved_model = shown('_saved_model', 'The SavedModel message.')

    def get_meta_graph_def_from_tags(self, tags):
        """The MetaGraphDef with exactly these tags. RuntimeError: there is none."""
        available_tags = []
        for meta_graph_def in self._saved_model.meta_graphs:
            available_tags.append(set(meta_graph_def.meta_info_def.tags))
            if available_tags[-1] == set(tags):
                return meta_graph_def
        raise RuntimeError(
            'MetaGraphDef associated with tags ' + str(tags).strip('[]') + ' could not be found in SavedModel. To '
            'inspect available tag-sets in the SavedModel, please use the SavedModel CLI: `saved_model_cli`'
            '\navailable_tags: ' + str(available_tags))

    def load_graph(self, graph, tags, import_scope=None, **saver_kwargs):
        """Adds the MetaGraph with these tags to a graph; gives the saver and the elements asked for."""
        meta_graph_def = self.get_meta_graph_def_from_tags(tags)
        with graph.as_default():
            return saver_lib._import_meta_graph_with_return_elements(
                meta_graph_def, import_scope=import_scope, **saver_kwargs)

    def restore_variables(self, sess, saver, import_scope=None):
        """Restores the variables with the saver that load_graph gave. ValueError: there are some, but no saver."""
        with sess.graph.as_default():
            if saver is None and not variables._all_saveable_objects(scope=import_scope):
                tf_logging.info('The specified SavedModel has no variables; no checkpoints were restored.')
            elif isinstance(saver, saver_lib.Saver):
                saver.restore(sess, self._variables_path)
            else:
                raise ValueError(
                    'No tf.train.Saver object was passed to the function SavedModelLoader.restore_variables. Since '
                    'there are variables in the graph, a saver is required.')

    def run_init_ops(self, sess, tags, import_scope=None):
        """Runs what the MetaGraph asks for, with the paths of the assets as they are now."""
        meta_graph_def = self.get_meta_graph_def_from_tags(tags)
        with sess.graph.as_default():
            paths = get_asset_tensors(self._export_dir, meta_graph_def, import_scope=import_scope)
            init_op = get_init_op(meta_graph_def, import_scope)
            if init_op is not None:
                sess.run(fetches=[init_op], feed_dict=paths)

    def load(self, sess, tags, import_scope=None, **saver_kwargs):
        """All three steps; gives the MetaGraphDef."""
        with sess.graph.as_default():
            saver, _ = self.load_graph(sess.graph, tags, import_scope, **saver_kwargs)
            self.restore_variables(sess, saver, import_scope)
            self.run_init_ops(sess, tags, import_scope)
        return self.get_meta_graph_def_from_tags(tags)
