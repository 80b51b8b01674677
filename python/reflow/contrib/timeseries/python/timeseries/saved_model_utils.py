"""Predicts and updates states with saved models, in sessions that these were loaded into."""
from reflow.contrib.timeseries.python.timeseries import feature_keys, head, input_pipeline, model_utils

_TIMES = feature_keys.Times.TIMES


def _run(session, signature, features, continue_from=None):
    """{output: value} for the features, and the state of an evaluation or of another call."""
    state = continue_from or {}
    if feature_keys.FilteringResults.STATE_TUPLE in state:
        state = head.state_to_dictionary(state[feature_keys.FilteringResults.STATE_TUPLE])
    inputs = {key: session.graph.as_graph_element(info.name) for key, info in signature.inputs.items()}
    outputs = {key: session.graph.as_graph_element(info.name) for key, info in signature.outputs.items()}
    return session.run(outputs, {inputs[key]: value for key, value in {**state, **features}.items()})


def predict_continuation(continue_from, signatures, session, steps=None, times=None, exogenous_features=None):
    """Predictions for so many steps, or for these times, after what `continue_from` has seen: {name: array}."""
    times = model_utils.canonicalize_times_or_steps_from_output(
        times=times, steps=steps, previous_model_output=continue_from)
    output = _run(session, signatures.signature_def[feature_keys.SavedModelLabels.PREDICT],
                  {_TIMES: times, **(exogenous_features or {})}, continue_from)
    output[_TIMES] = times
    return output


def cold_start_filter(signatures, session, features):
    """The model's state after a series that it begins with: {name: array}."""
    features = input_pipeline._canonicalize_numpy_data(features, require_single_batch=False)
    output = _run(session, signatures.signature_def[feature_keys.SavedModelLabels.COLD_START_FILTER], features)
    output[_TIMES] = features[_TIMES]
    return output


def filter_continuation(continue_from, signatures, session, features):
    """The model's state after what `continue_from` has seen, and a series: {name: array}."""
    features = input_pipeline._canonicalize_numpy_data(features, require_single_batch=False)
    output = _run(session, signatures.signature_def[feature_keys.SavedModelLabels.FILTER], features, continue_from)
    output[_TIMES] = features[_TIMES]
    return output
