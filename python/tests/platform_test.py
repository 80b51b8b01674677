"""tf.logging, tf.flags, tf.app, tf.resource_loader, tf.sysconfig, tf.version."""
import re
import subprocess
import sys

import reflow.tensorflow as tf

PROGRAM = '''
import tensorflow as tf
flags = tf.app.flags
FLAGS = flags.FLAGS
flags.DEFINE_string('data_dir', '/tmp', 'where it is')
flags.DEFINE_integer('steps', 10, 'how many steps')
tf.flags.DEFINE_boolean('fake', default_value=False, docstring='a bool')

def main(argv):
    print(argv[1:], FLAGS.data_dir, FLAGS.steps, FLAGS.fake)
    return 3

if __name__ == '__main__':
    tf.app.run()
'''


def run(program, *args):
    done = subprocess.run([sys.executable, '-m', 'reflow', '-c', program, *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_logging_writes_what_tensorflow_writes():
    status, out, err = run('''
import tensorflow as tf
log = tf.logging
log.info('dropped')
log.warn('warned %d', 3)
log.set_verbosity(log.INFO)
log.info('told %s', 'a')
log.debug('dropped')
log.error('failed')
log.fatal('died')
log.log(log.WARN, 'logged')
log.vlog(1, 'dropped')
log.TaskLevelStatusMessage('task')
log.log_if(log.INFO, 'if', 1 > 0)
log.log_if(log.INFO, 'dropped', 1 < 0)
print(log.get_verbosity(), log.DEBUG, log.INFO, log.WARN, log.ERROR, log.FATAL)
''')
    assert (status, out) == (0, '20 10 20 30 40 50\n')
    assert err.splitlines() == ['WARNING:tensorflow:warned 3', 'INFO:tensorflow:told a', 'ERROR:tensorflow:failed',
                                'CRITICAL:tensorflow:died', 'WARNING:tensorflow:logged', 'ERROR:tensorflow:task',
                                'INFO:tensorflow:if']


def test_logging_now_and_then():
    program = '''
import tensorflow as tf
for i in range(5):
    tf.logging.log_every_n(tf.logging.ERROR, 'every %d', 2, i)
for i in range(5):
    tf.logging.log_first_n(tf.logging.ERROR, 'first %d', 2, i)
'''
    assert [line.rpartition(':')[2] for line in run(program)[2].splitlines()] == [
        'every 0', 'every 2', 'every 4', 'first 0', 'first 1']


def test_logging_leaves_the_output_to_a_root_logger_that_is_set_up():
    program = '''
import logging
logging.basicConfig(format='%(filename)s:%(lineno)d %(message)s')
import tensorflow as tf
tf.logging.warn('here')
'''
    assert run(program)[2] == '<string>:5 here\n'


def test_app_run_parses_flags_and_exits_with_the_result_of_main():
    assert run(PROGRAM)[:2] == (3, '[] /tmp 10 False\n')
    assert run(PROGRAM, '--steps=3', '--fake', 'x', '--data_dir', 'd')[1] == "['x'] d 3 True\n"


def test_logging_within_app_run_writes_for_both_of_its_handlers():
    program = PROGRAM.replace('    print(', '    tf.logging.warn("warned")\n    print(')
    lines = run(program)[2].splitlines()
    assert lines[-2] == 'WARNING:tensorflow:warned'
    assert re.fullmatch(r'W\d{4} .*<string>:\d+\] warned', lines[-1])


def test_unknown_flags_are_left_to_main():
    assert run(PROGRAM, '--unknown=1', 'y')[1] == "['--unknown=1', 'y'] /tmp 10 False\n"


def test_values_that_are_no_values_are_an_error():
    status, _, err = run(PROGRAM, '--steps=abc')
    assert status == 1
    assert "flag --steps=abc: invalid literal for int() with base 10: 'abc'" in err


def test_reading_a_flag_parses_the_command_line():
    program = PROGRAM.partition('def main')[0] + 'print(FLAGS.is_parsed(), FLAGS.steps, FLAGS.is_parsed(), len(FLAGS) > 2)'
    assert run(program, '--steps=5')[1] == 'False 5 True True\n'


def test_older_names_of_arguments_are_warned_of():
    assert re.search('WARNING:tensorflow:Use of the keyword argument names .flag_name, default_value, docstring. is',
                     run(PROGRAM)[2])


def test_resource_loader_knows_the_folder_of_its_caller():
    import os
    here = os.path.dirname(__file__)
    assert tf.resource_loader.get_data_files_path() == here
    assert tf.resource_loader.get_root_dir_with_all_resources() == here
    assert tf.resource_loader.get_path_to_datafile('a/b') == os.path.join(here, 'a/b')
    assert b'Reflow' in tf.resource_loader.load_resource('__init__.py')


def test_versions():
    assert (tf.__version__, tf.VERSION, tf.version.GRAPH_DEF_VERSION) == ('1.15.5', '1.15.5', 134)
    assert tf.compat.v1.version is tf.version


def test_sysconfig_names_folders_of_the_package():
    assert tf.sysconfig.get_include().startswith(tf.sysconfig.get_lib())
    assert tf.sysconfig.get_link_flags()[0] == '-L' + tf.sysconfig.get_lib()
