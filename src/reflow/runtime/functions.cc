#include "reflow/runtime/functions.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "reflow/graph/function_library.h"
#include "reflow/runtime/function_bodies.h"
#include "reflow/runtime/plan_run.h"
#include "reflow/runtime/tracer.h"

namespace reflow::runtime {

using graph::AttrMap;
using graph::NameAttrList;
using graph::Node;

namespace {

constexpr int kMaxCallDepth = 200;

// "name[a=1,f=g[]]": tells functions apart.
std::string key_of(std::string_view name, const AttrMap& attrs) {
  std::string key(name);
  key += '[';
  for (const auto& [attr, value] : attrs) {
    if (attr.starts_with('_')) continue;
    const NameAttrList* f = value.get<NameAttrList>();
    key += attr + '=' + (f ? key_of(f->name, f->attrs ? *f->attrs : AttrMap()) : value.str()) + ',';
  }
  return key + ']';
}

}  // namespace

void Functions::clear() {
  const std::lock_guard lock(mutex_);
  handles_.clear();
  functions_.clear();
}

Functions::Function& Functions::function(Handle handle) {
  const std::lock_guard lock(mutex_);
  return *functions_[handle];
}

StatusOr<op::FunctionRunner::Handle> Functions::instantiate(std::string_view name, const AttrMap& attrs) {
  NameAttrList f{std::string(name), std::make_shared<AttrMap>(attrs)};
  const NameAttrList* defined = &f;
  while (defined != nullptr && defined->name == "SymbolicGradient") {
    const graph::AttrValue* of = defined->attrs ? defined->attrs->find("f") : nullptr;
    defined = of ? of->get<NameAttrList>() : nullptr;
  }
  if (defined == nullptr || !graph_->functions().contains(defined->name)) {
    return not_found("Function {} is not defined.", defined ? defined->name : name);
  }
  const std::string key = key_of(name, attrs);
  const std::lock_guard lock(mutex_);
  const auto [found, is_new] = handles_.emplace(key, static_cast<Handle>(functions_.size()));
  if (is_new) {
    functions_.push_back(std::make_unique<Function>());
    functions_.back()->name = std::move(f);
  }
  return found->second;
}

bool Functions::may_block(Handle handle) {
  return graph_->functions().any_op_within(function(handle).name, [](const std::string& op) {
    return op::KernelRegistry::global().traits(op).blocking;
  });
}

StatusOr<std::shared_ptr<Plan>> Functions::plan_of(Function& f) {
  const std::lock_guard lock(f.mutex);
  if (f.plan) return f.plan;
  ASSIGN_OR_RETURN(graph::FunctionBody body, body_of(*graph_, f.name));
  f.graph = std::move(body.graph);
  std::vector<graph::Endpoint> feeds;
  for (Node* argument : body.arguments) feeds.push_back(argument->output(0));
  ASSIGN_OR_RETURN(graph::Subgraph subgraph,
                   graph::extract_subgraph(*f.graph, feeds, body.results, body.side_effects));
  ASSIGN_OR_RETURN(f.plan, compiler_->compile(std::move(subgraph), *f.graph, f.kernels));
  return f.plan;
}

StatusOr<std::vector<Tensor>> Functions::run(Handle handle, const op::RunEnv& env, std::span<const Tensor> arguments) {
  Function& f = function(handle);
  const op::CallState caller = op::CallScope::current();
  if (caller.depth >= kMaxCallDepth) {
    return resource_exhausted("Calls of functions are nested more than {} deep, in function {}", kMaxCallDepth, f.name.name);
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<Plan> plan, plan_of(f));
  if (arguments.size() != plan->feed_types.size()) {
    return invalid_argument("Function {} expects {} arguments, but {} is provided", f.name.name, plan->feed_types.size(),
                            arguments.size());
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].dtype() == plan->feed_types[i]) continue;
    return invalid_argument("Function {}: argument {} has type {}, where {} is expected", f.name.name, i,
                            dtype_spec_name(arguments[i].dtype()), dtype_spec_name(plan->feed_types[i]));
  }
  RunSettings settings;
  settings.session = session_;
  settings.caller = env.cancellation;
  settings.deadline = caller.deadline;
  settings.step_id = env.step_id;
  settings.call_depth = caller.depth + 1;
  settings.step_resources = env.step_resources;
  settings.rendezvous = env.rendezvous;
  auto* const trace = static_cast<CalledTrace*>(caller.trace);
  settings.trace = trace != nullptr;
  RunMetadata metadata;
  std::vector<Tensor> results;
  RETURN_IF_ERROR(run_plan(*plan, arguments, &results, settings, trace ? &metadata : nullptr));
  if (trace != nullptr) {
    const std::lock_guard lock(trace->mutex);
    std::ranges::move(metadata.nodes, std::back_inserter(trace->nodes));
  }
  return results;
}

void Functions::run(Handle handle, const op::RunEnv& env, std::vector<Tensor> arguments,
                    std::function<void(Status, std::vector<Tensor>)> done) {
  auto results = run(handle, env, arguments);
  if (results.ok()) done(OkStatus(), *std::move(results));
  else done(results.status(), {});
}

}  // namespace reflow::runtime
