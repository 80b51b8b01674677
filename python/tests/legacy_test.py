"""The removed names of Python and NumPy come back under `python -m reflow`, and only there."""
import subprocess
import sys

import pytest

from reflow.launcher import legacy


def run(*args):
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_name_comes_back():
    program = '''
import importlib
from reflow.launcher import legacy
for module, names in legacy._NAMES.items():
    try:
        module = importlib.import_module(module)
    except ImportError:
        print('no', module)
        continue
    for name in names:
        getattr(module, name)
        exec('from %s import %s' % (module.__name__, name))
'''
    # Python 3.13 has no cgi; Pillow and NumPy are what the tests install.
    assert set(run('-m', 'reflow', '-c', program).splitlines()) <= {'no cgi', 'no scipy.misc'}


@pytest.mark.parametrize('code, expected', [
    ('import numpy as np; print([np.float32(0.1), np.float64(10)], np.array([1.5]))', '[0.1, 10.0] [1.5]'),
    ('import numpy as np; print(np.zeros(2, np.int).dtype, np.float is float, np.product([2, 3]))', 'int64 True 6'),
    ('import numpy as np; print(np.asscalar(np.ones(1)), np.asfarray([1]).dtype, np.Inf)', '1.0 float64 inf'),
    ('import numpy as np; x = np.ones(2); print(np.array(x, copy=False) is x, np.array(x, copy=True) is x, '
     'np.array(x, copy=np._CopyMode.IF_NEEDED) is x, '
     'np.array([1, 2], copy=False, dtype="f"), np.array.__name__)', 'True False True [1. 2.] array'),
    ('import numpy as np; print(np.mat([[1, 2]]) * np.mat([[3], [4]]), np.cast["int32"]([1.5, 2]), np.cast[np.float32](1).dtype)',
     '[[11]] [1 2] float32'),
    ('import numpy as np; np.disp("x", linefeed=False); print(np.sctypes["float"][1] is np.float32, len(np.sctypes["uint"]))',
     'xTrue 4'),
    ('from collections import Mapping; print(isinstance({}, Mapping))', 'True'),
    ('import time; print(time.clock() <= time.clock())', 'True'),
    ('import inspect; print(inspect.getargspec(lambda a, b=1, *c: 0).defaults)', '(1,)'),
    ('import fractions; print(fractions.gcd(4, 6))', '2'),
    ('import sys; sys.setcheckinterval(5); print(sys.getcheckinterval())', '5'),
    ('import threading; print(threading.current_thread().isAlive())', 'True'),
    ('import unittest; unittest.TestCase().assertItemsEqual([1, 2], [2, 1]); print()', ''),
    ('import xml.etree.cElementTree as tree; print(tree.Element("a").tag)', 'a'),
    ('import imp; print(imp.new_module("m").__name__)', 'm'),
    ('import numpy as np; x = np.array([[1], [2, 3]]); print(x.dtype, x.shape, x[1], np.asarray([[1], [2, 3]]).shape)',
     'object (2,) [2, 3] (2,)'),
    ('import numpy as np; x = np.array(list(zip(np.ones((3, 5)), np.eye(3)[:, :2]))); print(x.dtype, x.shape, list(x[1]))',
     'object (3, 2) [array([1., 1., 1., 1., 1.]), array([0., 1.])]'),
    ('import numpy as np; print(np.unique([(1, 1), (2,), (1, 1)]))', '[(1, 1) (2,)]'),
    ('import random; print(sorted(random.sample({1, 2, 3}, 3)), sorted(random.Random(1).sample({4: 0, 5: 0}.keys(), 2)))',
     '[1, 2, 3] [4, 5]'),
    ('import random; x = [1, 2, 3, 4]; random.shuffle(x, lambda: 0.25); print(x)', '[4, 3, 1, 2]'),
    ('import random; random.seed(3); x = list(range(5)); random.shuffle(x); print(x, random.sample(range(9), 3))',
     '[0, 2, 3, 4, 1] [1, 0, 6]'),
    ('import json, io; print(json.loads("[1]", encoding="utf-8"), json.load(io.StringIO("{}"), encoding="utf-8"))', '[1] {}'),
    ('import urllib, xml, multiprocessing; print(urllib.request.Request("http://a/b").host, urllib.parse.quote(" "), '
     'xml.dom.minidom.parseString("<a/>").documentElement.tagName, multiprocessing.pool.Pool.__name__)', 'a %20 a Pool'),
    ('import json; print(json.loads("[1.5]", parse_float=str))', "['1.5']"),
    ('import os; f = open(os.devnull, "rU"); print(repr(f.read()), f.mode)', "'' r"),
    ('from html.parser import HTMLParser; print(HTMLParser().unescape("a &amp; b"))', 'a & b'),
])
def test_names_do_what_they_did(code, expected):
    assert run('-W', 'ignore', '-m', 'reflow', '-c', code).strip() == expected


