"""The reports that tf.profiler.profile prints."""

_DOC = {'scope': 'The nodes in the model graph are organized by their names, which is hierarchical like filesystem.',
        'op': 'The nodes are operation kernel type, such as MatMul, Conv2D. Graph nodes belonging to the same type are '
              'aggregated together.',
        'params': 'param: Number of parameters (in the Variable).',
        'float_ops': 'flops: Number of float operations. Note: Please read the implementation for the math behind it.'}
_OPTIONS = ('max_depth', 'min_bytes', 'min_peak_bytes', 'min_residual_bytes', 'min_output_bytes', 'min_micros',
            'min_accelerator_micros', 'min_cpu_micros', 'min_params', 'min_float_ops', 'min_occurrence', 'step', 'order_by',
            'account_type_regexes', 'start_name_regexes', 'trim_name_regexes', 'show_name_regexes', 'hide_name_regexes',
            'account_displayed_op_only', 'select', 'output')


def number(value):
    """`value` with k, m or b for thousands, millions and billions."""
    for size, unit in ((10 ** 9, 'b'), (10 ** 6, 'm'), (10 ** 3, 'k')):
        if value >= size:
            return '%.2f%s' % (value / size, unit)
    return str(value)


def _option(name, value):
    if isinstance(value, (list, tuple)):
        value = ','.join(value)
    elif isinstance(value, bool):
        value = str(value).lower()
    return '-%-26s %s' % (name, value)


def _header(view, options):
    kind, _, where = options['output'].partition(':')
    shown = dict(options, output='%s:%s' % (kind, where))
    lines = ['', '=========================Options=============================']
    lines += [_option(name, shown.get(name, 0)) for name in _OPTIONS]
    lines += ['', '==================Model Analysis Report======================', '', 'Doc:', '%s: %s' % (view, _DOC[view])]
    lines += [_DOC[each] for each in options['select'] if each in _DOC]
    return lines + ['', 'Profile:']


def _columns(options):
    names = {'params': '# parameters', 'float_ops': '# float_ops'}
    return ' | '.join(['node name'] + [names[each] for each in options['select'] if each in names])


_END = ['', '======================End of Report==========================']


def of_scopes(root, options):
    """The lines of a report by scope."""
    lines = _header('scope', options) + [_columns(options)]

    def add(node, depth):
        parts = []
        if 'params' in options['select']:
            size = 'x'.join(map(str, node.shape or [1])) if node.shape is not None else ''
            own = number(node.params) if node.is_accounted else '--'
            parts.append('%s%s/%s params' % (size + ', ' if size and node.params else '', own, number(node.total_params)))
        if 'float_ops' in options['select']:
            own = number(node.float_ops) if node.is_accounted else '--'
            parts.append('%s/%s flops' % (own, number(node.total_float_ops)))
        lines.append('%s%s (%s)' % ('  ' * depth, node.name, ', '.join(parts)))
        for child in node.shown:
            add(child, depth + 1)

    add(root, 0)
    return lines + _END


def of_types(total, options):
    """The lines of a report by type of operation."""
    lines = _header('op', options) + [_columns(options)]
    node = total
    while node.children:
        node = node.children[0]
        parts = []
        for attribute, own, all_of, rest in (
                ('params', node.parameters, total.total_parameters, node.total_parameters),
                ('float_ops', node.float_ops, total.total_float_ops, node.total_float_ops)):
            if attribute in options['select']:
                name = 'parameters' if attribute == 'params' else attribute
                shares = '%.2f%%, %.2f%%' % (100. * rest / max(all_of, 1), 100. * own / max(all_of, 1))
                parts.append('%s %s (%s)' % (number(own), name, shares))
        first, _, rest_of_line = ', '.join(parts).partition(' ')
        lines.append('%-25s%5s %s' % (node.name, first, rest_of_line))
    return lines + _END


def write(lines, options):
    """Prints the report, or writes it to a file."""
    kind, _, where = options['output'].partition(':')
    print('Parsing Inputs...')
    if kind == 'stdout':
        print('\n'.join(lines))
    elif kind == 'file':
        with open(where.partition('=')[2], 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines) + '\n')
