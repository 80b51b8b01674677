"""The base class of hooks, as tf.estimator has it."""

from reflow.training.session_run_hook import (  # noqa: F401
    SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues)
