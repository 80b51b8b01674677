"""Files of records: `tf.python_io`."""
from reflow import _core
from reflow.util import compat
from reflow.util.deprecation import deprecated

_ZLIB_OPTIONS = ('flush_mode', 'input_buffer_size', 'output_buffer_size', 'window_bits', 'compression_level',
                 'compression_method', 'mem_level', 'compression_strategy')


class TFRecordCompressionType:
    """How the records of a file are compressed."""
    NONE = 0
    ZLIB = 1
    GZIP = 2


class TFRecordOptions:
    """How the records of a file are compressed, and with which of zlib's options; None leaves one at its default."""
    compression_type_map = {
        TFRecordCompressionType.ZLIB: 'ZLIB',
        TFRecordCompressionType.GZIP: 'GZIP',
        TFRecordCompressionType.NONE: '',
    }

    def __init__(self, compression_type=None, flush_mode=None, input_buffer_size=None, output_buffer_size=None,
                 window_bits=None, compression_level=None, compression_method=None, mem_level=None,
                 compression_strategy=None):
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        values = (flush_mode, input_buffer_size, output_buffer_size, window_bits, compression_level, compression_method,
                  mem_level, compression_strategy)
        vars(self).update(zip(_ZLIB_OPTIONS, values))

    @classmethod
    def get_compression_type_string(cls, options):
        """'GZIP', 'ZLIB' or '' for options, a TFRecordCompressionType or such a string. ValueError: it is none of them."""
        if not options:
            return ''
        if isinstance(options, TFRecordOptions):
            return cls.get_compression_type_string(options.compression_type)
        if options in TFRecordOptions.compression_type_map:
            return cls.compression_type_map[options]
        if options in TFRecordOptions.compression_type_map.values():
            return options
        raise ValueError('Not a valid compression_type: "{}"'.format(options))

    def _zlib_options(self):
        return {name: getattr(self, name) for name in _ZLIB_OPTIONS if getattr(self, name) is not None}


@deprecated(None, 'Use eager execution and: \n`tf.data.TFRecordDataset(path)`')
def tf_record_iterator(path, options=None):
    """Yields the records of a file, as bytes. DataLossError: the file is damaged."""
    reader = _core.open_record_reader(compat.as_str(path), TFRecordOptions.get_compression_type_string(options))
    while (record := reader.next()) is not None:
        yield record


class TFRecordWriter:
    """Writes records, bytes, to a file, and closes it at the end of a `with` block."""

    def __init__(self, path, options=None):
        if not isinstance(options, TFRecordOptions):
            options = TFRecordOptions(compression_type=options)
        compression = TFRecordOptions.get_compression_type_string(options.compression_type)
        self._writer = _core.open_record_writer(compat.as_str(path), compression, options._zlib_options())

    def __enter__(self):
        return self

    def __exit__(self, unused_type, unused_value, unused_traceback):
        self.close()

    def write(self, record):
        """Writes one record."""
        self._writer.write(record)

    def flush(self):
        """Hands what was written to the operating system; of a compressed file only what zlib has given out."""
        self._writer.flush()

    def close(self):
        """Closes the file."""
        self._writer.close()
