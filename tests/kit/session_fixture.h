#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/graph/node_builder.h"
#include "reflow/runtime/session.h"

namespace reflow::testing {

// A graph and its session, tersely; what can't be built ends the test.
class SessionFixture : public ::testing::Test {
 protected:
  using AttrMap = graph::AttrMap;
  using Endpoint = graph::Endpoint;
  using Graph = graph::Graph;
  using Node = graph::Node;

  Node* node(std::string_view type, std::vector<graph::OpInput> inputs, AttrMap attrs = {}, std::string name = "",
             std::vector<Node*> control_inputs = {}) {
    graph::CreateOptions options;
    options.name = std::move(name);
    options.control_inputs = std::move(control_inputs);
    auto made = graph::create_op(graph_, type, std::move(inputs), std::move(attrs), options);
    if (!made.ok()) throw std::runtime_error(std::string(message_of(made.status())));
    return *made;
  }
  Endpoint op(std::string_view type, std::vector<graph::OpInput> inputs, AttrMap attrs = {}, std::string name = "") {
    return node(type, std::move(inputs), std::move(attrs), std::move(name))->output(0);
  }
  Endpoint constant(Tensor value, std::string name = "") {
    const DType type = value.dtype();
    return op("Const", {}, {{"value", std::move(value)}, {"dtype", type}}, std::move(name));
  }
  Endpoint constant(float value) { return constant(Tensor::scalar(value)); }
  Endpoint placeholder(DType type, Shape shape = Shape::unknown(), std::string name = "") {
    return op("Placeholder", {}, {{"dtype", type}, {"shape", shape}}, std::move(name));
  }
  Endpoint variable(Shape shape, std::string name, DType type = DType::kFloat32) {
    return op("VariableV2", {}, {{"dtype", type}, {"shape", shape}}, std::move(name));
  }
  runtime::DirectSession& session() {
    if (!session_) session_ = *runtime::DirectSession::create(&graph_, options_);
    return *session_;
  }
  std::vector<Tensor> run(std::vector<Endpoint> fetches, std::vector<std::pair<Endpoint, Tensor>> feeds = {},
                          std::vector<Node*> targets = {}) {
    std::vector<Tensor> result;
    const Status status = try_run(std::move(fetches), std::move(feeds), std::move(targets), &result);
    EXPECT_TRUE(status.ok()) << message_of(status);
    return result;
  }
  Status try_run(std::vector<Endpoint> fetches, std::vector<std::pair<Endpoint, Tensor>> feeds = {},
                 std::vector<Node*> targets = {}, std::vector<Tensor>* result = nullptr,
                 const runtime::RunOptions& run_options = {}, runtime::RunMetadata* metadata = nullptr) {
    runtime::Signature signature;
    signature.fetches = std::move(fetches);
    signature.targets = std::move(targets);
    std::vector<Tensor> values, ignored;
    for (auto& [endpoint, value] : feeds) {
      signature.feeds.push_back(endpoint);
      values.push_back(value);
    }
    return session().run(signature, values, result ? result : &ignored, run_options, metadata);
  }
  std::string error(std::vector<Endpoint> fetches, std::vector<std::pair<Endpoint, Tensor>> feeds = {},
                    std::vector<Node*> targets = {}) {
    return std::string(message_of(try_run(std::move(fetches), std::move(feeds), std::move(targets))));
  }
  float scalar(Endpoint fetch, std::vector<std::pair<Endpoint, Tensor>> feeds = {}) {
    const auto values = run({fetch}, std::move(feeds));
    return values.empty() ? -12345 : values[0].item<float>();
  }

  Graph graph_;
  runtime::SessionOptions options_;
  std::unique_ptr<runtime::DirectSession> session_;
};

}  // namespace reflow::testing
