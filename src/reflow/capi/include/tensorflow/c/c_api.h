#ifndef TENSORFLOW_C_C_API_H_
#define TENSORFLOW_C_C_API_H_

/* The C interface of TensorFlow 1.15, as Reflow's libtensorflow.so has it (docs/c_api.md). C99 and C++.
 *
 * TF_NewX makes an object that is the caller's until TF_DeleteX. What a function says in its TF_Status is told at the
 * function; a status of any other code than TF_OK means that nothing has changed. TF_Graph and TF_Session may be used by
 * several threads at once, other objects by one at a time. Strings end in NUL unless their length is passed too. */

#include <stddef.h>
#include <stdint.h>

#include "tensorflow/c/tf_attrtype.h"
#include "tensorflow/c/tf_datatype.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

/* The version of TensorFlow whose interface this is. */
TF_CAPI_EXPORT const char* TF_Version(void);

/* ---- Bytes, mostly of a protocol buffer ------------------------------------------------------------------------- */

/* `data_deallocator` is called by TF_DeleteBuffer; null: the bytes are someone else's. */
typedef struct TF_Buffer {
  const void* data;
  size_t length;
  void (*data_deallocator)(void* data, size_t length);
} TF_Buffer;

/* With a copy of `proto_len` bytes. */
TF_CAPI_EXPORT TF_Buffer* TF_NewBufferFromString(const void* proto, size_t proto_len);
/* An empty one, for a function to fill. */
TF_CAPI_EXPORT TF_Buffer* TF_NewBuffer(void);
TF_CAPI_EXPORT void TF_DeleteBuffer(TF_Buffer* buffer);
TF_CAPI_EXPORT TF_Buffer TF_GetBuffer(TF_Buffer* buffer);

/* ---- Options of sessions ---------------------------------------------------------------------------------------- */

typedef struct TF_SessionOptions TF_SessionOptions;
TF_CAPI_EXPORT TF_SessionOptions* TF_NewSessionOptions(void);
/* "" for a session in this process, "grpc://host:port" for a server's. */
TF_CAPI_EXPORT void TF_SetTarget(TF_SessionOptions* options, const char* target);
/* `proto` is a ConfigProto. InvalidArgument: it isn't. */
TF_CAPI_EXPORT void TF_SetConfig(TF_SessionOptions* options, const void* proto, size_t proto_len, TF_Status* status);
TF_CAPI_EXPORT void TF_DeleteSessionOptions(TF_SessionOptions* options);

/* ---- Graphs ----------------------------------------------------------------------------------------------------- */

/* Operations and the tensors between them. Lives until it is deleted and no session uses it. */
typedef struct TF_Graph TF_Graph;
/* An operation that is being described. The graph has to outlive it. */
typedef struct TF_OperationDescription TF_OperationDescription;
/* An operation of a graph, and as long-lived as that. */
typedef struct TF_Operation TF_Operation;
/* Input `index` of an operation. */
typedef struct TF_Input {
  TF_Operation* oper;
  int index;
} TF_Input;
/* Output `index` of an operation: a tensor of the graph. */
typedef struct TF_Output {
  TF_Operation* oper;
  int index;
} TF_Output;
/* A graph with parameters, to be called by operations whose type is its name. */
typedef struct TF_Function TF_Function;
/* Nothing yet. */
typedef struct TF_FunctionOptions TF_FunctionOptions;

TF_CAPI_EXPORT TF_Graph* TF_NewGraph(void);
TF_CAPI_EXPORT void TF_DeleteGraph(TF_Graph* graph);

/* Shapes as far as they are known: num_dims -1 stands for an unknown rank, a dimension of -1 for an unknown one.
 * InvalidArgument: the tensor isn't of this graph, num_dims isn't its rank, or what is set contradicts what is known. */
TF_CAPI_EXPORT void TF_GraphSetTensorShape(TF_Graph* graph, TF_Output output, const int64_t* dims, const int num_dims,
                                           TF_Status* status);
TF_CAPI_EXPORT int TF_GraphGetTensorNumDims(TF_Graph* graph, TF_Output output, TF_Status* status);
TF_CAPI_EXPORT void TF_GraphGetTensorShape(TF_Graph* graph, TF_Output output, int64_t* dims, int num_dims,
                                           TF_Status* status);

