"""Steps of a training as objects."""

from reflow.eager import backprop
from reflow.training import optimizer as optimizer_lib


class Step:
    """Something to do again and again."""

    def __init__(self, distribution):
        self._distribution = distribution

    @property
    def distribution(self):
        """The strategy."""
        return self._distribution

    def initialize(self):
        """Operations to run before the first step."""
        return []

    def __call__(self):
        """Does it."""
        raise NotImplementedError('must be implemented in descendants')


class StandardInputStep(Step):
    """A step with input."""

    def __init__(self, dataset_fn, distribution):
        super().__init__(distribution)
        self._iterator = distribution.make_input_fn_iterator(lambda _: dataset_fn())

    def initialize(self):
        """Begins the input."""
        return self._iterator.initialize()


class StandardSingleLossStep(StandardInputStep):
    """Lowers a loss of the input: loss_fn(context, inputs)."""

    def __init__(self, dataset_fn, loss_fn, optimizer, distribution, iterations_per_step=1):
        super().__init__(dataset_fn, distribution)
        self._loss_fn, self._optimizer, self._iterations_per_step = loss_fn, optimizer, iterations_per_step

    def __call__(self):
        """The operation of a step."""
        with self._distribution.scope():
            def step(context, inputs):
                return self.distribution.extended.call_for_each_replica(self._minimize, args=(context, inputs))

            context = self.distribution.extended.experimental_run_steps_on_iterator(step, self._iterator,
                                                                                    self._iterations_per_step)
            return context.run_op

    def _minimize(self, context, inputs):
        from reflow import _core
        if not _core.executing_eagerly():
            return self._optimizer.minimize(self._loss_fn(context, inputs))
        with backprop.GradientTape() as tape:
            loss = self._loss_fn(context, inputs)
        variables = tape.watched_variables()
        assert isinstance(self._optimizer, optimizer_lib.Optimizer)
        return self._optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
