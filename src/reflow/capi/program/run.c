/* Runs: feeds, fetches, targets, variables, strings, errors. */
#include "reflow/capi/program/show.h"

static void arithmetic(void) {
  TF_Graph* g = TF_NewGraph();
  const TF_Output x = out(placeholder(g, "x", TF_FLOAT), 0), one = out(constant(g, "one", scalar_float(1)), 0);
  const TF_Output sum = out(binary(g, "Add", "sum", x, one), 0), neg = out(unary(g, "Neg", "neg", sum), 0);
  TF_Session* session = new_session(g);
  const float values[3] = {1, 2, 3};
  const int64_t dims[1] = {3};
  TF_Tensor *v = floats(values, dims, 1), *scalar = scalar_float(7), *number = scalar_int(1);
  show_run("vector", session, x, v, sum);
  show_run("scalar", session, x, scalar, sum);
  show_run("constant", session, out(NULL, 0), NULL, one);
  show_run("fed within", session, sum, v, neg);
  show_run("not fed", session, out(NULL, 0), NULL, sum);
  show_run("fed with another type", session, x, number, sum);
  show_run("fed and fetched", session, x, v, x);
  show_run("no such output", session, x, v, out(sum.oper, 1));
  show_run("no such feed", session, out(x.oper, 2), v, sum);
  const TF_Output fetches[4] = {sum, neg, sum, one};
  TF_Tensor* results[4] = {NULL, NULL, NULL, NULL};
  const TF_Operation* targets[1] = {neg.oper};
  TF_SessionRun(session, NULL, &x, &v, 1, fetches, results, 4, targets, 1, NULL, s);
  show_status("several");
  for (int i = 0; i < 4; ++i) {
    show_tensor("result", results[i]);
    if (i == 1) printf("moved %d\n", TF_TensorMaybeMove(results[i]) == results[i]);
    TF_DeleteTensor(results[i]);
    results[i] = NULL;
  }
  TF_SessionRun(session, NULL, &x, &v, 1, NULL, NULL, 0, targets, 1, NULL, s);
  show_status("target only");
  TF_SessionRun(session, NULL, &x, &v, 1, NULL, NULL, 0, NULL, 0, NULL, s);
  show_status("nothing");
  TF_Tensor* two[2] = {v, v};
  const TF_Output twice[2] = {x, x};
  TF_SessionRun(session, NULL, twice, two, 2, &sum, results, 1, NULL, 0, NULL, s);
  show_status("fed twice");
  binary(g, "Mul", "late", sum, sum);
  show_run("grown", session, x, scalar, out(TF_GraphOperationByName(g, "late"), 0));

  TF_Buffer *metadata = TF_NewBuffer(), options = {"\x08\x03", 2, NULL}, bad = {"\xff", 1, NULL};
  TF_SessionRun(session, &options, &x, &v, 1, &sum, results, 1, NULL, 0, metadata, s);
  show_status("traced");
  printf("metadata %d\n", metadata->length > 20);
  TF_DeleteTensor(results[0]);
  TF_SessionRun(session, NULL, &x, &v, 1, &sum, results, 1, NULL, 0, metadata, s);
  show_status("metadata in a full buffer");
  TF_SessionRun(session, &bad, &x, &v, 1, &sum, results, 1, NULL, 0, NULL, s);
  show_status("bad options");
  TF_DeleteBuffer(metadata);
  TF_DeleteTensor(v);
  TF_DeleteTensor(scalar);
  TF_DeleteTensor(number);
  TF_CloseSession(session, s);
  show_run("closed", session, out(NULL, 0), NULL, one);
  TF_DeleteSession(session, s);
  show_status("deleted");
  TF_DeleteGraph(g);
}

static void variables(void) {
  TF_Graph* g = TF_NewGraph();
  TF_OperationDescription* d = TF_NewOperation(g, "VariableV2", "v");
  const int64_t dims[1] = {2};
  TF_SetAttrShape(d, "shape", dims, 1);
  TF_SetAttrType(d, "dtype", TF_FLOAT);
  TF_Operation* v = TF_FinishOperation(d, s);
  show_status("variable");
  printf("type %d\n", TF_OperationOutputType(out(v, 0)));
  const TF_Output x = out(placeholder(g, "x", TF_FLOAT), 0);
  TF_Operation *assign = binary(g, "Assign", "assign", out(v, 0), x), *add = binary(g, "AssignAdd", "add", out(v, 0), x);
  TF_Session *session = new_session(g), *other = new_session(g);
  show_run("uninitialized", session, out(NULL, 0), NULL, out(v, 0));
  const float values[2] = {1, 2};
  TF_Tensor* t = floats(values, dims, 1);
  show_run("assign", session, x, t, out(assign, 0));
  ((float*)TF_TensorData(t))[0] = 100;
  show_run("kept", session, out(NULL, 0), NULL, out(v, 0));
  show_run("add", session, x, t, out(add, 0));
  show_run("value", session, out(NULL, 0), NULL, out(v, 0));
  show_run("other session", other, out(NULL, 0), NULL, out(v, 0));
  TF_DeleteTensor(t);
  TF_DeleteGraph(g); /* lives on in its sessions */
  show_run("after its graph", session, out(NULL, 0), NULL, out(v, 0));
  close_session(session);
  close_session(other);
}

static void strings(void) {
  TF_Graph* g = TF_NewGraph();
  const TF_Output x = out(placeholder(g, "x", TF_STRING), 0);
  const TF_Output y = out(unary(g, "EncodeBase64", "y", x), 0);
  const TF_Output same = out(unary(g, "Identity", "same", x), 0);
  TF_Session* session = new_session(g);
  const char* const words[3] = {"one", "", "a longer string, of more than sixteen bytes"};
  TF_Tensor *t = string_tensor(words, 3), *scalar = string_tensor(words, -1);
  show_run("strings", session, x, t, same);
  show_run("encoded", session, x, t, y);
  show_run("scalar", session, x, scalar, y);
  ((uint64_t*)TF_TensorData(t))[1] = 1000;
  show_run("bad offset", session, x, t, y);
  const int64_t dims[1] = {3};
  TF_Tensor* shorter = TF_AllocateTensor(TF_STRING, dims, 1, 20);
  show_run("too short", session, x, shorter, y);
  TF_DeleteTensor(shorter);
  TF_DeleteTensor(t);
  TF_DeleteTensor(scalar);
  close_session(session);
  TF_DeleteGraph(g);
}

static void kernels(void) {
  TF_Graph* g = TF_NewGraph();
  const TF_Output a = out(placeholder(g, "a", TF_FLOAT), 0), b = out(constant(g, "b", scalar_float(1)), 0);
  const TF_Output product = out(binary(g, "MatMul", "product", a, a), 0);
  TF_Session* session = new_session(g);
  const float values[2] = {1, 2};
  const int64_t dims[2] = {1, 2};
  TF_Tensor *t = floats(values, dims, 2), *v = floats(values, dims + 1, 1);
  show_run("matmul", session, a, t, product);
  show_run("matmul of vectors", session, a, v, product);
  show_run("empty", session, out(NULL, 0), NULL, b);
  TF_DeleteTensor(t);
  TF_DeleteTensor(v);
  close_session(session);
  TF_DeleteGraph(g);
}

void run_section(void) {
  arithmetic();
  variables();
  strings();
  kernels();
}
