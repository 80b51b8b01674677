"""`python -m reflow api`: what is there of TensorFlow 1.15's public API, and what is not."""

import argparse

from reflow.names import public, table


def main(args):
    """Prints the report; the exit status is 0 unless the arguments are wrong."""
    parser = argparse.ArgumentParser(prog='python -m reflow api', description=__doc__)
    parser.add_argument('--missing', action='store_true', help='list the names that Reflow does not have yet')
    parser.add_argument('--module', metavar='NAME', help='only this public module, such as tensorflow.nn (or nn)')
    options = parser.parse_args(args)
    modules = sorted(table.public_modules())
    if options.module:
        root, _, inner = options.module.partition('.')
        wanted = inner if root in ('tensorflow', 'tf') else options.module
        modules = [module for module in modules if module == wanted]
        if not modules:
            parser.error(f'TensorFlow 1.15 has no public module {options.module}')
    _print(modules, options.missing, total=not options.module)
    return 0


def _print(modules, missing, total):
    rows = {module: _present(module) for module in modules}
    for module, present in rows.items():
        if missing:
            print(*(f'{public.public_name(module)}.{name}' for name, there in present.items() if not there),
                  sep='\n', end='\n' if not all(present.values()) else '')
        else:
            print(f'{public.public_name(module):46}{sum(present.values()):6} of {len(present):5}')
    if total and not missing:
        print(f"{'all':46}{sum(sum(each.values()) for each in rows.values()):6} of "
              f'{sum(map(len, rows.values())):5}')


def _present(module):
    """{symbol: whether Reflow has it}"""
    return {name: public.has(module, name) for name in sorted(table.symbols(module))}
