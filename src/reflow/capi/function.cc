// Functions: graphs made to be called by operations.

#include <algorithm>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "reflow/capi/objects.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/graph_def.h"
#include "reflow/graph/graph_to_function.h"
#include "tensorflow/core/framework/function.pb.h"

using namespace reflow;
using namespace reflow::capi;

struct TF_Function {
  tensorflow::FunctionDef def;
};

namespace {

// What TF_GraphToFunction is told.
struct Request {
  std::string name;
  bool all_nodes = false;  // but those of the inputs
  std::span<Node* const> nodes;
  std::span<const Endpoint> inputs, outputs;
  std::vector<std::string> output_names, control_names;
  std::span<Node* const> control_outputs;
};

Status check_request(const Request& request) {
  std::set<std::pair<const Node*, int>> inputs;
  for (const Endpoint& e : request.inputs) {
    if (!inputs.emplace(e.node, e.index).second) return invalid_argument("TF_Output {} appears more than once in the input list", e.name());
    if (request.all_nodes && e.node->num_outputs() != 1) {
      return invalid_argument("When `num_opers` is set to -1, nodes referenced in `inputs` must have a single output. Node {} has {} "
                              "outputs. Encountered while creating function '{}'", e.node->name(), e.node->num_outputs(), request.name);
    }
  }
  std::set<std::string_view> names;
  for (const std::string& name : request.output_names) {
    if (!names.insert(name).second) {
      return invalid_argument("Cannot have duplicate output names. Name '{}' appears more than once in 'output_names' array.", name);
    }
  }
  return OkStatus();
}

// The body of a function as a graph of its own, in which the inputs are placeholders.
class Body {
 public:
  Body(const graph::Graph& source, const Request& request) : source_(source), request_(request) {}

  Status build() {
    tensorflow::FunctionDefLibrary library;
    source_.functions().to_proto(&library);
    RETURN_IF_ERROR(graph.functions().add_all(library));
    for (const Endpoint& e : request_.inputs) RETURN_IF_ERROR(add_input(e));
    std::vector<Node*> nodes(request_.nodes.begin(), request_.nodes.end());
    if (request_.all_nodes) {
      nodes = source_.nodes();
      std::erase_if(nodes, [this](const Node* node) { return input_nodes_.contains(node); });
    }
    std::ranges::sort(nodes, {}, &Node::id);
    body_.insert(nodes.begin(), nodes.end());
    for (const Node* node : nodes) RETURN_IF_ERROR(add_node(*node));
    for (const auto& [copy, i, source] : back_edges_) RETURN_IF_ERROR(graph.set_input(copy, i, {copies_.at(source.node), source.index}));
    return OkStatus();
  }
  // `e` of the source in the body. InvalidArgument: it isn't there.
  StatusOr<Endpoint> find(const Endpoint& e) const {
    for (size_t i = 0; i < request_.inputs.size(); ++i) {
      if (request_.inputs[i] == e) return inputs[i];
    }
    if (const auto it = copies_.find(e.node); it != copies_.end()) return Endpoint{it->second, e.index};
    return invalid_argument("TF_Output {} is neither in the function body nor among function inputs. Encountered while creating "
                            "function '{}'", e ? e.name() : "", request_.name);
  }
  StatusOr<Node*> find(const Node* node) const {
    if (const auto it = copies_.find(node); it != copies_.end()) return it->second;
    return invalid_argument("TF_Operation {} is not in the function body. Encountered while creating function '{}'", node->name(),
                            request_.name);
  }

  graph::Graph graph;
  std::vector<Endpoint> inputs;

 private:
  struct BackEdge {
    Node* copy;
    int input;
    Endpoint source;
  };

  Status add_input(const Endpoint& e) {
    if (is_ref(e.dtype())) return invalid_argument("TF_Output {} is a reference", e.name());
    input_nodes_.insert(e.node);
    graph::NodeSpec spec;
    spec.name = graph.unique_full_name(e.node->name());
    spec.op = graph::OpRegistry::global().find("Placeholder");
    spec.attrs.set("dtype", e.dtype());
    for (const auto& [name, value] : e.node->attrs()) {
      if (name.starts_with('_')) spec.attrs.set(name, value);
    }
    spec.output_types = {e.dtype()};
    ASSIGN_OR_RETURN(Node* const node, graph.add_node(std::move(spec)));
    inputs.push_back({node, 0});
    return OkStatus();
  }

