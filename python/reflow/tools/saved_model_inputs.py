"""The inputs of a SavedModel's signature as saved_model_cli's command line gives them."""
import re
import warnings

import numpy as np

from reflow.framework import protos
from reflow.lib.io import file_io

_FROM_FILE = re.compile(r'([^=]+)=([^\[\]]+)(?:\[([^\[\]]+)\])?$')


def preprocess_inputs_arg_string(inputs_str):
    """{key: (file, name of the variable in it or None)} of `key=file[name];...`. RuntimeError: it isn't that."""
    inputs = {}
    for text in filter(None, inputs_str.split(';')):
        match = _FROM_FILE.match(text)
        if match is None:
            raise RuntimeError('--inputs "%s" format is incorrect. Please follow"<input_key>=<filename>", or'
                               '"<input_key>=<filename>[<variable_name>]"' % text)
        inputs[match.group(1)] = match.group(2), match.group(3)
    return inputs


def preprocess_input_exprs_arg_string(input_exprs_str):
    """{key: value} of `key=expression;...`, expressions of Python with NumPy as np. RuntimeError: it isn't that."""
    values = {}
    for text in filter(None, input_exprs_str.split(';')):
        key, equals, expression = text.partition('=')
        if not equals:
            raise RuntimeError('--input_exprs "%s" format is incorrect. Please follow"<input_key>=<python expression>"'
                               % input_exprs_str)
        values[key] = eval(expression, {'np': np})
    return values


def preprocess_input_examples_arg_string(input_examples_str):
    """{key: serialized Examples} of `key=[{feature: list}];...`. ValueError: a value that isn't that."""
    values = preprocess_input_exprs_arg_string(input_examples_str)
    for key, examples in values.items():
        if not isinstance(examples, list):
            raise ValueError('tf.Example input must be a list of dictionaries, but "%s" is %s' % (examples, type(examples)))
        values[key] = [_serialized_example(example) for example in examples]
    return values


def _serialized_example(features):
    example = protos.message('tensorflow.Example')()
    for name, values in features.items():
        if not isinstance(values, list):
            raise ValueError('feature value must be a list, but %s: "%s" is %s' % (name, values, type(values)))
        feature = example.features.feature[name]
        if isinstance(values[0], float):
            feature.float_list.value.extend(values)
        elif isinstance(values[0], str):
            feature.bytes_list.value.extend(value.encode() for value in values)
        elif isinstance(values[0], bytes):
            feature.bytes_list.value.extend(values)
        elif isinstance(values[0], int):
            feature.int64_list.value.extend(values)
        else:
            raise ValueError('Type %s for value %s is not supported for tf.train.Feature.' % (type(values[0]), values[0]))
    return example.SerializeToString()


def _of_file(path, variable):
    """The array of a .npy file, one of the arrays of a .npz file, or what a pickle holds."""
    with file_io.FileIO(path, 'rb') as file:
        data = np.load(file, allow_pickle=True)
        if variable is not None:
            if isinstance(data, np.ndarray):
                warnings.warn('Input file %s contains a single ndarray. Name key "%s" ignored.' % (path, variable))
                return data
            if variable not in data:
                raise RuntimeError('Input file %s does not contain variable with name "%s".' % (path, variable))
            return data[variable]
        if not isinstance(data, np.lib.npyio.NpzFile):
            return data
        if len(data.files) != 1:
            raise RuntimeError('Input file %s contains more than one ndarrays. Please specify the name of ndarray to use.'
                               % path)
        return data[data.files[0]]


def load_inputs_from_input_arg_string(inputs_str, input_exprs_str, input_examples_str):
    """{key: value} of all three: expressions go before files, Examples before both."""
    values = {key: _of_file(*where) for key, where in preprocess_inputs_arg_string(inputs_str).items()}
    for key, value in preprocess_input_exprs_arg_string(input_exprs_str).items():
        if key in values:
            warnings.warn('input_key %s has been specified with both --inputs and --input_exprs options. Value in '
                          '--input_exprs will be used.' % key)
        values[key] = value
    for key, examples in preprocess_input_examples_arg_string(input_examples_str).items():
        if key in values:
            warnings.warn('input_key %s has been specified in multiple options. Value in --input_examples will be used.'
                          % key)
        values[key] = examples
    return values
