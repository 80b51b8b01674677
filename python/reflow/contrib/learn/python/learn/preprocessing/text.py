"""Texts as vectors of the numbers of their words or bytes."""

import itertools
import pickle
import re

import numpy as np

from reflow.contrib.learn.python.learn.preprocessing.categorical_vocabulary import CategoricalVocabulary
from reflow.platform import gfile

__all__ = ['tokenizer', 'ByteProcessor', 'VocabularyProcessor']

TOKENIZER_RE = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|[\'\w\-]+", re.UNICODE)


def tokenizer(iterator):
    """The words of each text."""
    for value in iterator:
        yield TOKENIZER_RE.findall(value)


class ByteProcessor:
    """Maps texts to their bytes."""

    def __init__(self, max_document_length):
        self.max_document_length = max_document_length

    def fit(self, x):
        """Nothing."""
        return self

    def fit_transform(self, x):
        """transform."""
        return self.transform(x)

    def reverse(self, x):
        """The texts of bytes."""
        for data in x:
            yield np.trim_zeros(data.astype(np.uint8)).tobytes().decode('utf-8', 'ignore')

    def transform(self, x):
        """The bytes of each text, with zeros up to max_document_length."""
        for document in x:
            data = document.encode('utf-8') if isinstance(document, str) else document
            buf = np.frombuffer((data or b'')[:self.max_document_length], dtype=np.uint8)
            yield np.pad(buf, (0, self.max_document_length - len(buf)), 'constant')


class VocabularyProcessor:
    """Maps texts to the numbers of their words."""

    def __init__(self, max_document_length, min_frequency=0, vocabulary=None, tokenizer_fn=None):
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(self, raw_documents, unused_y=None):
        """Learns the words; from then on others are unknown."""
        vocabulary = self.vocabulary_
        for token in itertools.chain.from_iterable(self._tokenizer(raw_documents)):
            vocabulary.add(token)
        if self.min_frequency > 0:
            vocabulary.trim(self.min_frequency)
        vocabulary.freeze()
        return self

    def fit_transform(self, raw_documents, unused_y=None):
        """fit and transform."""
        return self.fit(raw_documents).transform(raw_documents)

    def transform(self, raw_documents):
        """The numbers of the words of each text, int64, with zeros up to max_document_length."""
        for tokens in self._tokenizer(raw_documents):
            numbers = [self.vocabulary_.get(token) for token in tokens[:self.max_document_length]]
            yield np.array(numbers + [0] * (self.max_document_length - len(numbers)), np.int64)

    def reverse(self, documents):
        """The words of numbers, joined by spaces."""
        for item in documents:
            yield ' '.join(self.vocabulary_.reverse(class_id) for class_id in item)

    def save(self, filename):
        """Writes it as a pickle."""
        with gfile.Open(filename, 'wb') as file:
            file.write(pickle.dumps(self))

    @classmethod
    def restore(cls, filename):
        """What save wrote."""
        with gfile.Open(filename, 'rb') as file:
            return pickle.loads(file.read())
