#include "reflow/client/critical_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/graph/graph.h"

namespace reflow {
namespace {

constexpr const char* kSections = "critical_sections";
constexpr const char* kExecutions = "critical_section_executions";

// What an execution has locked and uses.
struct Execution {
  Operation lock;
  Output handle;
  std::vector<Output> resources;
  bool exclusive;
};

// Do both name the same mutex?
bool is_same_mutex(const Output& resource, const Output& handle) {
  const Operation op = resource.op();
  if (op.type() != "MutexV2" || op.get_attr<std::string>("shared_name").empty()) return false;
  return op.get_attr<std::string>("shared_name") == handle.op().get_attr<std::string>("shared_name") &&
         (op.device() == handle.op().device() || op.colocation_groups() == handle.op().colocation_groups());
}

void check_resources(const Output& handle, const std::vector<Output>& resources, bool exclusive) {
  for (const Output& resource : resources) {
    if (!is_same_mutex(resource, handle)) continue;
    throw ValueError("The function fn attempts to directly access the CriticalSection in which it would be running.  This "
                     "is illegal and would cause deadlocks.");
  }
  for (const Execution& other : get_collection<Execution>(kExecutions)) {
    if (is_same_mutex(other.handle, handle) || !(exclusive || other.exclusive)) continue;
    for (const Output& resource : resources) {
      if (std::ranges::find(other.resources, resource) == other.resources.end()) continue;
      throw ValueError(fmt::format(
          "This execution would access resources: [{}].  Either this lock (CriticalSection: {}) or lock '{}' "
          "(CriticalSection: {}) requested exclusive resource access of this resource.  Did you mean to call execute with "
          "keyword argument exclusive_resource_access=False?",
          client::python_tensor(resource), client::python_tensor(handle), other.lock.name(),
          client::python_tensor(other.handle)));
    }
  }
}

// Has the lock wait for what the new ops need: else this could wait for the lock, which would wait for it. Gives the
// resources that the ops use.
std::vector<Output> guard(const Operation& lock, size_t ops_before) {
  const std::vector<Operation> all = get_default_graph().get_operations();
  const std::vector<Operation> created(all.begin() + ops_before, all.end());
  std::unordered_set<Operation> inside(created.begin(), created.end());
  inside.insert(lock);
  for (const Operation& op : lock.control_inputs()) inside.insert(op);
  for (const Output& input : lock.inputs()) inside.insert(input.op());
  std::vector<GraphElement> needed;
  std::vector<Output> resources;
  for (const Operation& op : created) {
    for (const Output& input : op.inputs()) {
      if (inside.insert(input.op()).second) needed.emplace_back(input.op());
      if (input.dtype() == DType::kResource && std::ranges::find(resources, input) == resources.end()) resources.push_back(input);
    }
    for (const Operation& input : op.control_inputs()) {
      if (inside.insert(input).second) needed.emplace_back(input);
    }
  }
  if (!needed.empty()) {
    const Operation all_needed = group(needed);
    get_default_graph().impl().add_control_input(lock.node(), all_needed.node());
  }
  return resources;
}

Output make_mutex(const CriticalSectionOptions& options) {
  const name_scope scope(options.name, "CriticalSection");
  const control_dependencies none(nullptr);
  const std::string shared_name = options.shared_name.empty() ? scope.name() : options.shared_name;
  return client::apply_op("MutexV2", scope.name(), {}, {{"shared_name", shared_name}});
}

}  // namespace

CriticalSection::CriticalSection(const CriticalSectionOptions& options) : handle_(make_mutex(options)) {
  add_to_collection(kSections, handle_);
}

const std::string& CriticalSection::name() const { return handle_.op().name(); }

std::vector<Output> CriticalSection::execute(const std::function<std::vector<Output>()>& fn,
                                             const ExecuteOptions& options) const {
  const name_scope scope(options.name, "critical_section_execute");
  const Output lock = client::apply_op("MutexLock", "", {handle_});
  const size_t before = get_default_graph().get_operations().size();
  std::vector<Output> results;
  {
    const control_dependencies locked({lock.op()});
    results = fn();
  }
  const std::vector<Output> resources = guard(lock.op(), before);
  check_resources(handle_, resources, options.exclusive_resource_access);
  std::vector<GraphElement> computed;
  for (const Output& result : results) computed.emplace_back(identity(result));
  Operation unlock;
  {
    const control_dependencies after(computed);
    {
      const colocate_with beside(handle_);
      unlock = Operation(client::make_op("ConsumeMutexLock", "", {lock}));
    }
    // A result may be asked for alone; it has to wait for the others.
    results = tuple(results);
  }
  const control_dependencies unlocked({unlock});
  for (Output& result : results) result = identity(result);
  add_to_collection(kExecutions, Execution{lock.op(), handle_, resources, options.exclusive_resource_access});
  return results;
}

Output CriticalSection::execute(const std::function<Output()>& fn, const ExecuteOptions& options) const {
  return execute([&] { return std::vector<Output>{fn()}; }, options)[0];
}

}  // namespace reflow
