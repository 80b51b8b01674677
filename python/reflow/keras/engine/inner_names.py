"""What programs reach into a compiled model for, beside its methods: the tensors that it feeds, and the functions of its steps."""

from reflow.framework import ops
from reflow.keras import backend as K


def _step_function(mode):
    def get(self):
        return self._functions.get(mode)

    def set_function(self, function):
        self._functions.pop(mode, None)
        if function is not None:
            self._functions[mode] = _FunctionOfProgram(function, mode)

    return property(get, set_function, doc='The function of a list of arrays that the model calls; None: it is made when needed.')


class _FunctionOfProgram:
    """A function that a program has put in the place of one, which expects the learning phase behind the arrays."""

    def __init__(self, function, mode):
        self.function = function
        self._phase_value = mode == 'train'

    def __call__(self, arrays):
        feeds_phase = isinstance(K.learning_phase(), ops.Tensor)
        return self.function(list(arrays) + ([self._phase_value] if feeds_phase else []))


class InnerNames:
    """A base of models. It needs `_function`, `_functions`, `_endpoints` and `_standardized`."""

    train_function, test_function, predict_function = (_step_function(mode) for mode in ('train', 'test', 'predict'))

    def _make_train_function(self):
        self._function('train')

    def _make_test_function(self):
        self._function('test')

    def _make_predict_function(self):
        self._function('predict')

    def _standardize_user_data(self, x, y=None, sample_weight=None, class_weight=None, *unused_args, batch_size=None,
                               **unused_kwargs):
        """(inputs, targets, weights): lists of arrays for the functions; None for weights of which there are none."""
        x, y, weights = self._standardized(x, y, sample_weight, class_weight, batch_size)
        return x, y, weights or self._without_weights()

    @staticmethod
    def _without_weights():
        return None

    @property
    def sample_weights(self):
        """The placeholders of the samples' weights."""
        return [each.sample_weight for each in self._endpoints]

    @property
    def targets(self):
        """The placeholders of the targets."""
        return [each.target for each in self._endpoints if not each.is_skipped]

    @property
    def loss_functions(self):
        """The losses of the outputs."""
        return [each.loss_fn for each in self._endpoints]

    def _fed_endpoints(self):
        return [each for each in self._endpoints if each.is_fed]

    @property
    def _targets(self):
        return self.targets

    @property
    def _feed_targets(self):
        return [each.target for each in self._fed_endpoints()]

    @property
    def _feed_sample_weights(self):
        return [each.sample_weight for each in self._endpoints if each.sample_weight is not None]

    @property
    def _feed_output_names(self):
        return [each.output_name for each in self._fed_endpoints()]

    @property
    def _feed_output_shapes(self):
        return [each.feed_shape for each in self._fed_endpoints()]

    @property
    def _feed_loss_fns(self):
        return [each.loss_fn for each in self._fed_endpoints()]