/* ---- Making operations ------------------------------------------------------------------------------------------ */

/* Begins one; what is wrong with it is said by TF_FinishOperation. */
TF_CAPI_EXPORT TF_OperationDescription* TF_NewOperation(TF_Graph* graph, const char* op_type, const char* oper_name);
/* Where it is to run; "": anywhere. */
TF_CAPI_EXPORT void TF_SetDevice(TF_OperationDescription* desc, const char* device);
/* The inputs in the order of the op's definition; an argument that is a list takes TF_AddInputList, with one too. */
TF_CAPI_EXPORT void TF_AddInput(TF_OperationDescription* desc, TF_Output input);
TF_CAPI_EXPORT void TF_AddInputList(TF_OperationDescription* desc, const TF_Output* inputs, int num_inputs);
/* It runs after `input`. */
TF_CAPI_EXPORT void TF_AddControlInput(TF_OperationDescription* desc, TF_Operation* input);
/* It runs on the device of `op`. */
TF_CAPI_EXPORT void TF_ColocateWith(TF_OperationDescription* desc, TF_Operation* op);
/* Attributes that don't follow from the inputs and have no default that is wanted. */
TF_CAPI_EXPORT void TF_SetAttrString(TF_OperationDescription* desc, const char* attr_name, const void* value,
                                     size_t length);
TF_CAPI_EXPORT void TF_SetAttrStringList(TF_OperationDescription* desc, const char* attr_name,
                                         const void* const* values, const size_t* lengths, int num_values);
TF_CAPI_EXPORT void TF_SetAttrInt(TF_OperationDescription* desc, const char* attr_name, int64_t value);
TF_CAPI_EXPORT void TF_SetAttrIntList(TF_OperationDescription* desc, const char* attr_name, const int64_t* values,
                                      int num_values);
TF_CAPI_EXPORT void TF_SetAttrFloat(TF_OperationDescription* desc, const char* attr_name, float value);
TF_CAPI_EXPORT void TF_SetAttrFloatList(TF_OperationDescription* desc, const char* attr_name, const float* values,
                                        int num_values);
TF_CAPI_EXPORT void TF_SetAttrBool(TF_OperationDescription* desc, const char* attr_name, unsigned char value);
TF_CAPI_EXPORT void TF_SetAttrBoolList(TF_OperationDescription* desc, const char* attr_name,
                                       const unsigned char* values, int num_values);
TF_CAPI_EXPORT void TF_SetAttrType(TF_OperationDescription* desc, const char* attr_name, TF_DataType value);
TF_CAPI_EXPORT void TF_SetAttrTypeList(TF_OperationDescription* desc, const char* attr_name, const TF_DataType* values,
                                       int num_values);
/* Within a function: the value of the function's attribute `placeholder`. */
TF_CAPI_EXPORT void TF_SetAttrPlaceholder(TF_OperationDescription* desc, const char* attr_name,
                                          const char* placeholder);
/* The name of a function. */
TF_CAPI_EXPORT void TF_SetAttrFuncName(TF_OperationDescription* desc, const char* attr_name, const char* value,
                                       size_t length);
TF_CAPI_EXPORT void TF_SetAttrShape(TF_OperationDescription* desc, const char* attr_name, const int64_t* dims,
                                    int num_dims);
TF_CAPI_EXPORT void TF_SetAttrShapeList(TF_OperationDescription* desc, const char* attr_name,
                                        const int64_t* const* dims, const int* num_dims, int num_shapes);
/* TensorShapeProtos. InvalidArgument: a proto can't be read. */
TF_CAPI_EXPORT void TF_SetAttrTensorShapeProto(TF_OperationDescription* desc, const char* attr_name, const void* proto,
                                               size_t proto_len, TF_Status* status);
TF_CAPI_EXPORT void TF_SetAttrTensorShapeProtoList(TF_OperationDescription* desc, const char* attr_name,
                                                   const void* const* protos, const size_t* proto_lens, int num_shapes,
                                                   TF_Status* status);
/* The elements are copied. */
TF_CAPI_EXPORT void TF_SetAttrTensor(TF_OperationDescription* desc, const char* attr_name, TF_Tensor* value,
                                     TF_Status* status);
TF_CAPI_EXPORT void TF_SetAttrTensorList(TF_OperationDescription* desc, const char* attr_name, TF_Tensor* const* values,
                                         int num_values, TF_Status* status);
