"""Makes core_ops.jsonl with TensorFlow 1.15: what is known of the outputs of single ops, and errors.

usage: generate_shape_fns.py OUT.jsonl
The format is that of tf-1.15/shape_fns (tf-1.15/README.md).
"""
import os,sys,warnings,json; os.environ['TF_CPP_MIN_LOG_LEVEL']='3'; warnings.simplefilter('ignore')
import numpy as np, tensorflow as tf
from tensorflow.python.framework import op_def_registry
tf.logging.set_verbosity(tf.logging.FATAL)
OPS=op_def_registry.get_registered_ops()
OUT=open(sys.argv[1],'w')
class K(object):
    def __init__(self,v,t): self.v=np.array(v,t)
def js(s): return None if s is None else [-1 if d is None else d for d in s]
def case(op,*inputs,**attrs):
    od=OPS[op]; rec={'op':op,'inputs':[],'attrs':{}}
    with tf.Graph().as_default():
        kw=dict(attrs)
        def make(x):
            if isinstance(x,K):
                t=tf.as_dtype(x.v.dtype)
                return tf.constant(x.v), {'dtype':t.name,'shape':list(x.v.shape),'const':x.v.ravel().tolist()}
            t,s=x
            return tf.placeholder(t,s), {'dtype':tf.as_dtype(t).name,'shape':js(s)}
        for a,x in zip(od.input_arg,inputs):
            if isinstance(x,list):
                m=[make(e) for e in x]; kw[a.name]=[y[0] for y in m]; rec['inputs'].append([y[1] for y in m])
            else:
                y=make(x); kw[a.name]=y[0]; rec['inputs'].append(y[1])
        inferred={n for a in od.input_arg for n in (a.type_attr,a.number_attr,a.type_list_attr)}
        for a in od.attr:
            if a.name in attrs and a.name not in inferred:
                v=attrs[a.name]
                rec['attrs'][a.name]= tf.as_dtype(v).name if a.type=='type' else [tf.as_dtype(e).name for e in v] if a.type=='list(type)' else js(v) if a.type=='shape' else [js(e) for e in v] if a.type=='list(shape)' else v
        try:
            getattr(tf.raw_ops,op)(name='op',**kw)
            o=tf.get_default_graph().get_operation_by_name('op')
            rec['outputs']=[None if t.shape.dims is None else [-1 if d is None else d for d in t.shape.as_list()] for t in o.outputs]
        except ValueError as e: rec['error']=str(e)
        except Exception as e: print('SKIP',op,type(e),str(e)[:200]); return
    OUT.write(json.dumps(rec,sort_keys=True)+'\n')
f,i32,i64,st=tf.float32,tf.int32,tf.int64,tf.string
qu,q32,q8=tf.quint8,tf.qint32,tf.qint8

for eq,sh in [('ij,jk->ik',[(2,3),(3,4)]),('ij,jk',[(2,3),(3,4)]),('ij,jk->ik',[(2,3),(4,4)]),('...ij,...jk->...ik',[(5,2,3),(1,3,4)]),('ii->i',[(3,3)]),('i->ii',[(3,)]),('ij,jk,kl->il',[(2,3),(3,4),(4,5)]),('ij->k',[(2,3)]),('i->',[(2,3)]),('ij;jk->ik',[(2,3),(3,4)]),('i...->i',[(2,3)]),('i->i...',[(2,)]),('...->',[(2,3)]),('i..j->i',[(2,3)]),('ij, jk -> ik',[(2,3),(3,4)]),('...ij->i...j',[(5,2,3)]),('...i,...i->...',[(5,3),(2,3)]),('ij,jk->ik',[None,(3,4)]),('...ij,...jk->...ik',[(None,2,3),(7,3,4)]),('...ij,...jk->...ik',[(None,2,3),(1,3,4)]),('...i->i',[None]),('...i->...',[None]),('ii->i',[(None,3)]),('i->i..',[(3,)]),('...i->i',[()])]:
    case('Einsum',[(f,s) for s in sh],equation=eq)
