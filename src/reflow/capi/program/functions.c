/* Functions, constants, gradients. */
#include "reflow/capi/program/show.h"

static TF_Function* make(TF_Graph* g, const char* name, int n_ops, const TF_Operation* const* ops, int n_in, const TF_Output* in,
                         int n_out, const TF_Output* o, const char* const* names) {
  TF_Function* f = TF_GraphToFunction(g, name, 0, n_ops, ops, n_in, in, n_out, o, names, NULL, NULL, s);
  show_status(name);
  return f;
}

static void show_function(TF_Function* f) {
  TF_Buffer* b = TF_NewBuffer();
  TF_FunctionToFunctionDef(f, b, s);
  printf("%s: %zu bytes\n", TF_FunctionName(f), b->length);
  TF_Function* again = TF_FunctionImportFunctionDef(b->data, b->length, s);
  show_status("import");
  TF_Buffer* b2 = TF_NewBuffer();
  TF_FunctionToFunctionDef(again, b2, s);
  printf("%s: the same %d\n", TF_FunctionName(again), b2->length == b->length);
  TF_DeleteFunction(again);
  TF_DeleteBuffer(b);
  TF_DeleteBuffer(b2);
}

static TF_Function* square_plus(void) {
  TF_Graph* body = TF_NewGraph();
  const TF_Output x = out(placeholder(body, "x", TF_FLOAT), 0), y = out(placeholder(body, "y", TF_FLOAT), 0);
  const TF_Output square = out(unary(body, "Square", "square", x), 0);
  const TF_Output sum = out(binary(body, "Add", "sum", square, y), 0);
  const TF_Output in[2] = {x, y}, results[2] = {sum, square};
  const char* const names[2] = {"total", "part"};
  TF_Function* f = make(body, "SquarePlus", -1, NULL, 2, in, 2, results, names);
  show_function(f);
  TF_DeleteFunction(make(body, "Unnamed", -1, NULL, 2, in, 1, results, NULL));
  const TF_Operation* only[1] = {sum.oper};
  const TF_Output inner[2] = {square, y};
  TF_Function* part = make(body, "Part", 1, only, 2, inner, 1, results, NULL);
  show_function(part);
  TF_DeleteFunction(part);
  const TF_Output twice[2] = {x, x};
  TF_DeleteFunction(make(body, "Twice", -1, NULL, 2, twice, 1, results, NULL));
  TF_DeleteFunction(make(body, "Missing", -1, NULL, 1, in, 1, results, NULL));
  TF_DeleteFunction(make(body, "OnlySum", 1, only, 1, inner, 1, results, NULL));
  const char* const bad[2] = {"same", "same"};
  TF_DeleteFunction(make(body, "BadNames", -1, NULL, 2, in, 2, results, bad));
  TF_Function* hashed = TF_GraphToFunction(body, "Hashed", 1, -1, NULL, 2, in, 1, results, NULL, NULL, "a sentence", s);
  show_status("Hashed");
  printf("hashed %zu %.7s\n", strlen(TF_FunctionName(hashed)), TF_FunctionName(hashed));
  TF_DeleteFunction(hashed);
  const TF_Operation* control[1] = {square.oper};
  const char* const control_names[1] = {"effect"};
  /* The output has the same name: TensorFlow takes the names of outputs for those of control outputs. */
  TF_Function* with_control = TF_GraphToFunctionWithControlOutputs(body, "WithControl", 0, -1, NULL, 2, in, 1, results,
                                                                   control_names, 1, control, control_names, NULL, NULL, s);
  show_status("WithControl");
  show_function(with_control);
  TF_DeleteFunction(with_control);
  TF_DeleteGraph(body);
  return f;
}

