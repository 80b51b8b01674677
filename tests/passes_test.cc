// What passes do to whole graphs: results are those without passes.

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "reflow/graph/graph_def.h"
#include "reflow/graph/node_builder.h"
#include "reflow/graph/subgraph.h"
#include "reflow/passes/pass.h"
#include "reflow/runtime/session.h"
#include "tensorflow/core/framework/graph.pb.h"
#include "tests/kit/golden_file.h"
#include <google/protobuf/text_format.h>

namespace reflow {
namespace {

using graph::Endpoint;
using graph::Graph;
using graph::Node;
using runtime::DirectSession;

Tensor random_tensor(const Shape& shape, std::mt19937& random, float scale) {
  Tensor t(DType::kFloat32, shape);
  std::uniform_real_distribution<float> uniform(-scale, scale);
  for (float& v : t.flat<float>()) v = uniform(random);
  return t;
}

// The training step of an MLP with weight decay and moving averages, as TensorFlow 1.15 builds it.
class MnistStep : public ::testing::Test {
 protected:
  void SetUp() override {
    tensorflow::GraphDef proto;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(testing::read_golden("graphs/mnist_step.pbtxt"), &proto));
    graph::ImportOptions options;
    options.prefix = "";
    const auto imported = graph::import_graph_def(proto, options, &graph_);
    ASSERT_TRUE(imported.ok()) << imported.status();
  }
  Endpoint tensor(const std::string& name) { return graph_.find(name)->output(0); }

  static std::vector<std::string> variables() {
    std::vector<std::string> names;
    for (const char* name : {"w1", "b1", "w2", "b2"}) {
      names.push_back(name);
      names.push_back(std::string(name) + "/ExponentialMovingAverage");
    }
    return names;
  }

  // All variables after five steps.
  std::vector<Tensor> train(const std::set<std::string>& disabled) {
    runtime::SessionOptions options;
    options.disabled_passes = disabled;
    auto session = *DirectSession::create(&graph_, options);
    std::mt19937 random(1);
    std::vector<Tensor> nothing;
    const auto run = [&](const runtime::Signature& signature, const std::vector<Tensor>& feeds, std::vector<Tensor>* out) {
      const Status status = session->run(signature, feeds, out);
      ASSERT_TRUE(status.ok()) << status;
    };
    for (const std::string& name : variables()) {
      Node* assign = graph_.find(name + "/Assign");
      const Tensor value = random_tensor(assign->input(0).shape(), random, 0.1f);
      run({{assign->input(1)}, {}, {assign}}, {value}, &nothing);
    }
    run({{}, {}, {graph_.find("step/Assign")}}, {}, &nothing);
    for (int i = 0; i < 5; ++i) {
      const Tensor x = random_tensor({20, 784}, random, 1), labels = random_tensor({20, 10}, random, 1);
      run({{tensor("x"), tensor("labels")}, {}, {graph_.find("train")}}, {x, labels}, &nothing);
    }
    runtime::Signature all;
    for (const std::string& name : variables()) all.fetches.push_back(tensor(name));
    std::vector<Tensor> values;
    run(all, {}, &values);
    return values;
  }

  Graph graph_;
};

TEST_F(MnistStep, VariablesAreThoseWithoutPasses) {
  const std::vector<Tensor> expected = train({"all"});
  for (const std::set<std::string>& disabled :
       {std::set<std::string>{}, {"fusion"}, {"matmul_fusion"}, {"identity_removal", "dead_nodes"}, {"constant_folding"}}) {
    const std::vector<Tensor> values = train(disabled);
    ASSERT_EQ(values.size(), expected.size());
    for (size_t v = 0; v < values.size(); ++v) {
      float largest = 0, difference = 0;
      for (int64_t i = 0; i < values[v].num_elements(); ++i) {
        largest = std::max(largest, std::abs(expected[v].data<float>()[i]));
        difference = std::max(difference, std::abs(values[v].data<float>()[i] - expected[v].data<float>()[i]));
      }
      EXPECT_LE(difference, 1e-6f * largest) << variables()[v] << " without " << (disabled.empty() ? "nothing" : *disabled.begin());
    }
  }
}

// The weights are read by the product and by one node that decays, steps and averages them; their gradient is written
// once.
TEST_F(MnistStep, OnePassOverTheWeights) {
  const std::vector<Endpoint> feeds = {tensor("x"), tensor("labels")};
  const std::vector<Node*> targets = {graph_.find("train")};
  auto subgraph = graph::extract_subgraph(graph_, feeds, {}, targets);
  ASSERT_TRUE(subgraph.ok()) << subgraph.status();
  passes::PassContext context;
  context.graph = subgraph->graph.get();
  context.roots = subgraph->targets;
  ASSERT_TRUE(passes::run_pipeline(context, {}).ok());
  ASSERT_TRUE(passes::verify(*context.graph).ok());
  std::multiset<std::string> large;
  for (const Node* node : context.graph->nodes()) {
    bool touches = false;
    for (const Endpoint& e : node->inputs()) touches |= e.shape() == Shape{784, 500};
    for (int i = 0; i < node->num_outputs(); ++i) touches |= node->output_shape(i) == Shape{784, 500};
    if (touches && node->type() != "Identity" && node->type() != "VariableV2") large.insert(node->type());
  }
  EXPECT_EQ(large, (std::multiset<std::string>{"_FusedMatMul", "MatMul", "_FusedUpdate"}));
}

// Random programs over variables and tensors of several shapes, in which much is read and written without edges that
// order it. All values are the same, bit for bit, with and without passes.
class RandomPrograms : public ::testing::TestWithParam<int> {
 protected:
  Endpoint op(const std::string& type, std::vector<Endpoint> inputs, graph::AttrMap attrs = {}) {
    auto made = graph::create_op(graph_, type, {inputs.begin(), inputs.end()}, std::move(attrs), {.control_inputs = waits_});
    EXPECT_TRUE(made.ok()) << type << ": " << made.status();
    return (*made)->output(0);
  }
  Endpoint pick(std::vector<Endpoint>& from) { return from[random_() % from.size()]; }

