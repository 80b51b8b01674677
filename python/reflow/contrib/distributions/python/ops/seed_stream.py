"""Seeds of a seed."""

import hashlib

__all__ = ['SeedStream']


class SeedStream:
    """Gives another seed at each call, the same ones for the same seed and salt; None for the seed None."""

    def __init__(self, seed, salt):
        self._seed = seed.original_seed if isinstance(seed, SeedStream) else seed
        self._salt = salt
        self._counter = 0

    def __call__(self):
        self._counter += 1
        if self._seed is None:
            return None
        text = str((self._seed, self._counter, self._salt)).encode('utf-8')
        return int(hashlib.sha512(text).hexdigest(), 16)

    @property
    def original_seed(self):
        """The seed."""
        return self._seed

    @property
    def salt(self):
        """What tells streams of one seed apart."""
        return self._salt