  Status add_node(const Node& node) {
    graph::NodeSpec spec;
    spec.name = graph.unique_full_name(node.name());
    spec.op = &node.op();
    if (graph.functions().contains(node.type())) spec.op = graph.functions().find_op(node.type());
    spec.attrs = node.attrs();
    spec.device = node.device();
    spec.output_types.assign(node.output_types().begin(), node.output_types().end());
    std::vector<BackEdge> back_edges;
    for (int i = 0; i < node.num_inputs(); ++i) {
      const Endpoint& source = node.input(i);
      StatusOr<Endpoint> input = find(source);
      if (!input.ok() && body_.contains(source.node)) {
        back_edges.push_back({nullptr, i, source});
        input = Endpoint();
      }
      if (!input.ok()) {
        return invalid_argument("Input {}, '{}', of node '{}' in function '{}' is not available. You might need to include it in "
                                "inputs or include its source node in the body", i, source.name(), node.name(), request_.name);
      }
      spec.inputs.push_back(*input);
    }
    for (const Node* control : node.control_inputs()) {
      const auto it = copies_.find(control);
      if (it == copies_.end()) {
        return invalid_argument("The source of control edge [id={} {}:-1 -> {}:-1] is not in the body. Encountered while creating "
                                "function '{}'", control->id(), control->name(), node.name(), request_.name);
      }
      spec.control_inputs.push_back(it->second);
    }
    ASSIGN_OR_RETURN(Node* const copy, graph.add_node(std::move(spec)));
    copies_.emplace(&node, copy);
    for (BackEdge& edge : back_edges) back_edges_.push_back({copy, edge.input, edge.source});
    return OkStatus();
  }

  const graph::Graph& source_;
  const Request& request_;
  std::unordered_set<const Node*> input_nodes_, body_;
  std::unordered_map<const Node*, Node*> copies_;
  std::vector<BackEdge> back_edges_;
};

StatusOr<std::unique_ptr<TF_Function>> make_function(const graph::Graph& source, const Request& request, bool append_hash,
                                                     const char* description) {
  RETURN_IF_ERROR(check_request(request));
  Body body(source, request);
  RETURN_IF_ERROR(body.build());
  graph::FunctionOutline outline;
  outline.name = request.name;
  outline.append_hash = append_hash;
  outline.inputs = body.inputs;
  outline.output_names = request.output_names;
  outline.description = description ? description : "";
  for (const Endpoint& e : request.outputs) {
    ASSIGN_OR_RETURN(const Endpoint found, body.find(e));
    outline.outputs.push_back(found);
  }
  for (const Node* node : request.control_outputs) {
    ASSIGN_OR_RETURN(Node* const found, body.find(node));
    outline.control_outputs.push_back(found);
  }
  graph::Graph library;
  ASSIGN_OR_RETURN(const std::string name, graph::add_function(body.graph, outline, &library));
  auto function = std::make_unique<TF_Function>();
  RETURN_IF_ERROR(library.functions().find(name, &function->def));
  if (!request.control_names.empty()) {  // by which callers know them
    auto& signature = *function->def.mutable_signature();
    const auto by_node = function->def.control_ret();
    function->def.clear_control_ret();
    signature.clear_control_output();
    for (size_t i = 0; i < request.control_outputs.size(); ++i) {
      (*function->def.mutable_control_ret())[request.control_names[i]] = by_node.at(outline.control_outputs[i]->name());
      signature.add_control_output(request.control_names[i]);
    }
  }
  return function;
}

std::vector<std::string> strings_of(const char* const* names, int n) {
  return names ? std::vector<std::string>(names, names + n) : std::vector<std::string>();
}

}  // namespace