static void functions(void) {
  TF_Function* f = square_plus();
  TF_FunctionSetAttrValueProto(f, "_a", "\x18\x07", 2, s);
  show_status("set");
  TF_Buffer* b = TF_NewBuffer();
  TF_FunctionGetAttrValueProto(f, "_a", b, s);
  printf("attribute %zu bytes\n", b->length);
  TF_DeleteBuffer(b);
  b = TF_NewBuffer();
  TF_FunctionGetAttrValueProto(f, "_b", b, s);
  show_status("get");
  TF_FunctionSetAttrValueProto(f, "_a", "\x18", 1, s);
  show_status("set");
  TF_FunctionImportFunctionDef("\xff", 1, s);
  show_status("import");
  TF_DeleteBuffer(b);

  TF_Graph* g = TF_NewGraph();
  printf("%d functions\n", TF_GraphNumFunctions(g));
  TF_GraphCopyFunction(g, f, NULL, s);
  show_status("copy");
  TF_GraphCopyFunction(g, f, NULL, s);
  show_status("copy again");
  TF_GraphCopyFunction(g, NULL, NULL, s);
  show_status("copy nothing");
  printf("%d functions\n", TF_GraphNumFunctions(g));
  TF_Function* got[2];
  const int n = TF_GraphGetFunctions(g, got, 2, s);
  for (int i = 0; i < n; ++i) {
    printf("got %s\n", TF_FunctionName(got[i]));
    TF_DeleteFunction(got[i]);
  }
  TF_OperationDescription* d = TF_NewOperation(g, "SquarePlus", "call");
  const TF_Output three = out(constant(g, "three", scalar_float(3)), 0), one = out(constant(g, "one", scalar_float(1)), 0);
  TF_AddInput(d, three);
  TF_AddInput(d, one);
  TF_Operation* call = TF_FinishOperation(d, s);
  show_status("call");
  TF_Session* session = new_session(g);
  show_run("9 + 1", session, out(NULL, 0), NULL, out(call, 0));
  show_run("9", session, out(NULL, 0), NULL, out(call, 1));
  close_session(session);
  TF_DeleteFunction(f);
  TF_DeleteGraph(g);
}

static void constants(void) {
  TF_Graph* g = TF_NewGraph();
  const TF_Output three = out(constant(g, "three", scalar_int(3)), 0), x = out(placeholder(g, "x", TF_INT32), 0);
  const int64_t dims[2] = {4, 2};
  TF_GraphSetTensorShape(g, x, dims, 2, s);
  const TF_Output asked[3] = {three, x, out(unary(g, "Neg", "neg", three), 0)};
  for (int i = 0; i < 3; ++i) {
    TF_Tensor* t = NULL;
    printf("constant %d\n", TF_TryEvaluateConstant(g, asked[i], &t, s));
    show_tensor("value", t);
    if (t) TF_DeleteTensor(t);
  }
  show_status("constants");
  TF_DeleteGraph(g);
}

static void gradients(void) {
  TF_Graph* g = TF_NewGraph();
  TF_Output x = out(placeholder(g, "x", TF_FLOAT), 0), unused = out(placeholder(g, "unused", TF_FLOAT), 0);
  TF_Output y = out(unary(g, "Square", "y", x), 0), z = out(unary(g, "Exp", "z", x), 0);
  TF_Output xs[2] = {x, unused}, ys[2] = {y, z}, dx[2], dy[2];
  TF_AddGradients(g, &y, 1, xs, 1, NULL, s, dx);
  show_status("gradients");
  printf("below gradients %d\n", strncmp(TF_OperationName(dx[0].oper), "gradients/", 10) == 0);
  TF_Session* session = new_session(g);
  TF_Tensor* value = scalar_float(3);
  show_run("2x", session, x, value, dx[0]);
  dy[0] = out(constant(g, "dy0", scalar_float(10)), 0);
  dy[1] = out(constant(g, "dy1", scalar_float(0)), 0);
  TF_AddGradientsWithPrefix(g, "second", ys, 2, &x, 1, dy, s, dx);
  show_status("second");
  printf("below second %d\n", strncmp(TF_OperationName(dx[0].oper), "second/", 7) == 0);
  show_run("20x", session, x, value, dx[0]);
  TF_AddGradientsWithPrefix(g, "second", ys, 2, &x, 1, dy, s, dx);
  printf("second again: %d %.58s\n", TF_GetCode(s), TF_Message(s)); /* then comes the name of a node */
  TF_SetStatus(s, TF_OK, "");
  TF_AddGradients(g, ys, 2, &x, 1, NULL, s, dx);
  show_status("default again");
  printf("below gradients_1 %d\n", strncmp(TF_OperationName(dx[0].oper), "gradients_1/", 12) == 0);
  TF_AddGradients(g, &y, 1, xs, 2, NULL, s, dx);
  show_status("unconnected");
  TF_DeleteTensor(value);
  close_session(session);
  TF_DeleteGraph(g);
}

void functions_section(void) {
  functions();
  constants();
  gradients();
}
