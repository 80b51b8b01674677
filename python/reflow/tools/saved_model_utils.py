"""What the tools read of a SavedModel."""
from reflow.lib.io import file_io
from reflow.saved_model import loader_impl
from reflow.util import compat


def read_saved_model(saved_model_dir):
    """The SavedModel message of a folder. IOError: there is none, or it can't be parsed."""
    folder = compat.as_str_any(saved_model_dir)
    if not file_io.file_exists(folder) or not loader_impl.maybe_saved_model_directory(folder):
        raise IOError('SavedModel file does not exist at: %s' % saved_model_dir)
    return loader_impl.parse_saved_model(saved_model_dir)


def get_saved_model_tag_sets(saved_model_dir):
    """The tags of each MetaGraph."""
    return [list(meta_graph_def.meta_info_def.tags) for meta_graph_def in read_saved_model(saved_model_dir).meta_graphs]


def get_meta_graph_def(saved_model_dir, tag_set):
    """The MetaGraphDef with exactly these tags, separated by commas. RuntimeError: there is none."""
    for meta_graph_def in read_saved_model(saved_model_dir).meta_graphs:
        if set(meta_graph_def.meta_info_def.tags) == set(tag_set.split(',')):
            return meta_graph_def
    raise RuntimeError('MetaGraphDef associated with tag-set ' + tag_set + ' could not be found in SavedModel')
