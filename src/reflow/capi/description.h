#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/capi/objects.h"
#include "reflow/graph/graph.h"

// An operation that is being described: attributes that follow from inputs are found as these come, and mistakes are kept
// until it is finished.
struct TF_OperationDescription {
  TF_OperationDescription(TF_Graph* g, std::string type, std::string name);

  void set_attr(const char* name, reflow::graph::AttrValue value);
  void add_input(reflow::graph::Endpoint input);
  void add_input_list(std::span<const reflow::graph::Endpoint> inputs);
  // Adds the node, or says in TensorFlow's words what is wrong.
  reflow::StatusOr<reflow::graph::Node*> finish();

  TF_Graph* graph;
  std::string type;
  reflow::graph::NodeSpec spec;
  std::set<std::string> colocation;  // "loc:@x"

 private:
  // The definition of the next argument; null: there is none.
  const reflow::graph::ArgDef* next_argument();
  bool exists(reflow::graph::Endpoint input);
  void check_type(const reflow::graph::ArgDef& arg, reflow::DType expected, reflow::DType given);
  reflow::Status check_arguments() const;

  std::vector<std::string> missing_outputs_;  // what is wrong with the tensors themselves
  std::vector<std::string> errors_;
  size_t arguments_ = 0;  // given so far
};
