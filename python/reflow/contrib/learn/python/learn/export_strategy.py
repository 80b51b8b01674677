"""How an Experiment exports what it has trained."""

import collections

from reflow.util import deprecation
from reflow.util import function_utils


class ExportStrategy(collections.namedtuple('ExportStrategy', ['name', 'export_fn', 'strip_default_attrs'])):
    """A name, that of the folder below the model's `export`, and a function that exports there."""

    @deprecation.deprecated(None, 'Please switch to tf.estimator.train_and_evaluate, and use tf.estimator.Exporter.')
    def __new__(cls, name, export_fn, strip_default_attrs=None):
        return super().__new__(cls, name, export_fn, strip_default_attrs)

    def export(self, estimator, export_path, checkpoint_path=None, eval_result=None):
        """What export_fn gives; it gets those of the arguments that it names."""
        named = function_utils.fn_args(self.export_fn)
        if 'eval_result' in named and 'checkpoint_path' not in named:
            raise ValueError('An export_fn accepting eval_result must also accept checkpoint_path.')
        offered = {'checkpoint_path': checkpoint_path, 'eval_result': eval_result,
                   'strip_default_attrs': self.strip_default_attrs}
        return self.export_fn(estimator, export_path, **{name: offered[name] for name in offered if name in named})
