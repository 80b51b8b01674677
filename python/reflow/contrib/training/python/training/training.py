"""create_train_op: the loss, after an optimizer's step and the updates of the layers."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import clip_ops
from reflow.ops import control_flow_ops
from reflow.ops import variables as tf_variables
from reflow.platform import tf_logging
from reflow.training import optimizer as tf_optimizer
from reflow.training import training_util

__all__ = ['add_gradients_summaries', 'clip_gradient_norms', 'clip_gradient_norms_fn', 'create_train_op',
           'multiply_gradients', 'train']

_USE_GLOBAL_STEP = 0


def _replaced(gradient, function):
    """function(gradient), of the values of IndexedSlices."""
    if isinstance(gradient, ops.IndexedSlices):
        return ops.IndexedSlices(function(gradient.values), gradient.indices, gradient.dense_shape)
    return function(gradient)


def add_gradients_summaries(grads_and_vars, separator='_'):
    """A histogram and the norm of each gradient."""
    from reflow.summary import summary
    summaries = []
    for grad, var in grads_and_vars:
        if grad is None:
            tf_logging.info('Var %s has no gradient', var.op.name)
            continue
        values = grad.values if isinstance(grad, ops.IndexedSlices) else grad
        summaries.append(summary.histogram(var.op.name + separator + 'gradient', values))
        summaries.append(summary.scalar(var.op.name + separator + 'gradient_norm', clip_ops.global_norm([values])))
    return summaries


def clip_gradient_norms(gradients_to_variables, max_norm):
    """The gradients, those of a larger norm scaled down to it."""
    return [(None if grad is None else _replaced(grad, lambda values: clip_ops.clip_by_norm(values, max_norm)), var)
            for grad, var in gradients_to_variables]


def clip_gradient_norms_fn(max_norm):
    """clip_gradient_norms as a function of gradients."""
    return lambda gradients: clip_gradient_norms(gradients, max_norm)


def multiply_gradients(grads_and_vars, gradient_multipliers):
    """The gradients, multiplied where a variable or its name has a multiplier."""
    if not isinstance(grads_and_vars, list):
        raise ValueError('`grads_and_vars` must be a list.')
    if not gradient_multipliers:
        raise ValueError('`gradient_multipliers` is empty.')
    if not isinstance(gradient_multipliers, dict):
        raise ValueError('`gradient_multipliers` must be a dict.')
    result = []
    for grad, var in grads_and_vars:
        key = var if var in gradient_multipliers else var.op.name
        if key in gradient_multipliers:
            if grad is None:
                raise ValueError('Requested multiple of `None` gradient.')
            factor = ops.convert_to_tensor(gradient_multipliers[key], dtype=grad.dtype)
            grad = _replaced(grad, lambda values, factor=factor: values * factor)
        result.append((grad, var))
    return result


def create_train_op(total_loss, optimizer, global_step=_USE_GLOBAL_STEP, update_ops=None, variables_to_train=None,
                    transform_grads_fn=None, summarize_gradients=False, gate_gradients=tf_optimizer.Optimizer.GATE_OP,
                    aggregation_method=None, colocate_gradients_with_ops=False, check_numerics=True):
    """A tensor: the loss, after a step of the optimizer. The loss is computed after the updates of layers."""
    if global_step is _USE_GLOBAL_STEP:
        global_step = training_util.get_or_create_global_step()
    global_update_ops = dict.fromkeys(ops.get_collection(ops.GraphKeys.UPDATE_OPS))
    update_ops = global_update_ops if update_ops is None else dict.fromkeys(update_ops)
    if not set(global_update_ops) <= set(update_ops):
        tf_logging.warning('update_ops in create_train_op does not contain all the update_ops in GraphKeys.UPDATE_OPS')
    if update_ops:
        with ops.control_dependencies(list(update_ops)):
            all_updates = control_flow_ops.no_op(name='update_barrier')
        total_loss = control_flow_ops.with_dependencies([all_updates], total_loss)
    trainable = tf_variables.trainable_variables()
    if variables_to_train is None:
        variables_to_train = trainable
    assert variables_to_train
    assert all(variable.trainable or variable in trainable for variable in variables_to_train)
    gradients = optimizer.compute_gradients(
        total_loss, variables_to_train, gate_gradients=gate_gradients, aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops)
    if transform_grads_fn:
        gradients = transform_grads_fn(gradients)
    if summarize_gradients:
        with ops.name_scope('summarize_grads'):
            add_gradients_summaries(gradients)
    step = optimizer.apply_gradients(gradients, global_step=global_step)
    with ops.name_scope('train_op'):
        loss = array_ops.check_numerics(total_loss, 'LossTensor is inf or nan') if check_numerics else total_loss
        loss_after_step = control_flow_ops.with_dependencies([step], loss)
    train_ops = ops.get_collection_ref(ops.GraphKeys.TRAIN_OP)
    if loss_after_step not in train_ops:
        train_ops.append(loss_after_step)
    return loss_after_step


def train(train_op, logdir, master='', is_chief=True, scaffold=None, hooks=None, chief_only_hooks=None,
          save_checkpoint_secs=600, save_summaries_steps=100, config=None, max_wait_secs=7200, run_metadata=None):
    """Runs `train_op` in a MonitoredTrainingSession until a hook stops it; gives its last value."""
    from reflow.training import monitored_session
    if logdir is None and is_chief:
        for value, name in ((save_summaries_steps, 'save_summaries_steps'), (save_checkpoint_secs, 'save_checkpoint_secs')):
            if value:
                raise ValueError('logdir cannot be None when %s is not None' % name)
    with monitored_session.MonitoredTrainingSession(
            master=master, is_chief=is_chief, checkpoint_dir=logdir, scaffold=scaffold, hooks=hooks,
            chief_only_hooks=chief_only_hooks, save_checkpoint_secs=save_checkpoint_secs,
            save_summaries_steps=save_summaries_steps, config=config, max_wait_secs=max_wait_secs) as session:
        loss = None
        while not session.should_stop():
            loss = session.run(train_op, run_metadata=run_metadata)
    return loss