TF_Function* TF_GraphToFunctionWithControlOutputs(
    const TF_Graph* fn_body, const char* fn_name, unsigned char append_hash_to_fn_name, int num_opers,
    const TF_Operation* const* opers, int ninputs, const TF_Output* inputs, int noutputs, const TF_Output* outputs,
    const char* const* output_names, int ncontrol_outputs, const TF_Operation* const* control_outputs,
    const char* const* control_output_names, const TF_FunctionOptions*, const char* description, TF_Status* status) {
  std::unique_ptr<TF_Function> function;
  report(status, [&]() -> Status {
    const std::lock_guard lock(fn_body->impl().mutex());
    Request request;
    request.name = fn_name;
    request.all_nodes = num_opers < 0;
    request.nodes = nodes_of(opers, std::max(0, num_opers));
    request.inputs = endpoints_of(inputs, ninputs);
    request.outputs = endpoints_of(outputs, noutputs);
    request.output_names = strings_of(output_names, noutputs);
    request.control_outputs = nodes_of(control_outputs, ncontrol_outputs);
    request.control_names = strings_of(control_output_names, ncontrol_outputs);
    ASSIGN_OR_RETURN(function, make_function(fn_body->impl(), request, append_hash_to_fn_name != 0, description));
    return OkStatus();
  });
  return function.release();
}

TF_Function* TF_GraphToFunction(const TF_Graph* fn_body, const char* fn_name, unsigned char append_hash_to_fn_name, int num_opers,
                                const TF_Operation* const* opers, int ninputs, const TF_Output* inputs, int noutputs,
                                const TF_Output* outputs, const char* const* output_names, const TF_FunctionOptions* opts,
                                const char* description, TF_Status* status) {
  return TF_GraphToFunctionWithControlOutputs(fn_body, fn_name, append_hash_to_fn_name, num_opers, opers, ninputs, inputs, noutputs,
                                              outputs, output_names, 0, nullptr, nullptr, opts, description, status);
}

const char* TF_FunctionName(TF_Function* func) { return func->def.signature().name().c_str(); }
void TF_DeleteFunction(TF_Function* func) { delete func; }

void TF_FunctionToFunctionDef(TF_Function* func, TF_Buffer* output_func_def, TF_Status* status) {
  report(status, [&] { return write_message(func->def, output_func_def); });
}

TF_Function* TF_FunctionImportFunctionDef(const void* proto, size_t proto_len, TF_Status* status) {
  auto function = std::make_unique<TF_Function>();
  const bool parsed = report(status, [&] {
    return parse(proto, proto_len, &function->def)
               ? OkStatus() : invalid_argument("Invalid FunctionDef given to TF_FunctionImportFunctionDef");
  });
  return parsed ? function.release() : nullptr;
}

void TF_FunctionSetAttrValueProto(TF_Function* func, const char* attr_name, const void* proto, size_t proto_len, TF_Status* status) {
  report(status, [&]() -> Status {
    tensorflow::AttrValue value;
    if (!parse(proto, proto_len, &value)) {
      return invalid_argument("Unparseable AttrValue proto passed to TF_FunctionSetAttrValueProto");
    }
    (*func->def.mutable_attr())[attr_name] = value;
    return OkStatus();
  });
}

void TF_FunctionGetAttrValueProto(TF_Function* func, const char* attr_name, TF_Buffer* output_attr_value, TF_Status* status) {
  report(status, [&]() -> Status {
    const auto it = func->def.attr().find(attr_name);
    if (it == func->def.attr().end()) return invalid_argument("Function '{}' has no attr named '{}'.", TF_FunctionName(func), attr_name);
    return write_message(it->second, output_attr_value);
  });
}

void TF_GraphCopyFunction(TF_Graph* g, const TF_Function* func, const TF_Function* grad, TF_Status* status) {
  report(status, [&]() -> Status {
    if (func == nullptr) return invalid_argument("'func' argument to TF_GraphCopyFunction cannot be null");
    const std::lock_guard lock(g->impl().mutex());
    graph::FunctionLibrary& functions = g->impl().functions();
    RETURN_IF_ERROR(functions.add(func->def));
    if (grad == nullptr) return OkStatus();
    RETURN_IF_ERROR(functions.add(grad->def));
    return functions.add_gradient(func->def.signature().name(), grad->def.signature().name());
  });
}

int TF_GraphNumFunctions(TF_Graph* g) { return static_cast<int>(g->impl().functions().names().size()); }

int TF_GraphGetFunctions(TF_Graph* g, TF_Function** funcs, int max_func, TF_Status* status) {
  int n = 0;
  report(status, [&]() -> Status {
    for (const std::string& name : g->impl().functions().names()) {
      if (n == max_func) break;
      auto function = std::make_unique<TF_Function>();
      RETURN_IF_ERROR(g->impl().functions().find(name, &function->def));
      funcs[n++] = function.release();
    }
    return OkStatus();
  });
  return n;
}
