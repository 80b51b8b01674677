// Pieces of networks compute with passes what they compute without.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <set>

#include "reflow/graph/node_builder.h"
#include "reflow/runtime/session.h"

namespace reflow {
namespace {

using graph::Endpoint;
using graph::Graph;
using graph::Node;
using runtime::DirectSession;

class FusedNetworks : public ::testing::Test {
 protected:
  Endpoint op(const std::string& type, std::vector<graph::OpInput> inputs, graph::AttrMap attrs = {}) {
    auto made = graph::create_op(graph_, type, std::move(inputs), std::move(attrs), {});
    EXPECT_TRUE(made.ok()) << type << ": " << made.status();
    return (*made)->output(0);
  }
  // A placeholder that is fed with random values.
  Endpoint input(const Shape& shape) {
    const Endpoint made = op("Placeholder", {}, {{"dtype", DType::kFloat32}, {"shape", shape}});
    Tensor value(DType::kFloat32, shape);
    std::normal_distribution<float> normal;
    for (float& v : value.flat<float>()) v = normal(random_);
    inputs_.push_back(made);
    values_.push_back(std::move(value));
    return made;
  }
  Endpoint constant(int32_t value) {
    return op("Const", {}, {{"dtype", DType::kInt32}, {"value", Tensor::scalar(value)}});
  }
  Endpoint number(float value) {
    return op("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::scalar(value)}});
  }
  std::vector<Tensor> run(const std::vector<Endpoint>& fetches, const std::set<std::string>& disabled, int threads = 0) {
    runtime::SessionOptions options;
    options.disabled_passes = disabled;
    options.intra_op_parallelism_threads = threads;
    auto session = *DirectSession::create(&graph_, options);
    runtime::Signature signature;
    signature.feeds = inputs_;
    signature.fetches = fetches;
    std::vector<Tensor> results;
    const Status status = session->run(signature, values_, &results);
    EXPECT_TRUE(status.ok()) << status;
    return results;
  }
  void expect_same(const std::vector<Endpoint>& fetches, double tolerance) {
    const std::vector<Tensor> expected = run(fetches, {"all"}), values = run(fetches, {});
    ASSERT_EQ(values.size(), expected.size());
    for (size_t v = 0; v < values.size(); ++v) {
      ASSERT_EQ(values[v].shape(), expected[v].shape());
      double largest = 0, difference = 0;
      for (int64_t i = 0; i < values[v].num_elements(); ++i) {
        const double a = values[v].data<float>()[i], b = expected[v].data<float>()[i];
        largest = std::max(largest, std::abs(b));
        difference = std::max(difference, std::abs(a - b));
      }
      EXPECT_LE(difference, tolerance * largest);
      EXPECT_GT(largest, 0);
    }
  }

  // With and without passes, on one thread and on several.
  void expect_same_bits(const std::vector<Endpoint>& fetches) {
    const std::vector<Tensor> expected = run(fetches, {"all"}, 1);
    for (const int threads : {1, 2, 3}) {
      const std::vector<Tensor> values = run(fetches, {}, threads);
      ASSERT_EQ(values.size(), expected.size());
      for (size_t v = 0; v < values.size(); ++v) {
        ASSERT_EQ(values[v].shape(), expected[v].shape());
        EXPECT_EQ(std::memcmp(values[v].raw_data(), expected[v].raw_data(), expected[v].size_bytes()), 0)
            << "fetch " << v << ", " << threads << " threads";
      }
    }
  }

  Graph graph_;
  std::mt19937 random_{1};
  std::vector<Endpoint> inputs_;
  std::vector<Tensor> values_;
};

class FusedSliceGradients : public FusedNetworks {
 protected:
  Endpoint vector(std::initializer_list<int32_t> values) {
    return op("Const", {}, {{"dtype", DType::kInt32}, {"value", Tensor::vector(values)}});
  }
  // The gradient of x[begin:end:strides] for an x of [4, 6, 5], where dy has the shape `dy`.
  Endpoint slice_gradient(std::initializer_list<int32_t> begin, std::initializer_list<int32_t> end,
                          std::initializer_list<int32_t> strides, const Shape& dy, graph::AttrMap masks = {}) {
    return op("StridedSliceGrad", {vector({4, 6, 5}), vector(begin), vector(end), vector(strides), input(dy)}, masks);
  }
};

TEST_F(FusedSliceGradients, OfSteps) {
  std::vector<Endpoint> terms;
  for (int32_t step = 0; step < 6; step += 2) {
    terms.push_back(slice_gradient({0, step}, {0, step + 1}, {1, 1}, {4, 5},
                                   {{"begin_mask", 1}, {"end_mask", 1}, {"shrink_axis_mask", 2}}));
  }
  expect_same({op("AddN", {terms})}, 0);
}

// The same elements several times, steps over some, backwards, a single one, and none.
TEST_F(FusedSliceGradients, ThatOverlap) {
  expect_same({op("AddN", {std::vector<Endpoint>{
                              slice_gradient({0, 1}, {4, 6}, {1, 1}, {4, 5, 5}),
                              slice_gradient({0, 0}, {4, 5}, {1, 1}, {4, 5, 5}),
                              slice_gradient({3, 5, 4}, {0, 0, 0}, {-2, -1, -2}, {2, 5, 2}),
                              slice_gradient({1, 2, 3}, {2, 3, 4}, {1, 1, 1}, {}, {{"shrink_axis_mask", 7}}),
                              slice_gradient({2}, {2}, {1}, {0, 6, 5}),
                          }})},
              0);
}

struct Window {
  Shape image, filter;
  int64_t stride;
  const char* padding;
};

class FusedConvolutions : public FusedNetworks, public ::testing::WithParamInterface<Window> {};

TEST_P(FusedConvolutions, WithBiasAndRelu) {
  const Window& w = GetParam();
  const Endpoint y = op("Conv2D", {input(w.image), input(w.filter)},
                        {{"strides", std::vector<int64_t>{1, w.stride, w.stride, 1}}, {"padding", w.padding}});
  const Endpoint sum = op("BiasAdd", {y, input({w.filter.dim(3)})});
  expect_same({op("Relu", {sum})}, 2e-6);
}

TEST_P(FusedConvolutions, WithBias) {
  const Window& w = GetParam();
  const Endpoint y = op("Conv2D", {input(w.image), input(w.filter)},
                        {{"strides", std::vector<int64_t>{1, w.stride, w.stride, 1}}, {"padding", w.padding}});
  expect_same({op("AddV2", {input({w.filter.dim(3)}), y})}, 2e-6);
}

TEST_P(FusedConvolutions, ThatAreThenPooled) {
  const Window& w = GetParam();
  const Endpoint y = op("Conv2D", {input(w.image), input(w.filter)},
                        {{"strides", std::vector<int64_t>{1, w.stride, w.stride, 1}}, {"padding", w.padding}});
  const Endpoint sum = op("Relu", {op("BiasAdd", {y, input({w.filter.dim(3)})})});
  for (const char* padding : {"SAME", "VALID"}) {
    const Endpoint pooled = op("MaxPool", {sum}, {{"ksize", std::vector<int64_t>{1, 2, 3, 1}},
                                                  {"strides", std::vector<int64_t>{1, 2, 2, 1}}, {"padding", padding}});
    expect_same({pooled}, 4e-6);
    expect_same({pooled, op("Tanh", {sum})}, 4e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(Windows, FusedConvolutions,
                         ::testing::Values(Window{{3, 28, 28, 1}, {5, 5, 1, 32}, 1, "SAME"},
                                           Window{{20, 14, 14, 32}, {5, 5, 32, 64}, 1, "SAME"},
                                           Window{{2, 17, 13, 3}, {3, 3, 3, 7}, 2, "VALID"}),
                         [](const auto& info) { return "Case" + std::to_string(info.index); });

TEST_F(FusedNetworks, BatchNormsWithGivenStatistics) {
  const Endpoint y = op("Conv2D", {input({2, 9, 9, 3}), input({3, 3, 3, 16})},
                        {{"strides", std::vector<int64_t>{1, 1, 1, 1}}, {"padding", "SAME"}});
  const Endpoint variance = op("Square", {input({16})});
  const Endpoint norm = op("FusedBatchNorm", {y, input({16}), input({16}), input({16}), variance}, {{"is_training", false}});
  expect_same({op("Relu", {norm})}, 1e-5);
}

TEST_F(FusedNetworks, SumsOfProducts) {
  std::vector<Endpoint> terms;
  for (const int64_t rows : {20, 1, 7}) {
    terms.push_back(op("MatMul", {input({rows, 30}), input({rows, 50})}, {{"transpose_a", true}}));
  }
  expect_same({op("AddN", {graph::OpInput(terms)})}, 2e-6);
}

// Rows that the plan can put one below the other, and some that it can't.
TEST_F(FusedNetworks, SumsOfProductsOfComputedRows) {
  for (const int64_t columns : {32, 30}) {
    std::vector<Endpoint> terms;
    for (const int64_t rows : {4, 2, 6}) {
      const Endpoint a = op("Tanh", {input({rows, columns})}), b = op("Exp", {input({rows, 64})});
      terms.push_back(op("MatMul", {a, b}, {{"transpose_a", true}}));
    }
    expect_same({op("AddN", {graph::OpInput(terms)})}, 2e-6);
  }
}

TEST_F(FusedNetworks, ScaledCrossEntropies) {
  for (const int64_t classes : {10, 9000}) {
    const Endpoint labels = op("Const", {}, {{"dtype", DType::kInt32}, {"value", Tensor::vector<int32_t>({7, 0, 9})}});
    const Endpoint factors =
        op("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::from<float>({0.05f, -1.7f, 1}, {3, 1})}});
    const Endpoint loss = op("SparseSoftmaxCrossEntropyWithLogits", {input({3, classes}), labels});
    expect_same({op("Mul", {factors, Endpoint{loss.node, 1}}), loss}, 0);
  }
}

// The gradient of a bias has the bits of Sum, whatever the number of threads: rows in several blocks, one more or less, and in
// more than one chunk of them.
TEST_F(FusedNetworks, SummedGradientsOfCrossEntropies) {
  for (const auto& [rows, classes] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 10000}, {7, 1}, {7, 10}, {700, 10}, {65, 300}, {65, 2048}, {2, 2049}, {7, 9001}, {63, 2049}, {64, 3000}, {65, 10000},
           {128, 2100}, {700, 10000}, {2049, 2049}, {4200, 2049}}) {
    SCOPED_TRACE(fmt::format("{} rows of {}", rows, classes));
    inputs_.clear();
    values_.clear();
    Tensor classes_of_rows(DType::kInt32, {rows}), scales(DType::kFloat32, {rows, 1});
    for (int64_t r = 0; r < rows; ++r) {
      classes_of_rows.data<int32_t>()[r] = static_cast<int32_t>(random_() % classes);
      scales.data<float>()[r] = r % 5 == 3 ? -0.0f : 0.05f * static_cast<float>(r % 3);
    }
    const Endpoint labels = op("Const", {}, {{"dtype", DType::kInt32}, {"value", classes_of_rows}});
    const Endpoint factors = op("Const", {}, {{"dtype", DType::kFloat32}, {"value", scales}});
    const Endpoint loss = op("SparseSoftmaxCrossEntropyWithLogits", {input({rows, classes}), labels});
    const Endpoint dy = op("Mul", {factors, Endpoint{loss.node, 1}});
    const std::vector<Endpoint> fetches = {loss, op("Neg", {dy}), op("Sum", {dy, constant(0)}, {{"keep_dims", rows % 2 == 0}})};
    expect_same_bits(fetches);
    if (rows < 700) expect_same_bits({op("BiasAddGrad", {dy}), loss});
  }
}

TEST_F(FusedNetworks, SummedGradientsOfReshapedCrossEntropies) {
  const Endpoint labels = op("Const", {}, {{"dtype", DType::kInt32}, {"value", Tensor::vector<int32_t>({7, 0, 2999, 9, 9, 1})}});
  const Endpoint factors =
      op("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::from<float>({0.05f, -1.7f, 1, 0, 3, 2}, {6, 1})}});
  const Endpoint loss = op("SparseSoftmaxCrossEntropyWithLogits", {input({6, 3000}), labels});
  const auto vector = [&](std::initializer_list<int32_t> values) {
    return op("Const", {}, {{"dtype", DType::kInt32}, {"value", Tensor::vector(values)}});
  };
  const Endpoint dy = op("Mul", {factors, Endpoint{loss.node, 1}});
  const Endpoint batches = op("Reshape", {dy, vector({2, 3, 3000})});
  expect_same_bits({op("Neg", {batches}), op("BiasAddGrad", {op("Reshape", {batches, vector({6, 3000})})})});
  expect_same_bits({op("Sum", {batches, vector({0, 1})})});
}

TEST_F(FusedNetworks, LabelsOutOfRangeWithSummedGradients) {
  const Endpoint labels = op("Const", {}, {{"dtype", DType::kInt32}, {"value", Tensor::vector<int32_t>({7, 3000})}});
  const Endpoint factors = op("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::from<float>({2, 3}, {2, 1})}});
  const Endpoint loss = op("SparseSoftmaxCrossEntropyWithLogits", {input({2, 3000}), labels});
  const Endpoint sums = op("Sum", {op("Mul", {factors, Endpoint{loss.node, 1}}), constant(0)});
  std::vector<std::string> errors;
  for (const char* disabled : {"loss_scaling", ""}) {
    runtime::SessionOptions options;
    options.disabled_passes = {disabled};
    auto session = *DirectSession::create(&graph_, options);
    runtime::Signature signature;
    signature.feeds = inputs_;
    signature.fetches = {sums};
    std::vector<Tensor> results;
    const Status status = session->run(signature, values_, &results);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    errors.emplace_back(status.message());
  }
  EXPECT_EQ(errors[0], errors[1]);
  EXPECT_THAT(errors[1], ::testing::HasSubstr("Received a label value of 3000 which is outside the valid range of [0, 3000)"));
}

// As an optimizer gates them: each gradient of a product waits for both.
TEST_F(FusedNetworks, GatedGradients) {
  const Endpoint weights = input({30, 50});
  Endpoint dy = input({7, 50});
  std::vector<Endpoint> sums;
  for (int step = 0; step < 3; ++step) {
    const Endpoint dx = op("MatMul", {dy, weights}, {{"transpose_b", true}});
    const Endpoint dw = op("MatMul", {input({7, 30}), dy}, {{"transpose_a", true}});
    const Endpoint gate = op("Identity", {dx}), gated = op("Identity", {dw});
    graph_.add_control_input(gate.node, dw.node);
    graph_.add_control_input(gated.node, dx.node);
    sums.push_back(gated);
    dy = op("Tanh", {op("MatMul", {gate, weights})});
  }
  expect_same({op("AddN", {graph::OpInput(sums)}), dy}, 1e-5);
}

TEST_F(FusedNetworks, StepsOfARecurrentCell) {
  // Of the size that initializers give: the gates of larger ones double what two orders of adding up make of a product.
  const Endpoint weights = op("Mul", {input({70, 130}), number(0.1f)}), bias = input({130}), back = input({33, 130});
  Endpoint h = input({5, 33});
  for (int step = 0; step < 5; ++step) {
    const Endpoint x = op("ConcatV2", {graph::OpInput({input({5, 37}), h}), constant(1)});
    const Endpoint gates = op("BiasAdd", {op("MatMul", {x, weights}), bias});
    h = op("Tanh", {op("MatMul", {op("Sigmoid", {gates}), back}, {{"transpose_b", true}})});
  }
  expect_same({h}, 5e-6);
}

TEST_F(FusedNetworks, ALargeProductWithBias) {
  const Endpoint sum = op("BiasAdd", {op("MatMul", {input({701, 300}), input({300, 403})}), input({403})});
  expect_same({op("Relu", {sum})}, 3e-6);
}

}  // namespace
}  // namespace reflow
