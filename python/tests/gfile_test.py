"""tf.gfile and tf.io.gfile. What is expected here is what TensorFlow 1.15.5 answered."""
import pytest

import reflow.tensorflow as tf
from reflow.lib.io import file_io

gfile = tf.gfile


@pytest.fixture
def folder(tmp_path):
    (tmp_path / 'text').write_bytes(b'hello\nworld\n\nend')
    (tmp_path / 'crlf').write_bytes(b'a\r\nb\rc\nd')
    (tmp_path / 'utf8').write_bytes('h\u00e9llo\n'.encode())
    (tmp_path / 'inner' / 'deep').mkdir(parents=True)
    (tmp_path / 'inner' / 'file').write_text('x')
    return str(tmp_path)


def error_of(function, *args, **kwargs):
    with pytest.raises(tf.errors.OpError) as info:
        function(*args, **kwargs)
    return type(info.value).__name__, str(info.value)


def test_reading(folder):
    with gfile.GFile(folder + '/text') as file:
        assert (file.readline(), file.tell(), file.read(3), file.tell()) == ('hello\n', 6, 'wor', 9)
        assert file.seek(0) is None
        assert (file.read(), file.read(), file.readline(), file.size()) == ('hello\nworld\n\nend', '', '', 16)
    assert gfile.GFile(folder + '/text', 'rb').read(5) == b'hello'
    assert list(gfile.FastGFile(folder + '/text')) == ['hello\n', 'world\n', '\n', 'end']
    assert gfile.Open(folder + '/utf8').read(3) == 'h\u00e9'


def test_lines_lose_carriage_returns_and_read_keeps_them(folder):
    assert gfile.GFile(folder + '/crlf').readlines() == ['a\n', 'bc\n', 'd']
    assert gfile.GFile(folder + '/crlf').read() == 'a\r\nb\rc\nd'


def test_seek(folder):
    file = gfile.GFile(folder + '/text')
    file.seek(-3, 2)
    assert (file.tell(), file.read()) == (13, 'end')
    assert error_of(file.seek, 1, 5) == ('InvalidArgumentError', 'Invalid whence argument: 5. Valid values are 0, 1, or 2.')
    assert error_of(file.seek, 100) == ('OutOfRangeError', 'reached end of file')
    with pytest.raises(TypeError, match='offset argument required'):
        file.seek()
    with pytest.raises(TypeError, match='offset and position may not be set simultaneously'):
        file.seek(1, position=3)


def test_writing(folder):
    with gfile.GFile(folder + '/new', 'w') as file:
        file.write('text')
        file.write(b'\xff')
        assert file.tell() == 5
    with gfile.GFile(folder + '/new', 'ab') as file:
        file.write('more')
    assert gfile.GFile(folder + '/new', 'rb').read() == b'text\xffmore'


def test_update_mode_reads_and_then_overwrites(folder):
    file = gfile.GFile(folder + '/text', 'r+')
    assert file.read(3) == 'hel'
    file.write('ZZ')
    file.close()
    assert file.read() == 'ZZ'


def test_nothing_is_opened_before_it_is_used(folder):
    with gfile.GFile(folder + '/never', 'w'):
        pass
    assert not gfile.Exists(folder + '/never')
    gfile.GFile(folder + '/never', 'r')


@pytest.mark.parametrize('mode', ['rt', 'x', 'q', ''])
def test_modes_that_do_not_exist(folder, mode):
    assert error_of(gfile.GFile, folder + '/text', mode) == (
        'InvalidArgumentError', "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")


def test_errors_of_files(folder):
    assert error_of(gfile.GFile(folder + '/none').read) == (
        'NotFoundError', folder + '/none; No such file or directory')
    assert error_of(gfile.GFile(folder + '/text').write, 'x') == ('PermissionDeniedError', "File isn't open for writing")
    assert error_of(gfile.GFile(folder + '/text', 'a').read) == ('PermissionDeniedError', "File isn't open for reading")
    assert error_of(gfile.GFile(folder + '/no/f', 'w').write, 'x') == (
        'NotFoundError', folder + '/no/f; No such file or directory')
    assert error_of(gfile.GFile(folder, 'r').read) == ('FailedPreconditionError', folder + '; Is a directory')
    assert error_of(gfile.GFile('foo://bar').read) == (
        'UnimplementedError', "File system scheme 'foo' not implemented (file: 'foo://bar')")


