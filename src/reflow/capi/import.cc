// Importing GraphDefs.

#include <algorithm>
#include <memory>

#include "reflow/capi/objects.h"
#include "reflow/graph/graph_def.h"
#include "reflow/graph/scope.h"
#include "tensorflow/core/framework/graph.pb.h"

using namespace reflow;
using namespace reflow::capi;

struct TF_ImportGraphDefOptions {
  graph::ImportOptions options;
  std::string default_device;
  std::vector<std::string> outputs, operations;  // to return
};

struct TF_ImportGraphDefResults {
  std::vector<TF_Output> outputs;
  std::vector<TF_Operation*> operations;
  std::vector<std::string> missing_names;
  std::vector<const char*> missing;  // into missing_names
  std::vector<int> missing_indexes;
};

TF_ImportGraphDefOptions* TF_NewImportGraphDefOptions() {
  auto* const o = new TF_ImportGraphDefOptions;
  o->options.prefix.clear();
  return o;
}
void TF_DeleteImportGraphDefOptions(TF_ImportGraphDefOptions* o) { delete o; }
void TF_ImportGraphDefOptionsSetPrefix(TF_ImportGraphDefOptions* o, const char* prefix) { o->options.prefix = prefix; }
void TF_ImportGraphDefOptionsSetDefaultDevice(TF_ImportGraphDefOptions* o, const char* device) { o->default_device = device; }
void TF_ImportGraphDefOptionsSetUniquifyNames(TF_ImportGraphDefOptions* o, unsigned char uniquify_names) {
  o->options.uniquify_names = uniquify_names != 0;
}
void TF_ImportGraphDefOptionsSetUniquifyPrefix(TF_ImportGraphDefOptions* o, unsigned char uniquify_prefix) {
  o->options.uniquify_prefix = uniquify_prefix != 0;
}
void TF_ImportGraphDefOptionsAddInputMapping(TF_ImportGraphDefOptions* o, const char* src_name, int src_index, TF_Output dst) {
  o->options.input_map[std::string(src_name) + ":" + std::to_string(src_index)] = endpoint_of(dst);
}
void TF_ImportGraphDefOptionsRemapControlDependency(TF_ImportGraphDefOptions* o, const char* src_name, TF_Operation* dst) {
  o->options.control_input_map[src_name] = node_of(dst);
}
void TF_ImportGraphDefOptionsAddControlDependency(TF_ImportGraphDefOptions* o, TF_Operation* oper) {
  o->options.control_dependencies.push_back(node_of(oper));
}
void TF_ImportGraphDefOptionsAddReturnOutput(TF_ImportGraphDefOptions* o, const char* oper_name, int index) {
  o->outputs.push_back(std::string(oper_name) + ":" + std::to_string(index));
}
int TF_ImportGraphDefOptionsNumReturnOutputs(const TF_ImportGraphDefOptions* o) { return static_cast<int>(o->outputs.size()); }
void TF_ImportGraphDefOptionsAddReturnOperation(TF_ImportGraphDefOptions* o, const char* oper_name) {
  o->operations.emplace_back(oper_name);
}
int TF_ImportGraphDefOptionsNumReturnOperations(const TF_ImportGraphDefOptions* o) { return static_cast<int>(o->operations.size()); }

void TF_ImportGraphDefResultsReturnOutputs(TF_ImportGraphDefResults* r, int* num_outputs, TF_Output** outputs) {
  *num_outputs = static_cast<int>(r->outputs.size());
  *outputs = r->outputs.data();
}
void TF_ImportGraphDefResultsReturnOperations(TF_ImportGraphDefResults* r, int* num_opers, TF_Operation*** opers) {
  *num_opers = static_cast<int>(r->operations.size());
  *opers = r->operations.data();
}
void TF_ImportGraphDefResultsMissingUnusedInputMappings(TF_ImportGraphDefResults* r, int* num_missing_unused_input_mappings,
                                                        const char*** src_names, int** src_indexes) {
  *num_missing_unused_input_mappings = static_cast<int>(r->missing.size());
  *src_names = r->missing.data();
  *src_indexes = r->missing_indexes.data();
}
void TF_DeleteImportGraphDefResults(TF_ImportGraphDefResults* r) { delete r; }

