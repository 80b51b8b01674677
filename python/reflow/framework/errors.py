"""The errors of runs under the shorter name that programs import."""
from reflow.framework.errors_impl import *  # noqa: F401,F403