def test_folders(folder):
    gfile.MakeDirs(folder + '/p/q')
    gfile.MakeDirs(folder + '/p/q')
    gfile.MkDir(folder + '/m')
    gfile.MkDir(folder + '/m')
    assert gfile.IsDirectory(folder + '/p/q') and not gfile.IsDirectory(folder + '/text')
    assert sorted(gfile.ListDirectory(folder)) == ['crlf', 'inner', 'm', 'p', 'text', 'utf8']
    assert error_of(gfile.MkDir, folder + '/x/y') == ('NotFoundError', folder + '/x/y; No such file or directory')
    assert error_of(gfile.ListDirectory, folder + '/text') == (
        'NotFoundError', 'Could not find directory ' + folder + '/text')
    gfile.DeleteRecursively(folder + '/p')
    assert not gfile.Exists(folder + '/p')
    assert error_of(gfile.DeleteRecursively, folder + '/p') == ('NotFoundError', folder + '/p not found')
    assert error_of(gfile.DeleteRecursively, folder + '/text') == (
        'FailedPreconditionError', folder + '/text; Not a directory')


def test_copy_rename_remove(folder):
    gfile.Copy(folder + '/text', folder + '/copy')
    assert file_io.filecmp(folder + '/text', folder + '/copy')
    assert error_of(gfile.Copy, folder + '/utf8', folder + '/copy') == ('AlreadyExistsError', 'file already exists')
    gfile.Copy(folder + '/utf8', folder + '/copy', overwrite=True)
    assert error_of(gfile.Rename, folder + '/copy', folder + '/text') == ('AlreadyExistsError', 'file already exists')
    gfile.Rename(folder + '/copy', folder + '/text', overwrite=True)
    assert gfile.GFile(folder + '/text').read() == 'h\u00e9llo\n'
    gfile.Remove(folder + '/text')
    assert error_of(gfile.Remove, folder + '/text') == ('NotFoundError', folder + '/text; No such file or directory')
    assert error_of(gfile.Remove, folder + '/inner') == ('FailedPreconditionError', folder + '/inner; Is a directory')


@pytest.mark.parametrize('pattern, names', [
    ('*', ['crlf', 'inner', 'text', 'utf8']), ('?e*', ['text']), ('[a-c]*', ['crlf']), ('[!a-c]*', ['inner', 'text', 'utf8']),
    ('[^a-c]*', ['inner', 'text', 'utf8']), ('*/*', ['inner/deep', 'inner/file']), ('t\\ext', ['text']), ('none*', []),
    ('*/none/*', []), ('text', ['text']), ('inner/', [])])
def test_glob(folder, pattern, names):
    assert sorted(gfile.Glob(folder + '/' + pattern)) == [folder + '/' + name for name in names]


def test_glob_of_lists_relative_paths_and_folders_that_are_not_there(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert gfile.Glob(['t*', 'inner/f*']) == ['./text', 'inner/file']
    assert gfile.Glob('file://' + folder + '/t*') == ['file://' + folder + '/text']
    assert error_of(gfile.Glob, folder + '/none/*') == ('NotFoundError', folder + '/none; No such file or directory')


def test_stat(folder):
    status = gfile.Stat(folder + '/text')
    assert (status.length, status.is_directory, status.mtime_nsec > 10**18) == (16, False, True)
    assert gfile.Stat(folder).is_directory
    assert error_of(gfile.Stat, folder + '/none')[0] == 'NotFoundError'


def test_walk(folder):
    inner = [(folder + '/inner', ['deep'], ['file'])]
    walked = [(top, sorted(folders), sorted(files)) for top, folders, files in gfile.Walk(folder)]
    assert walked == [(folder, ['inner'], ['crlf', 'text', 'utf8']), *inner, (folder + '/inner/deep', [], [])]
    assert [top for top, _, _ in gfile.Walk(folder, in_order=False)] == [
        folder + '/inner/deep', folder + '/inner', folder]
    errors = []
    assert list(tf.io.gfile.walk(folder + '/none', onerror=errors.append)) == []
    assert isinstance(errors[0], tf.errors.NotFoundError)


def test_functions_of_file_io(folder):
    file_io.atomic_write_string_to_file(folder + '/atomic', 'content')
    assert file_io.read_file_to_string(folder + '/atomic') == 'content'
    assert file_io.read_file_to_string(folder + '/utf8', binary_mode=True) == b'h\xc3\xa9llo\n'
    assert error_of(file_io.atomic_write_string_to_file, folder + '/atomic', 'other', overwrite=False) == (
        'AlreadyExistsError', 'file already exists')
    assert sorted(gfile.ListDirectory(folder)) == ['atomic', 'crlf', 'inner', 'text', 'utf8']