namespace {

// Of the keys that nothing has read, those that name nothing in the GraphDef.
void tell_missing(const graph::ImportResult& imported, const tensorflow::GraphDef& def, TF_ImportGraphDefResults* results) {
  for (const std::string& key : imported.unused_input_map_keys) {
    const size_t colon = key.rfind(':');
    if (colon == std::string::npos) continue;  // a control dependency
    const std::string name = key.substr(0, colon);
    const int index = std::stoi(key.substr(colon + 1));
    const auto it = std::find_if(def.node().begin(), def.node().end(), [&](const auto& node) { return node.name() == name; });
    if (it != def.node().end() && index < imported.nodes[it - def.node().begin()]->num_outputs()) continue;
    results->missing_names.push_back(name);
    results->missing_indexes.push_back(index);
  }
  for (const std::string& name : results->missing_names) results->missing.push_back(name.c_str());
}

StatusOr<std::unique_ptr<TF_ImportGraphDefResults>> import(TF_Graph* g, const TF_Buffer* graph_def, const TF_ImportGraphDefOptions& o) {
  tensorflow::GraphDef def;
  if (!parse(graph_def->data, graph_def->length, &def)) return invalid_argument("Invalid GraphDef");
  graph::ImportOptions options = o.options;
  if (!options.prefix.empty() && !graph::is_valid_op_name(options.prefix)) {
    return invalid_argument("Imported node name prefix '{}/' would lead to invalid node names", options.prefix);
  }
  for (tensorflow::NodeDef& node : *def.mutable_node()) {
    if (node.device().empty()) node.set_device(o.default_device);
  }
  for (const auto& [key, e] : options.input_map) RETURN_IF_ERROR(check_tensor(g, e));
  for (const auto& [name, node] : options.control_input_map) RETURN_IF_ERROR(check_operation(g, node));
  for (const Node* node : options.control_dependencies) RETURN_IF_ERROR(check_operation(g, node));
  options.return_elements = o.outputs;
  options.return_elements.insert(options.return_elements.end(), o.operations.begin(), o.operations.end());
  ASSIGN_OR_RETURN(const graph::ImportResult imported, graph::import_graph_def(def, options, &g->impl()));
  auto results = std::make_unique<TF_ImportGraphDefResults>();
  for (size_t i = 0; i < imported.return_endpoints.size(); ++i) {
    const Endpoint e = imported.return_endpoints[i];
    if (i < o.outputs.size()) {
      results->outputs.push_back(output_of(e));
    } else {
      results->operations.push_back(operation_of(e.node));
    }
  }
  tell_missing(imported, def, results.get());
  return results;
}

}  // namespace

TF_ImportGraphDefResults* TF_GraphImportGraphDefWithResults(TF_Graph* g, const TF_Buffer* graph_def,
                                                            const TF_ImportGraphDefOptions* options, TF_Status* status) {
  std::unique_ptr<TF_ImportGraphDefResults> results;
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(results, import(g, graph_def, *options));
    return OkStatus();
  });
  return results.release();
}

void TF_GraphImportGraphDefWithReturnOutputs(TF_Graph* g, const TF_Buffer* graph_def, const TF_ImportGraphDefOptions* options,
                                             TF_Output* return_outputs, int num_return_outputs, TF_Status* status) {
  report(status, [&]() -> Status {
    if (num_return_outputs != static_cast<int>(options->outputs.size())) {
      return invalid_argument("Expected 'num_return_outputs' to be {}, got {}", options->outputs.size(), num_return_outputs);
    }
    ASSIGN_OR_RETURN(const auto results, import(g, graph_def, *options));
    std::ranges::copy(results->outputs, return_outputs);
    return OkStatus();
  });
}

void TF_GraphImportGraphDef(TF_Graph* g, const TF_Buffer* graph_def, const TF_ImportGraphDefOptions* options, TF_Status* status) {
  report(status, [&] { return import(g, graph_def, *options).status(); });
}
