#include <fstream>

#include "reflow/formats/bundle_writer.h"
#include "tests/kit/op_case.h"
#include "tests/kit/session_fixture.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

const Tensor kFile = Tensor::scalar("/no/such/file"), kNoIds(DType::kInt64, {0}), kNoValues(DType::kFloat32, {0});

const OpCaseTest remapping{{.op = "GenerateVocabRemapping",
                            .attrs = {{"new_vocab_offset", int64_t{0}}, {"num_new_vocab", int64_t{2}}},
                            .inputs = {kFile, kFile},
                            .shapes = {"[];[] -> [2];[]", "[1];[] -> error: Shape must be rank 0 but is rank 1"},
                            .bad_inputs = {Tensor::scalar(""), kFile},
                            .error = "new vocab filename cannot be empty."}};
const OpCaseTest matrix{{.op = "LoadAndRemapMatrix",
                         .attrs = {{"num_rows", int64_t{2}}, {"num_cols", int64_t{3}}},
                         .inputs = {kFile, kFile, kNoIds, kNoIds, kNoValues},
                         .shapes = {"[];[];[2];[0];? -> [2,3]", "[];[1];[2];[0];? -> error: Shape must be rank 0 but is rank 1"},
                         .has_gradient_check = false,
                         .bad_inputs = {kFile, kFile, kNoIds, kNoIds, kNoValues},
                         .error = "Size of row_remapping is 0 instead of being equal to num_rows=2"}};

class VocabRemapping : public testing::SessionFixture {
 protected:
  Endpoint file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return constant(Tensor::scalar(folder_ / name));
  }
  testing::TemporaryFolder folder_;
};

// The example of tf.contrib.framework.load_and_remap_matrix_initializer's documentation.
TEST_F(VocabRemapping, RowsAndColumnsGoWithTheirWords) {
  const auto writer = *formats::BundleWriter::create(folder_ / "m");
  ASSERT_TRUE(writer->add("w", Tensor::from<float>({10, 11, 12, 20, 21, 22, 30, 31, 32}, {3, 3})).ok());
  ASSERT_TRUE(writer->finish().ok());
  const graph::AttrMap three{{"new_vocab_offset", int64_t{0}}, {"num_new_vocab", int64_t{3}}};
  Node* rows = node("GenerateVocabRemapping", {file("new_rows", "venus\njupiter\nmercury"), file("old_rows", "mercury\nvenus\nmars")}, three);
  Node* cols = node("GenerateVocabRemapping", {file("new_cols", "good\nbest\nfantastic\n"), file("old_cols", "good\nbetter\nbest\n")}, three);
  const Endpoint initial = constant(Tensor::vector<float>({1, 2, 3, 4, 5}));
  const Endpoint remapped = op("LoadAndRemapMatrix", {constant(Tensor::scalar(folder_ / "m")), constant(Tensor::scalar("w")), rows->output(0),
                                                      cols->output(0), initial}, {{"num_rows", int64_t{3}}, {"num_cols", int64_t{3}}});
  const auto values = run({remapped, rows->output(1), cols->output(1)});
  const auto got = values.at(0).flat<float>();
  EXPECT_EQ(std::vector<float>(got.begin(), got.end()), (std::vector<float>{20, 22, 1, 2, 3, 4, 10, 12, 5}));
  EXPECT_EQ(values.at(1).item<int32_t>(), 2);
  EXPECT_EQ(values.at(2).item<int32_t>(), 2);
}

}  // namespace
}  // namespace reflow::ops