LIBRARIES = {
    'PIL/__init__.py': '',
    'PIL/ImageFont.py': """
class FreeTypeFont:
    def getbbox(self, text):
        return (1, 3, 1 + 10 * len(text), 20) if text else (0, 0, 0, 0)
""",
    'PIL/ImageDraw.py': """
from PIL import ImageFont
class ImageDraw:
    def getfont(self):
        return ImageFont.FreeTypeFont()
""",
    'pandas.py': """
__version__ = '3.0.0'
options = []
def set_option(*option):
    options.append(option)
class Series:
    def __init__(self, values, name=None):
        self.values, self.name = values.values if isinstance(values, Series) else values, name
    def items(self):
        return enumerate(self.values)
    def to_frame(self):
        self.T = DataFrame({'row': self.values})
        return self
class DataFrame:
    def __init__(self, columns):
        self.values = columns
    def __getitem__(self, names):
        return DataFrame({name: self.values[name] for name in names})
    def infer_objects(self):
        return self
def concat(parts, **arguments):
    return [part.values for part in parts], sorted(arguments.items())
""",
    'yaml.py': """
FullLoader, SafeLoader = 'full', 'safe'
def load(stream, Loader):
    return stream, Loader
load_all = load
""",
}


def test_calls_of_libraries_that_no_longer_work(tmp_path):
    for name, source in LIBRARIES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    program = tmp_path / 'program.py'
    program.write_text('''
import pandas as pd, yaml
from PIL import ImageDraw, ImageFont
font, draw = ImageFont.FreeTypeFont(), ImageDraw.ImageDraw()
print(font.getsize('abc'), font.getsize(''), draw.textsize('abc', font=font), draw.textsize('ab'), draw.textsize('a\\nbcd', spacing=2))
print(yaml.load('a'), yaml.load('a', Loader=yaml.SafeLoader), yaml.load_all('b'))
frame, column = pd.DataFrame({'a': 1, 'b': 2}), pd.Series([3, 4])
print(pd.options, frame.as_matrix(), frame.as_matrix(columns=['b']), column.get_values(), list(column.iteritems()))
print(column.append(column))
print(frame.append({'a': 5}, ignore_index=True))
print(frame.append([frame, pd.Series([6], name='c')])[0])
try:
    frame.append({'a': 5})
except TypeError as error:
    print(error)
''')
    assert run('-m', 'reflow', str(program)).splitlines() == [
        '(30, 20) (0, 0) (30, 20) (20, 20) (30, 42)', "('a', 'full') ('a', 'safe') ('b', 'full')",
        "[('future.infer_string', False)] {'a': 1, 'b': 2} {'b': 2} [3, 4] [(0, 3), (1, 4)]",
        "([[3, 4], [3, 4]], [('ignore_index', False), ('sort', False), ('verify_integrity', False)])",
        "([{'a': 1, 'b': 2}, {'row': {'a': 5}}], [('ignore_index', True), ('sort', False), ('verify_integrity', False)])",
        "[{'a': 1, 'b': 2}, {'a': 1, 'b': 2}, {'row': [6]}]",
        'Can only append a Series if ignore_index=True or if the Series has a name']


def test_unknown_names_are_errors_as_before():
    code = 'import {0}\ntry:\n    {0}.no_such_name\nexcept AttributeError as error:\n    print(error)'
    for module in ('collections', 'numpy'):
        assert run('-m', 'reflow', '-c', code.format(module)) == run('-c', code.format(module))


