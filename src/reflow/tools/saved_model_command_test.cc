#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "reflow/reflow.h"
#include "reflow/saved_model/builder.h"
#include "reflow/tools/graph_diff_command.h"
#include "reflow/tools/graph_file.h"
#include "reflow/tools/graph_rewrite_command.h"
#include "reflow/tools/literal_value.h"
#include "reflow/tools/npy_file.h"
#include "reflow/tools/saved_model_run.h"
#include "reflow/tools/saved_model_show.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::tools {
namespace {

using testing::HasSubstr;

// A model that triples, in `dir`.
std::string saved_model_in(const std::string& name) {
  const std::string dir = ::testing::TempDir() + name;
  std::filesystem::remove_all(dir);
  const Graph graph;
  const auto scope = graph.as_default();
  const Output x = placeholder(float32, {-1, 2}, {.name = "x"});
  saved_model::simple_save(Session(), dir, {{"x", x}}, {{"y", multiply(x, 3.f, {.name = "y"})}});
  return dir;
}

std::string text_of(const StatusOr<std::string>& text) { return text.ok() ? *text : std::string(message_of(text.status())); }

TEST(SavedModelCommand, ShowsWhatSavedModelCliShows) {
  const std::string dir = saved_model_in("show");
  EXPECT_EQ(text_of(show_saved_model(dir, {})), "The given SavedModel contains the following tag-sets:\nserve\n");
  EXPECT_EQ(text_of(show_saved_model(dir, {.tag_set = "serve"})),
            "The given SavedModel MetaGraphDef contains SignatureDefs with the following keys:\nSignatureDef key: \"serving_default\"\n");
  EXPECT_EQ(text_of(show_saved_model(dir, {.tag_set = "serve", .signature_def = "serving_default"})),
            "The given SavedModel SignatureDef contains the following input(s):\n"
            "  inputs['x'] tensor_info:\n      dtype: DT_FLOAT\n      shape: (-1, 2)\n      name: x:0\n"
            "The given SavedModel SignatureDef contains the following output(s):\n"
            "  outputs['y'] tensor_info:\n      dtype: DT_FLOAT\n      shape: (-1, 2)\n      name: y:0\n"
            "Method name is: tensorflow/serving/predict\n");
  EXPECT_THAT(text_of(show_saved_model(dir, {.all = true})),
              HasSubstr("\nMetaGraphDef with tag-set: 'serve' contains the following SignatureDefs:\n\nsignature_def['serving_default']:\n"
                        "  The given SavedModel SignatureDef contains the following input(s):\n    inputs['x'] tensor_info:\n        dtype: DT_FLOAT\n"));
  EXPECT_THAT(text_of(show_saved_model(dir, {.json = true})),
              HasSubstr("\"signature_def\": {\"serving_default\": {\"inputs\": {\"x\": {\"dtype\": \"DT_FLOAT\", \"shape\": [null, 2], \"name\": \"x:0\"}}"));
}

TEST(SavedModelCommand, ShowSaysWhatIsNotThere) {
  const std::string dir = saved_model_in("missing");
  EXPECT_EQ(text_of(show_saved_model(dir, {.tag_set = "gpu"})), "MetaGraphDef associated with tag-set gpu could not be found in SavedModel");
  EXPECT_EQ(text_of(show_saved_model(dir, {.tag_set = "serve", .signature_def = "a"})), "The SavedModel has no signature \"a\"");
  EXPECT_THAT(text_of(show_saved_model(dir + "/nothing", {})), HasSubstr("SavedModel file does not exist at: "));
}

TEST(SavedModelCommand, RunsWithExpressionsAndArrays) {
  const std::string dir = saved_model_in("run"), array = ::testing::TempDir() + "run_input.npy", out = dir + "/results";
  EXPECT_EQ(text_of(run_saved_model(dir, {.input_exprs = {"x=[[1, 2.5]]"}})), "Result for output key y:\n[[3.  7.5]]\n");
  ASSERT_TRUE(write_npy(array, Tensor::from<float>({1, 2, 3, 4}, {2, 2})).ok());
  EXPECT_EQ(text_of(run_saved_model(dir, {.inputs = {"x=" + array}, .json = true})), "{\"y\": [[3, 6], [9, 12]]}\n");
  EXPECT_THAT(text_of(run_saved_model(dir, {.input_exprs = {"x=np.ones((1, 2))"}, .outdir = out})), HasSubstr("Output y is saved to " + out + "/y.npy"));
  EXPECT_EQ(read_npy(out + "/y.npy")->data<float>()[1], 3);
  EXPECT_THAT(text_of(run_saved_model(dir, {.input_exprs = {"x=np.ones((1, 2))"}, .outdir = out})), HasSubstr("Add \"--overwrite\""));
}

TEST(SavedModelCommand, WrongInputsAreErrors) {
  const std::string dir = saved_model_in("wrong");
  EXPECT_EQ(text_of(run_saved_model(dir, {.input_exprs = {"z=1"}})), "\"z\" is not a valid input key. Please choose from x.");
  EXPECT_THAT(text_of(run_saved_model(dir, {})), HasSubstr("The input x is missing"));
  EXPECT_EQ(text_of(run_saved_model(dir, {.input_exprs = {"x=[[1], [2, 3]]"}})), "Input x: Rows have different lengths: 1 and 2");
  EXPECT_THAT(text_of(run_saved_model(dir, {.input_exprs = {"x=['a']"}})), HasSubstr("An element is no number"));
  EXPECT_THAT(text_of(run_saved_model(dir, {.input_exprs = {"x"}})), HasSubstr("'x' is not KEY=VALUE"));
}

TEST(LiteralValue, ReadsWhatPythonWrites) {
  EXPECT_EQ(tensor_of_literal(*parse_literal(" [(1, -2), [3, 4,]] "), DType::kInt32)->summarize(-1), "[1 -2][3 4]");
  EXPECT_EQ(tensor_of_literal(*parse_literal("'a\\'b'"), DType::kString)->item<std::string>(), "a'b");
  EXPECT_EQ(tensor_of_literal(*parse_literal("np.full([2], 1e3)"), DType::kFloat32)->data<float>()[1], 1000);
  EXPECT_TRUE(tensor_of_literal(*parse_literal("True"), DType::kBool)->item<bool>());
  for (const char* text : {"", "[1", "[1 2]", "{'a'}", "'a", "np.ones((-1,))", "np.zeros((99999999, 99999999))", "1 2", "abc"}) {
    EXPECT_FALSE(parse_literal(text).ok()) << text;
  }
  EXPECT_FALSE(parse_literal(std::string(100000, '[')).ok());
  EXPECT_FALSE(tensor_of_literal(*parse_literal("1.5"), DType::kInt32).ok());
}

TEST(NpyFile, KeepsEveryType) {
  const std::string path = ::testing::TempDir() + "types.npy";
  for (const Tensor& tensor : {Tensor::scalar<double>(2.5), Tensor(DType::kInt64, {0, 3}), Tensor::vector<bool>({true, false}),
                               Tensor::vector<std::string>({"a", "", "longer"})}) {
    ASSERT_TRUE(write_npy(path, tensor).ok());
    EXPECT_EQ(read_npy(path)->debug_string(), tensor.debug_string());
  }
}

TEST(NpyFile, DamagedFilesAreErrors) {
  const std::string path = ::testing::TempDir() + "damaged.npy";
  ASSERT_TRUE(write_npy(path, Tensor::vector<float>({1, 2, 3})).ok());
  const auto size = std::filesystem::file_size(path);
  for (uintmax_t length = 0; length < size; ++length) {
    std::filesystem::resize_file(path, length);
    EXPECT_FALSE(read_npy(path).ok()) << length;
    ASSERT_TRUE(write_npy(path, Tensor::vector<float>({1, 2, 3})).ok());
  }
  EXPECT_EQ(read_npy(path + ".none").status().code(), StatusCode::kNotFound);
}

TEST(GraphCommands, OptimizeAndDiff) {
  const std::string dir = saved_model_in("optimize"), out = dir + "/small.pbtxt";
  EXPECT_THAT(text_of(optimize_graph({.in = dir, .out = out, .inputs = {"x"}, .outputs = {"y"}, .transforms = "rename_op(old_op_name=Mul, new_op_name=Add)"})),
              HasSubstr("/small.pbtxt: 3 nodes"));
  const auto difference = diff_graphs(dir, out, false);
  ASSERT_TRUE(difference.ok());
  EXPECT_FALSE(difference->equal);
  EXPECT_THAT(difference->text, HasSubstr("! y\n    op: Mul -> Add\n"));
  EXPECT_TRUE(diff_graphs(dir, dir, true)->equal);
  EXPECT_EQ(diff_graphs(dir, dir, true)->text, "{\"only_a\": [], \"only_b\": [], \"changed\": {}}\n");
  EXPECT_THAT(text_of(optimize_graph({.list = true})), HasSubstr("fold_constants()\n"));
  EXPECT_EQ(text_of(freeze_graph({})), "Give either --saved_model, or --meta_graph and --checkpoint");
}

TEST(GraphCommands, FreezeASavedModel) {
  const std::string dir = saved_model_in("freeze"), out = dir + "/frozen.pb";
  EXPECT_THAT(text_of(freeze_graph({.saved_model = dir, .outputs = {"y"}, .out = out})), HasSubstr("/frozen.pb: 3 nodes, 1 of them constants"));
  tensorflow::GraphDef graph;
  ASSERT_TRUE(read_graph_file(out, &graph).ok());
  EXPECT_EQ(graph.node_size(), 3);
}

}  // namespace
}  // namespace reflow::tools
