/* Eager execution: tensors, operations, variables, functions. */
#include "reflow/capi/program/show.h"
#include "tensorflow/c/eager/c_api.h"

static TFE_Context* context;

static TFE_TensorHandle* handle_of(TF_Tensor* t) {
  TFE_TensorHandle* h = TFE_NewTensorHandle(t, s);
  TF_DeleteTensor(t);
  return h;
}

static void show_handle(const char* what, TFE_TensorHandle* h) {
  if (TF_GetCode(s) != TF_OK) {
    printf("%s: %d %.60s\n", what, TF_GetCode(s), TF_Message(s));
    TF_SetStatus(s, TF_OK, "");
    return;
  }
  TF_Tensor* t = TFE_TensorHandleResolve(h, s);
  show_tensor(what, t);
  TF_DeleteTensor(t);
}

/* The first output of an op of up to two inputs; deletes the op. */
static TFE_TensorHandle* run(TFE_Op* op, TFE_TensorHandle* x, TFE_TensorHandle* y) {
  TFE_TensorHandle* results[4] = {NULL, NULL, NULL, NULL};
  int n = 4;
  if (x) TFE_OpAddInput(op, x, s);
  if (y) TFE_OpAddInput(op, y, s);
  TFE_Execute(op, results, &n, s);
  TFE_DeleteOp(op);
  return results[0];
}

static void tensors(void) {
  const float values[4] = {1, 2, 3, 4};
  const int64_t dims[2] = {2, 2};
  TFE_TensorHandle* h = handle_of(floats(values, dims, 2));
  printf("type %d, %d dims, %lld elements, dim 1 %lld\n", TFE_TensorHandleDataType(h), TFE_TensorHandleNumDims(h, s),
         (long long)TFE_TensorHandleNumElements(h, s), (long long)TFE_TensorHandleDim(h, 1, s));
  printf("on %s, %s\n", TFE_TensorHandleDeviceName(h, s), TFE_TensorHandleBackingDeviceName(h, s));
  TFE_TensorHandle *shared = TFE_TensorHandleCopySharingTensor(h, s), *copy = TFE_TensorHandleCopyToDevice(h, context, "CPU:0", s);
  TFE_TensorHandleCopyToDevice(h, context, "/device:GPU:7", s);
  printf("no such device: %d\n", TF_GetCode(s));
  TF_SetStatus(s, TF_OK, "");
  TFE_TensorDebugInfo* info = TFE_TensorHandleTensorDebugInfo(h, s);
  printf("on the device %d dims, %lld\n", TFE_TensorDebugInfoOnDeviceNumDims(info), (long long)TFE_TensorDebugInfoOnDeviceDim(info, 0));
  TFE_DeleteTensorDebugInfo(info);
  TFE_DeleteTensorHandle(h);
  show_handle("shared", shared);
  show_handle("copy", copy);
  TFE_TensorHandle* product = run(TFE_NewOp(context, "MatMul", s), shared, copy);
  show_handle("product", product);
  TFE_DeleteTensorHandle(product);
  const char* const words[2] = {"a", "bc"};
  h = handle_of(string_tensor(words, 2));
  show_handle("strings", h);
  TFE_DeleteTensorHandle(h);
  TFE_DeleteTensorHandle(shared);
  TFE_DeleteTensorHandle(copy);
}

static void ops(void) {
  TFE_NewOp(context, "NoSuchOp", s);
  show_status("unknown op");
  unsigned char is_list = 7;
  TF_AttrType type = TFE_OpNameGetAttrType(context, "Conv2D", "strides", &is_list, s);
  printf("strides: type %d list %d\n", type, is_list);
  TFE_OpNameGetAttrType(context, "Conv2D", "nothing", &is_list, s);
  show_status("no attribute");
  TFE_TensorHandle *two = handle_of(scalar_float(2)), *three = handle_of(scalar_float(3)), *four = handle_of(scalar_int(4));
  TFE_TensorHandle* list[2] = {two, three};
  TFE_Op* op = TFE_NewOp(context, "AddN", s);
  type = TFE_OpGetAttrType(op, "N", &is_list, s);
  printf("N: type %d list %d\n", type, is_list);
  TFE_OpAddInputList(op, list, 2, s);
  printf("inputs %d, sum %d\n", TFE_OpGetInputLength(op, "inputs", s), TFE_OpGetOutputLength(op, "sum", s));
  TFE_TensorHandle* sum = run(op, NULL, NULL);
  show_handle("sum of a list", sum);
  op = TFE_NewOp(context, "IdentityN", s);
  const TF_DataType types[2] = {TF_FLOAT, TF_INT32};
  TFE_OpSetAttrTypeList(op, "T", types, 2);
  TFE_OpSetDevice(op, "/job:localhost/replica:0/task:0/device:CPU:0", s);
  printf("device %s\n", TFE_OpGetDevice(op, s));
  TFE_OpAddInput(op, two, s);
  TFE_OpAddInput(op, four, s);
  TFE_TensorHandle* results[3];
  int n = 1;
  TFE_Execute(op, results, &n, s);
  printf("too little room: %d\n", TF_GetCode(s));
  TF_SetStatus(s, TF_OK, "");
  n = 3;
  TFE_Execute(op, results, &n, s);
  printf("%d results\n", n);
  show_handle("first", results[0]);
  show_handle("second", results[1]);
  TFE_DeleteTensorHandle(results[0]);
  TFE_DeleteTensorHandle(results[1]);
  TFE_DeleteOp(op);
  show_handle("of two types", run(TFE_NewOp(context, "Mul", s), two, four));
  show_handle("matmul of scalars", run(TFE_NewOp(context, "MatMul", s), two, three));
  op = TFE_NewOp(context, "Cast", s);
  TFE_OpSetAttrType(op, "DstT", TF_DOUBLE);
  TFE_OpSetAttrBool(op, "Truncate", 0);
  TFE_TensorHandle* cast = run(op, four, NULL);
  show_handle("cast", cast);
  TFE_DeleteTensorHandle(cast);
  TFE_DeleteTensorHandle(sum);
  TFE_DeleteTensorHandle(two);
  TFE_DeleteTensorHandle(three);
  TFE_DeleteTensorHandle(four);
}

