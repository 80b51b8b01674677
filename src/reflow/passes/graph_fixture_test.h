#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reflow/graph/graph.h"
#include "reflow/graph/node_builder.h"
#include "reflow/passes/pass.h"

namespace reflow::passes {

using graph::AttrMap;
using graph::Endpoint;
using graph::Graph;
using graph::Node;

// A graph as passes get it, built by tests.
class GraphFixture : public testing::Test {
 protected:
  Node* node(const std::string& type, std::vector<Endpoint> inputs, AttrMap attrs = {}, const std::string& name = "",
             std::vector<Node*> control_inputs = {}) {
    graph::CreateOptions options;
    options.name = name.empty() && type[0] == '_' ? type.substr(1) : name;  // '_' can't begin a name
    options.control_inputs = std::move(control_inputs);
    auto made = graph::create_op(graph_, type, {inputs.begin(), inputs.end()}, std::move(attrs), options);
    if (!made.ok()) ADD_FAILURE() << type << ": " << made.status();
    return made.ok() ? *made : nullptr;
  }
  Endpoint op(const std::string& type, std::vector<Endpoint> inputs, AttrMap attrs = {}, const std::string& name = "") {
    Node* made = node(type, std::move(inputs), std::move(attrs), name);
    return made ? made->output(0) : Endpoint{};
  }
  Endpoint list_op(const std::string& type, std::vector<Endpoint> inputs, const std::string& name = "") {
    graph::CreateOptions options;
    options.name = name;
    auto made = graph::create_op(graph_, type, {graph::OpInput(std::move(inputs))}, {}, options);
    if (!made.ok()) ADD_FAILURE() << type << ": " << made.status();
    return made.ok() ? (*made)->output(0) : Endpoint{};
  }
  Endpoint constant(Tensor value, const std::string& name = "") {
    return op("Const", {}, {{"dtype", value.dtype()}, {"value", value}}, name);
  }
  Endpoint scalar(float value) { return constant(Tensor::scalar(value)); }
  Endpoint feed(const Shape& shape, DType type = DType::kFloat32) {
    return op("_Feed", {}, {{"T", type}, {"index", num_feeds_++}, {"shape", shape}});
  }
  Endpoint variable(const Shape& shape, const std::string& name) {
    return op("VariableV2", {}, {{"dtype", DType::kFloat32}, {"shape", shape}}, name);
  }
  Node* fetch(Endpoint e) {
    Node* made = node("_Fetch", {e}, {{"index", num_fetches_++}});
    context_.roots.push_back(made);
    return made;
  }
  void target(Node* node) { context_.roots.push_back(node); }

  void run(Status (*pass)(PassContext&)) {
    context_.graph = &graph_;
    const Status status = pass(context_);
    ASSERT_TRUE(status.ok()) << status;
    const Status sound = verify(graph_);
    ASSERT_TRUE(sound.ok()) << sound;
  }
  int count(std::string_view type) const {
    int n = 0;
    for (const Node* node : graph_.nodes()) n += node->type() == type;
    return n;
  }

  Graph graph_;
  PassContext context_;
  int num_feeds_ = 0, num_fetches_ = 0;
};

}  // namespace reflow::passes
