"""Files that a model needs: named in its graph by constants, copied beside it."""
import os

from reflow import _core
from reflow.framework import dtypes, ops, protos
from reflow.lib.io import file_io
from reflow.platform import tf_logging
from reflow.saved_model import constants
from reflow.saved_model import utils_impl as utils
from reflow.util import compat


def path_of(tensor):
    """The path in a constant. TypeError: it is no scalar constant string."""
    if not isinstance(tensor, _core.Tensor):
        raise TypeError('Asset path tensor must be a Tensor.')
    if tensor.op.type != 'Const':
        raise TypeError('Asset path tensor must be of type constant.')
    if tensor.dtype != dtypes.string:
        raise TypeError('Asset path tensor must be of dtype string.')
    values = tensor.op.get_attr('value').string_val
    if len(values) != 1:
        raise TypeError('Asset path tensor must be a scalar.')
    return values[0]


def get_asset_filename_to_add(asset_filepath, asset_filename_map):
    """The name for a file among the assets: its own, with a number if another file has it already."""
    name = os.path.basename(asset_filepath)
    other = asset_filename_map.get(name)
    if other is None or other == asset_filepath or file_io.filecmp(asset_filepath, other):
        return name
    number, unique = 1, name
    while unique in asset_filename_map:
        unique = compat.as_bytes(name) + b'_' + compat.as_bytes(str(number))
        number += 1
    return unique


def name_assets(write, tensors):
    """Calls write(file name, tensor) for each; gives the names with the paths. ValueError: an empty path."""
    paths = {}
    if tensors is None:
        tf_logging.info('No assets to save.')
        return paths
    for tensor in tensors:
        path = path_of(tensor)
        if not path:
            raise ValueError('Invalid asset filepath tensor %s' % tensor)
        name = get_asset_filename_to_add(path, paths)
        write(name, tensor)
        paths[name] = path
    tf_logging.info('Assets added to graph.')
    return paths


def copy_assets_to_destination_dir(asset_filename_map, destination_dir):
    """Copies the files, unless they are there, to the assets of a SavedModel."""
    folder = utils.get_or_create_assets_dir(destination_dir)
    for name, path in asset_filename_map.items():
        destination = os.path.join(compat.as_bytes(folder), compat.as_bytes(name))
        if not file_io.file_exists(destination):
            file_io.copy(path, destination)
    tf_logging.info('Assets written to: %s', compat.as_text(folder))


def save_assets(write, tensors, export_dir):
    """Names assets by `write` and copies them into the SavedModel."""
    paths = name_assets(write, tensors)
    if not paths:
        tf_logging.info('No assets to write.')
        return
    copy_assets_to_destination_dir(paths, export_dir)


def add_to_collection(file_name, tensor):
    """Names an asset in the graph's collection of them."""
    asset = protos.message('tensorflow.AssetFileDef')(filename=file_name)
    asset.tensor_info.name = tensor.name
    packed = protos.message('google.protobuf.Any')()
    packed.Pack(asset)
    ops.add_to_collection(constants.ASSETS_KEY, packed)


def add_to_meta_graph(meta_graph_def, file_name, tensor):
    """Names an asset in a MetaGraphDef."""
    asset = meta_graph_def.asset_file_def.add()
    asset.filename = file_name
    asset.tensor_info.name = tensor.name


def tensors_of(export_dir, meta_graph_def, import_scope=None):
    """The constants of a loaded model that name assets, by name, with the paths that they are to be fed."""
    assets = list(meta_graph_def.asset_file_def)
    if not assets and constants.ASSETS_KEY in meta_graph_def.collection_def:
        for packed in meta_graph_def.collection_def[constants.ASSETS_KEY].any_list.value:
            asset = protos.message('tensorflow.AssetFileDef')()
            packed.Unpack(asset)
            assets.append(asset)
    folder = os.path.join(compat.as_bytes(export_dir), compat.as_bytes(constants.ASSETS_DIRECTORY))
    scope = import_scope + '/' if import_scope else ''
    return {scope + asset.tensor_info.name: os.path.join(folder, compat.as_bytes(asset.filename)) for asset in assets}
