"""`make install`: a project outside the tree finds, builds with and runs what it installs; so does the Python package.

The build of make lies in build/release; what is installed from it goes to build/installed, always there, so that ccache
knows the sample the second time.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / 'build/release'
SAMPLE = ROOT / 'tests/install/sample'
ENVIRONMENT = {**os.environ, 'CMAKE_CXX_COMPILER_LAUNCHER': 'ccache' if shutil.which('ccache') else ''}

pytestmark = pytest.mark.skipif(not (BUILD / 'bin/reflow').exists(), reason='only a whole build can be installed')


def run(*command, **kwargs):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **kwargs)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope='module')
def prefix():
    folder = ROOT / 'build/installed'
    shutil.rmtree(folder, ignore_errors=True)
    run('cmake', '--install', BUILD, '--prefix', folder, '--strip')
    return folder


def check_sample(program, environment=None):
    slope, error = run(program, env=environment).splitlines()[:2]
    assert slope == 'slope 3.000'
    assert error.startswith("You must feed a value for placeholder tensor 'x' with dtype float")


def test_find_package(prefix, tmp_path):
    run('cmake', '-S', SAMPLE, '-B', tmp_path, f'-DCMAKE_PREFIX_PATH={prefix}', env=ENVIRONMENT)
    run('cmake', '--build', tmp_path)
    check_sample(tmp_path / 'sample')


def test_pkg_config(prefix, tmp_path):
    environment = {**os.environ, 'PKG_CONFIG_PATH': str(prefix / 'lib/pkgconfig'), 'LD_LIBRARY_PATH': str(prefix / 'lib')}
    flags = run('pkg-config', '--cflags', '--libs', 'reflow', env=environment).split()
    compiler = [*filter(None, [ENVIRONMENT['CMAKE_CXX_COMPILER_LAUNCHER']]), os.environ.get('CXX', 'c++')]
    compile_flags = [flag for flag in flags if flag.startswith('-I')]
    run(*compiler, '-std=c++20', '-c', SAMPLE / 'sample.cc', *compile_flags, '-o', tmp_path / 'sample.o')
    run(compiler[-1], tmp_path / 'sample.o', *flags, '-o', tmp_path / 'sample')
    check_sample(tmp_path / 'sample', environment)


def test_the_c_interface(prefix, tmp_path):
    environment = {**os.environ, 'PKG_CONFIG_PATH': str(prefix / 'lib/pkgconfig'), 'LD_LIBRARY_PATH': str(prefix / 'lib')}
    program = re.search(r'```c\n(.*?)```', (ROOT / 'docs/c_api.md').read_text(), re.S)[1]
    (tmp_path / 'program.c').write_text(program)
    flags = run('pkg-config', '--cflags', '--libs', 'tensorflow', env=environment).split()
    run('cc', '-std=c99', '-Wall', '-Werror', tmp_path / 'program.c', *flags, '-ltensorflow_framework', '-o', tmp_path / 'program')
    assert run(tmp_path / 'program', env=environment) == '9\n'
    assert (prefix / 'lib/libtensorflow.so.1').is_symlink()


def test_headers_need_the_standard_library_and_each_other_only(prefix):
    include = prefix / 'include'
    headers = list(include.rglob('*.h'))
    assert include / 'reflow/reflow.h' in headers
    for header in headers:
        text = header.read_text()
        assert [name for name in re.findall(r'#include "(.*)"', text) if not (include / name).exists()] == [], header
        standard = r'std\w+\.h' if header.is_relative_to(include / 'tensorflow') else '[a-z_]+'
        assert [name for name in re.findall(r'#include <(.*)>', text) if not re.fullmatch(standard, name)] == [], header


def test_nothing_knows_where_it_was_built(prefix):
    files = [path for path in prefix.rglob('*') if path.is_file()]
    assert [path for path in files if str(ROOT).encode() in path.read_bytes()] == []


def test_the_command_line_runs_from_where_it_is_installed(prefix):
    assert run(prefix / 'bin/reflow', 'version').startswith('reflow ')


@pytest.mark.skipif(not list((BUILD / 'python/reflow').glob('_core*')), reason='the build has no extension')
def test_the_package_loads_the_library_beside_it(tmp_path):
    run('cmake', '--install', BUILD, '--prefix', tmp_path, '--component', 'python', '--strip')
    shutil.copytree(ROOT / 'python/reflow', tmp_path / 'reflow', dirs_exist_ok=True)
    assert (tmp_path / 'reflow/include/reflow/reflow.h').exists()
    program = '''
import reflow.tensorflow as tf
print(tf.Session().run(tf.constant(1) + 2), tf.GraphDef().node)
print(*{line.split()[-1] for line in open('/proc/self/maps') if 'libreflow' in line})
'''
    assert run(sys.executable, '-c', program, env={**os.environ, 'PYTHONPATH': str(tmp_path)}).split('\n') == [
        '3 []', str(tmp_path / 'reflow/libreflow.so'), '']


CLASH = '#include <stdlib.h>\nvoid %s(void) { abort(); }\n'


@pytest.mark.skipif(not list((BUILD / 'python/reflow').glob('_core*')), reason='the build has no extension')
def test_another_protobuf_of_the_process_is_not_called(tmp_path):
    """TensorFlow gives its libraries to the whole process, and its protobuf is not the engine's."""
    function = '_ZN6google8protobuf8internal20AddDescriptorsRunnerC1EPKNS1_15DescriptorTableE'
    (tmp_path / 'clash.c').write_text(CLASH % function)
    run('cc', '-shared', '-fPIC', tmp_path / 'clash.c', '-o', tmp_path / 'libclash.so')
    program = f'''
import ctypes
ctypes.CDLL({str(tmp_path / 'libclash.so')!r}, ctypes.RTLD_GLOBAL)
import reflow.tensorflow as tf
print(tf.Session().run(tf.constant(1) + 2))
'''
    assert run(sys.executable, '-c', program, env={**os.environ, 'PYTHONPATH': str(BUILD / 'python')}) == '3\n'
