#pragma once

// The Python objects of graphs, operations and tensors: one for each, made when it is first asked for and kept by its
// graph, which each of them keeps alive; the garbage collector sees these cycles. All functions require the GIL.

#include <nanobind/nanobind.h>

#include <vector>

#include "reflow/client/graph.h"
#include "reflow/client/output.h"
#include "reflow/client/variable.h"
#include "reflow/graph/immediate.h"

namespace reflow::python {

namespace nb = nanobind;

// The objects of a node. Owned; null: nobody has asked for it.
struct NodeObjects {
  PyObject* operation = nullptr;
  PyObject* first_output = nullptr;
  std::vector<PyObject*> other_outputs;
  PyObject*& output(int index);
};

struct GraphObject {
  explicit GraphObject(const Graph& g);
  GraphObject(const GraphObject&) = delete;
  ~GraphObject();
  Graph graph;
  std::vector<NodeObjects> nodes;  // by node id
  PyObject* collections;           // dict of lists. Owned
  bool shares_collections = false;  // with a graph around
  // Takes the collections of `around` for its own.
  void share_collections(GraphObject& around);
};

struct OperationObject {
  ~OperationObject() { Py_XDECREF(graph); }
  Operation operation;
  PyObject* graph;  // owned
};

struct TensorObject {
  ~TensorObject() { Py_XDECREF(graph); }
  Output output;
  PyObject* graph;  // owned; null: a tensor that has its value
};

// A tensor that has its value. It keeps that itself: no graph knows it.
struct EagerTensorObject : TensorObject {
  graph::NodeRef held;
  int64_t id;  // tensors are numbered in the order of their making
};

// Registers the three classes.
void bind_graph_objects(nb::module_& m);

// New references to the object that stands for each; None for an Output or Operation that isn't valid. Of an Output that
// has its value a new object each time, of such an operation None.
nb::object graph_object(const Graph& graph);
nb::object operation_object(graph::Node* node);
nb::object tensor_object(const Output& output);
nb::object element_object(const GraphElement& element);

// What the object stands for; null: it is of another class.
const Output* as_output(PyObject* object);
const Operation* as_operation(PyObject* object);
GraphObject* as_graph(PyObject* object);

// The item of a collection as a Python object, and back: graph elements, variables, strings; any other Python object as
// it is (a Reference).
nb::object item_object(const std::any& item);
std::any item_of(nb::handle object);

}  // namespace reflow::python
