// Derivatives and while loops: what adds several operations at once.

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "reflow/autodiff/emit.h"
#include "reflow/autodiff/gradients.h"
#include "reflow/capi/objects.h"
#include "reflow/graph/graph_def.h"
#include "reflow/graph/while_context.h"
#include "tensorflow/core/framework/graph.pb.h"

using namespace reflow;
using namespace reflow::capi;

void TF_AddGradientsWithPrefix(TF_Graph* g, const char* prefix, TF_Output* y, int ny, TF_Output* x, int nx, TF_Output* dx,
                               TF_Status* status, TF_Output* dy) {
  report(status, [&]() -> Status {
    graph::Graph& graph = g->impl();
    const std::lock_guard lock(graph.mutex());
    autodiff::GradientOptions options;
    if (prefix != nullptr) {
      options.name = prefix;
      for (const Node* node : graph.nodes()) {
        if (node->name() != options.name && !node->name().starts_with(options.name + "/")) continue;
        return invalid_argument("prefix [{}] conflicts with existing node in the graph named [{}]", prefix, node->name());
      }
    }
    for (int i = 0; dx != nullptr && i < ny; ++i) options.grad_ys.push_back(op::Gradient{endpoint_of(dx[i])});
    const std::span<const Endpoint> ys = endpoints_of(y, ny), xs = endpoints_of(x, nx);
    for (const Endpoint& e : ys) RETURN_IF_ERROR(check_tensor(g, e));
    for (const Endpoint& e : xs) RETURN_IF_ERROR(check_tensor(g, e));
    for (const op::Gradient& dy_given : options.grad_ys) RETURN_IF_ERROR(check_tensor(g, dy_given.values));
    ASSIGN_OR_RETURN(const std::vector<op::Gradient> gradients, autodiff::gradients(graph, ys, xs, options));
    for (int i = 0; i < nx; ++i) {
      if (!gradients[i].values) {
        return invalid_argument("Cannot compute the partial derivative for node '{}' as it's unreachable from the output node(s).",
                                xs[i].node->name());
      }
      Endpoint dense = gradients[i].values;
      if (gradients[i].is_slices()) {
        ASSIGN_OR_RETURN(dense, autodiff::emit_dense(graph, gradients[i]));
      }
      dy[i] = output_of(dense);
    }
    return OkStatus();
  });
}

void TF_AddGradients(TF_Graph* g, TF_Output* y, int ny, TF_Output* x, int nx, TF_Output* dx, TF_Status* status, TF_Output* dy) {
  TF_AddGradientsWithPrefix(g, nullptr, y, ny, x, nx, dx, status, dy);
}

namespace {

// What TF_WhileParams doesn't say: the values that the loop begins with, behind the inputs of its condition.
struct Loop {
  TF_Graph* graph;
  std::vector<TF_Output> initial, cond_inputs, body_inputs, body_outputs;
};

// Placeholders for the loop variables, in a graph of their own.
Status add_placeholders(const std::vector<TF_Output>& initial, const char* name, TF_Graph* g, std::vector<TF_Output>* inputs) {
  for (size_t i = 0; i < initial.size(); ++i) {
    const Endpoint value = endpoint_of(initial[i]);
    const std::string full = name + std::to_string(i);
    ASSIGN_OR_RETURN(graph::Node* const node,
                     graph::create_op(g->impl(), "Placeholder", {}, {{"dtype", base_type(value.dtype())}, {"shape", value.shape()}},
                                      {.name = full}));
    inputs->push_back(output_of({node, 0}));
  }
  return OkStatus();
}

// Copies the graph that a caller has built into the current control-flow context of `to`. `inputs` of it are `values`
// there; returns what `outputs` are there.
StatusOr<std::vector<Endpoint>> copy_into(const TF_Graph& from, std::span<const TF_Output> inputs, std::span<const Endpoint> values,
                                          std::span<const TF_Output> outputs, graph::Graph* to) {
  tensorflow::GraphDef def;
  graph::export_graph_def(from.impl(), {}, &def);
  graph::ImportOptions options;
  options.apply_scopes = true;
  options.prefix = to->scope().name_stack;
  options.uniquify_names = true;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::string& name = endpoint_of(inputs[i]).node->name();
    options.input_map[name + ":0"] = values[i];
    options.control_input_map[name] = values[i].node;
  }
  // The placeholders are left out: nothing reads them.
  for (int i = def.node_size(); i-- > 0;) {
    if (options.control_input_map.contains(def.node(i).name())) def.mutable_node()->DeleteSubrange(i, 1);
  }
  std::vector<Endpoint> results(outputs.size());
  std::vector<size_t> asked;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Endpoint e = endpoint_of(outputs[i]);
    const auto input = options.input_map.find(e.name());
    if (input != options.input_map.end()) {
      results[i] = input->second;
    } else {
      options.return_elements.push_back(e.name());
      asked.push_back(i);
    }
  }
  ASSIGN_OR_RETURN(const graph::ImportResult imported, graph::import_graph_def(def, options, to));
  for (size_t i = 0; i < asked.size(); ++i) results[asked[i]] = imported.return_endpoints[i];
  return results;
}

