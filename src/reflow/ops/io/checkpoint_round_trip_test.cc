// Saving and restoring by sessions.

#include <filesystem>

#include "tests/kit/golden_file.h"
#include "tests/kit/session_fixture.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::ops {
namespace {

class CheckpointOps : public testing::SessionFixture {
 protected:
  Endpoint strings(std::initializer_list<std::string> values) { return constant(Tensor::vector<std::string>(values)); }
  Endpoint text(const std::string& value) { return constant(Tensor::scalar(value)); }
  Node* save(const std::string& op, const std::string& path, std::initializer_list<std::string> names,
             std::initializer_list<std::string> slices, std::vector<Endpoint> tensors) {
    const std::string types = op == "SaveV2" ? "dtypes" : "T";
    std::vector<DType> dtypes;
    for (const Endpoint& t : tensors) dtypes.push_back(t.dtype());
    return node(op, {text(path), strings(names), strings(slices), std::move(tensors)}, {{types, dtypes}});
  }
  Endpoint restore(const std::string& prefix, const std::string& name, DType type, const std::string& slice = "") {
    return op("RestoreV2", {text(prefix), strings({name}), strings({slice})}, {{"dtypes", std::vector<DType>{type}}});
  }
  testing::TemporaryFolder folder_;
};

TEST_F(CheckpointOps, BothVersionsComeBack) {
  const Endpoint a = constant(Tensor::from<float>({1, 2, 3, 4, 5, 6}, {3, 2}));
  const Endpoint words = strings({"x", ""});
  for (const std::string op : {"SaveV2", "SaveSlices"}) {
    const std::string path = folder_ / op;
    run({}, {}, {save(op, path, {"a", "words"}, {"", ""}, {a, words})});
    const auto values = run({restore(path, "a", DType::kFloat32), restore(path, "words", DType::kString),
                             restore(path, "a", DType::kFloat32, "3 2 1,2:1,1")});
    EXPECT_EQ(values.at(0).flat<float>()[5], 6);
    EXPECT_EQ(values.at(1).flat<std::string>()[0], "x");
    EXPECT_EQ(values.at(2).shape(), (Shape{2, 1}));
    EXPECT_EQ(values.at(2).flat<float>()[1], 6);
  }
}

TEST_F(CheckpointOps, PartsAreMergedAndTheirFolderGoes) {
  std::vector<Node*> saves;
  for (const std::string part : {"0", "1"}) {
    saves.push_back(save("SaveV2", folder_ / "m_temp/part" + part, {"v"}, {"2 " + part + ",1"},
                         {constant(Tensor::vector<float>({std::stof(part)}))}));
  }
  run({}, {}, saves);
  Node* merge = node("MergeV2Checkpoints", {strings({folder_ / "m_temp/part0", folder_ / "m_temp/part1"}), text(folder_ / "m")});
  run({}, {}, {merge});
  EXPECT_FALSE(std::filesystem::exists(folder_ / "m_temp"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "m.data-00001-of-00002"));
  const auto values = run({restore(folder_ / "m", "v", DType::kFloat32)});
  EXPECT_EQ(values.at(0).flat<float>()[1], 1);
}

TEST_F(CheckpointOps, ErrorsAreTensorFlows) {
  run({}, {}, {save("SaveV2", folder_ / "m", {"v"}, {""}, {constant(1.f)})});
  EXPECT_NE(error({restore(folder_ / "m", "w", DType::kFloat32)}).find("Key w not found in checkpoint"), std::string::npos);
  EXPECT_NE(error({restore(folder_ / "m", "v", DType::kInt32)})
                .find("tensor_name = v; expected dtype int32 does not equal original dtype float"),
            std::string::npos);
  EXPECT_NE(error({restore(folder_ / "m", "v", DType::kFloat32, "2 0,1")})
                .find("tensor_name = v; shape in shape_and_slice spec [2] does not match the shape stored in checkpoint: []"),
            std::string::npos);
}

}  // namespace
}  // namespace reflow::ops
