"""What of TensorFlow 1.15's public Python API the C++ headers have, by module.

    tools/cpp_api.py             counts for each module
    tools/cpp_api.py --missing   the symbols that are not there: what tests/data/cpp_api_missing.txt has to say
"""
import argparse
import gzip
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
API = ROOT / 'tests/data/tf-1.15/api.txt.gz'
# What contrib.framework exports isn't in the golden files: its functions of variables and of arg_scope.
CONTRIB_FRAMEWORK = """
    add_arg_scope add_model_variable arg_scope arg_scoped_arguments assert_global_step assert_or_get_global_step
    assert_scalar_int assign_from_checkpoint assign_from_checkpoint_fn assign_from_values assign_from_values_fn
    create_global_step current_arg_scope filter_variables get_global_step get_graph_from_inputs get_local_variables
    get_model_variables get_name_scope get_or_create_global_step get_placeholders get_trainable_variables
    get_unique_variable get_variable_full_name get_variables get_variables_by_name get_variables_by_suffix
    get_variables_to_restore global_variable has_arg_scope init_from_checkpoint list_variables load_checkpoint
    load_variable local_variable model_variable prepend_name_scope reduce_sum_n remove_squeezable_dimensions
    smart_case smart_cond smart_constant_value strip_name_scope variable with_same_shape with_shape zero_initializer
""".split()
MODULES = ['', 'bitwise', 'contrib.framework', 'debugging', 'dtypes', 'image', 'initializers', 'io', 'linalg', 'losses',
           'lookup', 'math', 'metrics', 'nn', 'nn.rnn_cell', 'quantization', 'queue', 'random', 'sets', 'signal',
           'sparse', 'strings', 'train']
# Names that C++ keeps for itself have an underscore behind them.
KEYWORDS = {'bool', 'case', 'double', 'float', 'int', 'switch', 'union'}
# Comments, directives, literals.
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*|'
                     r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S | re.M)
HEADS = re.compile(r'#include "(reflow/[^"]+)"')


def python_symbols():
    """{module: its functions, classes and constants}, modules without 'tensorflow.'."""
    symbols, module = {}, None
    for line in gzip.decompress(API.read_bytes()).decode().splitlines():
        if not line.startswith('  '):
            kind, path = line.split()
            module = path.removeprefix('tensorflow').removeprefix('.') if kind == 'module' else None
            if module in MODULES:
                symbols[module] = set()
        elif module in MODULES:
            name, _, what = line[2:].partition(' ')
            if name != 'is' and what != "<type 'module'>":
                symbols[module].add(name)
    symbols['contrib.framework'] = set(CONTRIB_FRAMEWORK)
    return symbols


def public_headers(root=ROOT / 'src'):
    """reflow/reflow.h and all that it includes."""
    found, waiting = [], ['reflow/reflow.h']
    while waiting:
        name = waiting.pop()
        if name not in found and (root / name).exists():
            found.append(name)
            waiting += HEADS.findall((root / name).read_text())
    return [root / name for name in sorted(found)]


def without_comments(text):
    """C++ text of which comments, literals and directives are gone."""
    return NO_CODE.sub(' ', text)


def name_declared(declaration):
    """The name that one declaration of a namespace brings in; None: none."""
    text = ' '.join(declaration.split())
    while match := re.match(r'template <', text):
        depth, end = 1, match.end()
        while depth and end < len(text):
            depth += {'<': 1, '>': -1}.get(text[end], 0)
            end += 1
        text = text[end:].strip()
        text = re.sub(r'^requires \w+(::\w+)*(<[^()]*?>)?\s*(?=\w)', '', text) if text.startswith('requires') else text
    if match := re.match(r'using ([\w:]+)(?: =|$)', text):
        return match[1].split('::')[-1]
    if match := re.match(r'(?:class|struct|union|enum(?: class| struct)?)(?: \[\[\w+\]\])? (\w+)(?!.*\()', text):
        return match[1]
    if match := re.match(r'concept (\w+)', text):
        return match[1]
    if '(' in text.split('=')[0] or '{' in text:
        match = re.search(r'(\w+) ?\(', text.split('=')[0])
        if match:
            return match[1]
    match = re.match(r'(?:inline |static |constexpr |const |extern )*[\w:<>, *&]+?(\w+)(?: ?\{.*| =.*|\[\].*)?$', text)
    return match[1] if match else None


def names_declared(declaration):
    """The names that one declaration of a namespace brings in: several of `constexpr T a = .., b = ..`."""
    text = ' '.join(declaration.split())
    if match := re.match(r'inline constexpr [\w:]+ (.*)', text):
        return [re.match(r'\s*\**(\w+)', part)[1] for part in re.sub(r'\{[^}]*\}', '', match[1]).split(',')]
    name = name_declared(declaration)
    return [name] if name else []


def declared(text):
    """{(namespace, name)} of what a header declares in namespaces."""
    names, scopes, start, i = set(), [], 0, 0
    text = without_comments(text)
    while i < len(text):
        if text[i] == '{':
            head = ' '.join(text[start:i].split())
            if match := re.match(r'(?:inline )?namespace ([\w:]+)?$', head):
                scopes.append(match[1] or '(anonymous)')
                start = i + 1
            else:
                depth, i = 1, i + 1
                while depth and i < len(text):
                    depth += {'{': 1, '}': -1}.get(text[i], 0)
                    i += 1
                i -= 1
                # The end of a function; of a class or an initialiser ';' is.
                rest = text[i + 1:].lstrip()
                if not rest.startswith((';', ',', ')')) and re.search(r'\)[\w\s:&<>-]*(?:: .*)?$', head):
                    names |= {('::'.join(scopes), name) for name in names_declared(head)}
                    start = i + 1
        elif text[i] == '}' and scopes:
            scopes.pop()
            start = i + 1
        elif text[i] == ';':
            declaration = re.sub(r'\{.*\}', '{}', text[start:i], flags=re.S)
            names |= {('::'.join(scopes), name) for name in names_declared(declaration)}
            start = i + 1
        i += 1
    return names


def cpp_symbols(root=ROOT / 'src'):
    names = set()
    for header in public_headers(root):
        names |= declared(header.read_text())
    return names


def cpp_name(module, name):
    """Where C++ has a symbol of Python: ('reflow::math', 'add')."""
    return '::'.join(['reflow', *filter(None, module.split('.'))]), name + '_' * (name in KEYWORDS)


def compare():
    """{module: (there, missing)}, each a sorted list of names."""
    have = cpp_symbols()
    table = {}
    for module, names in python_symbols().items():
        there = sorted(name for name in names if cpp_name(module, name) in have)
        table[module] = there, sorted(names - set(there))
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--missing', action='store_true', help='print the symbols that are not there')
    arguments = parser.parse_args()
    table = compare()
    for module in sorted(table):
        there, missing = table[module]
        path = '.'.join(filter(None, ['tf', module]))
        if arguments.missing:
            for name in missing:
                print(f'{path}.{name}')
        else:
            print(f'{path:24}{len(there):4} of {len(there) + len(missing)}')
    if not arguments.missing:
        there = sum(len(names) for names, _ in table.values())
        print(f'{"all":24}{there:4} of {there + sum(len(names) for _, names in table.values())}')


if __name__ == '__main__':
    main()
