"""The golden files of TensorFlow 1.15's public API, tests/data/tf-1.15/api.txt.gz."""
import gzip
import pathlib

DATA = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/tf-1.15/api.txt.gz'


class Golden:
    """A public module or class: `members` have a type, `functions` an argspec, empty where Python could not tell it."""

    def __init__(self, kind, path):
        self.kind = kind
        self.path = path
        self.bases = []
        self.members = {}
        self.functions = {}


def read():
    """All of them, in order."""
    goldens = []
    for line in gzip.decompress(DATA.read_bytes()).decode().splitlines():
        if not line.startswith('  '):
            goldens.append(Golden(*line.split()))
            continue
        name, _, what = line[2:].partition(' ')
        if name == 'is':
            goldens[-1].bases.append(what)
        elif what.startswith('<'):
            goldens[-1].members[name] = what
        else:
            # A decorator of Keras calls the first argument so.
            goldens[-1].functions[name] = what.replace("args=['instance', ", "args=['self', ")
    return goldens


def modules():
    return [golden for golden in read() if golden.kind == 'module']


def classes():
    return [golden for golden in read() if golden.kind == 'class']
