"""TensorInfos, which name tensors in signatures, and the paths of a SavedModel."""
import os

from reflow.framework import dtypes, ops, protos, sparse_tensor
from reflow.lib.io import file_io
from reflow.saved_model import constants
from reflow.util import compat, deprecation


def _v1_only(name):
    return deprecation.deprecated(
        None, 'This function will only be available through the v1 compatibility library as '
        'tf.compat.v1.saved_model.utils.%s or tf.compat.v1.saved_model.%s.' % (name, name))


@_v1_only('build_tensor_info')
def build_tensor_info(tensor):
    """The TensorInfo of a Tensor or SparseTensor: its name or names, type and shape."""
    from reflow.eager import context
    if context.executing_eagerly():
        raise RuntimeError('build_tensor_info is not supported in Eager mode.')
    return build_tensor_info_internal(tensor)


def build_tensor_info_internal(tensor):
    """build_tensor_info without its warning."""
    from reflow.framework import composite_tensor
    is_sparse = isinstance(tensor, sparse_tensor.SparseTensor)
    if isinstance(tensor, composite_tensor.CompositeTensor) and not is_sparse:
        raise NotImplementedError('Reflow can not write a %s into a signature: give its tensors one by one'
                                  % type(tensor).__name__)
    tensor_info = protos.message('tensorflow.TensorInfo')(
        dtype=dtypes.as_dtype(tensor.dtype).as_datatype_enum, tensor_shape=tensor.get_shape().as_proto())
    if is_sparse:
        tensor_info.coo_sparse.values_tensor_name = tensor.values.name
        tensor_info.coo_sparse.indices_tensor_name = tensor.indices.name
        tensor_info.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        tensor_info.name = tensor.name
    return tensor_info


def build_tensor_info_from_op(op):
    """The TensorInfo that names an operation: without type, of unknown shape."""
    tensor_info = protos.message('tensorflow.TensorInfo')(name=op.name)
    tensor_info.tensor_shape.unknown_rank = True
    return tensor_info


@_v1_only('get_tensor_from_tensor_info')
def get_tensor_from_tensor_info(tensor_info, graph=None, import_scope=None):
    """The Tensor or SparseTensor of a graph, by default the default graph, that a TensorInfo names.

    KeyError: the graph has no such tensor. ValueError: the TensorInfo names none.
    """
    graph = graph or ops.get_default_graph()

    def tensor(name):
        return graph.get_tensor_by_name(ops.prepend_name_scope(name, import_scope=import_scope))

    encoding = tensor_info.WhichOneof('encoding')
    if encoding == 'name':
        return tensor(tensor_info.name)
    if encoding == 'coo_sparse':
        names = tensor_info.coo_sparse
        return sparse_tensor.SparseTensor(
            tensor(names.indices_tensor_name), tensor(names.values_tensor_name), tensor(names.dense_shape_tensor_name))
    if encoding == 'composite_tensor':
        raise NotImplementedError('Reflow can not read a composite tensor of a signature: %s' % tensor_info)
    raise ValueError('Invalid TensorInfo.encoding: %s' % encoding)


def get_element_from_tensor_info(tensor_info, graph=None, import_scope=None):
    """The operation or tensor of a graph that a TensorInfo names. KeyError: there is none."""
    graph = graph or ops.get_default_graph()
    return graph.as_graph_element(ops.prepend_name_scope(tensor_info.name, import_scope=import_scope))


def _made(folder):
    if not file_io.file_exists(folder):
        file_io.recursive_create_dir(folder)
    return folder


def get_variables_dir(export_dir):
    """The folder of the checkpoint in a SavedModel."""
    return os.path.join(compat.as_text(export_dir), constants.VARIABLES_DIRECTORY)


def get_or_create_variables_dir(export_dir):
    """The same, made if it is not there."""
    return _made(get_variables_dir(export_dir))


def get_variables_path(export_dir):
    """The prefix of the files of the checkpoint in a SavedModel."""
    return os.path.join(get_variables_dir(export_dir), constants.VARIABLES_FILENAME)


def get_assets_dir(export_dir):
    """The folder of the assets in a SavedModel."""
    return os.path.join(compat.as_text(export_dir), constants.ASSETS_DIRECTORY)


def get_or_create_assets_dir(export_dir):
    """The same, made if it is not there."""
    return _made(get_assets_dir(export_dir))