Status check_params(const TF_WhileParams& p) {
  if (p.cond_output.oper == nullptr) return invalid_argument("TF_WhileParams `cond_output` field isn't set");
  for (int i = 0; i < p.ninputs; ++i) {
    if (p.body_outputs[i].oper == nullptr) return invalid_argument("TF_WhileParams `body_outputs[{}]` field isn't set", i);
  }
  RETURN_IF_ERROR(check_tensor(p.cond_graph, endpoint_of(p.cond_output)));
  for (const Endpoint& e : endpoints_of(p.body_outputs, p.ninputs)) RETURN_IF_ERROR(check_tensor(p.body_graph, e));
  if (p.name == nullptr) return invalid_argument("TF_WhileParams `name` field is null");
  const Endpoint condition = endpoint_of(p.cond_output);
  if (condition.dtype() != DType::kBool) {
    return invalid_argument("BuildWhileLoop: 'cond' argument must return a boolean output, got {}", dtype_spec_name(condition.dtype()));
  }
  return OkStatus();
}

// The body, built for the shapes that the variables have at first, gives them these again.
bool keeps_shapes(const Loop& loop) {
  return std::ranges::equal(loop.initial, loop.body_outputs, {}, [](const TF_Output& o) { return endpoint_of(o).shape(); },
                            [](const TF_Output& o) { return endpoint_of(o).shape(); });
}

Status build(const TF_WhileParams& p, const Loop& loop, TF_Output* outputs) {
  RETURN_IF_ERROR(check_params(p));
  graph::Graph& graph = loop.graph->impl();
  const std::lock_guard lock(graph.mutex());
  const autodiff::NameScope scope(graph, p.name);
  auto owned = std::make_unique<graph::WhileContext>(graph.unique_name("while_context"), graph.scope().context,
                                                     graph::WhileContext::Options{});
  graph::WhileContext* const context = owned.get();
  graph.own_context(std::move(owned));
  graph::WhileBuilder builder(graph, context);
  const graph::EnteredContext entered(graph, context);
  std::vector<Endpoint> initial;
  std::vector<Shape> shapes;
  for (const TF_Output& value : loop.initial) initial.push_back(endpoint_of(value));
  for (const Endpoint& e : initial) shapes.push_back(keeps_shapes(loop) ? e.shape() : Shape::unknown());
  ASSIGN_OR_RETURN(const std::vector<Endpoint> tested, builder.begin(initial, shapes));
  ASSIGN_OR_RETURN(const std::vector<Endpoint> condition, copy_into(*p.cond_graph, loop.cond_inputs, tested, {&p.cond_output, 1}, &graph));
  ASSIGN_OR_RETURN(const std::vector<Endpoint> read, builder.set_condition(condition[0]));
  ASSIGN_OR_RETURN(const std::vector<Endpoint> next, copy_into(*p.body_graph, loop.body_inputs, read, loop.body_outputs, &graph));
  ASSIGN_OR_RETURN(const std::vector<Endpoint> exits, builder.end(next));
  for (size_t i = 0; i < exits.size(); ++i) outputs[i] = output_of(exits[i]);
  return OkStatus();
}

// The loops in the making, by the address of their inputs.
std::mutex loops_mutex;
std::map<const TF_Output*, std::unique_ptr<Loop>> loops;

std::unique_ptr<Loop> take(const TF_WhileParams& p) {
  const std::lock_guard lock(loops_mutex);
  const auto it = loops.find(p.cond_inputs);
  if (it == loops.end()) return nullptr;
  std::unique_ptr<Loop> loop = std::move(it->second);
  loops.erase(it);
  return loop;
}

void delete_graphs(const TF_WhileParams& p) {
  TF_DeleteGraph(p.cond_graph);
  TF_DeleteGraph(p.body_graph);
}

}  // namespace

TF_WhileParams TF_NewWhile(TF_Graph* g, TF_Output* inputs, int ninputs, TF_Status* status) {
  const TF_WhileParams none{0, nullptr, nullptr, {nullptr, 0}, nullptr, nullptr, nullptr, nullptr};
  auto cond = std::make_unique<TF_Graph>(), body = std::make_unique<TF_Graph>();
  auto loop = std::make_unique<Loop>();
  const bool ok = report(status, [&]() -> Status {
    if (ninputs == 0) return invalid_argument("TF_NewWhile() must be passed at least one input");
    const std::lock_guard lock(g->impl().mutex());
    for (const Endpoint& e : endpoints_of(inputs, ninputs)) RETURN_IF_ERROR(check_tensor(g, e));
    loop->graph = g;
    loop->initial.assign(inputs, inputs + ninputs);
    loop->body_outputs.resize(ninputs, {nullptr, 0});
    RETURN_IF_ERROR(add_placeholders(loop->initial, "cond_input", cond.get(), &loop->cond_inputs));
    return add_placeholders(loop->initial, "body_input", body.get(), &loop->body_inputs);
  });
  if (!ok) return none;
  Loop& made = *loop;
  const std::lock_guard lock(loops_mutex);
  loops[made.cond_inputs.data()] = std::move(loop);
  return {ninputs, cond.release(), made.cond_inputs.data(), {nullptr, 0}, body.release(), made.body_inputs.data(),
          made.body_outputs.data(), nullptr};
}

void TF_FinishWhile(const TF_WhileParams* params, TF_Status* status, TF_Output* outputs) {
  const std::unique_ptr<Loop> loop = take(*params);
  if (!report(status, [&] { return loop ? OkStatus() : invalid_argument("This loop has been finished or aborted"); })) return;
  report(status, [&] { return build(*params, *loop, outputs); });
  delete_graphs(*params);
}

void TF_AbortWhile(const TF_WhileParams* params) {
  if (take(*params) != nullptr) delete_graphs(*params);
}
