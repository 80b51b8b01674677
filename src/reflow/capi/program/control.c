/* While loops. */
#include "reflow/capi/program/show.h"

/* The condition and body of: while (a < b) { a = a + b2; b = b } */
static void describe(TF_WhileParams* p, int limit, int step) {
  const TF_Output bound = out(constant(p->cond_graph, "limit", scalar_int(limit)), 0);
  p->cond_output = out(binary(p->cond_graph, "Less", "less", p->cond_inputs[0], bound), 0);
  const TF_Output by = out(constant(p->body_graph, "step", scalar_int(step)), 0);
  p->body_outputs[0] = out(binary(p->body_graph, "Add", "next", p->body_inputs[0], by), 0);
  p->body_outputs[1] = out(binary(p->body_graph, "Mul", "product", p->body_inputs[1], p->body_inputs[0]), 0);
}

static void fail(TF_Graph* g, TF_Output* inputs, const char* what, const char* name, int mistake) {
  TF_WhileParams p = TF_NewWhile(g, inputs, 2, s);
  describe(&p, 5, 1);
  p.name = name;
  if (mistake == 1) p.cond_output.oper = NULL;
  if (mistake == 2) p.body_outputs[1].oper = NULL;
  if (mistake == 3) p.cond_output = p.cond_inputs[0];
  TF_Output outputs[2];
  TF_FinishWhile(&p, s, outputs);
  show_status(what);
}

static void loops(void) {
  TF_Graph* g = TF_NewGraph();
  TF_Output inputs[2] = {out(placeholder(g, "a", TF_INT32), 0), out(constant(g, "b", scalar_int(1)), 0)};
  TF_WhileParams p = TF_NewWhile(g, inputs, 2, s);
  show_status("new while");
  printf("%d inputs, output unset %d, types %d %d\n", p.ninputs, p.cond_output.oper == NULL, TF_OperationOutputType(p.cond_inputs[0]),
         TF_OperationOutputType(p.body_inputs[1]));
  describe(&p, 5, 1);
  p.name = "loop";
  TF_Output outputs[2];
  TF_FinishWhile(&p, s, outputs);
  show_status("finish while");
  printf("in the loop %d\n", strncmp(TF_OperationName(outputs[0].oper), "loop/", 5) == 0);
  TF_Session* session = new_session(g);
  TF_Tensor* two = scalar_int(2);
  show_run("a", session, inputs[0], two, outputs[0]);
  show_run("b = 2 * 3 * 4", session, inputs[0], two, outputs[1]);
  const TF_Output doubled = out(binary(g, "Add", "doubled", outputs[1], outputs[1]), 0);
  show_run("doubled", session, inputs[0], two, doubled);

  TF_WhileParams q = TF_NewWhile(g, outputs, 2, s);
  TF_AbortWhile(&q);
  show_status("abort");
  TF_NewWhile(g, inputs, 0, s);
  show_status("no inputs");
  fail(g, inputs, "no name", NULL, 0);
  fail(g, inputs, "no condition", "second", 1);
  fail(g, inputs, "no body output", "third", 2);
  fail(g, inputs, "a condition that is no bool", "fourth", 3);
  printf("all gone %d\n", TF_GraphOperationByName(g, "second/Enter") == NULL);
  TF_DeleteTensor(two);
  close_session(session);
  TF_DeleteGraph(g);
}

/* The gradient of x -> x^8, computed by squaring three times. */
static void gradient(void) {
  TF_Graph* g = TF_NewGraph();
  TF_Output inputs[2] = {out(constant(g, "i", scalar_int(0)), 0), out(placeholder(g, "x", TF_FLOAT), 0)};
  TF_WhileParams p = TF_NewWhile(g, inputs, 2, s);
  const TF_Output three = out(constant(p.cond_graph, "three", scalar_int(3)), 0);
  p.cond_output = out(binary(p.cond_graph, "Less", "less", p.cond_inputs[0], three), 0);
  const TF_Output one = out(constant(p.body_graph, "one", scalar_int(1)), 0);
  p.body_outputs[0] = out(binary(p.body_graph, "Add", "next", p.body_inputs[0], one), 0);
  p.body_outputs[1] = out(unary(p.body_graph, "Square", "square", p.body_inputs[1]), 0);
  p.name = "power";
  TF_Output outputs[2];
  TF_FinishWhile(&p, s, outputs);
  show_status("power");
  TF_Session* session = new_session(g);
  TF_Tensor* two = scalar_float(2);
  show_run("2^8", session, inputs[1], two, outputs[1]);
  TF_DeleteTensor(two);
  close_session(session);
  TF_DeleteGraph(g);
}

void control_section(void) {
  loops();
  gradient();
}
