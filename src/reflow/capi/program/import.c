/* GraphDefs: export and import with all options. */
#include "reflow/capi/program/show.h"

static TF_Buffer* sample(void) {
  TF_Graph* g = TF_NewGraph();
  TF_Operation* feed = placeholder(g, "feed", TF_INT32);
  TF_Operation* scalar = constant(g, "scalar", scalar_int(3));
  TF_Operation* neg = unary(g, "Neg", "neg", out(feed, 0));
  TF_OperationDescription* d = TF_NewOperation(g, "AddN", "add");
  const TF_Output inputs[2] = {{neg, 0}, {scalar, 0}};
  TF_AddInputList(d, inputs, 2);
  TF_AddControlInput(d, feed);
  TF_FinishOperation(d, s);
  show_status("add");
  TF_Buffer* b = TF_NewBuffer();
  TF_GraphToGraphDef(g, b, s);
  TF_DeleteGraph(g);
  return b;
}

static void import(const char* what, TF_Graph* g, const TF_Buffer* b, TF_ImportGraphDefOptions* options) {
  TF_GraphImportGraphDef(g, b, options, s);
  show_status(what);
  TF_DeleteImportGraphDefOptions(options);
}

static void names(const TF_Buffer* b) {
  TF_Graph* g = TF_NewGraph();
  import("plain", g, b, TF_NewImportGraphDefOptions());
  import("again", g, b, TF_NewImportGraphDefOptions());
  TF_ImportGraphDefOptions* o = TF_NewImportGraphDefOptions();
  TF_ImportGraphDefOptionsSetPrefix(o, "imported");
  import("prefix", g, b, o);
  o = TF_NewImportGraphDefOptions();
  TF_ImportGraphDefOptionsSetPrefix(o, "imported");
  TF_ImportGraphDefOptionsSetUniquifyPrefix(o, 1);
  TF_ImportGraphDefOptionsSetDefaultDevice(o, "/device:CPU:0");
  import("unique prefix", g, b, o);
  o = TF_NewImportGraphDefOptions();
  TF_ImportGraphDefOptionsSetUniquifyNames(o, 1);
  import("unique names", g, b, o);
  o = TF_NewImportGraphDefOptions();
  TF_ImportGraphDefOptionsSetPrefix(o, "bad name");
  import("bad prefix", g, b, o);
  show_graph("names", g);
  TF_DeleteGraph(g);
}

static void mappings(const TF_Buffer* b) {
  TF_Graph* g = TF_NewGraph();
  TF_Operation* five = constant(g, "five", scalar_int(5));
  TF_Operation* six = constant(g, "six", scalar_int(6));
  TF_ImportGraphDefOptions* o = TF_NewImportGraphDefOptions();
  TF_ImportGraphDefOptionsSetPrefix(o, "in");
  TF_ImportGraphDefOptionsAddInputMapping(o, "feed", 0, out(five, 0));
  TF_ImportGraphDefOptionsAddInputMapping(o, "nobody", 1, out(five, 0));
  TF_ImportGraphDefOptionsAddInputMapping(o, "add", 0, out(five, 0));
  TF_ImportGraphDefOptionsRemapControlDependency(o, "feed", six);
  TF_ImportGraphDefOptionsAddControlDependency(o, five);
  TF_ImportGraphDefOptionsAddReturnOutput(o, "feed", 0);
  TF_ImportGraphDefOptionsAddReturnOutput(o, "add", 0);
  TF_ImportGraphDefOptionsAddReturnOperation(o, "scalar");
  printf("asked for %d outputs, %d operations\n", TF_ImportGraphDefOptionsNumReturnOutputs(o),
         TF_ImportGraphDefOptionsNumReturnOperations(o));
  TF_ImportGraphDefResults* r = TF_GraphImportGraphDefWithResults(g, b, o, s);
  show_status("with results");
  int n;
  TF_Output* outputs;
  TF_Operation** ops;
  TF_ImportGraphDefResultsReturnOutputs(r, &n, &outputs);
  for (int i = 0; i < n; ++i) printf("output %s:%d\n", TF_OperationName(outputs[i].oper), outputs[i].index);
  TF_ImportGraphDefResultsReturnOperations(r, &n, &ops);
  for (int i = 0; i < n; ++i) printf("operation %s\n", TF_OperationName(ops[i]));
  const char** missing;
  int* indexes;
  TF_ImportGraphDefResultsMissingUnusedInputMappings(r, &n, &missing, &indexes);
  for (int i = 0; i < n; ++i) printf("unused %s:%d\n", missing[i], indexes[i]);
  TF_DeleteImportGraphDefResults(r);
  TF_DeleteImportGraphDefOptions(o);

  o = TF_NewImportGraphDefOptions();
  TF_ImportGraphDefOptionsSetPrefix(o, "second");
  TF_ImportGraphDefOptionsAddReturnOutput(o, "neg", 0);
  TF_Output returned[1];
  TF_GraphImportGraphDefWithReturnOutputs(g, b, o, returned, 1, s);
  show_status("with outputs");
  printf("returned %s:%d\n", TF_OperationName(returned[0].oper), returned[0].index);
  TF_GraphImportGraphDefWithReturnOutputs(g, b, o, returned, 2, s);
  show_status("with a wrong number of outputs");
  TF_DeleteImportGraphDefOptions(o);
  show_graph("mapped", g);
  o = TF_NewImportGraphDefOptions();
  TF_ImportGraphDefOptionsSetPrefix(o, "third");
  TF_ImportGraphDefOptionsAddReturnOutput(o, "nobody", 0);
  import("return of nobody", g, b, o);
  o = TF_NewImportGraphDefOptions();
  TF_ImportGraphDefOptionsSetPrefix(o, "third");
  TF_ImportGraphDefOptionsAddReturnOperation(o, "nobody");
  import("return of no operation", g, b, o);
  o = TF_NewImportGraphDefOptions();
  TF_ImportGraphDefOptionsSetPrefix(o, "third");
  TF_ImportGraphDefOptionsAddReturnOutput(o, "neg", 4);
  import("return of no output", g, b, o);
  const TF_Buffer garbage = {"\xff\xff", 2, NULL};
  import("garbage", g, &garbage, TF_NewImportGraphDefOptions());
  const TF_Buffer unknown = {"\x0a\x0a\x0a\x01x\x12\x05NoSuc", 12, NULL};
  import("unknown op", g, &unknown, TF_NewImportGraphDefOptions());
  TF_DeleteGraph(g);
}

void import_section(void) {
  TF_Buffer* b = sample();
  names(b);
  mappings(b);
  TF_DeleteBuffer(b);
}
