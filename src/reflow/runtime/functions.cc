#include "reflow/runtime/functions.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
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

// Shared with the scopes, which may live longer.
struct Functions::Lifetime {
  std::mutex mutex;
  std::condition_variable task_ended;
  Functions* functions;  // null: it has ended
  int tasks = 0;
  pid_t process = getpid();  // the child of a fork has none of the tasks
};

class Functions::Scope : public op::FunctionScope {
 public:
  Scope(std::shared_ptr<Lifetime> lifetime, int64_t id) : lifetime_(std::move(lifetime)), id_(id) {}
  ~Scope() override {
    std::vector<std::unique_ptr<Function>> own;  // destroyed without the lock: what kernels hold may want it
    const std::lock_guard lock(lifetime_->mutex);
    if (lifetime_->functions != nullptr) own = lifetime_->functions->take_scope(id_);
  }

  StatusOr<FunctionRunner::Handle> instantiate(std::string_view name, const AttrMap& attrs) override {
    const std::lock_guard lock(lifetime_->mutex);
    if (lifetime_->functions == nullptr) return ended();
    return lifetime_->functions->instantiate_in(id_, name, attrs);
  }

  StatusOr<std::vector<Tensor>> call(FunctionRunner::Handle handle, const op::RunEnv& env,
                                     std::vector<Tensor> arguments) override {
    Functions* const functions = lifetime_->functions;  // which can't end meanwhile
    if (functions == nullptr) return ended();
    return functions->run(handle, env, arguments);
  }

  bool start(ThreadPool& pool, std::shared_ptr<op::CancellationManager> cancellation, std::function<void()> task) override {
    op::CancellationManager* session;
    {
      const std::lock_guard lock(lifetime_->mutex);
      if (lifetime_->functions == nullptr) return false;
      session = lifetime_->functions->session_;
      if (lifetime_->process != getpid()) {
        lifetime_->process = getpid();
        lifetime_->tasks = 0;
      }
      ++lifetime_->tasks;
    }
    pool.schedule([lifetime = lifetime_, session, cancellation, task = std::move(task)]() mutable {
      const op::CancellationManager::Token token = session->next_token();
      const bool watched = session->add_callback(token, [cancellation] { cancellation->cancel(); });
      if (!watched) cancellation->cancel();
      task();
      if (watched) session->remove_callback(token);
      task = nullptr;
      const std::lock_guard lock(lifetime->mutex);
      --lifetime->tasks;
      lifetime->task_ended.notify_all();
    });
    return true;
  }

  std::string stateful_op(FunctionRunner::Handle handle) override {
    const std::lock_guard lock(lifetime_->mutex);
    return lifetime_->functions == nullptr ? "" : lifetime_->functions->stateful_op(handle);
  }

  bool ending() const override {
    const std::lock_guard lock(lifetime_->mutex);
    return lifetime_->functions == nullptr || lifetime_->functions->session_->cancelled();
  }

 private:
  static Status ended() { return cancelled("Session has been closed."); }

  const std::shared_ptr<Lifetime> lifetime_;
  const int64_t id_;
};

Functions::Functions(graph::Graph* graph, op::CancellationManager* session)
    : graph_(graph), session_(session), lifetime_(std::make_shared<Lifetime>()) {
  lifetime_->functions = this;
}

Functions::~Functions() {
  clear();
}

std::shared_ptr<op::FunctionScope> Functions::open_scope() {
  const std::lock_guard lock(mutex_);
  return std::make_shared<Scope>(lifetime_, next_scope_++);
}

void Functions::clear() {
  {
    std::unique_lock lock(lifetime_->mutex);
    if (lifetime_->process == getpid()) lifetime_->task_ended.wait(lock, [this] { return lifetime_->tasks == 0; });
    lifetime_->functions = nullptr;
  }
  const std::lock_guard lock(mutex_);
  handles_.clear();
  functions_.clear();
}

Functions::Function& Functions::function(Handle handle) {
  const std::lock_guard lock(mutex_);
  return *functions_[handle];
}

StatusOr<op::FunctionRunner::Handle> Functions::instantiate(std::string_view name, const AttrMap& attrs) {
  return instantiate_in(0, name, attrs);
}

std::vector<std::unique_ptr<Functions::Function>> Functions::take_scope(int64_t scope) {
  std::vector<std::unique_ptr<Function>> taken;
  const std::lock_guard lock(mutex_);
  const auto first = handles_.lower_bound({scope, std::string()}), last = handles_.lower_bound({scope + 1, std::string()});
  for (auto entry = first; entry != last; ++entry) taken.push_back(std::move(functions_[entry->second]));
  handles_.erase(first, last);
  return taken;
}

StatusOr<op::FunctionRunner::Handle> Functions::instantiate_in(int64_t scope, std::string_view name, const AttrMap& attrs) {
  NameAttrList f{std::string(name), std::make_shared<AttrMap>(attrs)};
  const NameAttrList* defined = &f;
  while (defined != nullptr && defined->name == "SymbolicGradient") {
    const graph::AttrValue* of = defined->attrs ? defined->attrs->find("f") : nullptr;
    defined = of ? of->get<NameAttrList>() : nullptr;
  }
  if (defined == nullptr || !graph_->functions().contains(defined->name)) {
    return not_found("Function {} is not defined.", defined ? defined->name : name);
  }
  // What has no state is the same in all scopes, and compiled once. (Ops that make datasets are called stateful so that
  // nobody folds them.)
  const bool has_state = scope != 0 && graph_->functions().any_op_within(f, [](const std::string& op) {
    const graph::OpDef* def = graph::OpRegistry::global().find(op);
    return def != nullptr && def->is_stateful && !op.ends_with("Dataset");
  });
  std::pair<int64_t, std::string> key(has_state ? scope : 0, key_of(name, attrs));
  const std::lock_guard lock(mutex_);
  const auto [found, is_new] = handles_.emplace(std::move(key), static_cast<Handle>(functions_.size()));
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

std::string Functions::stateful_op(Handle handle) {
  static const std::set<std::string, std::less<>> kAllowed{
      "Assert", "Case", "For", "If", "LookupTableFind", "LookupTableFindV2", "StatefulPartitionedCall", "While"};
  std::string found;
  graph_->functions().any_op_within(function(handle).name, [&](const std::string& op) {
    const graph::OpDef* def = graph::OpRegistry::global().find(op);
    if (def == nullptr || !def->is_stateful || op.ends_with("Dataset") || kAllowed.contains(op)) return false;
    found = op;
    return true;
  });
  return found;
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
