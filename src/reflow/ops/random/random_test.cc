// Random streams are TensorFlow 1.15's, bit for bit: tf-1.15/kernels/random.json.

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/kit/golden_file.h"
#include "tests/kit/golden_tensor.h"
#include "tests/kit/npz.h"
#include "tests/kit/op_runner.h"

namespace reflow::ops {
namespace {

using graph::AttrMap;
using nlohmann::json;
using reflow::testing::OpRunner;

Tensor int_vector(const std::vector<int64_t>& values) {
  return Tensor::from(std::span<const int64_t>(values), {static_cast<int64_t>(values.size())});
}

// A random op with a kernel that lives through several runs.
class RandomOp {
 public:
  RandomOp(std::string_view type, std::vector<OpRunner::Input> inputs, AttrMap attrs, int num_threads = 1)
      : runner_(type, std::move(inputs), std::move(attrs), nullptr, num_threads) {}

  Tensor run() {
    const Status status = runner_.run();
    EXPECT_TRUE(status.ok()) << status;
    return runner_.output().copy();
  }

 private:
  OpRunner runner_;
};

::testing::AssertionResult same_bits(const Tensor& got, const Tensor& want) {
  if (got.dtype() != want.dtype() || !(got.shape() == want.shape())) {
    return ::testing::AssertionFailure() << got.debug_string() << " instead of " << want.debug_string();
  }
  if (std::memcmp(got.raw_data(), want.raw_data(), static_cast<size_t>(want.size_bytes())) == 0) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << got.summarize(8) << " instead of " << want.summarize(8);
}

Tensor scalar_of(DType type, int64_t value) {
  return type == DType::kInt64 ? Tensor::scalar(value) : Tensor::scalar(static_cast<int32_t>(value));
}

RandomOp op_of_case(const json& c, int num_threads) {
  const json& attrs = c.at("attrs");
  AttrMap map{{"seed", attrs.at("seed").get<int64_t>()}, {"seed2", attrs.at("seed2").get<int64_t>()}};
  std::vector<OpRunner::Input> inputs{int_vector(c.at("shape").get<std::vector<int64_t>>())};
  if (attrs.contains("dtype")) map.set("dtype", dtype_from_name(attrs["dtype"].get<std::string>()));
  if (attrs.contains("Tout")) {
    const DType type = dtype_from_name(attrs["Tout"].get<std::string>());
    inputs.push_back(scalar_of(type, attrs["minval"]));
    inputs.push_back(scalar_of(type, attrs["maxval"]));
  }
  return {c.at("op").get<std::string>(), std::move(inputs), std::move(map), num_threads};
}

struct Goldens {
  json cases = reflow::testing::read_golden_json("tf-1.15/kernels/random.json");
  reflow::testing::Npz npz = reflow::testing::read_golden_npz("tf-1.15/kernels/random.npz");
  static const Goldens& get() {
    static const auto* goldens = new Goldens;
    return *goldens;
  }
};

TEST(RandomOps, EqualTensorFlowRunAfterRun) {
  const Goldens& goldens = Goldens::get();
  int num_cases = 0;
  for (const json& c : goldens.cases) {
    if (!c.contains("op") || !c.contains("runs")) continue;
    RandomOp op = op_of_case(c, 1);
    for (const json& run : c["runs"]) {
      EXPECT_TRUE(same_bits(op.run(), reflow::testing::referenced_tensor(goldens.npz, run))) << c["id"];
    }
    ++num_cases;
  }
  EXPECT_GT(num_cases, 400);
}

Tensor part(const Tensor& t, int64_t begin) { return t.rows(begin, begin + 8).copy(); }

TEST(RandomOps, LargeOnesAreTheSameWithAnyNumberOfThreads) {
  const Goldens& goldens = Goldens::get();
  for (const json& c : goldens.cases) {
    if (!c.contains("sha256")) continue;
    const Tensor one = op_of_case(c, 1).run(), three = op_of_case(c, 3).run();
    EXPECT_TRUE(same_bits(three, one)) << c["id"];
    const auto golden = [&](const char* name) { return reflow::testing::referenced_tensor(goldens.npz, c[name][0]); };
    EXPECT_TRUE(same_bits(part(one, 0), golden("first"))) << c["id"];
    EXPECT_TRUE(same_bits(part(one, one.dim(0) - 8), golden("last"))) << c["id"];
    EXPECT_TRUE(same_bits(part(one, 65532), golden("around_65536"))) << c["id"];
  }
}

// What tf.EXPRESSION gave for its runs, where the op alone makes the value.
std::vector<Tensor> golden_runs(std::string_view expression) {
  const Goldens& goldens = Goldens::get();
  std::vector<Tensor> runs;
  for (const json& c : goldens.cases) {
    if (!c.contains("expression") || c["expression"] != expression || c.contains("graph_seed")) continue;
    for (const json& run : c["runs"]) runs.push_back(reflow::testing::referenced_tensor(goldens.npz, run));
  }
  EXPECT_FALSE(runs.empty()) << expression;
  return runs;
}

// tf's functions with seed=s put 87654321 and s into the node.
AttrMap seeds(int64_t seed) { return {{"seed", int64_t{87654321}}, {"seed2", seed}}; }

TEST(RandomShuffle, VectorEqualsTensorFlow) {
  Tensor range(DType::kInt32, {10});
  for (int i = 0; i < 10; ++i) range.data<int32_t>()[i] = i;
  RandomOp op("RandomShuffle", {range}, seeds(1));
  for (const Tensor& want : golden_runs("tf.random_shuffle(tf.range(10), seed=1)")) EXPECT_TRUE(same_bits(op.run(), want));
}

TEST(RandomShuffle, RowsEqualTensorFlow) {
  Tensor matrix(DType::kInt32, {6, 2});
  for (int i = 0; i < 12; ++i) matrix.data<int32_t>()[i] = i;
  RandomOp op("RandomShuffle", {matrix}, seeds(1));
  for (const Tensor& want : golden_runs("tf.random_shuffle(tf.reshape(tf.range(12), [6, 2]), seed=1)")) {
    EXPECT_TRUE(same_bits(op.run(), want));
  }
}

TEST(Multinomial, EqualsTensorFlow) {
  const auto logits = Tensor::from({std::log(1.f), std::log(2.f), std::log(7.f), std::log(5.f), 0.f, 0.f}, {2, 3});
  RandomOp op("Multinomial", {logits, Tensor::scalar(int32_t{8})}, seeds(1));
  for (const Tensor& want : golden_runs("tf.multinomial(tf.log([[1., 2., 7.], [5., 1., 1.]]), 8, seed=1)")) {
    EXPECT_TRUE(same_bits(op.run(), want));
  }
}

TEST(RandomPoisson, EqualsTensorFlow) {
  RandomOp op("RandomPoissonV2", {int_vector({4}), Tensor::vector({1.5f, 20.f})},
              {{"seed", int64_t{87654321}}, {"seed2", int64_t{99}}, {"dtype", DType::kFloat32}});
  for (const Tensor& want : golden_runs("tf.random_poisson([1.5, 20.], [4], seed=99)")) {
    EXPECT_TRUE(same_bits(op.run(), want));
  }
}

// tf.random_gamma multiplies with 1/beta behind the op, and keeps off zero; with beta = 1 neither changes anything.
TEST(RandomGamma, SmallAlphaEqualsTensorFlow) {
  RandomOp op("RandomGamma", {int_vector({4}), Tensor::scalar(0.5f)}, seeds(1));
  for (const Tensor& want : golden_runs("tf.random_gamma([4], 0.5, seed=1)")) EXPECT_TRUE(same_bits(op.run(), want));
}

TEST(StatelessRandom, EqualsTensorFlow) {
  const struct {
    const char *op, *expression;
  } kCases[] = {{"StatelessRandomUniform", "tf.random.stateless_uniform([5], [-1, 1234567890123], dtype=tf.float32)"},
                {"StatelessRandomNormal", "tf.random.stateless_normal([5], [-1, 1234567890123], dtype=tf.float32)"},
                {"StatelessTruncatedNormal",
                 "tf.random.stateless_truncated_normal([5], [-1, 1234567890123], dtype=tf.float32)"}};
  for (const auto& c : kCases) {
    RandomOp op(c.op, {int_vector({5}), int_vector({-1, 1234567890123})}, {{"dtype", DType::kFloat32}});
    EXPECT_TRUE(same_bits(op.run(), golden_runs(c.expression)[0])) << c.expression;
  }
}

TEST(StatelessRandomUniformInt, EqualsTensorFlow) {
  RandomOp op("StatelessRandomUniformInt",
              {int_vector({5}), int_vector({1, 2}), Tensor::scalar(int32_t{0}), Tensor::scalar(int32_t{100})}, {});
  EXPECT_TRUE(same_bits(op.run(), Tensor::vector<int32_t>({40, 49, 94, 79, 27})));
}

TEST(StatelessMultinomial, EqualsTensorFlow) {
  RandomOp op("StatelessMultinomial",
              {Tensor::from({0.f, 0.f, 0.f, 0.f}, {1, 4}), Tensor::scalar(int32_t{6}), int_vector({1, 2})}, {});
  EXPECT_TRUE(same_bits(op.run(), golden_runs("tf.random.stateless_multinomial(tf.zeros([1, 4]), 6, seed=[1, 2])")[0]));
}

TEST(RandomUniform, SeedsOfZeroGiveOtherNumbersEachTime) {
  const AttrMap attrs{{"dtype", DType::kFloat32}};
  EXPECT_FALSE(same_bits(RandomOp("RandomUniform", {int_vector({8})}, attrs).run(),
                         RandomOp("RandomUniform", {int_vector({8})}, attrs).run()));
}

TEST(RandomUniformInt, EmptyRangeIsAnError) {
  OpRunner op("RandomUniformInt",
              {Tensor::vector<int32_t>({2}), Tensor::scalar(int32_t{5}), Tensor::scalar(int32_t{5})});
  EXPECT_EQ(message_of(op.run()), "Need minval < maxval, got 5 >= 5");
}

TEST(RandomUniformInt, NothingNeedsNoRange) {
  for (const int32_t minval : {3, 4}) {
    OpRunner op("RandomUniformInt",
                {Tensor::vector<int32_t>({0, 2}), Tensor::scalar(minval), Tensor::scalar(int32_t{3})});
    ASSERT_TRUE(op.run().ok());
    EXPECT_EQ(op.output(0).num_elements(), 0);
  }
}

TEST(RandomGamma, NegativeAlphaGivesNaNInsteadOfAnEndlessSearch) {
  EXPECT_TRUE(std::isnan(RandomOp("RandomGamma", {int_vector({1}), Tensor::scalar(-1.0f)}, seeds(1)).run().item<float>()));
}

}  // namespace
}  // namespace reflow::ops
