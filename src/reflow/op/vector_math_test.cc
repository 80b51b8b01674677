#include "reflow/op/vector_math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "reflow/op/elementwise.h"
#include "tests/kit/golden_file.h"

namespace reflow::op {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

struct Reference {
  VecOp op;
  double (*f)(double);
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double rsqrt(double x) { return 1 / std::sqrt(x); }

// In single precision kSigmoid and kSoftplus are TensorFlow's, which are less exact where they are small.
bool is_tensorflows(VecOp op) { return op == VecOp::kSigmoid || op == VecOp::kSoftplus; }

const Reference kReferences[] = {
    {VecOp::kExp, [](double x) { return std::exp(x); }},     {VecOp::kExpm1, [](double x) { return std::expm1(x); }},
    {VecOp::kLog, [](double x) { return std::log(x); }},     {VecOp::kLog1p, [](double x) { return std::log1p(x); }},
    {VecOp::kTanh, [](double x) { return std::tanh(x); }},   {VecOp::kSigmoid, logistic},
    {VecOp::kSoftplus, softplus},                            {VecOp::kRsqrt, rsqrt},
    {VecOp::kSqrt, [](double x) { return std::sqrt(x); }},   {VecOp::kRound, [](double x) { return std::nearbyint(x); }},
    {VecOp::kFloor, [](double x) { return std::floor(x); }}, {VecOp::kCeil, [](double x) { return std::ceil(x); }},
};

// Where the result isn't a denormal number.
template <typename T>
void expect_close(double want, T got, double tolerance, double x) {
  if (std::isnan(want)) {
    EXPECT_TRUE(std::isnan(got)) << x;
  } else if (std::isinf(static_cast<T>(want)) || want == 0) {
    EXPECT_EQ(got, static_cast<T>(want)) << x;
  } else if (std::abs(want) > std::numeric_limits<T>::min()) {
    EXPECT_LE(std::abs(got - want), tolerance * std::abs(want)) << x;
  }
}

TEST(VectorMath, FloatsAgreeWithTheStandardLibrary) {
  for (const Reference& r : kReferences) {
    if (is_tensorflows(r.op)) continue;
    for (const double scale : {1e-20, 1e-3, 1.0, 20.0, 85.0, 1e5, 1e30}) {
      std::vector<float> x, y(201);
      for (int i = -100; i <= 100; ++i) x.push_back(static_cast<float>(scale * i / 97));
      unary_f32(r.op)(x.data(), y.data(), y.size());
      for (size_t i = 0; i < y.size(); ++i) expect_close<float>(r.f(x[i]), y[i], 5e-7, x[i]);
    }
  }
}

TEST(VectorMath, DoublesAgreeWithTheStandardLibrary) {
  for (const Reference& r : kReferences) {
    for (const double scale : {1e-100, 1e-3, 1.0, 20.0, 700.0, 1e100}) {
      std::vector<double> x, y(201);
      for (int i = -100; i <= 100; ++i) x.push_back(scale * i / 97);
      unary_f64(r.op)(x.data(), y.data(), y.size());
      for (size_t i = 0; i < y.size(); ++i) expect_close<double>(r.f(x[i]), y[i], 2e-15, x[i]);
    }
  }
}

std::vector<float> apply(VecOp op, std::vector<float> x) {
  unary_f32(op)(x.data(), x.data(), x.size());
  return x;
}

// Columns of a file below functions/ by their names.
std::map<std::string, std::vector<float>> recorded_functions(const std::string& name) {
  std::istringstream file(testing::read_golden("functions/" + name));
  std::string line, word;
  std::getline(file, line);  // where it comes from
  std::getline(file, line);
  std::vector<std::string> names;
  for (std::istringstream words(line); words >> word;) names.push_back(word);
  std::map<std::string, std::vector<float>> columns;
  for (uint32_t bits = 0; file >> std::hex >> bits;) {
    columns[names[0]].push_back(std::bit_cast<float>(bits));
    for (size_t i = 1; i < names.size() && file >> bits; ++i) columns[names[i]].push_back(std::bit_cast<float>(bits));
  }
  return columns;
}

constexpr std::pair<const char*, VecOp> kTensorFlowsFunctions[] = {
    {"exp", VecOp::kExp},           {"log", VecOp::kLog}, {"tanh", VecOp::kTanh}, {"sigmoid", VecOp::kSigmoid},
    {"softplus", VecOp::kSoftplus}, {"elu", VecOp::kElu}, {"selu", VecOp::kSelu}};

void expect_same_bits(const char* function, float x, float got, float want) {
  if (std::abs(x) < 1e-37f && x != 0) return;  // TensorFlow takes some results for denormal here, and here:
  if (want == 0 && got > 0 && got < 2e-38f) return;
  if (std::isnan(want)) {
    EXPECT_TRUE(std::isnan(got)) << function << "(" << x << ")";
  } else {
    EXPECT_EQ(std::bit_cast<uint32_t>(got), std::bit_cast<uint32_t>(want)) << function << "(" << x << "): " << got;
  }
}

TEST(VectorMath, FloatsHaveTensorFlowsBits) {
  const auto recorded = recorded_functions("float32.txt");
  const std::vector<float>& x = recorded.at("x");
  ASSERT_EQ(x.size(), 352u);
  for (const auto& [name, op] : kTensorFlowsFunctions) {
    const std::vector<float>& want = recorded.at(name);
    const std::vector<float> got = apply(op, x);
    for (size_t i = 0; i < x.size(); ++i) expect_same_bits(name, x[i], got[i], want[i]);
  }
}

// TensorFlow rounds those at the end of a tensor in another way that don't fill a vector.
TEST(VectorMath, FloatsThatFillNoVectorHaveTensorFlowsBits) {
  const auto recorded = recorded_functions("float32_single.txt");
  const std::vector<float>& x = recorded.at("x");
  ASSERT_EQ(x.size(), 352u);
  for (const auto& [name, op] : kTensorFlowsFunctions) {
    for (size_t i = 0; i < x.size(); ++i) {
      expect_same_bits(name, x[i], apply(op, {x[i]})[0], recorded.at(name)[i]);
      expect_same_bits(name, x[i], apply(op, std::vector<float>(15, x[i]))[14], recorded.at(name)[i]);
    }
  }
}

TEST(VectorMath, ExponentialsHoldAtTheEnds) {
  EXPECT_EQ(apply(VecOp::kExp, {kInf, -kInf, 200, -200}), (std::vector<float>{kInf, 0, kInf, 0}));
  EXPECT_EQ(apply(VecOp::kExpm1, {kInf, -kInf, 200, -200}), (std::vector<float>{kInf, -1, kInf, -1}));
  EXPECT_EQ(apply(VecOp::kSigmoid, {kInf, -kInf, 200, -200}), (std::vector<float>{1, 0, 1, 0}));
  EXPECT_EQ(apply(VecOp::kTanh, {kInf, -kInf, 200, -200}), (std::vector<float>{1, -1, 1, -1}));
  for (const VecOp op : {VecOp::kExp, VecOp::kExpm1, VecOp::kSigmoid, VecOp::kTanh, VecOp::kSoftplus, VecOp::kElu}) {
    EXPECT_TRUE(std::isnan(apply(op, {kNaN})[0]));
  }
}

TEST(VectorMath, LogarithmsHaveTheirPoles) {
  EXPECT_EQ(apply(VecOp::kLog, {0, -0.0f, kInf, 1}), (std::vector<float>{-kInf, -kInf, kInf, 0}));
  EXPECT_EQ(apply(VecOp::kLog1p, {-1, kInf, 0}), (std::vector<float>{-kInf, kInf, 0}));
  for (const float y : apply(VecOp::kLog, {-1, -kInf, kNaN, -1e-40f})) EXPECT_TRUE(std::isnan(y));
}

TEST(VectorMath, RootsOfEightAreTensorFlowsInSinglePrecision) {
  for (const float y : apply(VecOp::kSqrt, std::vector<float>(8, kInf))) EXPECT_TRUE(std::isnan(y));
  for (const float y : apply(VecOp::kSqrt, std::vector<float>(8, -0.0f))) EXPECT_FALSE(std::signbit(y));
  EXPECT_EQ(apply(VecOp::kRsqrt, std::vector<float>(8, -0.0f)), std::vector<float>(8, kInf));
}

TEST(VectorMath, RootsOfTheRestAreExact) {
  for (const int n : {1, 7, 9, 31}) {
    const std::vector<float> roots = apply(VecOp::kSqrt, std::vector<float>(n, kInf));
    EXPECT_EQ(roots.back(), kInf) << n;
    EXPECT_EQ(std::isnan(roots.front()), n > 8) << n;
    EXPECT_TRUE(std::signbit(apply(VecOp::kSqrt, std::vector<float>(n, -0.0f)).back())) << n;
    EXPECT_EQ(apply(VecOp::kRsqrt, std::vector<float>(n, kInf)).back(), 0) << n;
    EXPECT_EQ(apply(VecOp::kRsqrt, std::vector<float>(n, -0.0f)).back(), -kInf) << n;
  }
}

TEST(VectorMath, SignsOfZeroSurvive) {
  for (const VecOp op : {VecOp::kExpm1, VecOp::kLog1p, VecOp::kTanh, VecOp::kRelu, VecOp::kElu, VecOp::kRound}) {
    EXPECT_TRUE(std::signbit(apply(op, {-0.0f})[0])) << static_cast<int>(op);
  }
}

TEST(VectorMath, TheFirstOperandWinsAgainstNaN) {
  const float a[] = {kNaN, 1, 0.0f}, b[] = {1, kNaN, -0.0f};
  float y[3];
  binary_f32(VecOp::kMaximum)(a, 1, b, 1, y, 3);
  EXPECT_TRUE(std::isnan(y[0]));
  EXPECT_EQ(y[1], 1);
  EXPECT_FALSE(std::signbit(y[2]));
}

TEST(VectorMath, ComparisonsGiveOnesAndZeros) {
  const std::vector<float> a = {1, 2, 3, kNaN, 1, -0.0f, kInf}, b = {2, 2, 2, 1, kNaN, 0.0f, kInf};
  const auto compare = [&](VecOp op) {
    std::vector<float> y(a.size());
    binary_f32(op)(a.data(), 1, b.data(), 1, y.data(), std::ssize(y));
    return y;
  };
  using Floats = std::vector<float>;
  EXPECT_EQ(compare(VecOp::kEqual), (Floats{0, 1, 0, 0, 0, 1, 1}));
  EXPECT_EQ(compare(VecOp::kNotEqual), (Floats{1, 0, 1, 1, 1, 0, 0}));
  EXPECT_EQ(compare(VecOp::kLess), (Floats{1, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(compare(VecOp::kLessEqual), (Floats{1, 1, 0, 0, 0, 1, 1}));
  EXPECT_EQ(compare(VecOp::kGreater), (Floats{0, 0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(compare(VecOp::kGreaterEqual), (Floats{0, 1, 1, 0, 0, 1, 1}));
}

// Every length up to some vectors, so that whole vectors and rests are met; what lies behind isn't touched.
TEST(VectorMath, WritesNothingBehindTheEnd) {
  for (int64_t n = 0; n <= 70; ++n) {
    std::vector<float> x(n + 1, 2), y(n + 1, -1);
    unary_f32(VecOp::kSquare)(x.data(), y.data(), n);
    EXPECT_EQ(y, [&] { std::vector<float> want(n, 4); want.push_back(-1); return want; }());
    binary_f32(VecOp::kMul)(x.data(), 1, y.data(), 1, y.data(), n);
    EXPECT_EQ(y, [&] { std::vector<float> want(n, 8); want.push_back(-1); return want; }());
  }
}

TEST(VectorMath, OperandsMayBeScalars) {
  for (const int64_t n : {1, 5, 64, 67}) {
    std::vector<float> x(n), y(n);
    for (int64_t i = 0; i < n; ++i) x[i] = static_cast<float>(i);
    const float seven = 7;
    binary_f32(VecOp::kSub)(&seven, 0, x.data(), 1, y.data(), n);
    EXPECT_EQ(y[n - 1], 7 - x[n - 1]);
    binary_f32(VecOp::kSub)(x.data(), 1, &seven, 0, y.data(), n);
    EXPECT_EQ(y[n - 1], x[n - 1] - 7);
    binary_f32(VecOp::kSub)(&seven, 0, &seven, 0, y.data(), n);
    EXPECT_EQ(y[n - 1], 0);
  }
}

TEST(VectorMath, EveryFunctionIsThere) {
  for (int i = 0; i < static_cast<int>(VecOp::kCount); ++i) {
    const auto op = static_cast<VecOp>(i);
    EXPECT_EQ(unary_f32(op) != nullptr, is_unary(op)) << i;
    EXPECT_EQ(binary_f32(op) != nullptr, !is_unary(op)) << i;
    EXPECT_EQ(unary_f64(op) != nullptr, is_unary(op)) << i;
    EXPECT_EQ(binary_f64(op) != nullptr, !is_unary(op)) << i;
  }
}

TEST(Elementwise, OpsAreFoundByName) {
  EXPECT_EQ(elementwise_info("AddV2")->op, VecOp::kAdd);
  EXPECT_EQ(elementwise_info("AddV2")->arity, 2);
  EXPECT_EQ(elementwise_info("Tanh")->arity, 1);
  EXPECT_FALSE(elementwise_info("MatMul").has_value());
  EXPECT_FALSE(elementwise_info("Zzz").has_value());
}

}  // namespace
}  // namespace reflow::op
