"""Decays of how much signs count, for AddSign and PowerSign."""
from reflow.contrib.opt.python.training.sign_optimizers import (  # noqa: F401
    get_cosine_decay_fn, get_linear_decay_fn, get_restart_decay_fn)
