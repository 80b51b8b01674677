// Methods of graphs, operations and tensors. Those with an underscore are called by the methods of framework/ops.py.

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "casters.h"
#include "reflow/client/apply_op.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/serialized.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/control_flow.h"
#include "reflow/graph/graph.h"
#include "traceback.h"

namespace reflow::python {
namespace {

nb::bytes bytes_of(const std::string& text) { return nb::bytes(text.data(), text.size()); }

// The graph is the default one of the thread between push and pop, as between __enter__ and __exit__ of as_default().
class DefaultGraph {
 public:
  explicit DefaultGraph(nb::object graph) : graph_(std::move(graph)) {}
  void enter() { scope_.push_back(std::make_shared<Graph::DefaultScope>(as_graph(graph_.ptr())->graph)); }
  void exit() { scope_.pop_back(); }

 private:
  nb::object graph_;
  std::vector<std::shared_ptr<Graph::DefaultScope>> scope_;
};

void bind_graph_methods(nb::module_& m) {
  nb::class_<GraphObject> graph = nb::borrow<nb::class_<GraphObject>>(m.attr("Graph"));
  graph.def("_operation", [](GraphObject& g, const std::string& name) { return g.graph.get_operation_by_name(name); });
  graph.def("_tensor", [](GraphObject& g, const std::string& name) { return g.graph.get_tensor_by_name(name); });
  graph.def("_element", [](GraphObject& g, const std::string& name) { return g.graph.as_graph_element(name); });
  graph.def("_find_operation", [](GraphObject& g, const std::string& name) {
    const std::lock_guard lock(g.graph.impl().mutex());
    return operation_object(g.graph.impl().find(name));
  });
  graph.def("_operations", [](GraphObject& g) { return g.graph.get_operations(); });
  graph.def("_unique_name", [](GraphObject& g, const std::string& name, bool mark) {
    return g.graph.unique_name(name, mark);
  });
  graph.def("_name_scope", [](GraphObject& g) { return g.graph.get_name_scope(); });
  graph.def("_finalize", [](GraphObject& g) { g.graph.finalize(); });
  graph.def("_unfinalize", [](GraphObject& g) { g.graph.impl().unfinalize(); });
  graph.def("_finalized", [](GraphObject& g) { return g.graph.finalized(); });
  graph.def("_seed", [](GraphObject& g) { return g.graph.seed(); });
  graph.def("_set_seed", [](GraphObject& g, std::optional<int64_t> seed) {
    g.graph.impl().has_seed = seed.has_value();
    g.graph.impl().seed = seed.value_or(0);
  });
  graph.def("_version", [](GraphObject& g) { return g.graph.impl().num_node_ids(); });
  graph.def("_is_feedable", [](GraphObject& g, GraphElement e) { return g.graph.is_feedable(e); });
  graph.def("_is_fetchable", [](GraphObject& g, GraphElement e) { return g.graph.is_fetchable(e); });
  graph.def("_prevent_feeding", [](GraphObject& g, GraphElement e) { g.graph.prevent_feeding(e); });
  graph.def("_prevent_fetching", [](GraphObject& g, GraphElement e) { g.graph.prevent_fetching(e); });
  graph.def("_graph_def", [](GraphObject& g, int from_version, bool add_shapes) {
    return bytes_of(client::serialize_graph(g.graph.impl(), from_version, add_shapes));
  });
  graph.def("_collections", [](GraphObject& g) { return nb::borrow<nb::dict>(g.collections); });
  graph.def("_share_collections", &GraphObject::share_collections);
  graph.def("_producer_version", [](GraphObject& g) { return g.graph.impl().versions.producer; });
  graph.def("_handle", [](GraphObject& g) { return reinterpret_cast<uintptr_t>(&g.graph.impl()); });

  nb::class_<DefaultGraph>(m, "DefaultGraph")
      .def(nb::init<nb::object>())
      .def("enter", &DefaultGraph::enter)
      .def("exit", &DefaultGraph::exit);
  m.def("get_default_graph", [] { return graph_object(get_default_graph()); });
  m.def("reset_default_graph", [] {
    reset_default_graph();
    graph_object(get_default_graph());
  });
}

void bind_operation_methods(nb::module_& m) {
  nb::class_<OperationObject> op = nb::borrow<nb::class_<OperationObject>>(m.attr("Operation"));
  op.def_prop_ro("name", [](OperationObject& o) { return o.operation.name(); });
  op.def_prop_ro("type", [](OperationObject& o) { return o.operation.type(); });
  op.def_prop_ro("device", [](OperationObject& o) { return o.operation.device(); });
  op.def_prop_ro("graph", [](OperationObject& o) { return nb::borrow(o.graph); });
  op.def_prop_ro("_id", [](OperationObject& o) { return o.operation.node()->id() + 1; });
  op.def_prop_ro("inputs", [](OperationObject& o) {
    static nb::handle input_list = package_attribute("framework.tensor", "InputList").release();
    return nb::object(input_list(nb::cast(o.operation.inputs())));
  });
  op.def_prop_ro("control_inputs", [](OperationObject& o) { return o.operation.control_inputs(); });
  op.def_prop_ro("outputs", [](OperationObject& o) { return o.operation.outputs(); });
  op.def_prop_ro("_control_outputs", [](OperationObject& o) {
    std::vector<Operation> users;
    const std::lock_guard lock(o.operation.node()->graph().mutex());
    for (const graph::Consumer& consumer : o.operation.node()->consumers()) {
      if (consumer.input < 0) users.emplace_back(consumer.node);
    }
    return users;
  });
  op.def("_attr", [](OperationObject& o, const std::string& name) -> nb::object {
    const graph::AttrValue* value = o.operation.node()->find_attr(name);
    if (!value) return nb::none();
    return nb::make_tuple(value->kind(), attr_to_python(*value));
  });
  op.def("_attr_proto", [](OperationObject& o, const std::string& name) -> nb::object {
    const graph::AttrValue* value = o.operation.node()->find_attr(name);
    if (!value) return nb::none();
    return bytes_of(client::serialize_attr(*value));
  });
  op.def("_set_attr_proto", [](OperationObject& o, const std::string& name, nb::bytes proto) {
    graph::Node* node = o.operation.node();
    const std::lock_guard lock(node->graph().mutex());
    node->set_attr(name, check_building(client::parse_attr({proto.c_str(), proto.size()})));
  });
  op.def("_clear_attr", [](OperationObject& o, const std::string& name) { o.operation.node()->clear_attr(name); });
  op.def("_node_def", [](OperationObject& o) { return bytes_of(client::serialize_node(*o.operation.node())); });
  op.def("_op_def", [](OperationObject& o) { return bytes_of(client::serialize_op_def(o.operation.node()->op())); });
  op.def("_colocation_groups", [](OperationObject& o) { return o.operation.colocation_groups(); });
  op.def("_traceback", [](OperationObject& o) { return traceback_of(*o.operation.node()); });
  op.def("_set_device", [](OperationObject& o, const std::string& device) { o.operation.node()->set_device(device); });
  op.def("_add_control_input", [](OperationObject& o, Operation input) {
    graph::Node* node = o.operation.node();
    const std::lock_guard lock(node->graph().mutex());
    node->graph().add_control_input(node, input.node());
  });
  op.def("_remove_all_control_inputs", [](OperationObject& o) {
    graph::Node* node = o.operation.node();
    const std::lock_guard lock(node->graph().mutex());
    node->graph().remove_control_inputs(node);
  });
  op.def("_update_input", [](OperationObject& o, int index, Output tensor) {
    graph::Node* node = o.operation.node();
    const std::lock_guard lock(node->graph().mutex());
    check_building(node->graph().set_input(node, index, client::to_endpoint(tensor)));
  });
}

void bind_tensor_methods(nb::module_& m) {
  nb::class_<TensorObject> tensor = nb::borrow<nb::class_<TensorObject>>(m.attr("Tensor"));
  tensor.def_prop_ro("op", [](TensorObject& t) { return operation_object(t.output.node()); });
  tensor.def_prop_ro("graph", [](TensorObject& t) { return nb::borrow(t.graph); });
  tensor.def_prop_ro("name", [](TensorObject& t) { return t.output.name(); });
  tensor.def_prop_ro("device", [](TensorObject& t) { return t.output.device(); });
  tensor.def_prop_ro("dtype", [](TensorObject& t) { return t.output.dtype(); });
  tensor.def_prop_ro("shape", [](TensorObject& t) { return t.output.shape(); });
  tensor.def_prop_ro("value_index", [](TensorObject& t) { return t.output.value_index(); });
  tensor.def("_consumers", [](TensorObject& t) { return t.output.consumers(); });
  tensor.def("_set_shape", [](TensorObject& t, Shape shape) { t.output.set_shape(shape); });
  tensor.def("_replace_shape", [](TensorObject& t, Shape shape) {
    t.output.node()->set_output_shape(t.output.index(), std::move(shape));
  });
}

}  // namespace

void bind_graph(nb::module_& m) {
  bind_graph_methods(m);
  bind_operation_methods(m);
  bind_tensor_methods(m);
}

}  // namespace reflow::python
