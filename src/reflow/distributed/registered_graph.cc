#include "reflow/distributed/registered_graph.h"

#include <cstdio>
#include <set>

#include "reflow/distributed/colocations.h"
#include "reflow/graph/graph_def.h"
#include "reflow/graph/subgraph.h"
#include "reflow/op/rendezvous.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::distributed {

using graph::Node;

namespace {

bool is_recv(const Node& node) { return node.type() == "_Recv" || node.type() == "_HostRecv"; }
bool is_send(const Node& node) { return node.type() == "_Send" || node.type() == "_HostSend"; }

StatusOr<std::string> key_of(const Node& node) {
  ASSIGN_OR_RETURN(const std::string from, node.attr<std::string>("send_device"));
  ASSIGN_OR_RETURN(const std::string to, node.attr<std::string>("recv_device"));
  ASSIGN_OR_RETURN(const std::string name, node.attr<std::string>("tensor_name"));
  ASSIGN_OR_RETURN(const int64_t incarnation, node.attr<int64_t>("send_device_incarnation"));
  return op::Rendezvous::key(from, to, name, 0, 0, static_cast<uint64_t>(incarnation));
}

StatusOr<bool> is_clients(const Node& node) {
  if (!is_recv(node) && !is_send(node)) return false;
  return node.attr<bool>("client_terminated");
}

// Nodes that wait for different values of other tasks are not to become one, nor to wait for each other: what one of them
// gives may be what the other's value is made from, over there.
const std::set<std::string>& unfit_with_peers() {
  static const std::set<std::string> passes = {"variable_order", "fusion", "product_sums"};
  return passes;
}

}  // namespace

RegisteredGraph::RegisteredGraph(Surroundings surroundings)
    : surroundings_(std::move(surroundings)), functions_(&graph_, surroundings_.session),
      compiler_(surroundings_.options, surroundings_.devices, surroundings_.pool, &functions_) {
  functions_.set_compiler(&compiler_);
}

Status RegisteredGraph::load(const tensorflow::GraphDef& def) {
  graph::ImportOptions options;
  options.prefix = "";
  tensorflow::GraphDef placed = def;
  take_colocations(&placed);  // with nodes of other parts too; all have their devices
  RETURN_IF_ERROR(graph::import_graph_def(placed, options, &graph_).status());
  graph_.versions.producer = def.versions().producer();
  graph_.versions.min_consumer = def.versions().min_consumer();
  graph_def_ = def.SerializeAsString();
  RETURN_IF_ERROR(find_ends());
  ASSIGN_OR_RETURN(plan_, compile(false));
  return OkStatus();
}

Status RegisteredGraph::find_ends() {
  for (Node* node : graph_.nodes()) {
    // All is run: what nobody reads, and what that needs.
    if (node->consumers().empty()) sinks_.push_back(node);
    ASSIGN_OR_RETURN(const bool clients, is_clients(*node));
    if (!clients) {
      has_peers_ |= is_recv(*node);
      if (node->consumers().empty()) targets_.push_back(node);
      continue;
    }
    ASSIGN_OR_RETURN(std::string key, key_of(*node));
    std::vector<graph::Endpoint>& ends = is_recv(*node) ? feeds_ : fetches_;
    std::map<std::string, int>& numbers = is_recv(*node) ? feed_numbers_ : fetch_numbers_;
    if (!numbers.emplace(key, static_cast<int>(ends.size())).second) {
      return invalid_argument("The graph has the key {} twice", key);
    }
    ends.push_back(is_recv(*node) ? node->output(0) : node->input(0));
  }
  return OkStatus();
}

StatusOr<std::shared_ptr<runtime::Plan>> RegisteredGraph::compile(bool partial) {
  const std::lock_guard lock(*surroundings_.compile_mutex);
  const std::lock_guard graph_lock(graph_.mutex());
  graph::Subgraph subgraph;
  if (partial) {
    ASSIGN_OR_RETURN(subgraph, graph::extract_subgraph(graph_, {}, {}, sinks_));
    return compiler_.compile(std::move(subgraph), graph_, *surroundings_.kernels, {"all", "variable_order"});
  }
  ASSIGN_OR_RETURN(subgraph, graph::extract_subgraph(graph_, feeds_, fetches_, targets_));
  std::set<std::string> disabled = surroundings_.options.disabled_passes;
  if (has_peers_) disabled.insert(unfit_with_peers().begin(), unfit_with_peers().end());
  return compiler_.compile(std::move(subgraph), graph_, *surroundings_.kernels, disabled);
}

Status RegisteredGraph::run(const GraphRun& run, StepRendezvous& rendezvous, const runtime::RunSettings& settings,
                            GraphRunResult* result) {
  std::vector<Tensor> feeds(feeds_.size()), fetched;
  for (const auto& [key, value] : run.sends) {
    const auto number = feed_numbers_.find(key);
    if (number == feed_numbers_.end()) return invalid_argument("The graph has no feed {}", key);
    feeds[number->second] = value;
  }
  for (const auto& [key, number] : feed_numbers_) {
    if (!feeds[number].valid()) return invalid_argument("The feed {} has no value", key);
  }
  runtime::RunSettings own = settings;
  own.rendezvous = &rendezvous;
  const bool tells = own.trace || own.costs || own.report_allocations_on_oom;
  const Status status = run_plan(*plan_, feeds, &fetched, own, tells ? &result->metadata : nullptr);
  if (!status.ok()) return explain(status, run.step_id);
  return take(run, fetched, result);
}

// A dead value that was to be fetched is told of by its key.
Status RegisteredGraph::explain(const Status& status, int64_t step_id) const {
  int number = 0;
  if (std::sscanf(std::string(message_of(status)).c_str(), "Retval[%d] does not have value", &number) != 1) return status;
  for (const auto& [key, fetch] : fetch_numbers_) {
    if (fetch != number) continue;
    return internal_error("Failed to fetch outputs for step {}. (Original error message: Invalid argument: The tensor returned "
                          "for {} was not valid.)", step_id, key);
  }
  return status;
}

Status RegisteredGraph::take(const GraphRun& run, const std::vector<Tensor>& fetched, GraphRunResult* result) const {
  for (const std::string& key : run.recv_keys) {
    const auto number = fetch_numbers_.find(key);
    if (number == fetch_numbers_.end()) return invalid_argument("The graph has no fetch {}", key);
    result->received.push_back(fetched[number->second]);
  }
  if (run.record_partition_graphs) result->metadata.partition_graphs = {graph_def_};
  return OkStatus();
}

Status RegisteredGraph::run_partial(StepRendezvous& rendezvous, runtime::RunSettings settings) {
  std::unique_lock lock(partial_mutex_);
  if (!partial_plan_) {
    ASSIGN_OR_RETURN(partial_plan_, compile(true));
  }
  const std::shared_ptr<runtime::Plan> plan = partial_plan_;
  lock.unlock();
  settings.rendezvous = &rendezvous;
  std::vector<Tensor> none;
  return run_plan(*plan, {}, &none, settings);
}

}  // namespace reflow::distributed
