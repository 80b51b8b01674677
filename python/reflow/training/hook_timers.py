"""When a hook has something to do: every so many steps or seconds."""
import time


class _HookTimer:
    """Decides at which steps something is done."""

    def reset(self):
        """Forgets when it was done last."""

    def should_trigger_for_step(self, step):
        """Whether it is to be done at this step."""
        raise NotImplementedError

    def update_last_triggered_step(self, step):
        """Notes that it was done; returns the seconds and steps since the time before, or None and None."""
        raise NotImplementedError

    def last_triggered_step(self):
        """The step at which it was done last, or None."""
        raise NotImplementedError


class SecondOrStepTimer(_HookTimer):
    """Triggers at the first step and then every `every_secs` seconds or `every_steps` steps."""

    def __init__(self, every_secs=None, every_steps=None):
        self.reset()
        self._every_secs = every_secs
        self._every_steps = every_steps
        if every_secs is None and every_steps is None:
            raise ValueError('Either every_secs or every_steps should be provided.')
        if every_secs is not None and every_steps is not None:
            raise ValueError('Can not provide both every_secs and every_steps.')

    def reset(self):
        self._last_triggered_step = None
        self._last_triggered_time = None

    def should_trigger_for_step(self, step):
        if self._last_triggered_step is None:
            return True
        if self._last_triggered_step == step:
            return False
        if self._every_secs is not None:
            return time.time() >= self._last_triggered_time + self._every_secs
        return step >= self._last_triggered_step + self._every_steps

    def update_last_triggered_step(self, step):
        now = time.time()
        elapsed = (None, None)
        if self._last_triggered_time is not None:
            elapsed = now - self._last_triggered_time, step - self._last_triggered_step
        self._last_triggered_time, self._last_triggered_step = now, step
        return elapsed

    def last_triggered_step(self):
        return self._last_triggered_step


class NeverTriggerTimer(_HookTimer):
    """Never triggers."""

    def should_trigger_for_step(self, step):
        return False

    def update_last_triggered_step(self, step):
        return None, None

    def last_triggered_step(self):
        return None
