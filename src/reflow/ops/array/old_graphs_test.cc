// Ops that only graphs of old versions may have.

#include <cmath>
#include <complex>
#include <cstring>

#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;

class OldGraphs : public reflow::testing::SessionFixture {
 protected:
  OldGraphs() { graph_.versions.producer = 12; }
  std::string text(Endpoint e) { return run({e})[0].summarize(-1); }
  Endpoint matrix() { return constant(Tensor::from<float>({1, 2, 3, 4}, {2, 2})); }
  Endpoint number(int64_t value) { return constant(Tensor::scalar(value)); }
};

TEST_F(OldGraphs, MatrixOpsForBatches) {
  const Endpoint diagonal = constant(Tensor::vector<float>({5, 6}));
  EXPECT_EQ(text(op("BatchMatrixDiag", {diagonal})), "[5 0][0 6]");
  EXPECT_EQ(text(op("BatchMatrixDiagPart", {matrix()})), "1 4");
  EXPECT_EQ(text(op("BatchMatrixSetDiag", {matrix(), diagonal})), "[5 2][3 6]");
  EXPECT_EQ(text(op("BatchMatrixBandPart", {matrix(), number(0), number(-1)})), "[1 2][0 4]");
}

TEST_F(OldGraphs, PoissonNumbersAreThoseOfTheSecondVersion) {
  const Endpoint shape = constant(Tensor::vector<int32_t>({5})), rate = constant(Tensor::vector<float>({3, 30}));
  const AttrMap seeds = {{"seed", int64_t{3}}, {"seed2", int64_t{5}}};
  AttrMap to_float = seeds;
  to_float.set("dtype", DType::kFloat32);
  EXPECT_EQ(text(op("RandomPoisson", {shape, rate}, seeds)), text(op("RandomPoissonV2", {shape, rate}, to_float)));
}

TEST_F(OldGraphs, QuantizeAndDequantizeTakesItsRangeFromAttributes) {
  const AttrMap attrs = {{"range_given", true}, {"input_min", -1.0f}, {"input_max", 4.0f}, {"num_bits", int64_t{3}}};
  const Endpoint x = constant(Tensor::vector<float>({-2, 0.5f, 9}));
  AttrMap bits = {{"range_given", true}, {"num_bits", int64_t{3}}};
  EXPECT_EQ(text(op("QuantizeAndDequantize", {x}, attrs)),
            text(op("QuantizeAndDequantizeV2", {x, constant(-1.0f), constant(4.0f)}, bits)));
}

TEST_F(OldGraphs, TilesAreAddedUp) {
  graph_.versions.producer = 2;
  const Endpoint tiles = constant(Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {2, 6}));
  const Endpoint multiples = constant(Tensor::vector<int32_t>({2, 3}));
  EXPECT_EQ(text(op("TileGrad", {tiles, multiples})), "[36 42]");
  const Endpoint wrong = constant(Tensor::vector<int32_t>({2, 4}));
  EXPECT_NE(error({op("TileGrad", {tiles, wrong})}).find("Expected a multiple of multiples[1] = 4, but dimension 1 is 6"), std::string::npos);
}

TEST_F(OldGraphs, EigenvectorsBelowTheirValues) {
  const Endpoint diagonal = constant(Tensor::from<float>({2, 0, 0, 3}, {2, 2}));
  graph_.versions.producer = 7;
  for (const char* name : {"SelfAdjointEig", "BatchSelfAdjointEig"}) {
    const Tensor both = run({op(name, {diagonal})})[0];
    ASSERT_EQ(both.shape().str(), "[3,2]");
    EXPECT_EQ(both.rows(0, 1).summarize(-1), "[2 3]");
    EXPECT_EQ(std::abs(both.data<float>()[2]), 1);
  }
  Node* parts = node("BatchSelfAdjointEigV2", {diagonal});
  EXPECT_EQ(text(parts->output(0)), "2 3");
  EXPECT_EQ(text(node("BatchSvd", {diagonal})->output(0)), "3 2");
}

TEST_F(OldGraphs, FourierTransformsForBatches) {
  const Endpoint x = constant(Tensor::from<std::complex<float>>({{1, 0}, {2, 0}, {3, 0}, {4, 0}}, {2, 2}));
  for (const std::string dimensions : {"", "2D"}) {
    const Tensor batch = run({op("BatchFFT" + dimensions, {x})})[0], now = run({op("FFT" + dimensions, {x})})[0];
    EXPECT_EQ(std::memcmp(batch.raw_data(), now.raw_data(), static_cast<size_t>(now.size_bytes())), 0);
    const Tensor back = run({op("BatchIFFT" + dimensions, {op("BatchFFT" + dimensions, {x})})})[0];
    EXPECT_NEAR(back.data<std::complex<float>>()[3].real(), 4, 1e-6);
  }
  EXPECT_NE(error({op("BatchFFT3D", {op("BatchIFFT3D", {x})})}).find("Input must have rank of at least 3"), std::string::npos);
}

TEST_F(OldGraphs, NewOnesDoNotHaveThem) {
  graph_.versions.producer = 134;
  EXPECT_THROW(op("BatchMatrixDiag", {constant(Tensor::vector<float>({5, 6}))}), std::runtime_error);
}

}  // namespace
}  // namespace reflow::ops