@pytest.mark.parametrize('code', [
    'import numpy as np; np.array([[1], [2, 3]], dtype=np.float32)', 'import numpy as np; np.array([[1], [2, 3]], np.float32)',
    'open("x", "wU")', 'open("x", "U+")', 'import random; random.sample({1}, 2)',
])
def test_mistakes_stay_mistakes(code):
    assert 'ValueError' in subprocess.run([sys.executable, '-m', 'reflow', '-c', code], capture_output=True, text=True).stderr


def test_nothing_changes_without_the_launcher():
    code = 'import collections, numpy, reflow.tensorflow; print(hasattr(collections, "Mapping"), hasattr(numpy, "float"))'
    assert run('-c', code) == 'False False\n'


def test_nothing_is_imported_for_it():
    code = 'import sys; print(sorted({"numpy", "inspect", "typing", "fractions", "unittest"} & set(sys.modules)))'
    assert run('-m', 'reflow', '-c', code) == '[]\n'
    assert legacy._NAMES


# The shape of what protoc 3.6 made of
#   message Pair { optional int32 left = 1 [default = 7]; repeated Kind kinds = 2; oneof of_two { string a = 3; }
#                  enum Kind { SMALL = 0; LARGE = 1; } }
# The calls are what today's protobuf refuses.
OLD_MESSAGES = '''
import sys
_b = sys.version_info[0] < 3 and (lambda x: x) or (lambda x: x.encode('latin1'))
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from google.protobuf import reflection as _reflection

DESCRIPTOR = _descriptor.FileDescriptor(name='old/pair.proto', package='old', syntax='proto2', serialized_options=None,
    serialized_pb=_b(%r))
_PAIR_KIND = _descriptor.EnumDescriptor(name='Kind', full_name='old.Pair.Kind', filename=None, file=DESCRIPTOR, values=[])
_PAIR = _descriptor.Descriptor(name='Pair', full_name='old.Pair', filename=None, file=DESCRIPTOR, containing_type=None, fields=[
    _descriptor.FieldDescriptor(name='left', full_name='old.Pair.left', index=0, number=1, type=5, cpp_type=1, label=1,
        has_default_value=True, default_value=7, message_type=None, enum_type=None, containing_type=None, is_extension=False,
        extension_scope=None, serialized_options=None, file=DESCRIPTOR)], extensions=[], nested_types=[], enum_types=[_PAIR_KIND])
_PAIR.fields_by_name['kinds'].enum_type = _PAIR_KIND
_PAIR_KIND.containing_type = _PAIR
DESCRIPTOR.message_types_by_name['Pair'] = _PAIR
Pair = _reflection.GeneratedProtocolMessageType('Pair', (_message.Message,), dict(DESCRIPTOR=_PAIR, __module__='pair_pb2'))
'''


def old_file():
    from google.protobuf import descriptor_pb2
    file = descriptor_pb2.FileDescriptorProto(name='old/pair.proto', package='old', syntax='proto2')
    pair = file.message_type.add(name='Pair')
    pair.oneof_decl.add(name='of_two')
    pair.field.add(name='left', number=1, label=1, type=5, default_value='7')
    pair.field.add(name='kinds', number=2, label=3, type=14, type_name='.old.Pair.Kind')
    pair.field.add(name='a', number=3, label=1, type=9, oneof_index=0)
    kind = pair.enum_type.add(name='Kind')
    kind.value.add(name='SMALL', number=0)
    kind.value.add(name='LARGE', number=1)
    return OLD_MESSAGES % file.SerializeToString().decode('latin1')


def test_messages_of_old_generated_modules(tmp_path):
    (tmp_path / 'pair_pb2.py').write_text(old_file())
    (tmp_path / 'broken_pb2.py').write_text("raise TypeError('of its own')\n")
    program = tmp_path / 'program.py'
    program.write_text('''
import pair_pb2
from google.protobuf import text_format
pair = pair_pb2.Pair(kinds=[pair_pb2.Pair.LARGE], a='x')
print(pair.left, pair.WhichOneof('of_two'), text_format.MessageToString(pair, as_one_line=True))
print(pair_pb2.Pair.FromString(pair.SerializeToString()) == pair, type(pair).__module__, pair_pb2._PAIR.full_name)
try:
    import broken_pb2
except TypeError as error:
    print(error)
''')
    assert run('-m', 'reflow', str(program)).splitlines() == [
        '7 a kinds: LARGE a: "x"', 'True pair_pb2 old.Pair', 'of its own']
