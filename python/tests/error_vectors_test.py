"""The mistakes of tests/data/tf-1.15/errors.jsonl end in TensorFlow 1.15.5's errors: class, code, op and text."""
import json
import pathlib
import re

import numpy as np
import pytest

from reflow.framework import protos

VECTORS = [json.loads(line) for line in (
    pathlib.Path(__file__).resolve().parents[2] / 'tests/data/tf-1.15/errors.jsonl').read_text(encoding='utf-8').splitlines()]

# Programs that use what Reflow doesn't have in Python yet, by what they use.
WAITING = {
    'the name of the one of several variables that fails': ['local_not_initialised'],
}

# Texts of the Python, NumPy and protobuf of today where TensorFlow 1.15's are those of its time.
OTHER_LIBRARIES = {
    'feed_ragged': lambda text: text.split(' The requested array has')[0],
    'graphdef_parse_junk': lambda text: text.split(': Wire format')[0],
    'coordinator_timeout': lambda text: re.sub(r'(Thread-)\d+ \(<lambda>\)', r'\g<1>1', text),
}


def text_of(message, name):
    """A message without what differs from machine to machine and run to run."""
    message = re.sub(r' \(defined at [^)]*\) ?', '', message)
    message = re.sub(r'node (\S+?)(with these attrs)', r'node \1 \2', message)
    message = re.sub(r'0x[0-9a-f]+', '0x...', message)
    message = re.sub(r'\b(TensorArray|pyfunc)_\d+', r'\1_N', message)
    message = re.sub(r"'_\d+_", "'_N_", message)
    message = re.sub(r'(__inference_\S+?)_\d+}', r'\1_N}', message)
    message = message.replace(', /job:localhost/replica:0/task:0/device:XLA_CPU:0', '').replace('CPU, XLA_CPU', 'CPU')
    message = re.sub(r'\[(\w+=[^\]]*)\]', lambda m: '[%s]' % ', '.join(sorted(m[1].split(', '))), message)
    message = re.sub(r'  File "[^"]*script_ops.py", line \d+, in \w+\n.*\n(\s*\^+\n)?', '  in script_ops.py\n', message)
    message = re.sub(r'  File "[^"]*", line (\d+), in f', r'  line \1 of f', message)
    message = re.sub(r' Originally defined at:.*', '', message, flags=re.DOTALL)  # a place in the program
    message = re.sub(r'(Registered kernels:).*', r'\1', message, flags=re.DOTALL)  # Reflow has its own
    if message.startswith('in converted code:'):  # AutoGraph's account of a layer's call
        message = message.rpartition('Error: ')[2]
    lines = [line for line in message.splitlines() if line.strip()]
    return OTHER_LIBRARIES.get(name, str)('\n'.join(lines))


def run(vector, tmp):
    """The exception that the program ends with, or None."""
    import reflow.tensorflow as tf
    tf.reset_default_graph()
    try:
        exec(compile(vector['program'], vector['name'] + '.py', 'exec'),
             {'tf': tf, 'np': np, 'tmp': tmp, '__name__': '__main__'})
    except Exception as error:
        return error
    finally:
        tf.reset_default_graph()
    return None


def _cases():
    cases = []
    waiting = {name: reason for reason, names in WAITING.items() for name in names}
    for vector in VECTORS:
        reason = waiting.get(vector['name'])
        marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
        cases.append(pytest.param(vector, id=vector['name'], marks=marks))
    return cases


@pytest.mark.skipif(not protos.DESCRIPTOR_SET, reason='only a build makes the messages')
@pytest.mark.parametrize('vector', _cases())
def test_error_of_program(vector, tmp_path):
    error = run(vector, str(tmp_path))
    assert (error and type(error).__name__) == vector['raises'], error
    if error is None:
        return
    bases = {base.__name__ for base in type(error).__mro__}
    assert bases.issuperset(vector['bases'])
    message = getattr(error, 'message', None) or str(error)
    assert text_of(message.replace(str(tmp_path), '{TMP}'), vector['name']) == text_of(vector['printed'], vector['name'])
    if 'code' in vector:
        assert error.error_code == vector['code']
        assert (error.op.name if error.op is not None else None) == vector['op']
        assert (error.node_def.name if error.node_def is not None else None) == vector['node_def']


def test_every_waiting_program_exists():
    assert {name for names in WAITING.values() for name in names} <= {vector['name'] for vector in VECTORS}
