"""Writes docs/reference/*.md, a page for each module of the C++ API, from the public headers.

    tools/cpp_reference.py           writes the pages
    tools/cpp_reference.py --check   fails where a page is not what would be written
"""
import argparse
import pathlib
import re
import sys

import cpp_api

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGES = ROOT / 'docs/reference'
# Namespaces of rooms below, whose classes are only named before they are used.
ROOMS_BELOW = {'base', 'client', 'formats', 'graph', 'runtime', 'std', 'tensorflow'}
ROOMS = ('client', 'contrib', 'layers', 'saved_model', 'summary', 'train', 'transforms')


def namespaces(text):
    """[(namespace, what stands in it)] of a header, in order."""
    found = []
    for match in re.finditer(r'^namespace ([\w:]+) \{\n', text, re.M):
        end = closing(text, match.end() - 2)
        body = text[match.end():end]
        inner = r'^namespace [\w:]+ \{\n.*?^\}(?:  // namespace [\w:]+)?\n'
        found.append((match[1], re.sub(inner, '', body, flags=re.S | re.M)))
    return found


def closing(text, start):
    """Where the brace at `start` is closed."""
    depth = 0
    for i in range(start, len(text)):
        depth += {'{': 1, '}': -1}.get(text[i], 0)
        if depth == 0:
            return i
    return len(text) - 1


def without_bodies(code):
    """Declarations, without what functions do and what is private."""
    code = re.sub(r'^ ?(?:private|protected):\n.*?(?=^ ?public:|^\};)', '', code, flags=re.S | re.M)
    text, at = '', 0
    # The end of a function's head, what a constructor initialises, and where its body begins.
    head = re.compile(r'\)((?: const| noexcept| override)*)'
                      r'(?:\s*: (?:[\w:]+[({](?:[^;{}]|\{[^{};]*\})*?[)}](?:, )?)+?)? (?=\{)')
    while match := head.search(code, at):
        text += code[at:match.start()] + ')' + match[1] + ';'
        at = closing(code, match.end()) + 1
    text += code[at:]
    text = re.sub(r'^inline (?!constexpr)', '', text, flags=re.M)
    text = re.sub(r'\n+(?=\};)', '\n', text)
    return re.sub(r'\n{3,}', '\n\n', text).strip()


def heading_comment(text):
    """The comment at the top of a header, as a paragraph."""
    text = re.sub(r'\n+(?=#include)', '\n', text)
    match = re.match(r'#pragma once\n(?:\n#include [^\n]+)*\n*((?://[^\n]*\n)+)\n', text)
    return ' '.join(line[2:].strip() for line in match[1].splitlines()) if match else ''


def modules():
    """{module: [(header, its comment, declarations, names taken over from other modules)]}"""
    pages = {}
    for path in cpp_api.public_headers():
        header = str(path.relative_to(ROOT / 'src'))
        if header.split('/')[1] not in ROOMS:
            continue
        text = path.read_text()
        for namespace, body in namespaces(text):
            if namespace.removeprefix('reflow::').split('::')[0] in ROOMS_BELOW:
                continue
            taken = re.findall(r'^using ([\w:]+);$', body, re.M)
            body = re.sub(r'^using [\w:]+;\n', '', body, flags=re.M)
            module = namespace.removeprefix('reflow').removeprefix('::').replace('::', '.')
            pages.setdefault(module, []).append((header, heading_comment(text), without_bodies(body), taken))
    return pages


def page(module, sections):
    title = f'tf::{module.replace(".", "::")}' if module else 'tf'
    lines = [f'# {title}', '', 'Written by `tools/cpp_reference.py` from the headers. [All modules](index.md)', '']
    for header, comment, code, taken in sections:
        lines += [f'## {header}', '']
        if comment:
            lines += [comment, '']
        if taken:
            names = ', '.join(f'`{name.removeprefix("reflow::")}`' for name in taken)
            lines += [f'From other modules: {names}.', '']
        if code:
            lines += ['```cpp', code, '```', '']
    return '\n'.join(lines).rstrip() + '\n'


def pages():
    """{file name: text} of all pages."""
    written = {}
    index = ['# Reference of the C++ API', '', 'Written by `tools/cpp_reference.py` from the headers, which '
             '`reflow/reflow.h` includes.', '', '| module | headers |',
             '| --- | --- |']
    for module, sections in sorted(modules().items()):
        name = (module or 'tf') + '.md'
        written[name] = page(module, sections)
        title = 'tf::' + module.replace('.', '::') if module else 'tf'
        index.append(f'| [{title}]({name}) | {", ".join(sorted({header for header, *_ in sections}))} |')
    written['index.md'] = '\n'.join(index) + '\n'
    return written


def stale():
    """The files of docs/reference that are not what would be written."""
    wanted = pages()
    there = {path.name: path.read_text() for path in PAGES.glob('*.md')}
    return sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--check', action='store_true')
    if parser.parse_args().check:
        for name in stale():
            print(f'docs/reference/{name} is not up to date: run tools/cpp_reference.py', file=sys.stderr)
        return 1 if stale() else 0
    PAGES.mkdir(exist_ok=True)
    wanted = pages()
    for path in PAGES.glob('*.md'):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (PAGES / name).write_text(text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
