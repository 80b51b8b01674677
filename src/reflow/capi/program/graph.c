/* Making operations, asking them, shapes. */
#include "reflow/capi/program/show.h"

static void show_shape(const char* what, TF_Graph* g, TF_Output t) {
  int64_t dims[8] = {77, 77, 77, 77, 77, 77, 77, 77};
  const int rank = TF_GraphGetTensorNumDims(g, t, s);
  printf("%s: rank %d", what, rank);
  if (TF_GetCode(s) == TF_OK) TF_GraphGetTensorShape(g, t, dims, rank, s);
  for (int i = 0; i < rank; ++i) printf(" %lld", (long long)dims[i]);
  printf("\n");
  if (TF_GetCode(s) != TF_OK) show_status("shape");
}

static void shapes(void) {
  TF_Graph *g = TF_NewGraph(), *other = TF_NewGraph();
  const TF_Output x = out(placeholder(g, "x", TF_INT32), 0);
  show_shape("unknown", g, x);
  TF_GraphSetTensorShape(g, x, NULL, -1, s);
  show_status("set unknown");
  int64_t dims[2] = {2, -1};
  TF_GraphSetTensorShape(g, x, dims, 2, s);
  show_shape("partial", g, x);
  TF_GraphSetTensorShape(g, x, NULL, -1, s);
  show_shape("kept", g, x);
  dims[0] = -1;
  dims[1] = 3;
  TF_GraphSetTensorShape(g, x, dims, 2, s);
  show_shape("merged", g, x);
  dims[1] = 4;
  TF_GraphSetTensorShape(g, x, dims, 2, s);
  show_status("contradiction");
  TF_GraphSetTensorShape(g, x, dims, 1, s);
  show_status("another rank");
  TF_GraphGetTensorShape(g, x, dims, 1, s);
  show_status("asked with another rank");
  show_shape("other graph", other, x);
  TF_GraphSetTensorShape(other, x, dims, 2, s);
  show_status("set in the other graph");
  show_shape("scalar", g, out(constant(g, "three", scalar_int(3)), 0));
  TF_DeleteGraph(g);
  TF_DeleteGraph(other);
}

static void errors(void) {
  TF_Graph* g = TF_NewGraph();
  const TF_Output x = out(placeholder(g, "x", TF_INT32), 0), f = out(placeholder(g, "f", TF_FLOAT), 0);
  TF_OperationDescription* d = TF_NewOperation(g, "NoSuchOp", "n");
  printf("null %d\n", TF_FinishOperation(d, s) == NULL);
  show_status("unknown op");
  placeholder(g, "x", TF_INT32);
  d = TF_NewOperation(g, "Add", "a");
  TF_AddInput(d, x);
  TF_FinishOperation(d, s);
  show_status("an input too few");
  d = TF_NewOperation(g, "Neg", "a");
  TF_AddInput(d, x);
  TF_AddInput(d, x);
  TF_FinishOperation(d, s);
  show_status("an input too many");
  binary(g, "Add", "a", x, f);
  unary(g, "Neg", "a", out(x.oper, 3));
  unary(g, "AddN", "a", x);
  d = TF_NewOperation(g, "Neg", "a");
  TF_AddInputList(d, &x, 1);
  TF_FinishOperation(d, s);
  show_status("a list for one");
  d = TF_NewOperation(g, "AddN", "a");
  const TF_Output both[2] = {x, f};
  TF_AddInputList(d, both, 2);
  TF_FinishOperation(d, s);
  show_status("a mixed list");
  d = TF_NewOperation(g, "AddN", "a");
  TF_AddInputList(d, both, 0);
  TF_FinishOperation(d, s);
  show_status("an empty list");
  d = TF_NewOperation(g, "Placeholder", "a");
  TF_FinishOperation(d, s);
  show_status("a missing attribute");
  d = TF_NewOperation(g, "Placeholder", "a");
  TF_SetAttrInt(d, "dtype", 3);
  TF_FinishOperation(d, s);
  show_status("an attribute of another kind");
  d = TF_NewOperation(g, "Placeholder", "a");
  TF_SetAttrType(d, "dtype", TF_FLOAT);
  TF_SetAttrType(d, "unknown", TF_FLOAT);
  TF_FinishOperation(d, s);
  show_status("an unknown attribute");
  d = TF_NewOperation(g, "Placeholder", "bad name");
  TF_SetAttrType(d, "dtype", TF_FLOAT);
  TF_FinishOperation(d, s);
  show_status("a bad name");
  const char* const words[1] = {"w"};
  unary(g, "Neg", "a", out(constant(g, "word", string_tensor(words, 1)), 0));
  const float two[2] = {1, 2};
  const int64_t vector[1] = {2};
  const TF_Output v = out(constant(g, "v", floats(two, vector, 1)), 0);
  binary(g, "MatMul", "a", v, v);
  d = TF_NewOperation(g, "Neg", "a");
  TF_AddInput(d, v);
  TF_SetAttrType(d, "T", TF_INT32);
  TF_FinishOperation(d, s);
  show_status("a type that isn't the input's");
  d = TF_NewOperation(g, "Assign", "a");
  TF_AddInput(d, v);
  TF_AddInput(d, v);
  TF_FinishOperation(d, s);
  show_status("no ref");
  d = TF_NewOperation(g, "Add", "a");
  TF_AddInput(d, x);
  TF_AddInput(d, f);
  TF_AddInput(d, f);
  TF_FinishOperation(d, s);
  show_status("two mistakes");
  unary(g, "BatchMatrixDiag", "a", v); /* removed in version 14 of GraphDefs */
  printf("a %d\n", TF_GraphOperationByName(g, "a") != NULL);
  TF_DeleteGraph(g);
}

