"""Numbers of categories, in the order in which they come."""

import collections

__all__ = ['CategoricalVocabulary']


class CategoricalVocabulary:
    """Maps categories to numbers; 0 is what it doesn't know."""

    def __init__(self, unknown_token='<UNK>', support_reverse=True):
        self._unknown_token, self._support_reverse = unknown_token, support_reverse
        self._freq, self._freeze = collections.Counter(), False
        self._forget_numbers()

    def _forget_numbers(self):
        self._mapping, self._reverse_mapping = {}, []
        self._give_number(self._unknown_token)

    def _give_number(self, category):
        number = self._mapping[category] = len(self._mapping)
        if self._support_reverse:
            self._reverse_mapping.append(category)
        return number

    def __len__(self):
        return len(self._mapping)

    def freeze(self, freeze=True):
        """From now on what is new is unknown."""
        self._freeze = freeze

    def get(self, category):
        """The number of a category, a new one where it isn't frozen."""
        known = self._mapping.get(category)
        if known is None:
            return 0 if self._freeze else self._give_number(category)
        return known

    def add(self, category, count=1):
        """Counts a category."""
        if self.get(category) > 0:
            self._freq[category] += count

    def trim(self, min_frequency, max_frequency=-1):
        """Keeps what comes more than `min_frequency` times, and less than `max_frequency` if that is positive; the most
        frequent get the smallest numbers."""
        by_name = sorted(self._freq.items(), key=lambda item: (isinstance(item[0], str), item[0]))
        freq = sorted(by_name, key=lambda item: item[1], reverse=True)
        self._forget_numbers()
        for category, count in freq:
            if count > min_frequency and not 0 < max_frequency <= count:
                self._give_number(category)
        self._freq = collections.Counter(dict(freq[:len(self._mapping) - 1]))

    def reverse(self, class_id):
        """The category of a number."""
        if not self._support_reverse:
            raise ValueError("This vocabulary wasn't initialized with support_reverse to support reverse() function.")
        return self._reverse_mapping[class_id]


CategoricalVocabulary.__module__ = 'tensorflow.contrib.learn.python.learn.preprocessing.categorical_vocabulary'
