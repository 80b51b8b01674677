#include "reflow/saved_model/saved_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tensorflow/core/protobuf/saved_model.pb.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "reflow/reflow.h"
#include "reflow/saved_model/builder.h"
#include "reflow/saved_model/signature_proto.h"

namespace reflow::saved_model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SavedModelTest : public ::testing::Test {
 protected:
  SavedModelTest() : dir_(::testing::TempDir() + "saved_model_test") { std::filesystem::remove_all(dir_); }

  std::string dir_;
  Graph graph_;
  Graph::DefaultScope scope_{graph_};
};

void write(const std::string& path, const std::string& content) { std::ofstream(path, std::ios::binary) << content; }

std::string message_of(const std::function<void()>& function) {
  try {
    function();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST_F(SavedModelTest, WithoutVariablesIsSavedLoadedAndRun) {
  const Output x = placeholder(float32, {-1}, {.name = "x"});
  const Output y = multiply(x, 3.f, {.name = "y"});
  simple_save(Session(), dir_, {{"in", x}}, {{"out", y}});
  const Graph other;
  const Session session({.graph = other});
  const MetaGraphInfo model = load(session, {"serve"}, dir_);
  const SignatureDef& signature = model.signature_def.at("serving_default");
  EXPECT_EQ(signature.method_name, kPredictMethod);
  EXPECT_EQ(signature.inputs.at("in").shape.str(), "[?]");
  const Tensor result = session.run(signature.outputs.at("out").name,
                                    {{other.get_tensor_by_name(signature.inputs.at("in").name), Tensor::vector<float>({1, 2})}});
  EXPECT_THAT(result.flat<float>(), ElementsAre(3, 6));
}

TEST_F(SavedModelTest, HasSeveralGraphsWithTagsAssetsAndMainOp) {
  const std::string words = ::testing::TempDir() + "words.txt";
  write(words, "a\nb\n");
  const Output path = constant(words, {.name = "path"});
  const Operation main_op = identity(path, {.name = "read"}).op();
  SavedModelBuilder builder(dir_);
  EXPECT_THAT(message_of([&] { builder.add_meta_graph({"gpu"}); }), HasSubstr("Please invoke `add_meta_graph_and_variables()` first."));
  builder.add_meta_graph_and_variables(Session(), {"serve"}, {.assets = {path}, .main_op = main_op});
  EXPECT_THAT(message_of([&] { builder.add_meta_graph_and_variables(Session(), {"a"}); }), HasSubstr("has already been saved."));
  {
    const Graph second;
    const auto scope = second.as_default();
    placeholder(float32, {}, {.name = "p"});
    builder.add_meta_graph({"train", "gpu"});
  }
  EXPECT_EQ(builder.save(true), dir_ + "/saved_model.pbtxt");
  const std::vector<MetaGraphInfo> infos = read_meta_graphs(dir_);
  ASSERT_EQ(infos.size(), 2u);
  EXPECT_THAT(infos[0].assets, ElementsAre("words.txt"));
  EXPECT_THAT(infos[1].tags, ElementsAre("train", "gpu"));
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/assets/words.txt"));
  const Graph other;
  EXPECT_EQ(load(Session({.graph = other}), {"serve"}, dir_, "in").tags, std::vector<std::string>{"serve"});
  EXPECT_EQ(other.get_operation_by_name("in/read").type(), "Identity");
}

TEST_F(SavedModelTest, MistakesAreErrors) {
  EXPECT_FALSE(contains_saved_model(dir_));
  EXPECT_THROW(read_meta_graphs(dir_), errors::NotFoundError);
  SavedModelBuilder builder(dir_);
  const Output x = placeholder(float32, {}, {.name = "x"});
  EXPECT_THROW(builder.add_meta_graph_and_variables(Session(), {"a"}, {.assets = {x}}), TypeError);
  EXPECT_THROW(predict_signature_def({}, {{"y", x}}), ValueError);
  write(dir_ + "/saved_model.pb", "\x07");
  EXPECT_TRUE(contains_saved_model(dir_));
  EXPECT_THROW(read_meta_graphs(dir_), errors::DataLossError);
  EXPECT_THAT(message_of([&] { SavedModelBuilder again(dir_); }), HasSubstr("Export directory already exists, and isn't empty."));
}

TEST_F(SavedModelTest, SaysWhichTagsThereAre) {
  SavedModelBuilder builder(dir_);
  placeholder(float32, {}, {.name = "x"});
  builder.add_meta_graph_and_variables(Session(), {"serve"});
  builder.save();
  EXPECT_EQ(message_of([&] { load(Session(), {"a", "b"}, dir_); }),
            "MetaGraphDef associated with tags {'a', 'b'} could not be found in SavedModel. To inspect available tag-sets in the SavedModel, "
            "please use the SavedModel CLI: `saved_model_cli`\navailable_tags: [{'serve'}]");
}

TEST_F(SavedModelTest, AssetsStayBelowTheModel) {
  SavedModelBuilder builder(dir_);
  const Output path = constant("x", {.name = "path"});
  builder.add_meta_graph_and_variables(Session(), {"serve"}, {.main_op = identity(path).op()});
  builder.save();
  tensorflow::SavedModel proto;
  read_saved_model(dir_, &proto);
  tensorflow::AssetFileDef* asset = proto.mutable_meta_graphs(0)->add_asset_file_def();
  asset->set_filename("../../secret");
  asset->mutable_tensor_info()->set_name("path:0");
  write(dir_ + "/saved_model.pb", proto.SerializeAsString());
  const Graph other;
  EXPECT_THAT(message_of([&] { load(Session({.graph = other}), {"serve"}, dir_); }), HasSubstr("is not below the SavedModel"));
}

}  // namespace
}  // namespace reflow::saved_model
