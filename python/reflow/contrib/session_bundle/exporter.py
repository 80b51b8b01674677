"""Exports: a checkpoint with its graph, and collections that say what goes in and what comes out."""

import os
import re

from reflow.contrib.session_bundle import constants
from reflow.contrib.session_bundle import gc
from reflow.contrib.session_bundle import manifest_pb2
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.platform import gfile
from reflow.platform import tf_logging as logging
from reflow.training import saver as tf_saver
from reflow.training import training_util
from reflow.util import compat
from reflow.util.deprecation import deprecated

_deprecated = deprecated('2017-06-30', 'No longer supported. Switch to SavedModel immediately.')


@_deprecated
def gfile_copy_callback(files_to_copy, export_dir_path):
    """Copies files, {path: name there}, to a folder."""
    logging.info('Write assets into: %s using gfile_copy.', export_dir_path)
    gfile.MakeDirs(export_dir_path)
    folder = compat.as_bytes(export_dir_path)
    for source, name in files_to_copy.items():
        target = os.path.join(folder, compat.as_bytes(name))
        logging.info('Copying asset %s to path %s.', source, target)
        if gfile.Exists(target):
            logging.info('Removing file %s.', target)
            gfile.Remove(target)
        gfile.Copy(source, target)


def _signature(kind, tensors):
    """The Signature of a kind, in which the names of `tensors` are those of its fields."""
    signature = manifest_pb2.Signature()
    for field, tensor in tensors.items():
        getattr(getattr(signature, kind), field).tensor_name = tensor.name
    return signature


@_deprecated
def regression_signature(input_tensor, output_tensor):
    """The Signature of a tensor of examples and one of numbers."""
    return _signature(constants.REGRESSION_SIGNATURE, dict(input=input_tensor, output=output_tensor))


@_deprecated
def classification_signature(input_tensor, classes_tensor=None, scores_tensor=None):
    """The Signature of a tensor of examples and those of classes and scores."""
    results = {field: tensor for field, tensor in (('classes', classes_tensor), ('scores', scores_tensor)) if tensor is not None}
    return _signature(constants.CLASSIFICATION_SIGNATURE, dict(results, input=input_tensor))


@_deprecated
def generic_signature(name_tensor_map):
    """The Signature of tensors by names."""
    signature = manifest_pb2.Signature()
    bindings = signature.generic_signature.map
    for name in name_tensor_map:
        bindings[name].tensor_name = name_tensor_map[name].name
    return signature


def _add_packed(collection, message):
    from google.protobuf.any_pb2 import Any
    packed = Any()
    packed.Pack(message)
    ops.add_to_collection(collection, packed)


class Exporter:
    """Exports what a Saver saves. init() says what the graph is for, export() writes it."""

    def __init__(self, saver):
        keeping_all = saver.as_saver_def()
        keeping_all.ClearField('max_to_keep')
        self._saver = tf_saver.Saver(saver_def=keeping_all)
        self._assets_to_copy, self._has_init = {}, False

    @_deprecated
    def init(self, graph_def=None, init_op=None, clear_devices=False, default_graph_signature=None, named_graph_signatures=None,
             assets_collection=None, assets_callback=gfile_copy_callback):
        """Puts signatures, and what else there is, into collections of the default graph.

        graph_def: the graph of the server, if another. init_op: what it runs first. clear_devices: without devices.
        assets_collection: constants with paths of files, which `assets_callback` copies, {path: name}, to a folder.
        RuntimeError: it is called again. TypeError: `init_op` is no operation, or an asset no constant of a text.
        ValueError: an asset has no path.
        """
        assets = []
        for tensor in assets_collection or ():
            path = _path_of(tensor)
            if not path:
                raise ValueError('invalid asset filepath tensor %s' % tensor)
            name = os.path.basename(path)
            assets.append((name, tensor))
            self._assets_to_copy[path] = name
        if self._has_init:
            raise RuntimeError('init should be called only once')
        self._has_init = True
        if graph_def or clear_devices:
            own = ops.get_default_graph().as_graph_def()
            copy = type(own)()
            copy.CopyFrom(graph_def or own)
            if clear_devices:
                for node in copy.node:
                    node.device = ''
            _add_packed(constants.GRAPH_KEY, copy)
        if init_op:
            if not isinstance(init_op, ops.Operation):
                raise TypeError('init_op needs to be an Operation: %s' % init_op)
            ops.add_to_collection(constants.INIT_OP_KEY, init_op)
        signatures = manifest_pb2.Signatures()
        if default_graph_signature:
            signatures.default_signature.CopyFrom(default_graph_signature)
        for name, signature in (named_graph_signatures or {}).items():
            signatures.named_signatures[name].CopyFrom(signature)
        _add_packed(constants.SIGNATURES_KEY, signatures)
        for name, tensor in assets:
            asset = manifest_pb2.AssetFile(filename=name)
            asset.tensor_binding.tensor_name = tensor.name
            _add_packed(constants.ASSETS_KEY, asset)
        self._assets_callback = assets_callback

    @_deprecated
    def export(self, export_dir_base, global_step_tensor, sess=None, exports_to_keep=None):
        """The path of a new folder below `export_dir_base`, called by the step.

        exports_to_keep: a filter of paths (see gc) by which older ones are removed. RuntimeError: init() wasn't called, or the
        folder is there.
        """
        if not self._has_init:
            raise RuntimeError('init must be called first')
        export_dir_base = export_dir_base.removesuffix('/')
        step = training_util.global_step(sess, global_step_tensor)
        export_dir = os.path.join(compat.as_bytes(export_dir_base),
                                  compat.as_bytes(constants.VERSION_FORMAT_SPECIFIER % step))
        if gfile.Exists(export_dir):
            raise RuntimeError(
                'Overwriting exports can cause corruption and are not allowed. Duplicate export dir: %s' % export_dir)
        unfinished = compat.as_text(export_dir) + '-tmp'
        gfile.MakeDirs(unfinished)
        self._saver.save(sess, os.path.join(unfinished, constants.EXPORT_BASE_NAME),
                         meta_graph_suffix=constants.EXPORT_SUFFIX_NAME)
        if self._assets_callback and self._assets_to_copy:
            assets_dir = os.path.join(compat.as_bytes(unfinished), compat.as_bytes(constants.ASSETS_DIRECTORY))
            gfile.MakeDirs(assets_dir)
            self._assets_callback(self._assets_to_copy, assets_dir)
        gfile.Rename(unfinished, export_dir)
        if exports_to_keep:
            def parser(path):
                match = re.match(r'^' + export_dir_base + r'/(\d{8})$', path.path)
                return path._replace(export_version=int(match[1])) if match else None

            for path in gc.negation(exports_to_keep)(gc.get_paths(export_dir_base, parser=parser)):
                gfile.DeleteRecursively(path.path)
        return export_dir


def _path_of(tensor):
    if not isinstance(tensor, ops.Tensor):
        raise TypeError('tensor is not a Tensor')
    if tensor.op.type != 'Const':
        raise TypeError('Only constants tensor are supported')
    if tensor.dtype != dtypes.string:
        raise TypeError('File paths should be string')
    values = tensor.op.get_attr('value').string_val
    if len(values) != 1:
        raise TypeError('Only scalar tensors are supported')
    return values[0]
