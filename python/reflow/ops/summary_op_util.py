"""Names and tags of summaries."""
import contextlib

from reflow.framework import ops
from reflow.summary.summary import clean_tag

__all__ = ['clean_tag', 'collect', 'skip_summary', 'summary_scope']


def skip_summary():
    """Whether no summaries are wanted here; they always are."""
    return False


def collect(val, collections, default_collections):
    """Puts a summary into the collections of these names, or into those that it goes to by default."""
    for name in default_collections if collections is None else collections:
        ops.add_to_collection(name, val)


@contextlib.contextmanager
def summary_scope(name, family=None, default_name=None, values=None):
    """Opens the name scope of a summary and gives (tag, scope); with `family` both begin with it."""
    name, family = clean_tag(name), clean_tag(family)
    base = name if family is None else '{}/{}'.format(family, name)
    with ops.name_scope(base, default_name, values) as scope:
        tag = scope.rstrip('/')
        yield tag if family is None else '{}/{}'.format(family, tag), scope
