// Calls with inputs, shapes and attributes that no program has by intent, which each was found to go wrong once.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "reflow/base/sanitizers.h"
#include "tests/kit/session_fixture.h"

namespace reflow {
namespace {

class HostileCalls : public testing::SessionFixture {
 protected:
  static constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  std::string build_error(std::string_view type, std::vector<graph::OpInput> inputs, AttrMap attrs) {
    return std::string(message_of(graph::create_op(graph_, type, std::move(inputs), std::move(attrs)).status()));
  }
};

TEST_F(HostileCalls, ParseSingleExampleWithMoreSparseKeysThanTypes) {
  const Endpoint serialized = constant(Tensor::scalar(std::string()));
  EXPECT_EQ(build_error("ParseSingleExample", {serialized, std::vector<Endpoint>()},
                        {{"num_sparse", int64_t{1000}},
                         {"sparse_keys", std::vector<std::string>()},
                         {"dense_keys", std::vector<std::string>()},
                         {"sparse_types", std::vector<DType>()},
                         {"Tdense", std::vector<DType>()},
                         {"dense_shapes", std::vector<Shape>()}}),
            "len(sparse_keys) != len(sparse_types) for 'ParseSingleExample' (op: 'ParseSingleExample') with input shapes: [].");
}

TEST_F(HostileCalls, RefSelectWithoutAnIndex) {
  const Endpoint index = placeholder(DType::kInt32), a = variable({}, "a"), b = variable({}, "b");
  const Endpoint selected = op("RefSelect", {index, std::vector{a, b}});
  run({}, {}, {node("Assign", {a, constant(1)}), node("Assign", {b, constant(2)})});
  EXPECT_EQ(error({selected}, {{index, Tensor(DType::kInt32, {0})}}).find("Index must be a scalar, but it has shape [0]"), 0);
}

TEST_F(HostileCalls, VariableOfAnEmptyHandle) {
  const Endpoint handle = placeholder(DType::kResource);
  const Endpoint value = op("ReadVariableOp", {handle}, {{"dtype", DType::kFloat32}});
  EXPECT_EQ(error({value}, {{handle, Tensor(DType::kResource, {0})}}).find("Input 0 is not a resource handle"), 0);
}

TEST_F(HostileCalls, QueueOfElementsOfUnknownRankTakesManyAtOnce) {
  const Endpoint queue = op("FIFOQueueV2", {}, {{"component_types", std::vector{DType::kFloat32}}, {"shapes", std::vector{Shape::unknown()}}});
  const Endpoint rows = placeholder(DType::kFloat32);
  Node* enqueue = node("QueueEnqueueManyV2", {queue, std::vector{rows}});
  EXPECT_EQ(error({}, {{rows, Tensor(DType::kFloat32, {3, 2})}}, {enqueue}).find("Shape mismatch in tuple component 0."), 0);
}

TEST_F(HostileCalls, SamplersOfTooManyClassesOrTooFew) {
  const Endpoint classes = constant(Tensor(DType::kInt64, {0, 1}));
  const AttrMap attrs{{"num_true", int64_t{1}}, {"num_sampled", int64_t{2}}, {"unique", true}};
  AttrMap learned = attrs, fixed = attrs;
  learned.set("range_max", kMost);
  EXPECT_EQ(error({op("LearnedUnigramCandidateSampler", {classes}, learned)}).find("The range of classes is too large"), 0);
  fixed.set("range_max", int64_t{3});
  fixed.set("unigrams", std::vector<float>{0, 1, 0});
  EXPECT_EQ(error({op("FixedUnigramCandidateSampler", {classes}, fixed)}).find("Sampler's range is too small."), 0);
  fixed.set("num_reserved_ids", kMost);
  EXPECT_NE(error({op("FixedUnigramCandidateSampler", {classes}, fixed)}), "");
}

TEST_F(HostileCalls, PoissonRatesBeyondTheTypeOfSamples) {
  const Endpoint shape = constant(Tensor::vector<int32_t>({4})), rate = constant(Tensor::scalar(1e30));
  const Tensor samples = run({op("RandomPoissonV2", {shape, rate}, {{"dtype", DType::kInt32}})})[0];
  for (const int32_t x : samples.flat<int32_t>()) EXPECT_EQ(x, std::numeric_limits<int32_t>::max());
}

TEST_F(HostileCalls, ChannelsOfAScalar) {
  const Endpoint dy = placeholder(DType::kFloat32), x = placeholder(DType::kFloat32), limit = constant(Tensor::vector<float>({1}));
  const Endpoint dx = op("FakeQuantWithMinMaxVarsPerChannelGradient", {dy, x, limit, limit});
  EXPECT_NE(error({dx}, {{dy, Tensor::vector<float>({1})}, {x, Tensor::scalar(1.0f)}}), "");
}

TEST_F(HostileCalls, TextOfEnormousWidth) {
  EXPECT_EQ(error({op("AsString", {constant(1)}, {{"width", kMost}})}).find("width and precision must be at most 65536"), 0);
}

TEST_F(HostileCalls, PartsOfComplexNumbersInAnotherPrecision) {
  const Endpoint z = constant(Tensor::scalar(std::complex<double>(1, 2)));
  for (const std::string_view part : {"Real", "Imag", "Angle", "ComplexAbs"}) {
    EXPECT_EQ(error({op(part, {z}, {{"Tout", DType::kFloat32}})}).find("No OpKernel was registered to support Op"), 0) << part;
  }
  const Endpoint x = constant(1);
  EXPECT_EQ(error({op("Complex", {x, x}, {{"Tout", DType::kComplex128}})}).find("No OpKernel was registered to support Op"), 0);
}

TEST_F(HostileCalls, SumsOfQuantizedNumbersInAnotherType) {
  const Endpoint x = constant(Tensor(DType::kQuint8, {0})), low = constant(0), high = constant(1);
  for (const std::string_view type : {"QuantizedAdd", "QuantizedMul"}) {
    const Endpoint z = op(type, {x, x, low, high, low, high}, {{"Toutput", DType::kQint8}});
    EXPECT_EQ(error({z}).find("Toutput qint8 is not qint32"), 0) << error({z});
  }
}

TEST_F(HostileCalls, SquareRootOfAMatrixWithoutNumbers) {
  Tensor matrix(DType::kComplex128, {2, 2});
  for (auto& x : matrix.flat<std::complex<double>>()) x = std::numeric_limits<double>::infinity();
  const Tensor root = run({op("MatrixSquareRoot", {constant(matrix)})}).at(0);
  for (const auto& x : root.flat<std::complex<double>>()) EXPECT_TRUE(std::isnan(x.real()));
}

TEST_F(HostileCalls, SquareRootOfANegativeMatrix) {
  const Endpoint matrix = constant(Tensor::from<double>({-1, 0, 0, 4}, {2, 2}));
  const Tensor root = run({op("MatrixSquareRoot", {matrix})}).at(0);
  for (const double x : root.flat<double>()) EXPECT_TRUE(std::isnan(x));  // as in TensorFlow
}

TEST_F(HostileCalls, FunctionsOfMatricesWhoseSquaresOverflowOrVanish) {
  for (const double largest : {1e300, 1e-300}) {
    const Endpoint matrix = constant(Tensor::from<std::complex<double>>({largest, largest / 2, 0, largest}, {2, 2}));
    const Tensor root = run({op("MatrixSquareRoot", {matrix})}).at(0), logarithm = run({op("MatrixLogarithm", {matrix})}).at(0);
    EXPECT_NEAR(root.flat<std::complex<double>>()[3].real() / std::sqrt(largest), 1, 1e-12);
    EXPECT_NEAR(logarithm.flat<std::complex<double>>()[0].real() / std::log(largest), 1, 1e-12);
    EXPECT_NEAR(logarithm.flat<std::complex<double>>()[1].real(), 0.5, 1e-12);
  }
}

TEST_F(HostileCalls, FunctionsOfMatricesOfLargeAndSmallNumbers) {
  const Endpoint matrix = constant(Tensor::from<std::complex<double>>({1, 0, 0, 1e-200}, {2, 2}));
  const Tensor root = run({op("MatrixSquareRoot", {matrix})}).at(0), logarithm = run({op("MatrixLogarithm", {matrix})}).at(0);
  EXPECT_NEAR(root.flat<std::complex<double>>()[3].real(), 1e-100, 1e-112);
  EXPECT_NEAR(logarithm.flat<std::complex<double>>()[3].real(), std::log(1e-200), 1e-9);
}

TEST_F(HostileCalls, GradientsOfMoreCropsThanIndices) {
  const Endpoint grads = constant(Tensor(DType::kFloat32, {200, 1, 1, 1})), boxes = constant(Tensor(DType::kFloat32, {200, 4}));
  const Endpoint indices = placeholder(DType::kInt32), size = placeholder(DType::kInt32);
  const Endpoint image = op("CropAndResizeGradImage", {grads, boxes, indices, size}, {{"T", DType::kFloat64}});
  const std::string message =
      error({image}, {{indices, Tensor(DType::kInt32, {1})}, {size, Tensor::vector<int32_t>({1, 2, 2, 1})}});
  EXPECT_EQ(message.find("box_index has incompatible shape"), 0) << message;
}

TEST_F(HostileCalls, MatricesOfNoDiagonalsPaddedWithNothing) {
  const Endpoint diagonals = constant(Tensor(DType::kFloat64, {0, 2})), padding = placeholder(DType::kFloat64);
  const Endpoint main = constant(Tensor::scalar(int32_t{0})), any = constant(Tensor::scalar(int32_t{-1}));
  const Endpoint matrices = op("MatrixDiagV2", {diagonals, main, any, any, padding});
  EXPECT_EQ(run({matrices}, {{padding, Tensor(DType::kFloat64, {0})}})[0].shape(), (Shape{0, 2, 2}));
}

TEST_F(HostileCalls, TreesOfNoBytes) {
  const Endpoint ensemble = op("BoostedTreesEnsembleResourceHandleOp", {}), stamp = constant(Tensor::scalar(int64_t{0}));
  const Endpoint bytes = placeholder(DType::kString);
  Node* create = node("BoostedTreesCreateEnsemble", {ensemble, stamp, bytes});
  EXPECT_EQ(error({}, {{bytes, Tensor(DType::kString, {0})}}, {create}).find("Shape must be rank 0 but is rank 1"), 0);
}

TEST_F(HostileCalls, SplitsOfNodesInNoRange) {
  const Endpoint range = placeholder(DType::kInt32), sums = constant(Tensor(DType::kFloat32, {1, 2, 2}));
  const Endpoint number = constant(Tensor::scalar(1.0f));
  const Endpoint nodes = op("BoostedTreesCalculateBestGainsPerFeature", {range, std::vector{sums}, number, number, number, number},
                            {{"max_splits", int64_t{1}}});
  EXPECT_NE(error({nodes}, {{range, Tensor(DType::kInt32, {0})}}).find("must be equal"), std::string::npos);
}

TEST_F(HostileCalls, SamplesByASeedOfOneNumber) {
  const Endpoint logits = constant(Tensor(DType::kFloat32, {1, 2})), num = constant(Tensor::scalar(int32_t{3}));
  const Endpoint seed = placeholder(DType::kInt64);
  const Endpoint samples = op("StatelessMultinomial", {logits, num, seed});
  EXPECT_EQ(error({samples}, {{seed, Tensor::vector<int64_t>({1})}}).find("seed must have shape [2], not [1]"), 0);
}

TEST_F(HostileCalls, AxesThatAreNoneOfAVector) {
  const Endpoint x = placeholder(DType::kFloat32), axis = placeholder(DType::kInt64), y = op("ArgMax", {x, axis});
  const Tensor three = Tensor::vector<float>({1, 2, 3}), none(DType::kFloat32, {0});
  EXPECT_EQ(error({y}, {{x, three}, {axis, Tensor::scalar(kMost)}}).find("Expected dimension in the range [-1, 1), but got 9223372036854775807"), 0);
  EXPECT_EQ(error({y}, {{x, none}, {axis, Tensor::scalar(int64_t{0})}}).find("Reduction axis 0 is empty in shape [0]"), 0);
  EXPECT_EQ(run({y}, {{x, three}, {axis, Tensor::scalar(int64_t{-1})}})[0].item<int64_t>(), 2);
}

TEST_F(HostileCalls, SumsOfIntegersGoRound) {
  constexpr int32_t kMost32 = std::numeric_limits<int32_t>::max(), kLeast32 = std::numeric_limits<int32_t>::min();
  const Endpoint x = constant(Tensor::vector<int32_t>({kMost32, 1})), ids = constant(Tensor::vector<int32_t>({0, 0}));
  const Endpoint one = constant(Tensor::scalar(int32_t{1})), shape = constant(Tensor::vector<int32_t>({1}));
  const Endpoint places = constant(Tensor::from<int32_t>({0, 0}, {2, 1})), paddings = constant(Tensor::from<int32_t>({1, 0}, {1, 2}));
  EXPECT_EQ(run({op("UnsortedSegmentSum", {x, ids, one})})[0].data<int32_t>()[0], kLeast32);
  EXPECT_EQ(run({op("SegmentSum", {x, ids})})[0].data<int32_t>()[0], kLeast32);
  EXPECT_EQ(run({op("SparseSegmentSum", {x, constant(Tensor::vector<int32_t>({0, 1})), ids})})[0].data<int32_t>()[0], kLeast32);
  EXPECT_EQ(run({op("ScatterNd", {places, x, shape})})[0].data<int32_t>()[0], kLeast32);
  EXPECT_EQ(run({op("MirrorPadGrad", {x, paddings}, {{"mode", "SYMMETRIC"}})})[0].data<int32_t>()[0], kLeast32);
  EXPECT_EQ(run({op("InplaceAdd", {x, ids, x})})[0].data<int32_t>()[0], -1);
}

TEST_F(HostileCalls, SlicesThatBeginBeyondAllNumbers) {
  const Endpoint x = constant(Tensor::vector<float>({1, 2, 3})), begin = placeholder(DType::kInt64), size = placeholder(DType::kInt64);
  const Endpoint one = op("Slice", {x, begin, constant(Tensor::vector<int64_t>({1}))}), any = op("Slice", {x, begin, size});
  for (const int64_t at : {kMost, -kMost - 1}) {
    const std::string rule = "Expected begin[0] in [0, 3], but got " + std::to_string(at);
    const Tensor first = Tensor::vector<int64_t>({at});
    EXPECT_EQ(error({one}, {{begin, first}}).substr(0, rule.size()), rule);
    EXPECT_EQ(error({any}, {{begin, first}, {size, Tensor::vector<int64_t>({-1})}}).substr(0, rule.size()), rule);
  }
}

TEST_F(HostileCalls, AxesThatNoShapeHas) {
  const Endpoint x = constant(Tensor(DType::kFloat32, {1, 1})), unknown = placeholder(DType::kInt32);
  constexpr int32_t kMost32 = std::numeric_limits<int32_t>::max(), kLeast32 = std::numeric_limits<int32_t>::min();
  for (const int32_t axis : {kMost32, kLeast32}) {
    const Endpoint at = constant(Tensor::scalar(axis));
    EXPECT_NE(build_error("Concat", {at, std::vector{x, x}}, {}).find("Shape must be at least rank"), std::string::npos);
    EXPECT_NE(build_error("ConcatV2", {std::vector{x, x}, at}, {}).find("Shape must be at least rank"), std::string::npos);
  }
  for (const int64_t axis : {kMost, -kMost - 1}) {
    const Endpoint at = constant(Tensor::scalar(axis));
    EXPECT_NE(build_error("ConcatV2", {std::vector{x, x}, at}, {}).find("Shape must be at least rank"), std::string::npos);
    EXPECT_NE(build_error("GatherV2", {x, unknown, at}, {}).find("Shape must be at least rank"), std::string::npos);
  }
}

TEST_F(HostileCalls, BatchDimensionsThatAreNegative) {
  const Endpoint indices = constant(Tensor::vector<int32_t>({0}));
  for (const Shape& shape : {Shape{3, 4}, Shape::unknown()}) {
    const Endpoint variable = op("VarHandleOp", {}, {{"dtype", DType::kFloat32}, {"shape", shape}});
    EXPECT_EQ(build_error("ResourceGather", {variable, indices}, {{"dtype", DType::kFloat32}, {"batch_dims", int64_t{-1}}}).find(
                  "batch_dims is negative (-1)"), 0);
  }
}

TEST_F(HostileCalls, SumsThatOverflowWrap) {
  const Endpoint rows = constant(Tensor::from<int64_t>({kMost, 4}, {2, 1}));
  const Endpoint planes = constant(Tensor::from<int64_t>({kMost, 4}, {1, 1, 1, 2}));
  EXPECT_EQ(run({op("BiasAddGrad", {rows})})[0].item<int64_t>(), std::numeric_limits<int64_t>::min() + 3);
  EXPECT_EQ(run({op("BiasAddGrad", {planes}, {{"data_format", "NCHW"}})})[0].item<int64_t>(), std::numeric_limits<int64_t>::min() + 3);
  const Endpoint bias = constant(Tensor::vector<int64_t>({kMost}));
  EXPECT_EQ(run({op("BiasAdd", {rows, bias})})[0].flat<int64_t>()[1], std::numeric_limits<int64_t>::min() + 3);
}

TEST_F(HostileCalls, NormsOfIntegersThatOverflow) {
  const Endpoint x = constant(Tensor::vector<int32_t>({46341, 0})), axis = constant(Tensor::vector<int32_t>({0}));
  EXPECT_EQ(run({op("EuclideanNorm", {x, axis})})[0].item<int32_t>(), std::numeric_limits<int32_t>::min());
}

TEST_F(HostileCalls, QuantizedRangesThatNoByteHas) {
  const Endpoint x = constant(Tensor(DType::kQuint8, {2})), low = constant(Tensor::scalar(1e30f)), high = constant(Tensor::scalar(1.1e30f));
  EXPECT_EQ(run({op("QuantizedMul", {x, x, low, high, low, high})})[0].num_elements(), 2);
}

TEST_F(HostileCalls, RaggedTensorOfMoreLevelsThanShapesHave) {
  const Endpoint variant = placeholder(DType::kVariant);
  EXPECT_NE(build_error("RaggedTensorFromVariant", {variant},
                        {{"input_ragged_rank", int64_t{0}}, {"output_ragged_rank", int64_t{70'000}}, {"Tvalues", DType::kFloat32}}), "");
}

TEST_F(HostileCalls, BatchesThatWaitForever) {
  const Endpoint x = constant(Tensor::vector<float>({1, 2}));
  const Endpoint batch = op("Batch", {std::vector{x}},
                            {{"num_batch_threads", int64_t{1}}, {"max_batch_size", int64_t{2}},
                             {"batch_timeout_micros", kMost}, {"grad_timeout_micros", int64_t{0}}});
  EXPECT_EQ(run({batch})[0].num_elements(), 2);
}

TEST_F(HostileCalls, PoolsOfTheLeastSize) {
  const Endpoint images = placeholder(DType::kFloat32);
  const int64_t least = std::numeric_limits<int64_t>::min();
  const Endpoint pooled = op("MaxPool", {images}, {{"ksize", std::vector<int64_t>{1, least, 2, 1}},
                                                   {"strides", std::vector<int64_t>{1, 1, 1, 1}},
                                                   {"padding", "VALID"}});
  EXPECT_NE(error({pooled}, {{images, Tensor(DType::kFloat32, {1, 4, 4, 1})}}), "");
}

TEST_F(HostileCalls, PoolsByFractionsThatAreNone) {
  const Endpoint images = constant(Tensor(DType::kFloat32, {1, 0, 4, 1}));
  for (const float ratio : {0.0f, std::nanf(""), 1e-30f}) {
    const AttrMap attrs{{"pooling_ratio", std::vector<float>{1, ratio, ratio, 1}}};
    EXPECT_EQ(build_error("FractionalMaxPool", {images}, attrs).find("Size computed for dim "), 0) << ratio;
  }
}

TEST_F(HostileCalls, BoxesOfTheLargestImage) {
  const int32_t most = std::numeric_limits<int32_t>::max();
  const Endpoint box = op("SampleDistortedBoundingBoxV2",
                          {constant(Tensor::vector<int32_t>({most, most, 3})), constant(Tensor::from<float>({0, 0, 1, 1}, {1, 1, 4})),
                           constant(Tensor::scalar(0.1f))},
                          {{"seed", int64_t{1}}, {"seed2", int64_t{2}}});
  EXPECT_EQ(run({box})[0].num_elements(), 3);
}

using HostileCallsDeathTest = HostileCalls;

TEST_F(HostileCallsDeathTest, BatchesWithMoreThreadsThanThereCanBe) {
#if defined(REFLOW_ADDRESS_SANITIZER) || defined(REFLOW_THREAD_SANITIZER)
  GTEST_SKIP() << "sanitizers need more addresses than there are with a limit";
#endif
  const Endpoint x = constant(Tensor::vector<float>({1, 2}));
  const Endpoint batch = op("Batch", {std::vector{x}},
                            {{"num_batch_threads", int64_t{1000}}, {"max_batch_size", int64_t{2}},
                             {"batch_timeout_micros", int64_t{0}}, {"grad_timeout_micros", int64_t{0}}});
  const auto run_with_few = [&] {
    rlim_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlim_t bytes = pages * static_cast<rlim_t>(getpagesize()) + (rlim_t{100} << 20);  // for the stacks of some
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_AS, &limit);
    _exit(try_run({batch}).ok() ? 0 : 1);
  };
  EXPECT_EXIT(run_with_few(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace reflow