  void build() {
    const Shape whole{6, 5}, row{5}, column{6, 1}, scalar{};
    for (const Shape& shape : {whole, whole, row, column, scalar, scalar}) {
      const Shape known = random_() % 2 ? shape : Shape::unknown_of_rank(shape.rank());
      const Endpoint x = op("Placeholder", {}, {{"dtype", DType::kFloat32}, {"shape", known}});
      feeds_.push_back(x);
      values_.push_back(random_tensor(shape, random_, 2));
      (shape == whole ? wholes_ : parts_).push_back(x);
    }
    for (int i = 0; i < 3; ++i) {
      variables_.push_back(op("VariableV2", {}, {{"dtype", DType::kFloat32}, {"shape", whole}}));
      reads_.push_back(op("Identity", {variables_.back()}));
      wholes_.push_back(reads_.back());
    }
    for (int i = 0; i < 60; ++i) step();
  }

  void step() {
    static constexpr const char* kBinary[] = {"AddV2", "Sub", "Mul", "Maximum", "SquaredDifference"};
    static constexpr const char* kUnary[] = {"Neg", "Abs", "Relu", "Tanh", "Square"};
    waits_.clear();
    if (!made_.empty() && random_() % 8 == 0) waits_.push_back(made_[random_() % made_.size()]);
    Endpoint e;
    switch (random_() % 12) {
      case 0: case 1: case 2: e = op(kUnary[random_() % 5], {pick(wholes_)}); break;
      case 3: e = op(kUnary[random_() % 5], {pick(parts_)}); break;
      case 4: case 5: e = op(kBinary[random_() % 5], {pick(wholes_), pick(parts_)}); break;
      case 6: case 7: e = op(kBinary[random_() % 5], {pick(wholes_), pick(wholes_)}); break;
      case 8: {
        const Endpoint mean = op("Mean", {pick(wholes_), op("Const", {}, {{"dtype", DType::kInt32}, {"value", Tensor::vector<int32_t>({0, 1})}})});
        e = op("Tanh", {mean});
        break;
      }
      case 9: e = op("AssignSub", {pick(variables_), op("Tanh", {pick(reads_)})}); break;
      case 10: e = op("AssignAdd", {pick(variables_), op("Mul", {pick(reads_), op("Tanh", {pick(reads_)})})}); break;
      default: e = op("Exp", {op("Neg", {op("Abs", {pick(wholes_)})})}); break;
    }
    made_.push_back(e.node);
    if (is_ref(e.dtype())) return;
    (e.shape().rank() == 2 && !(e.shape() == Shape{6, 1}) ? wholes_ : parts_).push_back(e);
    if (random_() % 4 == 0) fetches_.push_back(e);
  }

  std::vector<Tensor> run(const std::set<std::string>& disabled) {
    runtime::SessionOptions options;
    options.disabled_passes = disabled;
    auto session = *DirectSession::create(&graph_, options);
    std::mt19937 random(3);
    std::vector<Tensor> out;
    for (const Endpoint& v : variables_) {
      waits_.clear();
      const Endpoint value = op("Placeholder", {}, {{"dtype", DType::kFloat32}, {"shape", Shape{6, 5}}});
      const Endpoint assign = op("Assign", {v, value});
      const Status status = session->run({{value}, {}, {assign.node}}, std::vector<Tensor>{random_tensor({6, 5}, random, 1)}, &out);
      EXPECT_TRUE(status.ok()) << status;
    }
    std::vector<Tensor> result;
    for (int i = 0; i < 2; ++i) {
      runtime::Signature signature{feeds_, fetches_, made_};
      const Status status = session->run(signature, values_, &out);
      EXPECT_TRUE(status.ok()) << status;
      result.insert(result.end(), out.begin(), out.end());
    }
    const Status status = session->run({{}, variables_, {}}, {}, &out);
    EXPECT_TRUE(status.ok()) << status;
    result.insert(result.end(), out.begin(), out.end());
    return result;
  }

  Graph graph_;
  std::mt19937 random_;
  std::vector<Endpoint> feeds_, wholes_, parts_, variables_, reads_, fetches_;
  std::vector<Tensor> values_;
  std::vector<Node*> made_, waits_;
};

TEST_P(RandomPrograms, GiveTheSameBits) {
  random_.seed(GetParam());
  build();
  // Targets stay single nodes: with most of the nodes as targets little is fused, with few much.
  std::vector<Node*> targets;
  for (Node* node : made_) {
    if (is_ref(node->output_type(0)) || random_() % 16 == 0) targets.push_back(node);
  }
  made_ = targets;
  const std::vector<Tensor> expected = run({"all"}), values = run({});
  ASSERT_EQ(values.size(), expected.size());
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(values[i].shape(), expected[i].shape());
    for (int64_t j = 0; j < values[i].num_elements(); ++j) {
      const float a = values[i].data<float>()[j], b = expected[i].data<float>()[j];
      ASSERT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << "value " << i << " at " << j << ": " << a << ", " << b;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPrograms, ::testing::Range(0, 100));

}  // namespace
}  // namespace reflow
