"""Programs that only build a graph give the GraphDef and the collections that real TensorFlow 1.15.5 gave."""
import gzip
import json
import pathlib
import re

import numpy as np
import pytest

from reflow.framework import protos

FOLDER = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/tf-1.15/graphs'
MORE = FOLDER.parents[1] / 'graphs'  # without collections

# Collections whose items are no Python objects yet.
_CONTEXTS = ('cond_context', 'while_context')


def _read(path):
    zipped = path.with_name(path.name + '.gz')
    return gzip.decompress(zipped.read_bytes()).decode() if zipped.exists() else path.read_text(encoding='utf-8')


def _golden(program):
    from google.protobuf import text_format
    return text_format.Parse(_read(program.with_suffix('.pbtxt')), protos.message('tensorflow.GraphDef')())


def _build(program):
    """The graph that the program builds, and the GraphDef that it calls its result, or None."""
    import reflow.tensorflow as tf
    graph = tf.Graph()
    with graph.as_default():
        names = {'tf': tf, 'np': np, 'fetch': lambda values: values}  # fetch names what runs
        source = program.read_text(encoding='utf-8').replace('from tensorflow.python.', 'from reflow.')
        exec(compile(source, str(program), 'exec'), names)
    result = names.get('result')
    return graph, result if isinstance(result, protos.message('tensorflow.GraphDef')) else None


def _without_uuids(graph_def):
    """Sharded savers name their temporary folder at random: the golden graphs have {UUID} there."""
    for node in graph_def.node:
        strings = node.attr['value'].tensor.string_val if 'value' in node.attr else []
        for i, text in enumerate(strings):
            strings[i] = re.sub(b'^_temp_[0-9a-f]{32}/', b'_temp_{UUID}/', text)
    return graph_def


def _without_numbers(graph_def):
    """Functions of datasets are numbered on through the process: `NAME_{0}`, `NAME_{1}`; so the hashes of their callers differ
    too. The functions of a library are in no order."""
    from google.protobuf import text_format
    if not any('dataset' in function.signature.name.lower() for function in graph_def.library.function):
        return graph_def
    text = text_format.MessageToString(graph_def)
    numbers = sorted({int(number) for number in re.findall(r'"__inference_\S+_(\d+)"', text)})
    text = re.sub(r'"(__inference_\S+?)_(\d+)"', lambda found: '"%s_{%d}"' % (found[1], numbers.index(int(found[2]))), text)
    if numbers:
        text = re.sub(r'"_make_dataset_\w{11}"', '"_make_dataset_{HASH}"', text)
    result = text_format.Parse(text, type(graph_def)())
    functions = sorted(result.library.function, key=lambda function: function.signature.name)
    del result.library.function[:]
    result.library.function.extend(functions)
    return result


def _same_attr(found, wanted):
    if found == wanted:
        return True
    for counted in (b'CustomGradient-', b'pyfunc_'):  # numbered on through the process
        if wanted.s.startswith(counted):
            return re.fullmatch(counted + rb'\d+', found.s)
    if wanted.s.startswith(b'hash_table_{UUID}'):
        return re.fullmatch(rb'hash_table_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', found.s)
    if found.WhichOneof('value') != 'tensor' or wanted.WhichOneof('value') != 'tensor':
        return False
    from reflow.framework import tensor_util
    a, b = tensor_util.MakeNdarray(found.tensor), tensor_util.MakeNdarray(wanted.tensor)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def _node_differences(found, wanted):
    if (found.name, found.op) != (wanted.name, wanted.op):
        return ['%s (%s) is %s (%s)' % (wanted.name, wanted.op, found.name, found.op)]
    lines = ['%s: %s %s is %s' % (wanted.name, field, getattr(wanted, field), getattr(found, field))
             for field in ('input', 'device') if getattr(found, field) != getattr(wanted, field)]
    for key in sorted(set(found.attr) | set(wanted.attr)):
        if key not in found.attr or key not in wanted.attr or not _same_attr(found.attr[key], wanted.attr[key]):
            lines.append('%s: attr %s %s is %s' % (
                wanted.name, key, str(wanted.attr[key]).strip() if key in wanted.attr else 'absent',
                str(found.attr[key]).strip() if key in found.attr else 'absent'))
    return lines


def graph_differences(found, wanted):
    """A line for each thing that isn't as in the golden GraphDef, up to the first node that stands elsewhere."""
    lines = []
    for a, b in zip(found.node, wanted.node):
        lines += _node_differences(a, b)
        if a.name != b.name:
            return lines
    lines += ['%s is missing' % node.name for node in wanted.node[len(found.node):]]
    lines += ['%s is not in the golden' % node.name for node in found.node[len(wanted.node):]]
    if found.library != wanted.library:
        lines.append('the function libraries differ')
    return lines


def _golden_collections(name):
    return json.loads(_read(FOLDER / 'collections.json'))[name]['collections']


def _item_name(item):
    return item if isinstance(item, str) else getattr(item, 'name', None) or type(item).__name__


def collections_of(graph):
    """{key: names of the items}; keys that are no public names are left out, as in the golden."""
    return {key: [_item_name(item) for item in graph.get_collection(key)]
            for key in graph.get_all_collection_keys() if not key.startswith('__')}


def _programs():
    return sorted(golden.with_name(golden.name.split('.')[0] + '.py')
                  for folder in (FOLDER, MORE) for golden in folder.glob('*.pbtxt*'))


@pytest.mark.parametrize('program', _programs(), ids=lambda path: path.stem)
def test_graph_of_program(program):
    graph, result = _build(program)
    golden = _without_uuids(_golden(program))
    with_shapes = any('_output_shapes' in node.attr for node in golden.node)
    graph_def = graph.as_graph_def(add_shapes=with_shapes) if result is None else result
    differing = graph_differences(_without_numbers(_without_uuids(graph_def)), _without_numbers(golden))
    assert not differing, '\n'.join(differing[:12])
    if program.parent == FOLDER:
        found, wanted = collections_of(graph), _golden_collections(program.stem)
        assert {key: found.get(key) for key in wanted if key not in _CONTEXTS} == {
            key: names for key, names in wanted.items() if key not in _CONTEXTS}
        assert found.keys() == wanted.keys()


@pytest.mark.parametrize('name', ['cond_simple', 'while_gradient'])
def test_contexts_in_collections(name):
    found, wanted = collections_of(_build(FOLDER / (name + '.py'))[0]), _golden_collections(name)
    for key in _CONTEXTS:
        assert found.get(key) == wanted.get(key)
