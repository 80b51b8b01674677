"""Docstrings with a notice of deprecation after their first line."""


def of_deprecated_function(doc, date, instructions):
    return with_notice(
        doc, instructions, 'DEPRECATED FUNCTION', '(deprecated)',
        ['THIS FUNCTION IS DEPRECATED. It will be removed %s.' % _when(date), 'Instructions for updating:'])


def of_deprecated_class(doc, instructions):
    return with_notice(doc, instructions, 'DEPRECATED CLASS', '(deprecated)',
                        ['THIS CLASS IS DEPRECATED. It will be removed in a future version. '])


def of_deprecated_arguments(doc, date, instructions, names):
    return with_notice(
        doc, instructions, 'DEPRECATED FUNCTION ARGUMENTS', '(deprecated arguments)',
        ['SOME ARGUMENTS ARE DEPRECATED: `(%s)`. They will be removed %s.' % (', '.join(sorted(names)), _when(date)),
         'Instructions for updating:'])


def of_deprecated_values(doc, date, instructions, values):
    listed = ', '.join('%s=%r' % item for item in sorted(values.items()))
    return with_notice(
        doc, instructions, 'DEPRECATED FUNCTION ARGUMENT VALUES', '(deprecated argument values)',
        ['SOME ARGUMENT VALUES ARE DEPRECATED: `(%s)`. They will be removed %s.' % (listed, _when(date)),
         'Instructions for updating:'])


def _when(date):
    return 'in a future version' if date is None else 'after %s' % date


def with_notice(doc, instructions, empty_doc, suffix, notice):
    lines = _without_indentation(doc).splitlines() if doc else [empty_doc]
    if doc:
        lines[0] += ' ' + suffix
    notice = ['', 'Warning: ' + notice[0], *notice[1:], instructions]
    if len(lines) > 1 and lines[1].strip():
        notice.append('')
    return '\n'.join([lines[0], *notice, *lines[1:]])


def _without_indentation(doc):
    """The docstring without the indentation that all lines but the first share, and without empty lines around it."""
    lines = doc.expandtabs().splitlines()
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    indent = min(indents, default=0)
    return '\n'.join([lines[0].strip()] + [line[indent:].rstrip() for line in lines[1:]]).strip('\n')
