"""Supervisors: the nodes they make, sessions that they manage, and how training ends."""
import tensorflow as tf, logging, sys, re
tf.logging.set_verbosity('ERROR')
def show(f):
    with tf.Graph().as_default() as g:
        print('---',f.__name__)
        try: print(f())
        except Exception as e: print(type(e).__name__, str(e).split('\n')[0])
        print([n.name for n in g.get_operations()], {k:[getattr(x,'name',type(x).__name__) for x in g.get_collection(k)] for k in sorted(g.get_all_collection_keys()) if k not in ('cond_context',)})
@show
def plain():
    v=tf.Variable(1.,name='v'); step=tf.train.create_global_step(); l=tf.Variable(5,collections=['local_variables'],name='l'); up=tf.assign_add(step,1)
    sv=tf.train.Supervisor(); print(sv.is_chief, sv.save_path, sv.save_model_secs, sv.save_summaries_secs, sv.saver is not None, sv.global_step, sv.summary_op, sv.summary_writer, sv.init_op.name, sv.ready_op.name, sv.ready_for_local_init_op)
    out=[]
    with sv.managed_session() as s:
        while not sv.should_stop():
            out.append(int(s.run(up)))
            if out[-1]==3: sv.request_stop()
        out.append(float(s.run(v))); out.append(int(s.run(l)))
    return out
@show
def novars(): 
    sv=tf.train.Supervisor(saver=None,summary_op=None); 
    with sv.managed_session() as s: return sv.saver, sv.global_step
@show
def fails():
    v=tf.Variable(1.,name='v'); sv=tf.train.Supervisor(saver=None)
    with sv.managed_session() as s: raise ValueError('mine')
@show
def outofrange():
    q=tf.train.limit_epochs(tf.constant(1),2); sv=tf.train.Supervisor(saver=None)
    n=0
    with sv.managed_session() as s:
        while True: s.run(q); n+=1
    return n
@show
def queue():
    q=tf.FIFOQueue(10,tf.int32,[[]]); tf.train.add_queue_runner(tf.train.QueueRunner(q,[q.enqueue(7)]*2)); d=q.dequeue(); sv=tf.train.Supervisor(saver=None)
    with sv.managed_session() as s: r=[int(s.run(d)) for _ in range(5)]
    return r
@show
def worker():
    v=tf.Variable(1.,name='v'); sv=tf.train.Supervisor(is_chief=False)
@show
def given():
    v=tf.Variable(1.,name='v'); sv=tf.train.Supervisor(init_op=tf.no_op(name='i'),ready_op=None,init_fn=lambda s:s.run(v.initializer),saver=None)
    with sv.managed_session() as s: return float(s.run(v))
@show
def loops():
    v=tf.Variable(0,name='v'); up=tf.assign_add(v,1); sv=tf.train.Supervisor(saver=None)
    def step(sess,a,b=0):
        if sess.run(up)>=a+b: sv.request_stop()
    tf.train.basic_train_loop(sv,step,args=[3],kwargs={'b':2}); return 'done'
@show
def nosummary():
    sv=tf.train.Supervisor(saver=None); s=sv.prepare_or_wait_for_session(); 
    calls=[]; t=sv.loop(0.01,calls.append,args=[1]); import time; time.sleep(0.2); sv.stop(); print(len(calls)>1, sv.should_stop())
    sv.summary_computed(s,'x')
