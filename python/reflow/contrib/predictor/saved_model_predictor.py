"""Predictors of SavedModels."""
import logging

from reflow.client import session
from reflow.contrib.predictor import predictor
from reflow.framework import ops
from reflow.saved_model import loader, loader_impl, signature_constants

DEFAULT_TAGS = 'serve'


def get_meta_graph_def(saved_model_dir, tags):
    """The MetaGraphDef with exactly these tags, separated by commas. ValueError: there is none."""
    wanted = {tag.strip() for tag in tags.split(',')}
    for meta_graph_def in loader_impl.parse_saved_model(saved_model_dir).meta_graphs:
        if set(meta_graph_def.meta_info_def.tags) == wanted:
            return meta_graph_def
    raise ValueError('Could not find MetaGraphDef with tags {}'.format(tags))


def _signature_def(key, export_dir, tags):
    key = key or signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    signatures = get_meta_graph_def(export_dir, tags).signature_def
    if key in signatures:
        return signatures[key]
    alternative = 'default_input_alternative:{}'.format(key)
    if alternative not in signatures:
        raise ValueError('Got signature_def_key "{}". Available signatures are {}. Original error:\n{}'.format(
            key, list(signatures), repr(key)))
    logging.warning('Could not find signature def "%s". Using "%s" instead', key, alternative)
    return signatures[alternative]


class SavedModelPredictor(predictor.Predictor):
    """Runs a signature of a SavedModel, or what `input_names` and `output_names` name."""

    def __init__(self, export_dir, signature_def_key=None, signature_def=None, input_names=None, output_names=None,
                 tags=None, graph=None, config=None):
        if (input_names is None) != (output_names is None):
            raise ValueError('input_names and output_names must both be specified or both be unspecified.')
        if sum(given is not None for given in (signature_def_key, signature_def, input_names)) > 1:
            raise ValueError('You must specify at most one of signature_def_key OR signature_def OR(input_names AND '
                             'output_names).')
        tags = tags or DEFAULT_TAGS
        self._graph = graph or ops.Graph()
        with self._graph.as_default():
            self._session = session.Session(config=config)
            loader.load(self._session, tags.split(','), export_dir)
        if input_names is None:
            if signature_def is None:
                signature_def = _signature_def(signature_def_key, export_dir, tags)
            input_names = {key: info.name for key, info in signature_def.inputs.items()}
            output_names = {key: info.name for key, info in signature_def.outputs.items()}
        self._feed_tensors = {key: self._graph.get_tensor_by_name(name) for key, name in input_names.items()}
        self._fetch_tensors = {key: self._graph.get_tensor_by_name(name) for key, name in output_names.items()}