case('RaggedRange',(i32,()),(i32,()),(i32,())); case('RaggedRange',(i32,(3,)),(i32,(3,)),(i32,())); case('RaggedRange',(i32,(3,)),(i32,(2,)),(i32,()));case('RaggedRange',(i32,None),(i32,None),(i32,None));case('RaggedRange',(i32,(2,2)),(i32,(2,)),(i32,()));case('RaggedRange',(i32,(None,)),(i32,()),(i32,(4,)))
case('RaggedTensorToSparse',[(i64,(4,))],(f,(10,)));case('RaggedTensorToSparse',[(i64,(4,)),(i64,(None,))],(f,(10,2)));case('RaggedTensorToSparse',[(i64,None)],(f,None));case('RaggedTensorToSparse',[(i64,(4,))],(f,()));case('RaggedTensorToSparse',[(i64,(4,2))],(f,(3,)))
case('RaggedGather',[(i64,(4,))],(f,(10,)),(i32,(3,)),OUTPUT_RAGGED_RANK=1);case('RaggedGather',[(i64,(4,)),(i64,(None,))],(f,(10,2)),(i32,(3,)),OUTPUT_RAGGED_RANK=2);case('RaggedGather',[(i64,(4,))],(f,(10,)),(i32,(3,2)),OUTPUT_RAGGED_RANK=2);case('RaggedGather',[(i64,(4,))],(f,(10,)),(i32,(3,2)),OUTPUT_RAGGED_RANK=1);case('RaggedGather',[(i64,(4,))],(f,(10,)),(i32,()),OUTPUT_RAGGED_RANK=0);case('RaggedGather',[(i64,(4,))],(f,()),(i32,(2,)),OUTPUT_RAGGED_RANK=1);case('RaggedGather',[(i64,(4,4))],(f,(3,)),(i32,(2,)),OUTPUT_RAGGED_RANK=1);case('RaggedGather',[(i64,None)],(f,None),(i32,None),OUTPUT_RAGGED_RANK=1);case('RaggedGather',[(i64,None)],(f,(5,4)),(i32,None),OUTPUT_RAGGED_RANK=1)
case('RaggedTensorToVariant',[(i64,(4,))],(f,(10,)),batched_input=True);case('RaggedTensorToVariant',[(i64,(4,))],(f,(10,)),batched_input=False);case('RaggedTensorToVariant',[(i64,(4,2))],(f,(10,)),batched_input=False);case('RaggedTensorToVariant',[(i64,(4,)),(i64,None)],(f,None),batched_input=True);case('RaggedTensorToVariant',[(i64,None)],(f,()),batched_input=True)
v=tf.variant
for s in ((),(3,),(3,2),None): case('RaggedTensorFromVariant',(v,s),input_ragged_rank=1,output_ragged_rank=2,Tvalues=f,Tsplits=i64)
case('RaggedTensorFromVariant',(v,()),input_ragged_rank=1,output_ragged_rank=1,Tvalues=f,Tsplits=i64);case('RaggedTensorFromVariant',(v,(2,)),input_ragged_rank=-1,output_ragged_rank=1,Tvalues=f,Tsplits=i64);case('RaggedTensorFromVariant',(v,(2,)),input_ragged_rank=2,output_ragged_rank=1,Tvalues=f,Tsplits=i64)
rs=['ROW_SPLITS']; rv=['FIRST_DIM_SIZE','VALUE_ROWIDS']
case('RaggedTensorToTensor',K([-1,-1],np.int64),(f,(9,)),(f,()),[(i64,(4,))],row_partition_types=rs);case('RaggedTensorToTensor',K([4,-1],np.int64),(f,(9,)),(f,()),[(i64,(4,))],row_partition_types=rs);case('RaggedTensorToTensor',K(-1,np.int64),(f,(9,2)),(f,()),[(i64,(4,))],row_partition_types=rs);case('RaggedTensorToTensor',K([3,5,7],np.int64),(f,(9,2)),(f,()),[(i64,(4,))],row_partition_types=rs);case('RaggedTensorToTensor',(i64,(2,)),(f,(9,)),(f,()),[(i64,()),(i64,(9,))],row_partition_types=rv);case('RaggedTensorToTensor',(i64,None),(f,None),(f,()),[(i64,()),(i64,(9,))],row_partition_types=rv);case('RaggedTensorToTensor',K([3,5],np.int64),(f,(9,)),(f,(2,)),[(i64,(4,))],row_partition_types=rs);case('RaggedTensorToTensor',K([3,5],np.int64),(f,(9,)),(f,()),[(i64,(4,))],row_partition_types=['X']);case('RaggedTensorToTensor',K([3,5,6,7],np.int64),(f,(9,)),(f,()),[(i64,(4,))],row_partition_types=rs);case('RaggedTensorToTensor',K([3,5],np.int64),(f,(9,2)),(f,()),[(i64,(4,))],row_partition_types=rs);case('RaggedTensorToTensor',K([3,5],np.int64),(f,(9,)),(f,()),[(i64,(4,))],row_partition_types=rs*2);case('RaggedTensorToTensor',K([3,5],np.int64),(f,(9,)),(f,()),[(i64,()),(i64,(9,))],row_partition_types=['VALUE_ROWIDS','FIRST_DIM_SIZE'])
# quantized
R=((f,()),)
for b in ((f,()),(f,(1,))):
    case('QuantizedRelu',(qu,(2,3)),b,(f,()),out_type=qu);case('QuantizedReluX',(qu,(2,3)),(f,()),b,(f,()),out_type=qu)
    case('QuantizedAdd',(qu,(2,3)),(qu,(3,)),b,(f,()),(f,()),(f,()));case('QuantizedMul',(qu,(2,3)),(qu,(2,)),b,(f,()),(f,()),(f,()))
    case('QuantizedMatMul',(qu,(2,3)),(qu,(3,4)),b,(f,()),(f,()),(f,()));case('QuantizedBiasAdd',(qu,(2,3)),(qu,(3,)),b,(f,()),(f,()),(f,()),out_type=q32)
    case('QuantizedConv2D',(qu,(1,5,5,3)),(qu,(3,3,3,2)),b,(f,()),(f,()),(f,()),strides=[1,1,1,1],padding='SAME')
    case('QuantizedMaxPool',(qu,(1,5,5,3)),b,(f,()),ksize=[1,2,2,1],strides=[1,2,2,1],padding='VALID');case('QuantizedAvgPool',(qu,(1,5,5,3)),b,(f,()),ksize=[1,2,2,1],strides=[1,2,2,1],padding='SAME')
    case('QuantizedConcat',K(1,np.int32),[(qu,(2,3)),(qu,(2,1))],[b,(f,())],[(f,()),(f,())]);case('QuantizedReshape',(qu,(2,3)),K([3,-1],np.int32),b,(f,()))
    case('QuantizedResizeBilinear',(qu,(1,4,4,2)),K([2,3],np.int32),b,(f,()));case('QuantizedInstanceNorm',(qu,(1,4,4,2)),b,(f,()))
    case('Requantize',(q32,(2,3)),b,(f,()),(f,()),(f,()),out_type=qu);case('RequantizationRange',(q32,(2,3)),b,(f,()));case('QuantizeDownAndShrinkRange',(q32,(2,3)),b,(f,()),out_type=qu)
    case('RequantizationRangePerChannel',(q32,(2,3)),b,(f,(3,)),clip_value_max=1.);case('RequantizePerChannel',(q32,(2,3)),b,(f,()),(f,()),(f,()),out_type=qu)
    s=[(qu,(3,)),b,(f,())]
    case('QuantizedBatchNormWithGlobalNormalization',(qu,(1,2,2,3)),b,(f,()),*((s)*4),out_type=q32,variance_epsilon=.1,scale_after_normalization=True)
