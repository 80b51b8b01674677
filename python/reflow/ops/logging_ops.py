"""Printing while a graph runs."""

import logging
import os
import pprint
import random
import sys

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_util
from reflow.ops import gen_logging_ops
from reflow.platform import tf_logging
from reflow.util import nest


def __getattr__(name):
    """What is an op and nothing more."""
    from reflow.ops import tag_summaries
    if hasattr(tag_summaries, name):
        return getattr(tag_summaries, name)
    return getattr(gen_logging_ops, name)


def Print(input_, data, message=None, first_n=None, summarize=None, name=None):
    """`input_`; when it is computed, `data` is written to standard error."""
    return _core.print_op(input_, data, message or '', -1 if first_n is None else first_n,
                          3 if summarize is None else summarize, name)


def print_v2(*inputs, **kwargs):
    """An operation that prints its arguments, tensors by their values, to output_stream."""
    output_stream = kwargs.pop('output_stream', sys.stderr)
    name = kwargs.pop('name', None)
    summarize = kwargs.pop('summarize', 3)
    sep = kwargs.pop('sep', ' ')
    end = kwargs.pop('end', os.linesep)
    if kwargs:
        raise ValueError('Unrecognized keyword arguments for tf.print: %s' % kwargs)
    stream = _stream_name(output_stream)
    if len(inputs) == 1 and isinstance(inputs[0], ops.Tensor) and inputs[0].shape.ndims == 0 and (
            inputs[0].dtype == dtypes.string):
        text = inputs[0]
    else:
        from reflow.ops import string_ops
        placeholder = _unused_placeholder(inputs)
        tensors = []
        template = sep.join(_template(value, placeholder, tensors) for value in inputs)
        template = template.replace("'" + placeholder + "'", placeholder)
        text = string_ops.string_format(inputs=tensors, template=template, placeholder=placeholder, summarize=summarize,
                                        name=name + '_format' if name else None)
    return gen_logging_ops.print_v2(text, output_stream=stream, name=name, end=end)


def _stream_name(output_stream):
    """What the op calls the stream, the level or logging function, or the file."""
    if isinstance(output_stream, str) and output_stream.startswith('file://'):
        return output_stream
    names = {sys.stdout: 'stdout', sys.stderr: 'stderr', tf_logging.INFO: 'log(info)', tf_logging.info: 'log(info)',
             tf_logging.WARN: 'log(warning)', tf_logging.warning: 'log(warning)', tf_logging.warn: 'log(warning)',
             tf_logging.ERROR: 'log(error)', tf_logging.error: 'log(error)', logging.info: 'log(info)',
             logging.warning: 'log(warning)', logging.error: 'log(error)'}
    name = names.get(output_stream)
    if not name:
        raise ValueError('Unsupported output stream, logging level, or file.' + str(output_stream) +
                         '. Supported streams are sys.stdout, sys.stderr, tf.logging.info, tf.logging.warning, '
                         "tf.logging.error. File needs to be in the form of 'file://<filepath>'.")
    return name


def _unused_placeholder(inputs):
    """What stands for a tensor in the template: a text that doesn't occur in it otherwise."""
    others = nest.map_structure(lambda x: '' if tensor_util.is_tensor(x) else x, inputs)
    text = ' '.join(pprint.pformat(x) for x in others)
    placeholder = '{}'
    digits = random.Random(5)
    while placeholder in text:
        placeholder += str(digits.randint(0, 9))
    return placeholder


def _template(value, placeholder, tensors):
    """The text of one argument; the tensors in it join the list."""
    if isinstance(value, str):
        return value
    parts = []
    for part in nest.flatten(value):
        if isinstance(part, sparse_tensor.SparseTensor):
            tensors += [part.indices, part.values, part.dense_shape]
            parts.append('SparseTensor(indices={}, values={}, shape={})'.format(placeholder, placeholder, placeholder))
        elif tensor_util.is_tensor(part):
            tensors.append(part)
            parts.append(placeholder)
        else:
            parts.append(part)
    return pprint.pformat(nest.pack_sequence_as(value, parts))
