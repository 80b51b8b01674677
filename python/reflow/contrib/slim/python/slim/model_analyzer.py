"""The sizes of a model's tensors and variables."""


def tensor_description(var):
    """'(float32 3x4)'."""
    return '(' + str(var.dtype.name) + ' ' + 'x'.join(str(size) for size in var.get_shape()) + ')'


def _title(kind, columns):
    print('---------')
    print('%s: %s' % (kind, columns))
    print('---------')


def analyze_ops(graph, print_info=False):
    """The number of elements of all outputs in the graph."""
    if print_info:
        _title('Operations', 'name -> (type shapes) [size]')
    total_size = 0
    for op in graph.get_operations():
        sizes = [output.get_shape().num_elements() or 0 for output in op.outputs]
        if print_info:
            shapes = [tensor_description(output) for output in op.outputs if output.get_shape()]
            print(op.name, '\t->', ', '.join(shapes), '[' + str(sum(sizes)) + ']')
        total_size += sum(sizes)
    return total_size


def analyze_vars(variables, print_info=False):
    """(number of elements, number of bytes) of the variables."""
    if print_info:
        _title('Variables', 'name (type shape) [size]')
    total_size = total_bytes = 0
    for var in variables:
        size = var.get_shape().num_elements() or 0
        size_bytes = size * var.dtype.size
        total_size += size
        total_bytes += size_bytes
        if print_info:
            print(var.name, tensor_description(var), '[%d, bytes: %d]' % (size, size_bytes))
    if print_info:
        print('Total size of variables: %d' % total_size)
        print('Total bytes of variables: %d' % total_bytes)
    return total_size, total_bytes
