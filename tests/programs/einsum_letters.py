"""Which operations an einsum with an ellipsis or with capital letters consists of."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)


def show(equation, *shapes):
    with tf.Graph().as_default() as graph:
        result = tf.einsum(equation, *[tf.constant(rng.rand(*shape).astype('f')) for shape in shapes])
        print(equation, result.shape)
        for op in graph.get_operations():
            if op.type != 'Const':
                print(' ', op.name, op.type, [tensor.name for tensor in op.inputs], op.outputs[0].shape)
        with tf.Session() as sess:
            print(np.round(sess.run(result).ravel()[:4], 4))


show('BTNH,BFNH->BNFT', (2, 3, 2, 4), (2, 5, 2, 4))
show('BNFT,BTNH->BFNH', (2, 2, 5, 3), (2, 3, 2, 4))
show('aB,Bc', (2, 3), (3, 4))
show('Ab,bC->CA', (2, 3), (3, 4))
show('...ij,...jk->...ik', (2, 3, 4), (2, 4, 5))
show('i...,i...->...', (3, 2, 2), (3, 2, 2))
show('...a,a', (2, 3), (3,))
show('z...,yz->y...', (3, 2), (4, 3))
show('Z...b,bZ->...Z', (3, 2, 4), (4, 3))
for equation, shapes in (('i2,jk->ik', ((2, 3), (3, 2))), ('ab,bc->ad', ((2, 3), (3, 2)))):
    try:
        show(equation, *shapes)
    except ValueError as error:
        print(error)
