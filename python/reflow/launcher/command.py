"""The command line of `python -m reflow`."""

import sys

USAGE = """\
usage: python -m reflow PROGRAM.py [ARG]...      run a program: its `import tensorflow` gives Reflow
       python -m reflow -m MODULE [ARG]...       run a module
       python -m reflow -c CODE [ARG]...         run the code
       python -m reflow api [--missing] [--module NAME]
                                                 what Reflow has of TensorFlow 1.15's API, and what it does not have
       python -m reflow --version
"""


def main():
    """Does what sys.argv says; the program then sees the arguments that are its own."""
    args = sys.argv[1:]
    if not args or args[0] in ('-h', '--help'):
        sys.stdout.write(USAGE)
    elif args[0] == '--version':
        import reflow
        print('Reflow', reflow.__version__)
    elif args[0] == 'api':
        from reflow.names import report
        sys.exit(report.main(args[1:]))
    else:
        from reflow.launcher import program
        if args[0] in ('-m', '-c'):
            if len(args) == 1:
                _fail(f'Argument expected for the {args[0]} option')
            run = program.run_module if args[0] == '-m' else program.run_code
            run(args[1], args[2:])
        elif args[0].startswith('-'):
            _fail(f'unknown option {args[0]}')
        else:
            program.run_file(args[0], args[1:])


def _fail(message):
    sys.stderr.write(f'reflow: {message}\n{USAGE}')
    sys.exit(2)
