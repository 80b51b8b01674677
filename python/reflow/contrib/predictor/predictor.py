"""What all predictors have."""
import abc

from reflow.util.shown_attributes import shown


class Predictor(metaclass=abc.ABCMeta):
    """A function from a dict of arrays to a dict of arrays."""

    graph = shown('_graph', 'The graph that computes it.')
    session = shown('_session', 'The session that runs it.')
    feed_tensors = shown('_feed_tensors', 'The tensors that are fed, by name.')
    fetch_tensors = shown('_fetch_tensors', 'The tensors that are fetched, by name.')

    def __repr__(self):
        return '{} with feed tensors {} and fetch_tensors {}'.format(
            type(self).__name__, self._feed_tensors, self._fetch_tensors)

    def __call__(self, input_dict):
        """The predictions for a dict of arrays. ValueError: it has other names than the inputs."""
        unexpected_keys = set(input_dict) - set(self.feed_tensors)
        if unexpected_keys:
            raise ValueError('Got unexpected keys in input_dict: {}\nexpected: {}'.format(
                unexpected_keys, set(self.feed_tensors)))
        feeds = {tensor: input_dict[key] for key, tensor in self.feed_tensors.items()
                 if input_dict.get(key) is not None}
        return self._session.run(fetches=self.fetch_tensors, feed_dict=feeds)
