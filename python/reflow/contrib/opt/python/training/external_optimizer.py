"""Optimizers outside the graph, which ask the graph for losses and gradients."""

import itertools

import numpy as np

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import gradients_impl
from reflow.ops import variables
from reflow.platform import tf_logging

__all__ = ['ExternalOptimizerInterface', 'ScipyOptimizerInterface']


def _shape(variable):
    return tuple(variable.get_shape().as_list())


class ExternalOptimizerInterface:
    """Subclasses define `_minimize`, which gets functions of one vector: all variables, one after the other."""

    def __init__(self, loss, var_list=None, equalities=None, inequalities=None, var_to_bounds=None, **optimizer_kwargs):
        self._loss = loss
        self._equalities = equalities or []
        self._inequalities = inequalities or []
        self._vars = variables.trainable_variables() if var_list is None else list(var_list)
        self._packed_bounds = None if var_to_bounds is None else self._pack_bounds(var_to_bounds)
        self._update_placeholders = [array_ops.placeholder(var.dtype) for var in self._vars]
        self._var_updates = [var.assign(array_ops.reshape(placeholder, _shape(var)))
                             for var, placeholder in zip(self._vars, self._update_placeholders)]
        loss_grads = self._gradients(loss)
        equality_grads = [self._gradients(each) for each in self._equalities]
        inequality_grads = [self._gradients(each) for each in self._inequalities]
        self.optimizer_kwargs = optimizer_kwargs
        self._packed_var = self._pack(self._vars)
        self._packed_loss_grad = self._pack(loss_grads)
        self._packed_equality_grads = [self._pack(each) for each in equality_grads]
        self._packed_inequality_grads = [self._pack(each) for each in inequality_grads]
        ends = list(itertools.accumulate(int(np.prod(_shape(var), dtype=np.int64)) for var in self._vars))
        self._packing_slices = [slice(start, end) for start, end in zip([0] + ends, ends)]

    def _pack_bounds(self, var_to_bounds):
        bounds = []
        for var in self._vars:
            low, high = var_to_bounds[var] if var in var_to_bounds else (-np.inf, np.inf)
            bounds += zip(np.broadcast_to(low, _shape(var)).flat, np.broadcast_to(high, _shape(var)).flat)
        return bounds

    def _gradients(self, tensor):
        gradients = gradients_impl.gradients(tensor, self._vars)
        return [array_ops.zeros_like(var) if gradient is None else gradient
                for var, gradient in zip(self._vars, gradients)]

    @classmethod
    def _pack(cls, tensors):
        """The tensors as one vector."""
        if not tensors:
            return None
        flat = [array_ops.reshape(tensor, [-1]) for tensor in tensors]
        return flat[0] if len(flat) == 1 else array_ops.concat(flat, 0)

    def minimize(self, session=None, feed_dict=None, fetches=None, step_callback=None, loss_callback=None, **run_kwargs):
        """Minimises the loss, and then sets the variables.

        `loss_callback` is called with the values of `fetches` at each evaluation, `step_callback` with the vector of all
        variables at each step.
        """
        session = session or ops.get_default_session()
        feed_dict, fetches = feed_dict or {}, fetches or []
        loss_callback = loss_callback or (lambda *values: None)
        step_callback = step_callback or (lambda vector: None)

        def functions(tensors):
            return [self._make_eval_func(tensor, session, feed_dict, fetches) for tensor in tensors]

        result = self._minimize(
            initial_val=session.run(self._packed_var),
            loss_grad_func=self._make_eval_func([self._loss, self._packed_loss_grad], session, feed_dict, fetches,
                                                loss_callback),
            equality_funcs=functions(self._equalities), equality_grad_funcs=functions(self._packed_equality_grads),
            inequality_funcs=functions(self._inequalities), inequality_grad_funcs=functions(self._packed_inequality_grads),
            packed_bounds=self._packed_bounds, step_callback=step_callback, optimizer_kwargs=self.optimizer_kwargs)
        values = [result[part] for part in self._packing_slices]
        session.run(self._var_updates, feed_dict=dict(zip(self._update_placeholders, values)), **run_kwargs)

    def _minimize(self, initial_val, loss_grad_func, equality_funcs, equality_grad_funcs, inequality_funcs,
                  inequality_grad_funcs, packed_bounds, step_callback, optimizer_kwargs):
        raise NotImplementedError('To use ExternalOptimizerInterface, subclass from it and implement the _minimize() method.')

    def _make_eval_func(self, tensors, session, feed_dict, fetches, callback=None):
        """A function that gives the values of `tensors` for a vector of all variables."""
        tensors = tensors if isinstance(tensors, list) else [tensors]

        def evaluate(x):
            feed = {var: x[part].reshape(_shape(var)) for var, part in zip(self._vars, self._packing_slices)}
            feed.update(feed_dict)
            values = session.run(tensors + fetches, feed_dict=feed)
            if callable(callback):
                callback(*values[len(tensors):])
            return values[:len(tensors)]

        return evaluate


class ScipyOptimizerInterface(ExternalOptimizerInterface):
    """Minimises by scipy.optimize.minimize, by default with L-BFGS-B; `method` and `options` go there."""

    _DEFAULT_METHOD = 'L-BFGS-B'

    def _minimize(self, initial_val, loss_grad_func, equality_funcs, equality_grad_funcs, inequality_funcs,
                  inequality_grad_funcs, packed_bounds, step_callback, optimizer_kwargs):
        def doubles(function):  # the numbers that scipy's compiled optimizers take
            return lambda x: np.asarray(function(x), 'float64')

        def loss_and_gradient(x):
            loss, gradient = loss_grad_func(x)
            return loss, gradient.astype('float64')

        given = dict(optimizer_kwargs)
        method = given.pop('method', self._DEFAULT_METHOD)
        constraints = [{'type': kind, 'fun': doubles(function), 'jac': doubles(gradient)}
                       for kind, functions, gradients in (('eq', equality_funcs, equality_grad_funcs),
                                                          ('ineq', inequality_funcs, inequality_grad_funcs))
                       for function, gradient in zip(functions, gradients)]
        arguments = dict(jac=True, callback=step_callback, method=method, constraints=constraints, bounds=packed_bounds)
        for name in arguments:
            if name in given:
                if name == 'bounds':
                    raise ValueError('Bounds must be set using the var_to_bounds argument')
                raise ValueError("Optimizer keyword arg '{}' is set automatically and cannot be injected manually".format(
                    name))
        import scipy.optimize  # only programs that optimise so need it
        result = scipy.optimize.minimize(loss_and_gradient, initial_val.astype('float64'), **arguments, **given)
        lines = ['Optimization terminated with:', '  Message: %s', '  Objective function value: %f']
        values = [result.message, result.fun]
        for attribute, line in (('nit', '  Number of iterations: %d'), ('nfev', '  Number of functions evaluations: %d')):
            if hasattr(result, attribute):
                lines.append(line)
                values.append(getattr(result, attribute))
        tf_logging.info('\n'.join(lines), *values)
        return result['x']
