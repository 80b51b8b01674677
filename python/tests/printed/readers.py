"""Readers of every kind: records, counts, states and errors; files as tensors."""
import tensorflow as tf, os, re, tempfile, gzip, zlib
d=tempfile.mkdtemp(); os.chdir(d)
open('a.txt','w').write('one\ntwo\r\n\nfour'); open('b.txt','w').write('h1\nh2\nx\n'); open('empty.txt','w').close(); open('r.bin','wb').write(b'HHabcdefghijFF')
open('r.gz','wb').write(gzip.compress(b'HHabcdefghijFF')); open('r.z','wb').write(zlib.compress(b'HHabcdefghijFF'))
def read(make,files,n=12,up=None):
    tf.reset_default_graph()
    try:
        r=make(); q=tf.FIFOQueue(10,tf.string,[[]]); 
        kv=r.read(q) if up is None else r.read_up_to(q,up)
        st=[r.num_records_produced(),r.num_work_units_completed()]
        with tf.Session() as s:
            s.run(q.enqueue_many([files])); s.run(q.close())
            try:
                for i in range(n): print('  ',*[x.tolist() if hasattr(x,'tolist') else x for x in s.run(kv)], s.run(st))
            except Exception as e: print('  ',type(e).__name__,re.sub("'_\\d+_","'_N_",str(e).split('\n')[0]),s.run(st))
            try: print('   state',s.run(r.serialize_state()))
            except Exception as e: print('   ',type(e).__name__,str(e).split('\n')[0])
            s.run(r.reset()); print('   reset',s.run(st))
    except Exception as e: print('  ',type(e).__name__,str(e).split('\n')[0])
T=tf.TextLineReader; F=tf.FixedLengthRecordReader
for name,make,files,up in [
 ('text',lambda:T(),['a.txt','empty.txt','b.txt'],None),('text skip',lambda:T(skip_header_lines=2),['b.txt','a.txt','empty.txt'],None),('skip all',lambda:T(skip_header_lines=9),['b.txt'],None),
 ('text up',lambda:T(),['a.txt','b.txt'],3),('missing',lambda:T(),['nope','b.txt'],None),('whole',lambda:tf.WholeFileReader(),['a.txt','empty.txt'],None),('whole up',lambda:tf.WholeFileReader(),['a.txt','empty.txt'],5),('whole missing',lambda:tf.WholeFileReader(),['nope'],None),
 ('identity',lambda:tf.IdentityReader(),['x','y'],None),('identity up',lambda:tf.IdentityReader(),['x','y'],2),
 ('fixed',lambda:F(3,2,2),['r.bin'],None),('fixed5',lambda:F(5,2,2),['r.bin','r.bin'],None),('hop1',lambda:F(3,2,2,1),['r.bin'],None),('hop4',lambda:F(3,2,2,4),['r.bin'],None),('hop5',lambda:F(3,2,2,5),['r.bin'],None),('nohdr',lambda:F(4),['r.bin'],None),('gz',lambda:F(5,2,2,encoding='GZIP'),['r.gz'],None),('gz3',lambda:F(3,2,2,encoding='GZIP'),['r.gz'],None),('gzhop',lambda:F(3,2,2,4,encoding='GZIP'),['r.gz'],None),('z',lambda:F(5,2,2,encoding='ZLIB'),['r.z'],None),('up',lambda:F(2,2,2),['r.bin','r.bin'],3),('empty',lambda:F(2,2,2),['empty.txt','r.bin'],None),('badenc',lambda:F(2,encoding='LZ'),['r.bin'],None),
 ('bad rec',lambda:F(0),['r.bin'],None),('bad rec-1',lambda:F(-1),['r.bin'],None),('bad head',lambda:F(1,-1),['r.bin'],None),('bad foot',lambda:F(1,1,-1),['r.bin'],None),('bad hop',lambda:F(1,1,1,-1),['r.bin'],None),('bad skip',lambda:T(skip_header_lines=-1),['a.txt'],None),('badgz',lambda:F(5,encoding='GZIP'),['r.bin'],None),
 ('upto0',lambda:T(),['a.txt'],0)]:
    print(name); read(make,files,up=up)
def attempt(f):
    try: print('ok',f())
    except Exception as e: print(type(e).__name__,str(e).split('\n')[0])
# odd queues
def odd(q,v):
    tf.reset_default_graph(); 
    q=q(); r=tf.WholeFileReader(); k=r.read(q); s=tf.Session(); s.run(q.enqueue(v)); return s.run(k)
attempt(lambda:odd(lambda:tf.FIFOQueue(3,[tf.string,tf.string]),['a','b'])); attempt(lambda:odd(lambda:tf.FIFOQueue(3,tf.int32),[1])); attempt(lambda:odd(lambda:tf.FIFOQueue(3,tf.string),[['a','b']])); attempt(lambda:odd(lambda:tf.FIFOQueue(3,tf.string),[['a.txt']]))
# state
def state():
    tf.reset_default_graph(); r=tf.IdentityReader(); q=tf.FIFOQueue(9,tf.string,[[]]); k=r.read(q); s=tf.Session(); s.run(q.enqueue_many([['a','b','c']])); s.run(k); st=s.run(r.serialize_state()); s.run(k); print(st); 
    s.run(r.restore_state(st)); print(s.run([r.num_records_produced(),r.num_work_units_completed()]), s.run(k))
    attempt(lambda:s.run(r.restore_state('junk'))); attempt(lambda:s.run(r.restore_state([b'a',b'b']))); attempt(lambda:s.run(r.restore_state(b'\x08\x01\x10\x02'))); attempt(lambda:s.run(r.restore_state(b'\x08\x01\x10\x00')));attempt(lambda:s.run(r.restore_state(b'\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01')))
    w=tf.TextLineReader(); attempt(lambda:s.run(w.restore_state(st)))
    w=tf.WholeFileReader(name='wf'); q2=tf.FIFOQueue(9,tf.string,[[]]); s.run(q2.enqueue('a.txt')); print(s.run(w.read(q2))); print(s.run(w.serialize_state()))
state()
tf.reset_default_graph()
s=tf.Session()
attempt(lambda:s.run(tf.read_file('a.txt'))); attempt(lambda:s.run(tf.read_file('nope')).split(b';')); attempt(lambda:s.run(tf.write_file('sub/dir/w.txt','content'))); attempt(lambda:open('sub/dir/w.txt').read())
attempt(lambda:s.run(tf.matching_files('*.txt'))); attempt(lambda:s.run(tf.matching_files(['r.*','[ab].txt','sub/*/*.txt','none*','a.txt','a.txt']))); attempt(lambda:s.run(tf.matching_files('?.txt'))); attempt(lambda:s.run(tf.matching_files('*'))); attempt(lambda:s.run(tf.matching_files('no/such/*'))); attempt(lambda:s.run(tf.matching_files('r\\.bin'))); attempt(lambda:s.run(tf.matching_files('{a,b}.txt')))
open('.hidden','w').close(); attempt(lambda:s.run(tf.matching_files('*h*'))); attempt(lambda:s.run(tf.matching_files('sub/**/w*'))); attempt(lambda:s.run(tf.matching_files('./a*')));attempt(lambda:s.run(tf.matching_files('[!a]*.txt')));attempt(lambda:s.run(tf.matching_files('sub*/dir')));attempt(lambda:s.run(tf.matching_files('[[')))
attempt(lambda:s.run(tf.read_file('sub'))); attempt(lambda:s.run(tf.read_file(['a.txt'])));  attempt(lambda:s.run(tf.write_file('sub','x')))
