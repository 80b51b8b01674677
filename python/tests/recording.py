"""Recordings of what real TensorFlow makes of expressions: recorded/NAME.txt.

    > from tensorflow.python.framework import tensor_shape     a statement, for what follows; ;; parts lines
    tensor_shape.Dimension(2) + 3                              an expression
      = Dimension(5)                                           its repr
    tensor_shape.Dimension(-1)
      ! ValueError: Dimension -1 must be >= 0                  or the class and text of what it raises, escaped to a line

`python python/tests/recording.py FILE...`, run by a Python with TensorFlow 1.15.5, writes the outcomes anew.
"""
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / 'recorded'


def read(path):
    """Yields triples of line number, statement or expression, and outcome (None for a statement)."""
    lines = Path(path).read_text().splitlines() + ['']
    for number, line in enumerate(lines, 1):
        if line and not line.startswith(('#', ' ')):
            outcome = lines[number].strip() if lines[number].startswith('  ') else None
            yield number, line, outcome


def outcome_of(expression, namespace):
    try:
        return '= ' + repr(eval(expression, namespace)).replace('\\', '\\\\').replace('\n', '\\n')
    except Exception as error:  # whatever it is, it is what the expression gives
        return '! %s: %s' % (type(error).__name__, str(error).replace('\\', '\\\\').replace('\n', '\\n'))


def execute(statement, namespace):
    exec(statement[1:].strip().replace(' ;; ', '\n'), namespace)


def mismatches(name, translate):
    """The lines of recorded/NAME.txt that go otherwise here. `translate` turns a statement into Reflow's."""
    namespace = {}
    differing = []
    for number, line, expected in read(FOLDER / (name + '.txt')):
        if line.startswith('>'):
            execute(translate(line), namespace)
            continue
        actual = outcome_of(line, namespace)
        if actual != expected:
            differing.append('%s.txt:%d: %s\n  TensorFlow %s\n  Reflow     %s' % (name, number, line, expected, actual))
    return differing


def record(path):
    namespace = {}
    result = []
    for line in Path(path).read_text().splitlines():
        if line.startswith('  '):
            continue
        result.append(line)
        if line.startswith('>'):
            execute(line, namespace)
        elif line and not line.startswith('#'):
            result.append('  ' + outcome_of(line, namespace))
    Path(path).write_text('\n'.join(result) + '\n')


if __name__ == '__main__':
    for argument in sys.argv[1:]:
        record(argument)
