"""Files from the network, and batches that are made while a model is trained."""

import hashlib
import os
import queue
import random
import shutil
import tarfile
import threading
import time
import zipfile
from urllib.error import HTTPError, URLError
from urllib.request import urlretrieve

from reflow.keras import backend_config
from reflow.keras.utils.progress import Progbar
from reflow.platform import tf_logging as logging


def _hash_file(path, algorithm='sha256', chunk_size=65535):
    use_sha256 = algorithm == 'sha256' or algorithm == 'auto' and len(str(algorithm)) == 64
    digest = hashlib.sha256() if use_sha256 else hashlib.md5()
    with open(path, 'rb') as file:
        for chunk in iter(lambda: file.read(chunk_size), b''):
            digest.update(chunk)
    return digest.hexdigest()


def validate_file(path, file_hash, algorithm='auto', chunk_size=65535):
    """Whether the file has this hash."""
    if algorithm == 'sha256' or algorithm == 'auto' and len(file_hash) == 64:
        algorithm = 'sha256'
    else:
        algorithm = 'md5'
    return str(_hash_file(path, algorithm, chunk_size)) == str(file_hash)


def get_file(fname, origin, untar=False, md5_hash=None, file_hash=None, cache_subdir='datasets', hash_algorithm='auto',
             extract=False, archive_format='auto', cache_dir=None):
    """The path of a file that is taken from `origin` unless it is there already, below ~/.keras."""
    if cache_dir is None:
        cache_dir = backend_config.keras_folder()
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, 'md5'
    base = os.path.expanduser(cache_dir)
    if not os.access(base, os.W_OK):
        base = os.path.join('/tmp', '.keras')
    folder = os.path.join(base, cache_subdir)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, fname + '.tar.gz' if untar else fname)
    if not os.path.exists(path):
        _download(origin, path)
    elif file_hash is not None and not validate_file(path, file_hash, algorithm=hash_algorithm):
        _replace(origin, path, 'A local file was found, but it seems to be incomplete or outdated because the ' +
                 hash_algorithm + ' file hash does not match the original value of ' + file_hash +
                 ' so we will re-download the data.')
    if untar:
        untarred = os.path.join(folder, fname)
        if not os.path.exists(untarred):
            _extract_archive(path, folder, archive_format='tar')
        return untarred
    if extract:
        _extract_archive(path, folder, archive_format)
    return path


def _replace(origin, path, message):
    """Downloads a file in place of one that isn't the original; where that can't be done, the one that is there stays."""
    partial = path + '.part'
    try:
        _download(origin, partial, message)
    except URLError as error:
        logging.warning('%s differs from %s, which cannot be reached (%s): it is used as it is', path, origin, error.reason)
        return
    os.replace(partial, path)


def _download(origin, path, message=None):
    bars = []

    def progress(count, block_size, total_size):
        if not bars:
            if message:
                print(message)
            print('Downloading data from', origin)
            bars.append(Progbar(None if total_size == -1 else total_size))
        bars[0].update(count * block_size)

    text = 'URL fetch failure on {}: {} -- {}'
    try:
        urlretrieve(origin, path, progress)
    except HTTPError as error:
        raise Exception(text.format(origin, error.code, error.msg)) from error
    except URLError as error:
        if message:
            raise
        raise Exception(text.format(origin, error.errno, error.reason)) from error
    except BaseException:
        if os.path.exists(path):
            os.remove(path)
        raise


def _extract_archive(path, folder, archive_format='auto'):
    if archive_format is None:
        return False
    formats = ['tar', 'zip'] if archive_format == 'auto' else [archive_format]
    for kind in formats:
        opens, is_match = (tarfile.open, tarfile.is_tarfile) if kind == 'tar' else (zipfile.ZipFile, zipfile.is_zipfile)
        if is_match(path):
            with opens(path) as archive:
                try:
                    archive.extractall(folder)
                except (tarfile.TarError, RuntimeError, KeyboardInterrupt):
                    if os.path.exists(folder):
                        (os.remove if os.path.isfile(folder) else shutil.rmtree)(folder)
                    raise
            return True
    return False


class Sequence:
    """Batches by number: __getitem__ gives one, __len__ says how many there are."""

    def __getitem__(self, index):
        raise NotImplementedError

    def __len__(self):
        raise NotImplementedError

    def on_epoch_end(self):
        """After each epoch."""

    def __iter__(self):
        for index in range(len(self)):
            yield self[index]


class SequenceEnqueuer:
    """Makes batches in threads, ahead of those who take them."""

    def __init__(self, sequence, use_multiprocessing=False):
        self.sequence = sequence
        self.use_multiprocessing = use_multiprocessing
        self.queue = None
        self._stop = None
        self._threads = []

    def is_running(self):
        """Whether batches are being made."""
        return self._stop is not None and not self._stop.is_set()

    def start(self, workers=1, max_queue_size=10):
        """Begins to make batches."""
        self.queue = queue.Queue(max_queue_size)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(self._number_of_threads(workers))]
        for thread in self._threads:
            thread.start()

    def _number_of_threads(self, workers):
        return max(1, workers)

    def stop(self, timeout=None):
        """Ends the making of batches."""
        self._stop.set()
        for thread in self._threads:
            while thread.is_alive():
                try:
                    self.queue.get_nowait()
                except queue.Empty:
                    time.sleep(0.001)
                thread.join(0.001)

    def _put(self, item):
        while not self._stop.is_set():
            try:
                self.queue.put(item, timeout=0.05)
                return True
            except queue.Full:
                continue
        return False

    def _run(self):
        raise NotImplementedError

    def get(self):
        """The batches, one after the other."""
        while self.is_running():
            kind, value = self.queue.get()
            if kind == 'error':
                self.stop()
                raise value
            if kind == 'end':
                return
            if value is not None:
                yield value


class OrderedEnqueuer(SequenceEnqueuer):
    """Batches of a Sequence, in its order, epoch after epoch."""

    def __init__(self, sequence, use_multiprocessing=False, shuffle=False):
        super().__init__(sequence, use_multiprocessing)
        self.shuffle = shuffle

    def _number_of_threads(self, workers):
        return 1

    def _run(self):
        try:
            order = list(range(len(self.sequence)))
            while not self._stop.is_set():
                if self.shuffle:
                    random.shuffle(order)
                for index in order:
                    if not self._put(('batch', self.sequence[index])):
                        return
                self.sequence.on_epoch_end()
        except Exception as error:  # the thread that takes batches raises it
            self._put(('error', error))


class GeneratorEnqueuer(SequenceEnqueuer):
    """Batches of a generator."""

    def __init__(self, sequence, use_multiprocessing=False, random_seed=None):
        super().__init__(sequence, use_multiprocessing)
        self._lock = threading.Lock()

    def _run(self):
        try:
            while not self._stop.is_set():
                with self._lock:
                    batch = next(self.sequence)
                if not self._put(('batch', batch)):
                    return
        except StopIteration:
            self._put(('end', None))
        except Exception as error:
            self._put(('error', error))


def terminate_keras_multiprocessing_pools(grace_period=0.1, use_sigkill=False):
    """Batches are made in threads, which end by themselves: there is nothing to be ended."""


for _class in (Sequence, SequenceEnqueuer, OrderedEnqueuer, GeneratorEnqueuer):
    _class.__module__ = 'tensorflow.python.keras.utils.data_utils'
