# Cases of BlockLSTMV2 and its derivatives, and of types that other families lack; read by generate_kernels.py.
LEFT_OUT = {'BlockLSTM/m0'}  # TensorFlow rounds halves after each operation
RANDOM = np.random.RandomState(11)


def some(*shape):
    return f32(RANDOM.uniform(-1, 1, shape))


def sequence(time, batch, inputs, cell):
    return [some(time, batch, inputs), some(batch, cell), some(batch, cell), some(inputs + cell, 4 * cell), some(cell), some(cell),
            some(cell), some(4 * cell)]


for peephole in (False, True):
    case('BlockLSTMV2', i64(3), *sequence(3, 2, 3, 4), use_peephole=peephole)
    case('BlockLSTMV2', i64(2), *sequence(4, 1, 2, 3), use_peephole=peephole, cell_clip=0.3)
    values = [some(3, 2, 4) for _ in range(9)]
    case('BlockLSTMGradV2', i64(3), *(sequence(3, 2, 3, 4) + values), use_peephole=peephole)
case('BlockLSTMV2', i64(1), some(1, 2, 3), some(2, 4), some(2, 4), some(6, 16), some(4), some(4), some(4), some(16))
def halves(tensors):
    return [x.astype(np.float16) for x in tensors]


case('LSTMBlockCell', *halves([x[0] if x.ndim == 3 else x for x in sequence(1, 2, 3, 4)]), use_peephole=True)
case('BlockLSTM', i64(2), *halves(sequence(2, 2, 3, 4)), use_peephole=True)
case('BlockLSTMV2', i64(2), *halves(sequence(2, 1, 3, 2)))
case('EditDistance', i64([[0, 0], [0, 1]]), np.array([1 + 1j, 2], np.complex64), i64([1, 2]), i64([[0, 0], [0, 1]]),
     np.array([1 - 1j, 2], np.complex64), i64([1, 2]))
