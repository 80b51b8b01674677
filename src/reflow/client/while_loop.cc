#include "reflow/client/while_loop.h"

#include <memory>

#include "reflow/client/apply_op.h"
#include "reflow/client/branch_function.h"
#include "reflow/client/collections.h"
#include "reflow/client/eager.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/functional_control_flow.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/immediate.h"
#include "reflow/graph/immediate_scope.h"
#include "reflow/graph/while_context.h"

namespace reflow {
namespace {



std::vector<graph::Endpoint> to_endpoints(const TensorList& values) {
  std::vector<graph::Endpoint> endpoints;
  for (const TensorLike& value : values) {
    endpoints.push_back(client::to_endpoint(client::convert(value, DType::kInvalid, "")));
  }
  return endpoints;
}

std::vector<Output> to_outputs(const std::vector<graph::Endpoint>& endpoints) {
  std::vector<Output> outputs;
  for (const graph::Endpoint& e : endpoints) outputs.push_back(client::to_output(e));
  return outputs;
}

std::vector<graph::Endpoint> build(graph::Graph& graph, graph::WhileContext* context, const LoopCondition& cond,
                                   const LoopBody& body, const TensorList& loop_vars,
                                   const std::optional<std::vector<Shape>>& given) {
  const std::vector<graph::Endpoint> initial = to_endpoints(loop_vars);
  std::vector<Shape> invariants;
  if (given) {
    invariants = *given;
  } else {
    for (const graph::Endpoint& x : initial) invariants.push_back(x.shape());
  }
  graph::WhileBuilder builder(graph, context);
  const graph::EnteredContext entered(graph, context);
  const std::vector<Output> tested = to_outputs(check_building(builder.begin(initial, invariants)));
  const Output condition = client::convert(cond(tested), DType::kInvalid, "");
  const std::vector<Output> read = to_outputs(check_building(builder.set_condition(client::to_endpoint(condition))));
  const TensorList results = body(read);
  if (results.size() != loop_vars.size()) {
    throw ValueError(fmt::format("The two structures don't have the same nested structure.\n\nThe body of the loop gives "
                                 "{} values for {} loop variables.", results.size(), loop_vars.size()));
  }
  return check_building(builder.end(to_endpoints(results)));
}

// The loop with a counter before its variables, which ends it at `maximum`.
std::vector<Output> with_counter(const Output& maximum, const LoopCondition& cond, const LoopBody& body,
                                 const TensorList& loop_vars, const WhileLoopOptions& options,
                                 const std::function<std::vector<Output>(const LoopCondition&, const LoopBody&,
                                                                         const TensorList&,
                                                                         const WhileLoopOptions&)>& loop) {
  const auto rest = [](const std::vector<Output>& all) { return std::vector<Output>(all.begin() + 1, all.end()); };
  TensorList counted{constant(0, {.dtype = base_type(maximum.dtype()), .name = "iteration_counter"})};
  counted.insert(counted.end(), loop_vars.begin(), loop_vars.end());
  WhileLoopOptions with_invariants = options;
  if (options.shape_invariants) with_invariants.shape_invariants->insert(with_invariants.shape_invariants->begin(), Shape{});
  const LoopCondition both = [&](const std::vector<Output>& vars) -> TensorLike {
    const Output within = vars[0] < maximum;
    return logical_and(within, cond(rest(vars)));
  };
  const LoopBody counting = [&](const std::vector<Output>& vars) {
    TensorList results{vars[0] + 1};
    const TensorList own = body(rest(vars));
    results.insert(results.end(), own.begin(), own.end());
    return results;
  };
  return rest(loop(both, counting, counted, with_invariants));
}

// The loop itself, where ops run at once. What an iteration computes goes when the next one has its variables.
std::vector<Output> run_eagerly(const LoopCondition& cond, const LoopBody& body, const TensorList& loop_vars) {
  std::vector<Output> vars;
  std::vector<graph::NodeRef> held;
  const auto enter = [&](const TensorList& values) {
    if (!vars.empty() && values.size() != vars.size()) {
      throw ValueError(fmt::format("The loop's body gives {} values for {} loop variables.", values.size(), vars.size()));
    }
    std::vector<Output> next;
    std::vector<graph::NodeRef> next_held;
    for (const TensorLike& value : values) {
      next.push_back(client::convert(value, DType::kInvalid, ""));
      next_held.emplace_back(next.back().node());
    }
    vars = std::move(next);
    held = std::move(next_held);
  };
  enter(loop_vars);
  for (;;) {
    const graph::ImmediateScope iteration;
    if (!eager_bool(cond(vars))) break;
    enter(body(vars));
  }
  for (const Output& var : vars) graph::ImmediateScope::hold(var.node());
  return vars;
}

void check_variables(const TensorList& loop_vars, const WhileLoopOptions& options) {
  if (loop_vars.empty()) throw ValueError("No loop variables provided");
  if (options.shape_invariants && options.shape_invariants->size() != loop_vars.size()) {
    throw ValueError(fmt::format("The two structures don't have the same nested structure.\n\nThere are {} shape "
                                 "invariants for {} loop variables.", options.shape_invariants->size(), loop_vars.size()));
  }
}

}  // namespace

std::vector<Output> while_loop(const LoopCondition& cond, const LoopBody& body, const TensorList& loop_vars,
                               const WhileLoopOptions& options) {
  if (!cond) throw TypeError("cond must be callable.");
  if (!body) throw TypeError("body must be callable.");
  if (options.parallel_iterations < 1) throw TypeError("parallel_iterations must be a positive integer.");
  if (client::builds_functional_control_flow() && !executing_eagerly()) {
    check_variables(loop_vars, options);
    return client::functional_while(cond, body, loop_vars, options);
  }
  const name_scope scope(options.name, "while");
  check_variables(loop_vars, options);
  Output maximum;
  if (!options.maximum_iterations.is_none()) {
    maximum = client::convert(options.maximum_iterations, DType::kInvalid, "maximum_iterations");
    if (maximum.shape().known_rank() && maximum.shape().rank() != 0) {
      throw ValueError("maximum_iterations must be a scalar, saw shape: " + client::python_shape(maximum.shape()));
    }
  }
  const auto loop = [&](const LoopCondition& c, const LoopBody& b, const TensorList& vars, const WhileLoopOptions& o) {
    graph::Graph& graph = client::default_graph();
    const graph::Endpoint limit = maximum.valid() ? client::to_endpoint(maximum) : graph::Endpoint{};
    auto owned = std::make_unique<graph::WhileContext>(
        graph.unique_name("while_context"), graph.scope().context,
        graph::WhileContext::Options{limit, o.parallel_iterations, o.back_prop, o.swap_memory});
    graph::WhileContext* const context = owned.get();
    graph.own_context(std::move(owned));
    if (context->outer() == nullptr) {
      add_to_collection(GraphKeys::WHILE_CONTEXT, static_cast<graph::ControlFlowContext*>(context));
    }
    return to_outputs(build(graph, context, c, b, vars, o.shape_invariants));
  };
  if (executing_eagerly()) {
    const auto run = [](const LoopCondition& c, const LoopBody& b, const TensorList& vars, const WhileLoopOptions&) {
      return run_eagerly(c, b, vars);
    };
    return maximum.valid() ? with_counter(maximum, cond, body, loop_vars, options, run) : run_eagerly(cond, body, loop_vars);
  }
  if (maximum.valid()) return with_counter(maximum, cond, body, loop_vars, options, loop);
  return loop(cond, body, loop_vars, options);
}

}  // namespace reflow
