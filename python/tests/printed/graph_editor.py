"""tf.contrib.graph_editor: walks, choices by name, copies, and tensors that take the place of others."""
import numpy as np
import tensorflow as tf
import tensorflow.contrib.graph_editor as ge
with tf.Graph().as_default() as g:
    a=tf.constant([1.,2.],name='a'); w=tf.Variable([2.,3.],name='w')
    with tf.name_scope('net'):
        h=tf.tanh(a*w,name='h'); y=tf.add(h*h,a,name='y')
    z=tf.reduce_sum(y,name='z')
    print(sorted(o.name for o in ge.get_backward_walk_ops(z.op)))
    print(sorted(o.name for o in ge.get_backward_walk_ops([z.op],inclusive=False,stop_at_ts=[h])))
    print(sorted(o.name for o in ge.get_forward_walk_ops(a.op)))
    print(sorted(o.name for o in ge.get_forward_walk_ops(w.op,inclusive=False)))
    print([t.name for t in ge.filter_ts_from_regex(g,'net/h')], [o.name for o in ge.filter_ops_from_regex(g,'mul')])
    print([o.name for o in ge.get_name_scope_ops(g,'net')], [o.name for o in ge.get_walks_intersection_ops(w.op,y.op)])
    v=ge.sgv_scope('net',g); print([t.name for t in v.inputs],[t.name for t in v.outputs],[o.name for o in v.ops])
    c,info=ge.copy_with_input_replacements(v,{a:tf.constant([5.,6.],name='b')},dst_scope='copy')
    print(sorted(o.name for o in c.ops),[t.name for t in c.outputs], info.transformed(y).name, info.original(info.transformed(h)).name)
    r=ge.graph_replace(z,{a:tf.constant([0.,1.],name='c')}); print(r.name)
    n=ge.reroute_ts([info.transformed(y)],[y],can_modify=[z.op]); print(n,[t.name for t in z.op.inputs])
    c2,_=ge.copy(ge.sgv(h.op,y.op)); print(sorted(o.name for o in c2.ops))
    p=ge.ph(tf.float32,[2]); print(p, ge.placeholder_name(h), ge.make_placeholder_from_tensor(h).name)
    print([t.name for t in ge.select_ts('net/h',graph=g)],[o.name for o in ge.select_ops('^net/y',graph=g)])
    ge.add_control_inputs(z.op,[h.op]); print([o.name for o in z.op.control_inputs]); ge.remove_control_inputs(z.op,h.op); print(z.op.control_inputs)
    with tf.Graph().as_default() as g2:
        c3,i3=ge.copy(v,dst_graph=g2); print(sorted(o.name for o in g2.get_operations()))
    for bad in (lambda: ge.reroute_ts([a],[y,h]), lambda: ge.select_ops('a'), lambda: ge.graph_replace(a,{z:z})):
        try: print(bad())
        except Exception as e: print(type(e).__name__, e)
    with tf.Session() as s:
        s.run(tf.global_variables_initializer()); print(np.round(s.run([z, r]), 3), s.run(info.transformed(y)))
with tf.Graph().as_default() as g:
    a=tf.constant([[1.,2.]],name='a'); y=tf.multiply(a,a,name='y'); z=tf.square(y,name='z')
    print(ge.graph_replace(z,{y:tf.constant([[1.,2.,3.],[4.,5.,6.]])}), z)  # the copy has a shape of its own
