"""Runs steps of a training."""

from reflow import _core
from reflow.framework import ops
from reflow.ops import variables


class Monitor:
    """Runs a step function again and again."""

    def __init__(self, step_callable, session=None):
        if _core.executing_eagerly():
            if session is not None:
                raise ValueError('Should not provide a `session` in Eager mode.')
            self._run_step = step_callable
            return
        if session is None:
            raise ValueError('Should provide a `session` in Graph mode.')
        session.run(step_callable.initialize())
        self._run_step = session.make_callable(step_callable())
        with ops.get_default_graph().as_default():
            session.run(variables.global_variables_initializer())

    def run_steps(self, num_steps=None):
        """Runs `num_steps` steps, or until the input ends."""
        from reflow.framework import errors
        done = 0
        while num_steps is None or done < num_steps:
            try:
                self._run_step()
            except errors.OutOfRangeError:
                break
            done += 1
