"""Runs a function for each replica, one after the other, so that all meet where the function asks for it.

Each replica has a thread, because a function goes on after merge_call in the middle of its code. One thread runs at a time:
operations are made in a fixed order, those of the first replica first.
"""

import threading

from reflow import _core
from reflow.distribute import distribution_strategy_context as contexts
from reflow.distribute import values
from reflow.framework import ops
from reflow.ops import control_flow_ops
from reflow.ops import variable_scope


def _graph():
    return None if _core.executing_eagerly() else ops.get_default_graph()


class _Stopped(BaseException):
    """Ends the threads of the other replicas when one has failed."""


class _Replica:
    """One replica's run of the function."""

    def __init__(self, strategy, replica_id, device, function, args, kwargs, captured, variables):
        self.strategy, self.replica_id, self.device = strategy, replica_id, device
        self.function, self.args, self.kwargs = function, args, kwargs
        self.captured, self.variables = captured, variables
        self.may_run, self.has_paused = threading.Event(), threading.Event()
        self.is_done, self.result, self.error, self.merge = False, None, None, None
        self.merge_result, self.stops = None, False
        self.thread = threading.Thread(target=self._main, daemon=True)

    def advance(self):
        """Lets the replica run until it merges or ends."""
        if not self.thread.is_alive() and not self.is_done:
            self.thread.start()
        self.has_paused.clear()
        self.may_run.set()
        self.has_paused.wait()
        if self.error is not None:
            raise self.error

    def stop(self):
        """Ends the thread."""
        if self.thread.is_alive():
            self.stops = True
            self.may_run.set()
            self.thread.join()

    def _main(self):
        try:
            self._wait()
            with self.captured.entered(self.replica_id, self.device, self.variables):
                replica_context = self.strategy.extended._replica_context(self.replica_id, self)
                with contexts._Entered(self.strategy, replica_context):
                    self.result = self.function(*self.args, **self.kwargs)
        except _Stopped:
            pass
        except BaseException as error:  # pylint: disable=broad-except
            self.error = error
        finally:
            self.is_done = True
            self.has_paused.set()

    def _wait(self):
        self.may_run.wait()
        self.may_run.clear()
        if self.stops:
            raise _Stopped()

    def merge_call(self, merge_fn, args, kwargs):
        """Waits until all replicas are there; gives this one's share of what merge_fn gives."""
        # Depends on what operations made here depend on.
        inputs = control_flow_ops.no_op(name='merge_call')
        self.merge = _Merge(merge_fn, args, kwargs, _Captured(_graph()), list(getattr(inputs, 'control_inputs', ())))
        self.has_paused.set()
        self._wait()
        return self.merge_result


class _Merge:
    def __init__(self, function, args, kwargs, captured, control_inputs):
        self.function, self.args, self.kwargs = function, args, kwargs
        self.captured, self.control_inputs = captured, control_inputs


class _Captured:
    """What of the surroundings belongs to a thread: the replicas' threads go on in it."""

    def __init__(self, graph):
        self.graph = graph  # None where operations run at once
        self.name_scope = ops.get_name_scope()
        self.variable_scope = variable_scope.get_variable_scope()

    def entered(self, replica_id, device, variables):
        return _Surroundings(self, replica_id, device, variables)

    def merging(self, control_inputs):
        return _Nested([ops.name_scope(self.name_scope + '/' if self.name_scope else None),
                        ops.control_dependencies(control_inputs)])


class _Nested:
    """Several contexts as one."""

    def __init__(self, contexts_to_enter):
        self._contexts = contexts_to_enter

    def __enter__(self):
        for each in self._contexts:
            each.__enter__()

    def __exit__(self, *exception):
        for each in reversed(self._contexts):
            each.__exit__(*exception)


class _Surroundings:
    def __init__(self, captured, replica_id, device, variables):
        self._captured, self._replica_id, self._device, self._variables = captured, replica_id, device, variables
        self._entered = []

    def _enter(self, context):
        context.__enter__()
        self._entered.append(context)

    def __enter__(self):
        captured = self._captured
        try:
            if captured.graph is not None:
                self._enter(captured.graph.as_default())
            self._enter(variable_scope.variable_scope(captured.variable_scope, reuse=self._replica_id > 0 or None,
                                                      auxiliary_name_scope=False))
            name_scope = captured.name_scope + '/' if captured.name_scope else ''
            if self._replica_id:
                name_scope += 'replica_%d/' % self._replica_id
            self._enter(ops.name_scope(name_scope or None))
            self._enter(ops.device(self._device))
            self._enter(variable_scope.variable_creator_scope(self._variables.creator(self._replica_id)))
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(self, *exception):
        while self._entered:
            self._entered.pop().__exit__(*exception)


class _SharedVariables:
    """Gives the later replicas the variables that the first one has made: those of a name in the order of their making."""

    def __init__(self):
        self._made = {}
        self._taken = {}

    def creator(self, replica_id):
        """What makes the variables of a replica."""
        if replica_id == 0:
            return self._make
        return lambda next_creator, **kwargs: self._take(replica_id, kwargs.get('name'))

    def _make(self, next_creator, **kwargs):
        variable = next_creator(**kwargs)
        self._made.setdefault(kwargs.get('name'), []).append(variable)
        return variable

    def _take(self, replica_id, name):
        number = self._taken[replica_id, name] = self._taken.get((replica_id, name), -1) + 1
        made = self._made.get(name, [])
        if number >= len(made):
            raise RuntimeError('Tried to create variable {} with mismatching name on device {}'.format(name, replica_id))
        return made[number]


def call_for_each_replica(strategy, devices, function, args, kwargs):
    """The results of `function`, regrouped, of a replica for each of `devices`."""
    captured, variables = _Captured(_graph()), _SharedVariables()
    replicas = [
        _Replica(strategy, i, device, function, values.select_replica(i, args), values.select_replica(i, kwargs), captured,
                 variables) for i, device in enumerate(devices)]
    try:
        while True:
            for replica in replicas:
                replica.advance()
            done = [replica.is_done for replica in replicas]
            if all(done):
                return values.regroup([replica.result for replica in replicas])
            if any(done):
                raise RuntimeError('Some replicas made a different number of replica_context().merge_call() calls.')
            _merge(strategy, replicas)
    finally:
        for replica in replicas:
            replica.stop()


def _merge(strategy, replicas):
    merges = [replica.merge for replica in replicas]
    args = values.regroup([tuple(merge.args) for merge in merges])
    kwargs = values.regroup([dict(merge.kwargs) for merge in merges])
    control_inputs = list(dict.fromkeys(op for merge in merges for op in merge.control_inputs))
    with merges[0].captured.merging(control_inputs):
        result = merges[0].function(strategy, *args, **kwargs)
    for i, replica in enumerate(replicas):
        replica.merge_result = values.select_replica(i, result)
