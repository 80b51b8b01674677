"""The messages of TensorFlow's protocol buffers, and that protobuf is loaded by nothing but their use."""
import os
import pickle
import subprocess
import sys
import types

import pytest

from reflow.framework import protos

pytestmark = pytest.mark.skipif(not os.path.exists(protos.DESCRIPTOR_SET), reason='only a build makes the messages')


def test_message_round_trips():
    graph = protos.message('tensorflow.GraphDef')()
    graph.node.add(name='x', op='Placeholder').attr['dtype'].type = 1
    assert protos.message('tensorflow.GraphDef').FromString(graph.SerializeToString()) == graph
    assert graph.SerializeToString() == (
        b'\n\x1d\n\x01x\x12\x0bPlaceholder*\x0b\n\x05dtype\x12\x020\x01')


def test_nested_message():
    assert protos.message('tensorflow.ConfigProto.Experimental').DESCRIPTOR.full_name == (
        'tensorflow.ConfigProto.Experimental')


def test_unknown_message():
    with pytest.raises(KeyError, match='No message tensorflow.Nothing in'):
        protos.message('tensorflow.Nothing')


def test_one_class_by_both_ways():
    assert protos.module('tensorflow.core.framework.graph_pb2').GraphDef is protos.message('tensorflow.GraphDef')


def test_module_has_messages_enums_and_values():
    module = protos.module('tensorflow.core.framework.types_pb2')
    assert module.DT_FLOAT == 1
    assert module.DataType.Name(3) == 'DT_INT32'
    assert module.DataType.Value('DT_STRING') == 7
    assert module.DESCRIPTOR.name == 'tensorflow/core/framework/types.proto'
    assert 'DT_BOOL_REF' in dir(module)
    with pytest.raises(AttributeError, match="module 'tensorflow.core.framework.types_pb2' has no attribute 'DT_X'"):
        module.DT_X


def test_unknown_module():
    for name in ('tensorflow.core.framework.nothing_pb2', 'tensorflow.core', 'google.protobuf.any_pb2'):
        with pytest.raises(ModuleNotFoundError):
            protos.module(name)


def test_every_module_can_be_filled():
    names = protos.module_names()
    assert len(names) == 80
    messages = [value for name in names for value in vars(_filled(name)).values() if isinstance(value, type)]
    for message in messages:
        message().SerializeToString()
    assert len(messages) > 200


def _filled(name):
    module = protos.module(name)
    dir(module)
    return module


def test_class_names_its_module():
    assert repr(protos.message('tensorflow.TensorShapeProto')) == (
        "<class 'tensorflow.core.framework.tensor_shape_pb2.TensorShapeProto'>")


def test_pickles_where_its_module_can_be_imported(monkeypatch):
    name = 'tensorflow.core.framework.versions_pb2'
    for package in ('tensorflow', 'tensorflow.core', 'tensorflow.core.framework'):
        monkeypatch.setitem(sys.modules, package, types.ModuleType(package))
    monkeypatch.setitem(sys.modules, name, protos.module(name))
    versions = protos.message('tensorflow.VersionDef')(producer=3, bad_consumers=[1])
    assert pickle.loads(pickle.dumps(versions)) == versions


def test_protobuf_is_loaded_when_a_message_is_used():
    program = (
        'import sys\n'
        'from reflow.framework import protos\n'
        "module = protos.module('tensorflow.core.framework.graph_pb2')\n"
        "print('google.protobuf' in sys.modules)\n"
        'module.GraphDef()\n'
        "print('google.protobuf' in sys.modules)\n")
    result = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert result.stdout == 'False\nTrue\n'


def test_stays_out_of_the_default_pool():
    from google.protobuf import descriptor_pool
    protos.message('tensorflow.GraphDef')
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindMessageTypeByName('tensorflow.GraphDef')


def test_threads_may_ask_for_their_first_message_at_once():
    program = '''
import sys, threading
sys.setswitchinterval(1e-6)
from reflow.framework import protos
found = []
threads = [threading.Thread(target=lambda: found.append(protos.message('tensorflow.MetaGraphDef'))) for _ in range(8)]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(len(found), len(set(found)))
'''
    assert subprocess.run([sys.executable, '-c', program], capture_output=True, text=True).stdout == '8 1\n'
