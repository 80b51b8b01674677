"""The loops of autoregressive models: over the windows of an evaluation, and over those of a prediction."""
from reflow.contrib.timeseries.python.timeseries import model as model_lib
from reflow.contrib.timeseries.python.timeseries.feature_keys import PredictionFeatures, TrainEvalFeatures
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import dtypes, ops
from reflow.ops import array_ops, check_ops, control_flow_ops, gen_math_ops, math_ops, tensor_array_ops

_TIMES, _VALUES = TrainEvalFeatures.TIMES, TrainEvalFeatures.VALUES


def evaluate(model, features, exogenous_regressors, state):
    """The ModelOutputs of all windows of a series, each predicted from the values before it."""
    times = features[_TIMES]
    times.get_shape().assert_has_rank(2)
    length = times.get_shape().dims[1].value
    if length is not None and length < model.window_size:
        raise ValueError(
            'ARModel requires a window of at least input_window_size + output_window_size to evaluate on (input_window_size={}, '
            "output_window_size={}, and got shape {} for feature '{}' (batch size, window size)).".format(
                model.input_window_size, model.output_window_size, times.get_shape(), _TIMES))
    count = (array_ops.shape(times)[1] - model.input_window_size) // model.output_window_size
    output_size = count * model.output_window_size
    cropped = output_size + model.input_window_size
    features = {name: value[:, -cropped:] for name, value in features.items()}

    def body(number, losses, means, variances):
        first = number * model.output_window_size
        outputs = model._process_window(
            {name: value[:, first:first + model.window_size] for name, value in features.items()}, mode=ModeKeys.EVAL,
            exogenous_regressors=exogenous_regressors[:, first:first + model.window_size])
        return (number + 1, losses.write(number, outputs.loss), means.write(number, outputs.predictions['mean']),
                variances.write(number, outputs.predictions['covariance']))

    _, losses, means, variances = control_flow_ops.while_loop(
        lambda number, *_: number < count, body,
        [0] + [tensor_array_ops.TensorArray(dtype=model.dtype, size=count) for _ in range(3)])
    values = math_ops.cast(features[_VALUES], dtype=model.dtype)
    shape = [array_ops.shape(times)[0], model.output_window_size * count, model.num_features]
    end_state = _state_after(model, state, times, values, exogenous_regressors)

    def series(windows):
        return array_ops.reshape(array_ops.transpose(windows.stack(), [1, 0, 2, 3]), shape)

    return model_lib.ModelOutputs(
        loss=math_ops.reduce_mean(losses.stack(), axis=0), end_state=end_state,
        predictions={'mean': series(means), 'covariance': series(variances), 'observed': values[:, -output_size:]},
        prediction_times=times[:, -output_size:])


def _state_after(model, state, times, values, exogenous_regressors):
    """The last input window of the state and the series."""
    size = model.input_window_size
    if size <= 0:
        return state
    old_times, old_values, old_exogenous = state
    new_times = array_ops.concat([old_times, math_ops.cast(times, dtype=dtypes.int64)], axis=1)[:, -size:]
    new_times.set_shape((None, size))
    new_values = array_ops.concat([old_values, model._scale_data(values)], axis=1)[:, -size:, :]
    new_values.set_shape((None, size, model.num_features))
    new_exogenous = array_ops.concat([old_exogenous, exogenous_regressors], axis=1)[:, -size:, :]
    new_exogenous.set_shape((None, size, model.exogenous_size))
    return new_times, new_values, new_exogenous


def predict(model, features):
    """{'mean', 'covariance'} at the times of the features, each window from what has been predicted before."""
    size, step = model.input_window_size, model.output_window_size
    times = math_ops.cast(ops.convert_to_tensor(features[_TIMES]), dtypes.int32)
    regressors = model._exogenous(times, features)
    with ops.control_dependencies([check_ops.assert_equal(array_ops.shape(times)[1], array_ops.shape(regressors)[1])]):
        regressors = array_ops.identity(regressors)
    batch_size = array_ops.shape(times)[0]
    length = array_ops.shape(times)[1]
    count = (length + step - 1) // step
    padding = count * step - length
    times = array_ops.pad(times, [[0, 0], [0, padding]])
    regressors = array_ops.pad(regressors, [[0, 0], [0, padding], [0, 0]])
    first = _first_window(model, features[PredictionFeatures.STATE_TUPLE], times, regressors)

    def body(number, window_times, window_values, window_regressors, means, variances):
        predicted = model.prediction_ops(window_times, window_values, window_regressors)
        offset = step * gen_math_ops.minimum(number + 1, count - 1)
        if size > step:
            new_values = array_ops.concat([window_values[:, step:, :], predicted['mean']], 1)
            new_regressors = array_ops.concat(
                [window_regressors[:, -size:, :], regressors[:, offset:offset + step, :]], axis=1)
            new_times = array_ops.concat([window_times[:, -size:], times[:, offset:offset + step]], 1)
        elif size > 0:
            new_values = predicted['mean'][:, -size:, :]
            new_regressors = regressors[:, offset - size:offset + step, :]
            new_times = times[:, offset - size:offset + step]
        else:
            new_values = window_values
            new_regressors = regressors[:, offset:offset + step, :]
            new_times = times[:, offset:offset + step]
        new_times.set_shape(first[0].get_shape())
        new_regressors.set_shape(first[2].get_shape())
        means = means.write(number, predicted['mean'])
        if isinstance(variances, tensor_array_ops.TensorArray):
            variances = variances.write(number, predicted['covariance'])
        return number + 1, new_times, new_values, new_regressors, means, variances

    variances = 0. if model.loss == model.SQUARED_LOSS else tensor_array_ops.TensorArray(dtype=model.dtype, size=count)
    means = tensor_array_ops.TensorArray(dtype=model.dtype, size=count)
    *_, means, variances = control_flow_ops.while_loop(
        lambda number, *_: math_ops.less(number, count), body, [0, *first, means, variances])

    def series(windows):
        padded_length = count * step
        values = array_ops.transpose(windows.stack(), [1, 0, 2, 3])
        return array_ops.reshape(values, array_ops.stack([batch_size, padded_length, -1]))[:, :length, :]

    mean = series(means)
    variance = series(variances) if isinstance(variances, tensor_array_ops.TensorArray) else array_ops.ones_like(mean)
    mean = model._scale_back_data(mean)
    return {'mean': mean, 'covariance': model._scale_back_variance(variance)}


def _first_window(model, state, times, regressors):
    """[times, values, exogenous features] of the first window: those of the state, and times to predict."""
    size, step = model.input_window_size, model.output_window_size
    state_times, state_values, state_regressors = state
    state_times = math_ops.cast(ops.convert_to_tensor(state_times), dtypes.int32)
    state_values = ops.convert_to_tensor(state_values, dtype=model.dtype)
    state_regressors = ops.convert_to_tensor(state_regressors, dtype=model.dtype)
    window_times = times[:, :step]
    window_regressors = regressors[:, :step, :]
    if size <= 0:
        return [window_times, 0, window_regressors]
    window_times = array_ops.concat([state_times[:, -size:], window_times], 1)
    values_size = array_ops.shape(state_values)[1]
    times_size = array_ops.shape(state_times)[1]
    with ops.control_dependencies([check_ops.assert_greater_equal(values_size, size),
                                   check_ops.assert_equal(values_size, times_size)]):
        window_values = state_values[:, -size:, :]
        window_regressors = array_ops.concat([state_regressors[:, -size:, :], window_regressors[:, :step, :]], axis=1)
    return [window_times, window_values, window_regressors]
