"""Expressions give what they gave in real TensorFlow 1.15.5: value or error, text included."""
import os
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import recording  # noqa: E402

from reflow.framework import protos  # noqa: E402

pytestmark = pytest.mark.skipif(not os.path.exists(protos.DESCRIPTOR_SET), reason='only a build makes the messages')


def translate(statement):
    """The import of a module of TensorFlow as that of the module of Reflow behind it."""
    messages = re.match(r'> from (tensorflow\.core\.[\w.]+) import (.*)', statement)
    if messages:
        package, names = messages.groups()
        return '> from reflow.framework import protos ;; ' + ' ;; '.join(
            "%s = protos.module('%s.%s')" % (name, package, name) for name in names.split(', '))
    return statement.replace('import tensorflow as tf', 'import reflow.tensorflow as tf').replace('tensorflow.python.', 'reflow.')


@pytest.mark.parametrize('name', sorted(path.stem for path in recording.FOLDER.glob('*.txt')))
def test_as_recorded(name):
    differing = recording.mismatches(name, translate)
    assert not differing, '\n'.join(differing)
