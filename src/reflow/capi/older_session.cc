// The sessions of TensorFlow's first C interface, which have a graph of their own and name its tensors.

#include <memory>

#include "reflow/capi/session.h"
#include "reflow/graph/graph_def.h"
#include "reflow/graph/graph_import.h"
#include "tensorflow/core/framework/graph.pb.h"

using namespace reflow;
using namespace reflow::capi;

struct TF_DeprecatedSession {
  explicit TF_DeprecatedSession(const TF_SessionOptions& options) : session(options, graph.graph) {}
  TF_Graph graph;
  TF_Session session;
};

namespace {

// The tensors and operations of names; what they are called in TF_Session::Call.
struct Named {
  std::vector<Endpoint> feeds, fetches;
  std::vector<Node*> targets;
  TF_Session::Call call() const { return {feeds, fetches, targets}; }
};

Status find_tensors(const graph::Graph& graph, const char** names, int n, std::vector<Endpoint>* tensors) {
  for (int i = 0; i < n; ++i) {
    const graph::InputName name = graph::InputName::parse(names[i]);
    Node* const node = graph.find(name.node);
    if (node == nullptr || name.index < 0 || name.index >= node->num_outputs()) {
      return invalid_argument("Tensor {}, specified in either feed_devices or fetch_devices was not found in the Graph", names[i]);
    }
    tensors->push_back({node, name.index});
  }
  return OkStatus();
}

StatusOr<Named> find(const TF_DeprecatedSession* s, const char** inputs, int ninputs, const char** outputs, int noutputs,
                     const char** targets, int ntargets) {
  const graph::Graph& graph = s->graph.impl();
  const std::lock_guard lock(graph.mutex());
  Named named;
  RETURN_IF_ERROR(find_tensors(graph, inputs, ninputs, &named.feeds));
  RETURN_IF_ERROR(find_tensors(graph, outputs, noutputs, &named.fetches));
  std::string missing;
  for (int i = 0; i < ntargets; ++i) {
    Node* const node = graph.find(targets[i]);
    if (node == nullptr) missing += std::string(targets[i]) + " ";
    named.targets.push_back(node);
  }
  if (!missing.empty()) return not_found("PruneForTargets: Some target nodes not found: {}", missing);
  return named;
}

}  // namespace

TF_DeprecatedSession* TF_NewDeprecatedSession(const TF_SessionOptions* options, TF_Status* status) {
  std::unique_ptr<TF_DeprecatedSession> session;
  report(status, [&] {
    session = std::make_unique<TF_DeprecatedSession>(*options);
    return OkStatus();
  });
  return session.release();
}

void TF_CloseDeprecatedSession(TF_DeprecatedSession* s, TF_Status* status) { TF_CloseSession(&s->session, status); }

void TF_DeleteDeprecatedSession(TF_DeprecatedSession* s, TF_Status* status) {
  report(status, [&] {
    delete s;
    return OkStatus();
  });
}

void TF_ExtendGraph(TF_DeprecatedSession* s, const void* proto, size_t proto_len, TF_Status* status) {
  const TF_Buffer bytes{proto, proto_len, nullptr};
  TF_ImportGraphDefOptions* const options = TF_NewImportGraphDefOptions();
  TF_GraphImportGraphDef(&s->graph, &bytes, options, status);
  TF_DeleteImportGraphDefOptions(options);
}

void TF_Run(TF_DeprecatedSession* s, const TF_Buffer* run_options, const char** input_names, TF_Tensor** inputs, int ninputs,
            const char** output_names, TF_Tensor** outputs, int noutputs, const char** target_oper_names, int ntargets,
            TF_Buffer* run_metadata, TF_Status* status) {
  std::fill_n(outputs, noutputs, nullptr);
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const Named named, find(s, input_names, ninputs, output_names, noutputs, target_oper_names, ntargets));
    return s->session.run(named.call(), inputs, outputs, run_options, run_metadata);
  });
}

void TF_PRunSetup(TF_DeprecatedSession* s, const char** input_names, int ninputs, const char** output_names, int noutputs,
                  const char** target_oper_names, int ntargets, const char** handle, TF_Status* status) {
  *handle = nullptr;
  Named named;
  const bool found = report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(named, find(s, input_names, ninputs, output_names, noutputs, target_oper_names, ntargets));
    return OkStatus();
  });
  if (!found) return;
  TF_SessionPRunSetup(&s->session, reinterpret_cast<const TF_Output*>(named.feeds.data()), ninputs,
                      reinterpret_cast<const TF_Output*>(named.fetches.data()), noutputs,
                      reinterpret_cast<TF_Operation* const*>(named.targets.data()), ntargets, handle, status);
}

void TF_PRun(TF_DeprecatedSession* s, const char* handle, const char** input_names, TF_Tensor** inputs, int ninputs,
             const char** output_names, TF_Tensor** outputs, int noutputs, const char** target_oper_names, int ntargets,
             TF_Status* status) {
  std::fill_n(outputs, noutputs, nullptr);
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const Named named, find(s, input_names, ninputs, output_names, noutputs, target_oper_names, ntargets));
    return s->session.partial_run(handle, named.call(), inputs, outputs);
  });
}

TF_DeviceList* TF_DeprecatedSessionListDevices(TF_DeprecatedSession* s, TF_Status* status) {
  return TF_SessionListDevices(&s->session, status);
}