static void queries(void) {
  TF_Graph* g = TF_NewGraph();
  TF_Operation* x = placeholder(g, "feed", TF_INT32);
  TF_Operation* three = constant(g, "scalar", scalar_int(3));
  TF_OperationDescription* d = TF_NewOperation(g, "AddN", "add");
  const TF_Output inputs[2] = {{x, 0}, {three, 0}};
  TF_AddInputList(d, inputs, 2);
  TF_SetDevice(d, "/cpu:0");
  TF_AddControlInput(d, x);
  TF_ColocateWith(d, three);
  TF_ColocateWith(d, x);
  TF_Operation* add = TF_FinishOperation(d, s);
  show_status("add");
  TF_Operation* neg = unary(g, "Neg", "neg", out(add, 0));
  d = TF_NewOperation(g, "Split", "split");
  TF_AddInput(d, out(constant(g, "axis", scalar_int(0)), 0));
  TF_AddInput(d, out(placeholder(g, "parted", TF_FLOAT), 0));
  TF_SetAttrInt(d, "num_split", 3);
  TF_AddControlInput(d, neg);
  TF_AddControlInput(d, x);
  TF_Operation* split = TF_FinishOperation(d, s);
  show_status("split");
  show_graph("graph", g);
  printf("add: %d inputs of type %d, 'inputs' %d, %d outputs of type %d, 'sum' %d\n", TF_OperationNumInputs(add),
         TF_OperationInputType((TF_Input){add, 1}), TF_OperationInputListLength(add, "inputs", s), TF_OperationNumOutputs(add),
         TF_OperationOutputType(out(add, 0)), TF_OperationOutputListLength(add, "sum", s));
  TF_OperationInputListLength(add, "bogus", s);
  show_status("bogus input");
  TF_OperationOutputListLength(add, "bogus", s);
  show_status("bogus output");
  printf("split: %d outputs, 'output' %d\n", TF_OperationNumOutputs(split), TF_OperationOutputListLength(split, "output", s));
  TF_Input consumers[4];
  int n = TF_OperationOutputConsumers(out(three, 0), consumers, 4);
  printf("consumers %d of %d:", n, TF_OperationOutputNumConsumers(out(three, 0)));
  for (int i = 0; i < n; ++i) printf(" %s:%d", TF_OperationName(consumers[i].oper), consumers[i].index);
  n = TF_OperationOutputConsumers(out(three, 0), consumers, 1);
  printf("; written %d\n", n);
  TF_Operation* ops[4];
  n = TF_OperationGetControlOutputs(x, ops, 4);
  printf("control outputs %d of %d:", n, TF_OperationNumControlOutputs(x));
  for (int i = 0; i < n; ++i) printf(" %s", TF_OperationName(ops[i]));
  printf("; control inputs %d\n", TF_OperationNumControlInputs(split));
  printf("found %d, not found %d\n", TF_GraphOperationByName(g, "add") == add, TF_GraphOperationByName(g, "no") == NULL);

  TF_Buffer* b = TF_NewBuffer();
  TF_GraphToGraphDef(g, b, s);
  show_status("graph def");
  printf("%zu bytes\n", b->length);
  TF_DeleteBuffer(b);
  b = TF_NewBuffer();
  TF_OperationToNodeDef(neg, b, s);
  printf("node def %zu bytes:", b->length);
  for (size_t i = 0; i < b->length; ++i) printf(" %02x", ((const unsigned char*)b->data)[i]);
  printf("\n");
  TF_OperationToNodeDef(neg, b, s);
  show_status("into a full buffer");
  TF_DeleteBuffer(b);
  b = TF_NewBuffer();
  TF_GraphVersions(g, b, s);
  printf("versions:");
  for (size_t i = 0; i < b->length; ++i) printf(" %02x", ((const unsigned char*)b->data)[i]);
  printf("\n");
  TF_DeleteBuffer(b);
  b = TF_NewBuffer();
  TF_GraphGetOpDef(g, "NoSuchOp", b, s);
  show_status("op def");
  TF_GraphGetOpDef(g, "Neg", b, s);
  show_status("op def");
  printf("starts with name %.3s\n", (const char*)b->data + 2);
  TF_DeleteBuffer(b);
  TF_DeleteGraph(g);
}

void graph_section(void) {
  shapes();
  errors();
  queries();
}
