"""Texts as numbers of words."""

import collections
import hashlib
import json

import numpy as np

_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(text, filters=_FILTERS, lower=True, split=' '):
    """The words of a text."""
    if lower:
        text = text.lower()
    text = text.translate(str.maketrans({char: split for char in filters}))
    return [word for word in text.split(split) if word]


def one_hot(text, n, filters=_FILTERS, lower=True, split=' '):
    """A number below n for each word, by Python's hash function."""
    return hashing_trick(text, n, hash_function=hash, filters=filters, lower=lower, split=split)


def hashing_trick(text, n, hash_function=None, filters=_FILTERS, lower=True, split=' '):
    """A number from 1 to n - 1 for each word, by a hash function."""
    if hash_function is None:
        hash_function = hash
    elif hash_function == 'md5':
        def hash_function(word):
            return int(hashlib.md5(word.encode()).hexdigest(), 16)
    return [int(hash_function(word) % (n - 1) + 1) for word in text_to_word_sequence(text, filters, lower, split)]


class Tokenizer:
    """Numbers of words by their frequency."""

    def __init__(self, num_words=None, filters=_FILTERS, lower=True, split=' ', char_level=False, oov_token=None,
                 document_count=0, **kwargs):
        if 'nb_words' in kwargs:
            num_words = kwargs.pop('nb_words')
        if kwargs:
            raise TypeError('Unrecognized keyword arguments: ' + str(kwargs))
        self.word_counts = collections.OrderedDict()
        self.word_docs = collections.defaultdict(int)
        self.filters = filters
        self.split = split
        self.lower = lower
        self.num_words = num_words
        self.document_count = document_count
        self.char_level = char_level
        self.oov_token = oov_token
        self.index_docs = collections.defaultdict(int)
        self.word_index = {}
        self.index_word = {}

    def _words(self, text):
        if self.char_level or isinstance(text, list):
            if self.lower:
                return [each.lower() for each in text] if isinstance(text, list) else text.lower()
            return text
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts):
        """Counts the words of texts."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in set(words):
                self.word_docs[word] += 1
        by_count = sorted(self.word_counts.items(), key=lambda item: item[1], reverse=True)
        vocabulary = ([] if self.oov_token is None else [self.oov_token]) + [word for word, _ in by_count]
        self.word_index = dict(zip(vocabulary, range(1, len(vocabulary) + 1)))
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences):
        """Counts the numbers of sequences."""
        self.document_count += len(sequences)
        for sequence in sequences:
            for number in set(sequence):
                self.index_docs[number] += 1

    def texts_to_sequences(self, texts):
        """The numbers of the words of each text."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts):
        """The numbers of the words of one text after the other."""
        unknown = self.word_index.get(self.oov_token)
        for text in texts:
            numbers = []
            for word in self._words(text):
                number = self.word_index.get(word)
                if number is not None and not (self.num_words and number >= self.num_words):
                    numbers.append(number)
                elif unknown is not None:
                    numbers.append(unknown)
            yield numbers

    def sequences_to_texts(self, sequences):
        """The words of each sequence."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences):
        """The words of one sequence after the other."""
        unknown = self.word_index.get(self.oov_token)
        for sequence in sequences:
            words = []
            for number in sequence:
                word = self.index_word.get(number)
                if word is not None and not (self.num_words and number >= self.num_words):
                    words.append(word)
                elif unknown is not None:
                    words.append(self.index_word[unknown])
            yield ' '.join(words)

    def texts_to_matrix(self, texts, mode='binary'):
        """A row for each text."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode=mode)

    def sequences_to_matrix(self, sequences, mode='binary'):
        """A row for each sequence: which words it has, how often, or how they tell it from others."""
        if not self.num_words:
            if not self.word_index:
                raise ValueError('Specify a dimension (`num_words` argument), or fit on some text data first.')
            num_words = len(self.word_index) + 1
        else:
            num_words = self.num_words
        if mode == 'tfidf' and not self.document_count:
            raise ValueError('Fit the Tokenizer on some data before using tfidf mode.')
        x = np.zeros((len(sequences), num_words))
        for i, sequence in enumerate(sequences):
            for number, count in collections.Counter(each for each in sequence if each < num_words).items():
                if mode == 'count':
                    x[i][number] = count
                elif mode == 'freq':
                    x[i][number] = count / len(sequence)
                elif mode == 'binary':
                    x[i][number] = 1
                elif mode == 'tfidf':
                    x[i][number] = (1 + np.log(count)) * np.log(
                        1 + self.document_count / (1 + self.index_docs.get(number, 0)))
                else:
                    raise ValueError('Unknown vectorization mode:', mode)
        return x

    def get_config(self):
        """The arguments and what was counted."""
        return {'num_words': self.num_words, 'filters': self.filters, 'lower': self.lower, 'split': self.split,
                'char_level': self.char_level, 'oov_token': self.oov_token, 'document_count': self.document_count,
                'word_counts': json.dumps(self.word_counts), 'word_docs': json.dumps(self.word_docs),
                'index_docs': json.dumps(self.index_docs), 'index_word': json.dumps(self.index_word),
                'word_index': json.dumps(self.word_index)}

    def to_json(self, **kwargs):
        """The configuration as JSON."""
        return json.dumps({'class_name': type(self).__name__, 'config': self.get_config()}, **kwargs)


def tokenizer_from_json(json_string):
    """The Tokenizer of what to_json gives."""
    config = json.loads(json_string)['config']
    values = {name: json.loads(config.pop(name)) for name in ('word_counts', 'word_docs', 'index_docs', 'index_word',
                                                              'word_index')}
    tokenizer = Tokenizer(**config)
    for name in ('index_docs', 'index_word'):
        values[name] = {int(key): value for key, value in values[name].items()}
    for name, value in values.items():
        setattr(tokenizer, name, value)
    return tokenizer


Tokenizer.__module__ = 'tensorflow.python.keras.preprocessing.text'