/* An AttrValue proto. */
TF_CAPI_EXPORT void TF_SetAttrValueProto(TF_OperationDescription* desc, const char* attr_name, const void* proto,
                                         size_t proto_len, TF_Status* status);
/* Adds the operation to the graph and deletes `desc`. InvalidArgument, and null: the name is taken, the op is unknown,
 * inputs or attributes don't fit it, or shapes don't fit each other. */
TF_CAPI_EXPORT TF_Operation* TF_FinishOperation(TF_OperationDescription* desc, TF_Status* status);

/* ---- Asking operations ------------------------------------------------------------------------------------------ */

/* Valid as long as the graph. */
TF_CAPI_EXPORT const char* TF_OperationName(TF_Operation* oper);
TF_CAPI_EXPORT const char* TF_OperationOpType(TF_Operation* oper);
TF_CAPI_EXPORT const char* TF_OperationDevice(TF_Operation* oper);
TF_CAPI_EXPORT int TF_OperationNumOutputs(TF_Operation* oper);
TF_CAPI_EXPORT TF_DataType TF_OperationOutputType(TF_Output oper_out);
/* How many tensors an argument of the op's definition stands for. InvalidArgument: there is none of this name. */
TF_CAPI_EXPORT int TF_OperationOutputListLength(TF_Operation* oper, const char* arg_name, TF_Status* status);
TF_CAPI_EXPORT int TF_OperationNumInputs(TF_Operation* oper);
TF_CAPI_EXPORT TF_DataType TF_OperationInputType(TF_Input oper_in);
TF_CAPI_EXPORT int TF_OperationInputListLength(TF_Operation* oper, const char* arg_name, TF_Status* status);
/* The tensor that the input reads. */
TF_CAPI_EXPORT TF_Output TF_OperationInput(TF_Input oper_in);
/* Who reads the tensor; the number of those written, at most max_consumers. Grows as the graph does. */
TF_CAPI_EXPORT int TF_OperationOutputNumConsumers(TF_Output oper_out);
TF_CAPI_EXPORT int TF_OperationOutputConsumers(TF_Output oper_out, TF_Input* consumers, int max_consumers);
/* Who it waits for, and who waits for it. */
TF_CAPI_EXPORT int TF_OperationNumControlInputs(TF_Operation* oper);
TF_CAPI_EXPORT int TF_OperationGetControlInputs(TF_Operation* oper, TF_Operation** control_inputs,
                                                int max_control_inputs);
TF_CAPI_EXPORT int TF_OperationNumControlOutputs(TF_Operation* oper);
TF_CAPI_EXPORT int TF_OperationGetControlOutputs(TF_Operation* oper, TF_Operation** control_outputs,
                                                 int max_control_outputs);

/* How an attribute's value is to be asked for. */
typedef struct TF_AttrMetadata {
  unsigned char is_list;
  int64_t list_size;  /* -1: no list */
  TF_AttrType type;   /* of the elements, of a list */
  /* Bytes of a string, of all strings of a list; dimensions of a shape (-1: unknown rank), of all shapes of a list. Else
   * -1. */
  int64_t total_size;
} TF_AttrMetadata;
/* InvalidArgument: no such attribute; so below, where it also means that it is of another kind. */
TF_CAPI_EXPORT TF_AttrMetadata TF_OperationGetAttrMetadata(TF_Operation* oper, const char* attr_name,
                                                           TF_Status* status);
/* Copies at most max_length bytes. */
TF_CAPI_EXPORT void TF_OperationGetAttrString(TF_Operation* oper, const char* attr_name, void* value, size_t max_length,
                                              TF_Status* status);