static void variables(void) {
  TFE_Op* op = TFE_NewOp(context, "VarHandleOp", s);
  TFE_OpSetAttrType(op, "dtype", TF_FLOAT);
  TFE_OpSetAttrShape(op, "shape", NULL, 0, s);
  TFE_OpSetAttrString(op, "container", "", 0);
  TFE_OpSetAttrString(op, "shared_name", "v", 1);
  TFE_TensorHandle *v = run(op, NULL, NULL), *twelve = handle_of(scalar_float(12));
  printf("resource %d\n", TFE_TensorHandleDataType(v));
  op = TFE_NewOp(context, "AssignVariableOp", s);
  TFE_OpSetAttrType(op, "dtype", TF_FLOAT);
  run(op, v, twelve);
  op = TFE_NewOp(context, "AssignAddVariableOp", s);
  TFE_OpSetAttrType(op, "dtype", TF_FLOAT);
  run(op, v, twelve);
  op = TFE_NewOp(context, "ReadVariableOp", s);
  TFE_OpSetAttrType(op, "dtype", TF_FLOAT);
  TFE_TensorHandle* value = run(op, v, NULL);
  show_handle("value", value);
  TFE_DeleteTensorHandle(value);
  TFE_DeleteTensorHandle(v);
  TFE_DeleteTensorHandle(twelve);
}

static void functions(void) {
  TF_Graph* g = TF_NewGraph();
  const TF_Output x = out(placeholder(g, "x", TF_FLOAT), 0), y = out(unary(g, "Square", "y", x), 0);
  TF_Function* f = TF_GraphToFunction(g, "Squared", 0, -1, NULL, 1, &x, 1, &y, NULL, NULL, NULL, s);
  TFE_ContextAddFunction(context, f, s);
  show_status("add");
  printf("has %d %d\n", TFE_ContextHasFunction(context, "Squared"), TFE_ContextHasFunction(context, "Cubed"));
  TFE_TensorHandle* three = handle_of(scalar_float(3));
  TFE_TensorHandle* nine = run(TFE_NewOp(context, "Squared", s), three, NULL);
  show_handle("squared", nine);
  TFE_DeleteTensorHandle(nine);
  TFE_ContextRemoveFunction(context, "Squared", s);
  show_status("remove");
  printf("has %d\n", TFE_ContextHasFunction(context, "Squared"));
  TFE_ContextAddFunctionDef(context, "\xff", 1, s);
  printf("garbage %d\n", TF_GetCode(s));
  TF_SetStatus(s, TF_OK, "");
  TFE_DeleteTensorHandle(three);
  TF_DeleteFunction(f);
  TF_DeleteGraph(g);
}

void eager_section(void) {
  TFE_ContextOptions* options = TFE_NewContextOptions();
  TFE_ContextOptionsSetConfig(options, "\xff\xff", 2, s);
  show_status("bad config");
  TFE_ContextOptionsSetAsync(options, 0);
  TFE_ContextOptionsSetDevicePlacementPolicy(options, TFE_DEVICE_PLACEMENT_SILENT);
  context = TFE_NewContext(options, s);
  show_status("context");
  TFE_DeleteContextOptions(options);
  TF_DeviceList* list = TFE_ContextListDevices(context, s);
  printf("device %s\n", TF_DeviceListName(list, 0, s));
  TF_DeleteDeviceList(list);
  printf("policy %d\n", TFE_ContextGetDevicePlacementPolicy(context));
  tensors();
  ops();
  variables();
  functions();
  TFE_ContextClearCaches(context);
  TFE_DeleteContext(context);
}
