"""What all predictors have."""
import abc


class Predictor(metaclass=abc.ABCMeta):
    """A function from a dict of arrays to a dict of arrays."""

    @property
    def graph(self):
        """The graph that computes it."""
        return self._graph

    @property
    def session(self):
        """The session that runs it."""
        return self._session

    @property
    def feed_tensors(self):
        """The tensors that are fed, by name."""
        return self._feed_tensors

    @property
    def fetch_tensors(self):
        """The tensors that are fetched, by name."""
        return self._fetch_tensors

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
