"""The configuration of TensorBoard's embedding projector."""
import os

from reflow.framework import protos
from reflow.lib.io import file_io

_MESSAGES = ('EmbeddingInfo', 'EmbeddingMetadata', 'ProjectorConfig', 'SpriteMetadata')


def __getattr__(name):
    module = protos.module('tensorflow.contrib.tensorboard.plugins.projector.projector_config_pb2')
    if name == 'projector_config_pb2':
        return module
    if name in _MESSAGES and hasattr(module, name):
        return getattr(module, name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')


def visualize_embeddings(summary_writer, config):
    """Writes `config`, a ProjectorConfig, to the folder of a summary writer. ValueError: it has none."""
    logdir = summary_writer.get_logdir()
    if logdir is None:
        raise ValueError('Summary writer must have a logdir')
    file_io.write_string_to_file(os.path.join(logdir, 'projector_config.pbtxt'), protos.to_text(config))
