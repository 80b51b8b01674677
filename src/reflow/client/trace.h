#pragma once

// What is known of a function while its body is built. Not for users.

#include <functional>
#include <utility>
#include <vector>

#include "reflow/client/capture.h"
#include "reflow/client/graph.h"
#include "reflow/client/output.h"
#include "reflow/client/variable.h"
#include "reflow/graph/graph.h"

namespace reflow::function {

// While it lives, this thread builds the body of a function in `body`, which is the default graph. Tensors of other graphs that
// ops take become arguments; variables are made outside of it. Traces nest.
class Trace {
 public:
  // What control_dependencies of ops of other graphs means: an error, or that who calls the function waits for them.
  enum class ControlInputs { kOwn, kCaptured };
  Trace(const Graph& body, ControlInputs control_inputs);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  // Of the function whose body is built in `graph`; null: it is no such graph.
  static Trace* of(const graph::Graph& graph);

  // Is the function a part of the graph around, such as the branch of a cond?
  bool is_part_of_graph() const { return control_inputs_ == ControlInputs::kCaptured; }
  // Where the function is called.
  const Graph& around() const { return around_; }
  // Outside, inside.
  const std::vector<std::pair<graph::Endpoint, graph::Endpoint>>& captured() const { return captured_; }
  const std::vector<graph::Node*>& control_captured() const { return control_captured_; }
  const std::vector<Variable>& created() const { return created_; }

  // What stands for a tensor of another graph.
  graph::Endpoint stand_in(graph::Endpoint outer);
  // Takes note of an op of another graph that is to be waited for; false: that is an error.
  bool capture_control(graph::Node* outer);
  Variable make_outside(const std::function<Variable()>& make);
  TensorLike lifted(const Output& value);

 private:
  graph::Endpoint lift(graph::Endpoint e, std::vector<std::pair<graph::Node*, graph::Node*>>* done);

  Graph body_, around_;
  ControlInputs control_inputs_;
  std::vector<std::pair<graph::Endpoint, graph::Endpoint>> captured_;
  std::vector<graph::Node*> control_captured_;
  std::vector<Variable> created_;
  Graph::DefaultScope scope_;
  client::CaptureScope captures_;
};

// Where the function that `graph` is being traced for is called; null: it is no such graph.
const Graph* graph_around(const graph::Graph& graph);
// The tensors that the function of the default graph has captured so far: outside, inside.
std::vector<std::pair<Output, Output>> captured_so_far();

// Makes a variable where functions that are being traced make theirs: outside of all of them. `make` does it there.
Variable make_outside(const std::function<Variable()>& make);
// `value`, computed in the function that is being traced, computed outside of it.
// ValueError: it depends on an argument of the function.
TensorLike lifted(const TensorLike& value);

}  // namespace reflow::function