/* The strings go to `storage`, where values[i] points. InvalidArgument: it is too small. */
TF_CAPI_EXPORT void TF_OperationGetAttrStringList(TF_Operation* oper, const char* attr_name, void** values,
                                                  size_t* lengths, int max_values, void* storage, size_t storage_size,
                                                  TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrInt(TF_Operation* oper, const char* attr_name, int64_t* value,
                                           TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrIntList(TF_Operation* oper, const char* attr_name, int64_t* values,
                                               int max_values, TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrFloat(TF_Operation* oper, const char* attr_name, float* value,
                                             TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrFloatList(TF_Operation* oper, const char* attr_name, float* values,
                                                 int max_values, TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrBool(TF_Operation* oper, const char* attr_name, unsigned char* value,
                                            TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrBoolList(TF_Operation* oper, const char* attr_name, unsigned char* values,
                                                int max_values, TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrType(TF_Operation* oper, const char* attr_name, TF_DataType* value,
                                            TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrTypeList(TF_Operation* oper, const char* attr_name, TF_DataType* values,
                                                int max_values, TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrShape(TF_Operation* oper, const char* attr_name, int64_t* value, int num_dims,
                                             TF_Status* status);
/* The dimensions go to `storage`, where dims[i] points; num_dims[i] is -1 for an unknown rank. */
TF_CAPI_EXPORT void TF_OperationGetAttrShapeList(TF_Operation* oper, const char* attr_name, int64_t** dims,
                                                 int* num_dims, int num_shapes, int64_t* storage, int storage_size,
                                                 TF_Status* status);
/* As TensorShapeProtos; the caller deletes the buffers of the list. */
TF_CAPI_EXPORT void TF_OperationGetAttrTensorShapeProto(TF_Operation* oper, const char* attr_name, TF_Buffer* value,
                                                        TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrTensorShapeProtoList(TF_Operation* oper, const char* attr_name,
                                                            TF_Buffer** values, int max_values, TF_Status* status);
/* The caller deletes the tensors. */
TF_CAPI_EXPORT void TF_OperationGetAttrTensor(TF_Operation* oper, const char* attr_name, TF_Tensor** value,
                                              TF_Status* status);
TF_CAPI_EXPORT void TF_OperationGetAttrTensorList(TF_Operation* oper, const char* attr_name, TF_Tensor** values,
                                                  int max_values, TF_Status* status);
/* As an AttrValue proto. */
TF_CAPI_EXPORT void TF_OperationGetAttrValueProto(TF_Operation* oper, const char* attr_name,
                                                  TF_Buffer* output_attr_value, TF_Status* status);
/* As a NodeDef. */
TF_CAPI_EXPORT void TF_OperationToNodeDef(TF_Operation* oper, TF_Buffer* output_node_def, TF_Status* status);

/* Null: there is none of this name. */
TF_CAPI_EXPORT TF_Operation* TF_GraphOperationByName(TF_Graph* graph, const char* oper_name);
/* The operation at *pos, which begins at 0 and is moved on; null at the end. */
TF_CAPI_EXPORT TF_Operation* TF_GraphNextOperation(TF_Graph* graph, size_t* pos);
TF_CAPI_EXPORT void TF_GraphToGraphDef(TF_Graph* graph, TF_Buffer* output_graph_def, TF_Status* status);
/* The OpDef of an op, or of a function of the graph. */
TF_CAPI_EXPORT void TF_GraphGetOpDef(TF_Graph* graph, const char* op_name, TF_Buffer* output_op_def, TF_Status* status);
/* A VersionDef. */
TF_CAPI_EXPORT void TF_GraphVersions(TF_Graph* graph, TF_Buffer* output_version_def, TF_Status* status);

/* ---- Importing GraphDefs ---------------------------------------------------------------------------------------- */

typedef struct TF_ImportGraphDefOptions TF_ImportGraphDefOptions;
TF_CAPI_EXPORT TF_ImportGraphDefOptions* TF_NewImportGraphDefOptions(void);
TF_CAPI_EXPORT void TF_DeleteImportGraphDefOptions(TF_ImportGraphDefOptions* opts);
/* Put before each name, with a slash. */
TF_CAPI_EXPORT void TF_ImportGraphDefOptionsSetPrefix(TF_ImportGraphDefOptions* opts, const char* prefix);
/* Of operations without a device. */
TF_CAPI_EXPORT void TF_ImportGraphDefOptionsSetDefaultDevice(TF_ImportGraphDefOptions* opts, const char* device);
/* Names that are taken, or a prefix that is, get a number behind; else they are errors. */
TF_CAPI_EXPORT void TF_ImportGraphDefOptionsSetUniquifyNames(TF_ImportGraphDefOptions* opts,
                                                             unsigned char uniquify_names);
TF_CAPI_EXPORT void TF_ImportGraphDefOptionsSetUniquifyPrefix(
    TF_ImportGraphDefOptions* opts, unsigned char uniquify_prefix);
/* Where the GraphDef reads src_name:src_index, or waits for src_name, something of the graph takes its place. */
TF_CAPI_EXPORT void TF_ImportGraphDefOptionsAddInputMapping(TF_ImportGraphDefOptions* opts, const char* src_name,
                                                            int src_index, TF_Output dst);
TF_CAPI_EXPORT void TF_ImportGraphDefOptionsRemapControlDependency(
    TF_ImportGraphDefOptions* opts, const char* src_name, TF_Operation* dst);
/* All that is imported waits for `oper`. */
TF_CAPI_EXPORT void TF_ImportGraphDefOptionsAddControlDependency(TF_ImportGraphDefOptions* opts, TF_Operation* oper);
/* What the results are to tell of. */
TF_CAPI_EXPORT void TF_ImportGraphDefOptionsAddReturnOutput(TF_ImportGraphDefOptions* opts, const char* oper_name,
                                                            int index);
TF_CAPI_EXPORT int TF_ImportGraphDefOptionsNumReturnOutputs(const TF_ImportGraphDefOptions* opts);
TF_CAPI_EXPORT void TF_ImportGraphDefOptionsAddReturnOperation(TF_ImportGraphDefOptions* opts, const char* oper_name);
TF_CAPI_EXPORT int TF_ImportGraphDefOptionsNumReturnOperations(const TF_ImportGraphDefOptions* opts);

typedef struct TF_ImportGraphDefResults TF_ImportGraphDefResults;
/* The arrays are the results' and live as long. */
TF_CAPI_EXPORT void TF_ImportGraphDefResultsReturnOutputs(TF_ImportGraphDefResults* results, int* num_outputs,
                                                          TF_Output** outputs);
TF_CAPI_EXPORT void TF_ImportGraphDefResultsReturnOperations(TF_ImportGraphDefResults* results, int* num_opers,
                                                             TF_Operation*** opers);
/* Input mappings that nothing in the GraphDef reads and whose operation it doesn't have. */
TF_CAPI_EXPORT void TF_ImportGraphDefResultsMissingUnusedInputMappings(
    TF_ImportGraphDefResults* results, int* num_missing_unused_input_mappings, const char*** src_names,
    int** src_indexes);
TF_CAPI_EXPORT void TF_DeleteImportGraphDefResults(TF_ImportGraphDefResults* results);

/* Add the operations and functions of a GraphDef: all, or none where one of them is wrong. */
TF_CAPI_EXPORT TF_ImportGraphDefResults* TF_GraphImportGraphDefWithResults(
    TF_Graph* graph, const TF_Buffer* graph_def, const TF_ImportGraphDefOptions* options, TF_Status* status);
TF_CAPI_EXPORT void TF_GraphImportGraphDefWithReturnOutputs(TF_Graph* graph, const TF_Buffer* graph_def,
                                                            const TF_ImportGraphDefOptions* options,
                                                            TF_Output* return_outputs, int num_return_outputs,
                                                            TF_Status* status);
TF_CAPI_EXPORT void TF_GraphImportGraphDef(TF_Graph* graph, const TF_Buffer* graph_def,
                                           const TF_ImportGraphDefOptions* options, TF_Status* status);

/* ---- Functions -------------------------------------------------------------------------------------------------- */

/* Makes the graph know `func`, and `grad` (may be null) as its gradient. */
TF_CAPI_EXPORT void TF_GraphCopyFunction(TF_Graph* g, const TF_Function* func, const TF_Function* grad,
                                         TF_Status* status);
TF_CAPI_EXPORT int TF_GraphNumFunctions(TF_Graph* g);
/* New objects, the caller's; the number of them. */
TF_CAPI_EXPORT int TF_GraphGetFunctions(TF_Graph* g, TF_Function** funcs, int max_func, TF_Status* status);
/* A function of the operations `opers` of a graph; num_opers -1: of all but those of the inputs. Names of outputs may be
 * null. InvalidArgument: an input twice, an input that isn't made in the graph, an operation that reads what is neither. */
TF_CAPI_EXPORT TF_Function* TF_GraphToFunction(const TF_Graph* fn_body, const char* fn_name,
                                               unsigned char append_hash_to_fn_name, int num_opers,
                                               const TF_Operation* const* opers, int ninputs, const TF_Output* inputs,
                                               int noutputs, const TF_Output* outputs, const char* const* output_names,
                                               const TF_FunctionOptions* opts, const char* description,
                                               TF_Status* status);
/* The same; a call also runs the operations `control_outputs`, whatever of its outputs is used. */
TF_CAPI_EXPORT TF_Function* TF_GraphToFunctionWithControlOutputs(
    const TF_Graph* fn_body, const char* fn_name, unsigned char append_hash_to_fn_name, int num_opers,
    const TF_Operation* const* opers, int ninputs, const TF_Output* inputs, int noutputs, const TF_Output* outputs,
    const char* const* output_names, int ncontrol_outputs, const TF_Operation* const* control_outputs,
    const char* const* control_output_names, const TF_FunctionOptions* opts, const char* description,
    TF_Status* status);
TF_CAPI_EXPORT const char* TF_FunctionName(TF_Function* func);
/* A FunctionDef. */
TF_CAPI_EXPORT void TF_FunctionToFunctionDef(TF_Function* func, TF_Buffer* output_func_def, TF_Status* status);
TF_CAPI_EXPORT TF_Function* TF_FunctionImportFunctionDef(const void* proto, size_t proto_len, TF_Status* status);
/* AttrValue protos. */
TF_CAPI_EXPORT void TF_FunctionSetAttrValueProto(TF_Function* func, const char* attr_name, const void* proto,
                                                 size_t proto_len, TF_Status* status);
TF_CAPI_EXPORT void TF_FunctionGetAttrValueProto(TF_Function* func, const char* attr_name, TF_Buffer* output_attr_value,
                                                 TF_Status* status);
TF_CAPI_EXPORT void TF_DeleteFunction(TF_Function* func);
/* True, and a new tensor: the value is the same in each run and was cheap to find out. */
TF_CAPI_EXPORT unsigned char TF_TryEvaluateConstant(TF_Graph* graph, TF_Output output, TF_Tensor** result,
                                                    TF_Status* status);

/* ---- Loops ------------------------------------------------------------------------------------------------------ */

/* A while loop in the making. The caller builds the condition and the body, each in a graph of its own that reads the
 * loop variables from cond_inputs and body_inputs, then sets cond_output, body_outputs and the name. */
typedef struct TF_WhileParams {
  const int ninputs;
  TF_Graph* const cond_graph;
  const TF_Output* const cond_inputs;
  TF_Output cond_output;
  TF_Graph* const body_graph;
  const TF_Output* const body_inputs;
  TF_Output* const body_outputs;
  const char* name;
} TF_WhileParams;
/* Begins a loop whose variables have the values `inputs` at first. */
TF_CAPI_EXPORT TF_WhileParams TF_NewWhile(TF_Graph* g, TF_Output* inputs, int ninputs, TF_Status* status);
/* Builds it: `outputs` are what the variables are at last. Either this or TF_AbortWhile ends the making. */
TF_CAPI_EXPORT void TF_FinishWhile(const TF_WhileParams* params, TF_Status* status, TF_Output* outputs);
TF_CAPI_EXPORT void TF_AbortWhile(const TF_WhileParams* params);

/* ---- Derivatives ------------------------------------------------------------------------------------------------ */

/* Adds operations that compute the derivatives of sum(y) by each x, which go to dy; dx (may be null: ones) are those of
 * the loss by each y. An x that no y depends on gives an output without operation. */
TF_CAPI_EXPORT void TF_AddGradients(TF_Graph* g, TF_Output* y, int ny, TF_Output* x, int nx, TF_Output* dx,
                                    TF_Status* status, TF_Output* dy);
/* The same, below the name scope `prefix`. InvalidArgument: it is taken. */
TF_CAPI_EXPORT void TF_AddGradientsWithPrefix(TF_Graph* g, const char* prefix, TF_Output* y, int ny, TF_Output* x,
                                              int nx, TF_Output* dx, TF_Status* status, TF_Output* dy);

/* ---- Sessions --------------------------------------------------------------------------------------------------- */

/* Runs a graph, which may grow meanwhile, and keeps its variables. */
typedef struct TF_Session TF_Session;
TF_CAPI_EXPORT TF_Session* TF_NewSession(TF_Graph* graph, const TF_SessionOptions* opts, TF_Status* status);
/* A session in which the SavedModel's graph of exactly these tags is loaded, into `graph`, which is empty; `run_options`
 * and `meta_graph_def` (a MetaGraphDef) may be null. NotFound: no SavedModel there, or no such tags. */
TF_CAPI_EXPORT TF_Session* TF_LoadSessionFromSavedModel(const TF_SessionOptions* session_options,
                                                        const TF_Buffer* run_options, const char* export_dir,
                                                        const char* const* tags, int tags_len, TF_Graph* graph,
                                                        TF_Buffer* meta_graph_def, TF_Status* status);
/* Ends what runs. No run may begin after it. */
TF_CAPI_EXPORT void TF_CloseSession(TF_Session* session, TF_Status* status);
/* Whatever the status says, the object is gone. */
TF_CAPI_EXPORT void TF_DeleteSession(TF_Session* session, TF_Status* status);
/* Computes `outputs`, new tensors of the caller's, and runs `target_opers`, given the values of `inputs`, which stay the
 * caller's. `run_options` (RunOptions) and `run_metadata` (to become a RunMetadata) may be null. After an error all of
 * output_values are null. */
TF_CAPI_EXPORT void TF_SessionRun(TF_Session* session, const TF_Buffer* run_options, const TF_Output* inputs,
                                  TF_Tensor* const* input_values, int ninputs, const TF_Output* outputs,
                                  TF_Tensor** output_values, int noutputs, const TF_Operation* const* target_opers,
                                  int ntargets, TF_Buffer* run_metadata, TF_Status* status);
/* A run in several steps: what is to be fed, fetched and run in all; *handle, which TF_DeletePRunHandle frees, names it. */
TF_CAPI_EXPORT void TF_SessionPRunSetup(TF_Session* session, const TF_Output* inputs, int ninputs,
                                        const TF_Output* outputs, int noutputs, const TF_Operation* const* target_opers,
                                        int ntargets, const char** handle, TF_Status* status);
/* A step: feeds some of the inputs, and waits for some of the outputs. */
TF_CAPI_EXPORT void TF_SessionPRun(TF_Session* session, const char* handle, const TF_Output* inputs,
                                   TF_Tensor* const* input_values, int ninputs, const TF_Output* outputs,
                                   TF_Tensor** output_values, int noutputs, const TF_Operation* const* target_opers,
                                   int ntargets, TF_Status* status);
TF_CAPI_EXPORT void TF_DeletePRunHandle(const char* handle);

/* The older kind, which has a graph of its own and knows tensors by names. */
typedef struct TF_DeprecatedSession TF_DeprecatedSession;
TF_CAPI_EXPORT TF_DeprecatedSession* TF_NewDeprecatedSession(const TF_SessionOptions* options, TF_Status* status);
TF_CAPI_EXPORT void TF_CloseDeprecatedSession(TF_DeprecatedSession* session, TF_Status* status);
TF_CAPI_EXPORT void TF_DeleteDeprecatedSession(TF_DeprecatedSession* session, TF_Status* status);
/* Ends the sessions of a target, of this process where it is "", with the resources of these containers. */
TF_CAPI_EXPORT void TF_Reset(const TF_SessionOptions* opt, const char** containers, int ncontainers, TF_Status* status);
/* Adds a GraphDef. */
TF_CAPI_EXPORT void TF_ExtendGraph(TF_DeprecatedSession* session, const void* proto, size_t proto_len,
                                   TF_Status* status);
TF_CAPI_EXPORT void TF_Run(TF_DeprecatedSession* session, const TF_Buffer* run_options, const char** input_names,
                           TF_Tensor** inputs, int ninputs, const char** output_names, TF_Tensor** outputs,
                           int noutputs, const char** target_oper_names, int ntargets, TF_Buffer* run_metadata,
                           TF_Status* status);
TF_CAPI_EXPORT void TF_PRunSetup(TF_DeprecatedSession* session, const char** input_names, int ninputs,
                                 const char** output_names, int noutputs, const char** target_oper_names, int ntargets,
                                 const char** handle, TF_Status* status);
TF_CAPI_EXPORT void TF_PRun(TF_DeprecatedSession* session, const char* handle, const char** input_names,
                            TF_Tensor** inputs, int ninputs, const char** output_names, TF_Tensor** outputs,
                            int noutputs, const char** target_oper_names, int ntargets, TF_Status* status);

/* ---- Devices ---------------------------------------------------------------------------------------------------- */

typedef struct TF_DeviceList TF_DeviceList;
TF_CAPI_EXPORT TF_DeviceList* TF_SessionListDevices(TF_Session* session, TF_Status* status);
TF_CAPI_EXPORT TF_DeviceList* TF_DeprecatedSessionListDevices(TF_DeprecatedSession* session, TF_Status* status);
TF_CAPI_EXPORT void TF_DeleteDeviceList(TF_DeviceList* list);
TF_CAPI_EXPORT int TF_DeviceListCount(const TF_DeviceList* list);
/* Of the device `index`. Strings live as long as the list. InvalidArgument: the index is out of bounds. */
TF_CAPI_EXPORT const char* TF_DeviceListName(const TF_DeviceList* list, int index, TF_Status* status);
TF_CAPI_EXPORT const char* TF_DeviceListType(const TF_DeviceList* list, int index, TF_Status* status);
TF_CAPI_EXPORT int64_t TF_DeviceListMemoryBytes(const TF_DeviceList* list, int index, TF_Status* status);
TF_CAPI_EXPORT uint64_t TF_DeviceListIncarnation(const TF_DeviceList* list, int index, TF_Status* status);

/* ---- Ops and kernels -------------------------------------------------------------------------------------------- */

/* Libraries of ops: none can be loaded (Unimplemented), since they are made for TensorFlow's C++ interface. */
typedef struct TF_Library TF_Library;
TF_CAPI_EXPORT TF_Library* TF_LoadLibrary(const char* library_filename, TF_Status* status);
TF_CAPI_EXPORT TF_Buffer TF_GetOpList(TF_Library* lib_handle);
TF_CAPI_EXPORT void TF_DeleteLibraryHandle(TF_Library* lib_handle);
/* An OpList. */
TF_CAPI_EXPORT TF_Buffer* TF_GetAllOpList(void);

/* How ops are presented to users of a language: an ApiDef for each op of an OpList. */
typedef struct TF_ApiDefMap TF_ApiDefMap;
TF_CAPI_EXPORT TF_ApiDefMap* TF_NewApiDefMap(TF_Buffer* op_list_buffer, TF_Status* status);
TF_CAPI_EXPORT void TF_DeleteApiDefMap(TF_ApiDefMap* apimap);
/* Overrides with ApiDefs in text format. */
TF_CAPI_EXPORT void TF_ApiDefMapPut(TF_ApiDefMap* api_def_map, const char* text, size_t text_len, TF_Status* status);
/* An ApiDef; null: there is none. */
TF_CAPI_EXPORT TF_Buffer* TF_ApiDefMapGet(TF_ApiDefMap* api_def_map, const char* name, size_t name_len,
                                          TF_Status* status);

/* KernelLists. */
TF_CAPI_EXPORT TF_Buffer* TF_GetAllRegisteredKernels(TF_Status* status);
TF_CAPI_EXPORT TF_Buffer* TF_GetRegisteredKernelsForOp(const char* name, TF_Status* status);

/* ---- Servers ---------------------------------------------------------------------------------------------------- */

/* A task of a cluster, as tf.train.Server. */
typedef struct TF_Server TF_Server;
/* `proto` is a ServerDef. */
TF_CAPI_EXPORT TF_Server* TF_NewServer(const void* proto, size_t proto_len, TF_Status* status);
TF_CAPI_EXPORT void TF_ServerStart(TF_Server* server, TF_Status* status);
TF_CAPI_EXPORT void TF_ServerStop(TF_Server* server, TF_Status* status);
/* Waits until it is stopped. */
TF_CAPI_EXPORT void TF_ServerJoin(TF_Server* server, TF_Status* status);
/* "grpc://localhost:2222", for TF_SetTarget; lives as long as the server. */
TF_CAPI_EXPORT const char* TF_ServerTarget(TF_Server* server);
TF_CAPI_EXPORT void TF_DeleteServer(TF_Server* server);

/* `listener` gets each message for users instead of the standard error stream. */
TF_CAPI_EXPORT void TF_RegisterLogListener(void (*listener)(const char *));

#endif
