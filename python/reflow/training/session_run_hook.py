"""Hooks: objects that a MonitoredSession calls around its runs."""
import collections

from reflow.util.shown_attributes import shown


class SessionRunHook:
    """What is called around the life of a session and each run. A hook overrides what it needs."""

    def begin(self):
        """Called once before the session is made; the graph can still be changed."""

    def after_create_session(self, session, coord):
        """Called when a session was made, anew when one was lost; the graph can't be changed any more."""

    def before_run(self, run_context):
        """Called before each run: returns None or SessionRunArgs, what to fetch and feed in addition."""
        return None

    def after_run(self, run_context, run_values):
        """Called after each run that raised nothing, with what before_run asked for."""

    def end(self, session):
        """Called at the end, unless an error was raised."""


class SessionRunArgs(collections.namedtuple('SessionRunArgs', ['fetches', 'feed_dict', 'options'])):
    """What a hook adds to a run."""

    def __new__(cls, fetches, feed_dict=None, options=None):
        return super().__new__(cls, fetches, feed_dict, options)


class SessionRunContext:
    """What a hook may know of a run, and the means to ask for the end of the loop."""

    def __init__(self, original_args, session):
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    original_args = shown('_original_args', 'The SessionRunArgs of the caller.')
    session = shown('_session', 'The session, which a hook may run itself.')
    stop_requested = shown('_stop_requested', 'Whether a hook has asked for the end.')

    def request_stop(self):
        """Lets should_stop() of the MonitoredSession be true from now on."""
        self._stop_requested = True


class SessionRunValues(collections.namedtuple('SessionRunValues', ['results', 'options', 'run_metadata'])):
    """What a hook gets of a run: the values of its fetches, and the run's options and metadata."""