case('QuantizedMatMul',(qu,(2,3)),(qu,(4,3)),*(R*4),transpose_b=True);case('QuantizedMatMul',(qu,(2,3)),(qu,(4,3)),*(R*4));case('QuantizedMatMul',(qu,None),(qu,(4,3)),*(R*4));case('QuantizedMatMul',(qu,(2,3,4)),(qu,(4,3)),*(R*4))
case('QuantizedConcat',K(1,np.int32),[(qu,(2,3)),(qu,(3,1))],list(R*2),list(R*2));case('QuantizedConcat',(i32,()),[(qu,(2,3)),(qu,(3,1))],list(R*2),list(R*2));case('QuantizedConcat',(i32,(1,)),[(qu,(2,3)),(qu,(3,1))],list(R*2),list(R*2))
case('QuantizedAdd',(qu,(2,3)),(qu,(2,)),*(R*4));case('QuantizedBiasAdd',(qu,(2,3)),(qu,(4,)),*(R*4),out_type=q32);case('QuantizedConv2D',(qu,(1,5,5,3)),(qu,(3,3,4,2)),*(R*4),strides=[1,1,1,1],padding='SAME');case('QuantizedConv2D',(qu,(1,5,5)),(qu,(3,3,4,2)),*(R*4),strides=[1,1,1,1],padding='SAME')
n=(f,(2,))
for o in ('QuantizedConv2DPerChannel','QuantizedConv2DAndRelu'): case(o,(qu,(1,5,5,3)),(q8,(3,3,3,2)),*(R*4),strides=[1,1,1,1],padding='SAME'); case(o,(qu,(1,5,5,3)),(q8,(3,3,3,2)),(f,()),(f,()),n,n,strides=[1,1,1,1],padding='SAME')
for o in ('QuantizedConv2DAndRequantize','QuantizedConv2DAndReluAndRequantize'):
    for m in ((f,()),n): case(o,(qu,(1,5,5,3)),(q8,(3,3,3,2)),(f,()),(f,()),m,m,*(R*2),strides=[1,1,1,1],padding='SAME')
for o in ('QuantizedConv2DWithBias','QuantizedConv2DWithBiasAndRelu','QuantizedDepthwiseConv2DWithBias','QuantizedDepthwiseConv2DWithBiasAndRelu'):
    for m in ((f,()),n): case(o,(qu,(1,5,5,3)),(q8,(3,3,3,2)),n,(f,()),(f,()),m,m,strides=[1,1,1,1],padding='SAME')
