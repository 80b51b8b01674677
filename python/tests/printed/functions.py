"""Functions of the graph's library: Defun, their gradients and captures, and the ops that call them."""
import tensorflow as tf
from tensorflow.python.framework import function
from tensorflow.python.ops import functional_ops
import re
def attempt(f):
    try: print('ok',f())
    except Exception as e: print(type(e).__name__, re.sub('0x[0-9a-f]+','',str(e)).split('\n')[0])
def short(n): return re.sub('_[A-Za-z0-9]{11}$','_HASH',n)
@function.Defun(tf.float32, tf.float32)
def plus_twice(a, b): return a + b * 2.
@function.Defun(tf.float32, func_name='Named', out_names=['o'])
def named(a): return plus_twice(a, tf.constant(1.))
x = tf.placeholder(tf.float32, [], 'x')
y = named(plus_twice(x, 3.), name='call')
print(y, named.name, named.declared_input_types, named.captured_inputs, named.grad_func_name, named.python_grad_func, short(plus_twice.name))
print([a.name for a in named.definition.signature.input_arg],[a.name for a in named.definition.signature.output_arg],[short(n.op) for n in named.definition.node_def])
s=tf.Session()
print(s.run([y]+tf.gradients(y,x),{x:2.}))
@function.Defun()
def nullary(): return tf.constant(3.), tf.constant([1,2])
print(s.run(nullary()))
@function.Defun(func_name='Over')
def over(a,b): return a*b
print(s.run([over(tf.constant(2),tf.constant(3)),over(2.,3.)]), over.instantiate([tf.int32,tf.int32]).name)
@function.Defun(tf.float32,tf.float32,func_name='DG')
def dg(a,dy): return dy*100.
@function.Defun(tf.float32,grad_func=dg,func_name='WithGrad')
def withgrad(a): return a*a
z=withgrad(x); print(s.run(tf.gradients(z,x),{x:3.}), withgrad.grad_func_name)
def pg(op,g): return g*7.
@function.Defun(tf.float32,python_grad_func=pg,func_name='WithPy')
def withpy(a): return a*a
print(s.run(tf.gradients(withpy(x),x),{x:3.}))
c=tf.constant(5.,name='c')
@function.Defun(tf.float32,func_name='Cap')
def cap(a): return a+c
print(s.run(cap(1.)), [t.name for t in cap.captured_inputs])
@function.Defun(tf.float32,func_name='Shaped',shape_func=lambda op:[op.inputs[0].get_shape()])
def shaped(a): return a+1.
print(shaped(tf.zeros([2,3])))
@function.Defun(tf.float32,func_name='NoIn',noinline=True)
def noin(a): return a+1.
print(s.run(noin(2.)))
v=tf.Variable(4.,name='v')
@function.Defun(tf.float32,func_name='Var')
def usesvar(a): return a*v
s.run(v.initializer); print(s.run(usesvar(2.)))
@function.Defun(tf.float32,func_name='GetVar')
def getsvar(a): return a*tf.get_variable('w',[],initializer=tf.constant_initializer(2.))
o=getsvar(3.); s.run(tf.global_variables_initializer()); print(s.run(o),[w.name for w in tf.global_variables()])
attempt(lambda: function.Defun(tf.float32)(3)); attempt(lambda: function.Defun(tf.float32)(lambda a,b=1:a)); attempt(lambda: function.Defun(tf.float32)(lambda a,**k:a)); attempt(lambda: function.Defun(tf.float32,tf.float32)(lambda a:a)); attempt(lambda: plus_twice(1.)); attempt(lambda: function.Defun(tf.float32,func_name='Nothing')(lambda a:None)(1.)); attempt(lambda:plus_twice(1.,2.,foo=3))
# functional
@function.Defun(tf.float32,func_name='Then')
def then(a): return a+10.
@function.Defun(tf.float32,func_name='Else')
def els(a): return a-10.
p=tf.placeholder(tf.bool,[])
r=functional_ops.If(p,[x],then,els); print(r[0].op.type); print([s.run(r,{p:b,x:1.}) for b in (True,False)])
@function.Defun(tf.int32,tf.float32,func_name='LCond')
def lcond(i,a): return i<5
@function.Defun(tf.int32,tf.float32,func_name='LBody')
def lbody(i,a): return i+1,a*2.
w=functional_ops.While([0,1.],lcond,lbody); print(s.run(w))
@function.Defun(tf.int32,tf.float32,func_name='LBodyC')
def lbodyc(i,a): return i+1,a+c
print(s.run(functional_ops.While([tf.constant(0),tf.constant(1.)],lcond,lbodyc)))
@function.Defun(tf.int32,tf.float32,func_name='FB')
def fb(i,a): return a+tf.cast(i,tf.float32)
print(s.run(functional_ops.For(0,4,1,[1.],fb)))
@function.Defun(tf.int32,tf.float32,func_name='FBC')
def fbc(i,a): return a+c
print(s.run(functional_ops.For(0,4,1,[tf.constant(1.)],fbc)))
print(s.run(functional_ops.Gradient([3.,1.],withgrad)), s.run(functional_ops.Gradient([3.,1.],then)))
attempt(lambda: functional_ops.While([tf.constant(1.)],cap,then)); attempt(lambda: functional_ops.While([tf.constant(1.)],then,lbody))
print(s.run(functional_ops.remote_call('/cpu:0',[2.],[tf.float32],then)))
print(then.stateful_ops)
@function.Defun(tf.float32,func_name='Rand')
def rand(a): return a+tf.random_uniform([])
print(rand.stateful_ops)
