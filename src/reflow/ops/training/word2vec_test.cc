// Skipgram and NegTrain.

#include <gmock/gmock.h>

#include <fstream>

#include "tests/kit/session_fixture.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;
using graph::Node;
using ::testing::HasSubstr;

class Word2vecTest : public reflow::testing::SessionFixture {
 protected:
  Word2vecTest() { graph_.versions.producer = 18; }  // the last that has these ops
  std::string text(int repetitions) {
    std::ofstream file(folder_ / "text");
    for (int i = 0; i < repetitions; ++i) file << "the quick brown fox\tjumps over the lazy dog\nand the fox ";
    return folder_ / "text";
  }
  reflow::testing::TemporaryFolder folder_;
};

TEST_F(Word2vecTest, WordsAreSortedByTheirFrequency) {
  Node* n = node("Skipgram", {}, {{"filename", text(30)}, {"batch_size", 8}, {"window_size", 2}, {"min_count", 60}, {"subsample", 0.0f}});
  const auto got = run({n->output(0), n->output(1), n->output(2), n->output(5), n->output(6)});
  EXPECT_EQ(got[0].summarize(-1), "UNK the fox");
  EXPECT_EQ(got[1].summarize(-1), "210 90 60");
  EXPECT_EQ(got[2].item<int64_t>(), 360);
  EXPECT_EQ(got[3].shape(), (Shape{8}));
  for (int i = 0; i < 8; ++i) EXPECT_LT(static_cast<uint32_t>(got[4].data<int32_t>()[i]), 3u);
}

TEST_F(Word2vecTest, LabelsAreNearTheirExamples) {
  Node* n = node("Skipgram", {}, {{"filename", text(30)}, {"batch_size", 2000}, {"window_size", 1}, {"min_count", 1}, {"subsample", 0.0f}});
  const auto got = run({n->output(0), n->output(5), n->output(6)});
  const std::string* words = got[0].data<std::string>();
  for (int i = 0; i < 2000; ++i) {
    if (words[got[1].data<int32_t>()[i]] != "lazy") continue;
    const std::string& label = words[got[2].data<int32_t>()[i]];
    EXPECT_TRUE(label == "the" || label == "dog") << label;
  }
}

TEST_F(Word2vecTest, ShortTextsFail) {
  const Endpoint words = op("Skipgram", {}, {{"filename", text(1)}, {"batch_size", 1}, {"window_size", 5}});
  EXPECT_THAT(error({words}), HasSubstr("contains too little data: 12 words"));
}

// As TensorFlow 1.15.5 gives it: all samples are word 2.
TEST_F(Word2vecTest, NegativeSamplingMovesVectors) {
  const auto variable = [&](const char* name, std::vector<float> values) {
    const Endpoint v = op("VariableV2", {}, {{"shape", Shape{3, 2}}, {"dtype", DType::kFloat32}}, name);
    run({}, {}, {node("Assign", {v, constant(Tensor::from<float>(values, {3, 2}))})});
    return v;
  };
  const Endpoint in = variable("in", {0.1f, 0.2f, 0.3f, 0.4f, -0.5f, 0.6f});
  const Endpoint out = variable("out", {0.5f, -0.1f, 0.2f, 0.7f, 0.3f, -0.4f});
  Node* n = node("NegTrain", {in, out, constant(Tensor::vector<int32_t>({0, 1})), constant(Tensor::vector<int32_t>({1, 0})),
                              constant(Tensor::scalar(0.5f))},
                 {{"vocab_count", std::vector<int64_t>{0, 0, 5}}, {"num_negative_samples", 2}});
  run({}, {}, {n});
  const auto got = run({in, out});
  const float expected_in[] = {0.00611875206f, 0.567230701f, 0.318009138f, 0.627350628f, -0.5f, 0.600000024f};
  const float expected_out[] = {0.570879161f, -0.00549446046f, 0.223004252f, 0.746008515f, 0.112835877f, -0.681950867f};
  for (int i = 0; i < 6; ++i) {
    EXPECT_NEAR(got[0].data<float>()[i], expected_in[i], 1e-6);
    EXPECT_NEAR(got[1].data<float>()[i], expected_out[i], 1e-6);
  }
}

}  // namespace
}  // namespace reflow::ops