for o in ('QuantizedConv2DWithBiasAndRequantize','QuantizedConv2DWithBiasAndReluAndRequantize','QuantizedDepthwiseConv2DWithBiasAndReluAndRequantize'):
    for m in ((f,()),n): case(o,(qu,(1,5,5,3)),(q8,(3,3,3,2)),n,(f,()),(f,()),m,m,*(R*2),strides=[1,1,1,1],padding='SAME')
for m in ((f,()),n): case('QuantizedDepthwiseConv2D',(qu,(1,5,5,3)),(q8,(3,3,3,2)),(f,()),(f,()),m,m,strides=[1,1,1,1],padding='SAME')
case('QuantizedConv2DWithBiasSumAndRelu',(qu,(1,5,5,3)),(q8,(3,3,3,2)),n,*((R*4)+((f,(1,5,5,2)),)),strides=[1,1,1,1],padding='SAME')
for o in ('QuantizedConv2DWithBiasSumAndReluAndRequantize','QuantizedConv2DWithBiasSignedSumAndReluAndRequantize'): case(o,(qu,(1,5,5,3)),(q8,(3,3,3,2)),n,*((R*6)+((qu,(1,5,5,2)),)+R*2),strides=[1,1,1,1],padding='SAME')
case('QuantizedMatMulWithBias',(qu,(2,3)),(q8,(3,4)),(f,(4,)),*(R*4));case('QuantizedMatMulWithBias',(qu,(2,3)),(q8,(3,4)),(f,(4,2)),*(R*4));case('QuantizedMatMulWithBiasAndRelu',(qu,(2,3)),(q8,(3,4)),(f,(4,)),*(R*4));case('QuantizedMatMulWithBiasAndReluAndRequantize',(qu,(2,3)),(q8,(3,4)),(f,(4,)),*(R*6))
for m in ('REFLECT','SYMMETRIC'):
    case('FusedPadConv2D',(f,(1,5,5,3)),K([[0,0],[1,2],[2,1],[0,0]],np.int32),(f,(3,3,3,2)),mode=m,strides=[1,1,1,1],padding='VALID')
case('FusedPadConv2D',(f,(1,5,5,3)),(i32,(4,2)),(f,(3,3,3,2)),mode=m,strides=[1,1,1,1],padding='VALID');case('FusedPadConv2D',(f,(1,5,5)),(i32,(4,2)),(f,(3,3,3,2)),mode=m,strides=[1,1,1,1],padding='VALID')
case('FusedResizeAndPadConv2D',(f,(1,5,5,3)),K([7,8],np.int32),K([[0,0],[1,2],[2,1],[0,0]],np.int32),(f,(3,3,3,2)),mode=m,strides=[1,1,1,1],padding='VALID');case('FusedResizeAndPadConv2D',(f,(1,5,5,3)),(i32,(2,)),(i32,(4,2)),(f,(3,3,3,2)),mode=m,strides=[1,1,1,1],padding='VALID')
case('AudioSpectrogram',(f,(100,2)),window_size=16,stride=8);case('AudioSpectrogram',(f,(10,2)),window_size=16,stride=8);case('AudioSpectrogram',(f,None),window_size=16,stride=8);case('AudioSpectrogram',(f,(100,)),window_size=16,stride=8);case('AudioSpectrogram',(f,(None,2)),window_size=17,stride=8)
case('Mfcc',(f,(2,10,9)),(i32,()));case('Mfcc',(f,(2,10)),(i32,()));case('Mfcc',(f,None),(i32,()),dct_coefficient_count=5)
case('SdcaFprint',(st,(3,)));case('SdcaFprint',(st,(3,1)));case('SdcaFprint',(st,None))
case('ImmutableConst',dtype=f,shape=(2,3),memory_region_name='x');case('RecordInput',file_pattern='x')
case('StatefulRandomBinomial',(tf.resource,()),(i64,()),K([2,3],np.int32),(f,(2,)),(f,()));case('StatefulRandomBinomial',(tf.resource,()),(i64,()),(i32,(2,)),(f,(2,2)),(f,()));case('StatefulRandomBinomial',(tf.resource,()),(i64,(1,)),(i32,(2,)),(f,(2,)),(f,()));case('StatefulRandomBinomial',(tf.resource,()),(i64,()),(i32,(2,2)),(f,(2,)),(f,()))
case('Batch',[(f,(3,2))],num_batch_threads=1,max_batch_size=2,batch_timeout_micros=1,grad_timeout_micros=1);case('Unbatch',(f,(3,2)),(i64,(1,3)),(i64,()),timeout_micros=1);case('UnbatchGrad',(f,(3,2)),(i64,(1,3)),(f,(1,2)),(i64,()));case('Unbatch',(f,None),(i64,(1,3)),(i64,()),timeout_micros=1)
