#include "reflow/graph/graph_def.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <fstream>

#include "reflow/graph/function_library.h"
#include "reflow/graph/test_ops.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph {
namespace {

using ::testing::HasSubstr;

constexpr char kP[] = R"(node { name: "p" op: "TestSource" attr { key: "dtype" value { type: DT_FLOAT } } } )";

tensorflow::GraphDef def(const std::string& text) {
  tensorflow::GraphDef proto;
  if (!google::protobuf::TextFormat::ParseFromString(text, &proto)) throw std::runtime_error("bad test proto");
  return proto;
}
std::string cos(const std::string& name, const std::string& input, const std::string& type = "DT_FLOAT") {
  return "node { name: '" + name + "' op: 'TestCos' input: '" + input + "' attr { key: 'T' value { type: " + type + " } } } ";
}

std::string import_error(TestGraph& g, const std::string& text, const ImportOptions& options = {}) {
  const int nodes = g.num_nodes(), ids = g.num_node_ids();
  const auto result = import_graph_def(def(text), options, &g);
  if (result.ok()) return "";
  EXPECT_EQ(g.num_nodes(), nodes);
  EXPECT_EQ(g.num_node_ids(), ids);
  return std::string(message_of(result.status()));
}
std::string import_error(const std::string& text, const ImportOptions& options = {}) {
  TestGraph g;
  return import_error(g, text, options);
}

TEST(Import, AddsNodesBelowThePrefixWithDefaults) {
  TestGraph g;
  const auto result = import_graph_def(def(kP + cos("c", "p")), {.return_elements = {"c:0", "p"}}, &g);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->nodes[1]->name(), "import/c");
  EXPECT_EQ(result->nodes[1]->input(0).node, result->nodes[0]);
  EXPECT_EQ(result->return_endpoints[0], (Endpoint{result->nodes[1], 0}));
  EXPECT_EQ(result->return_endpoints[1].index, -1);
  EXPECT_FALSE(result->nodes[0]->attr<Shape>("shape")->known_rank());
  EXPECT_EQ(g.unique_full_name("import/C"), "import/C_1");
}

TEST(Import, OrderOfTheProtoIsFree) {
  TestGraph g;
  const auto result = import_graph_def(def(cos("c", "p") + kP), {}, &g);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->nodes[0]->name(), "import/c");
  EXPECT_LT(result->nodes[1]->id(), result->nodes[0]->id());
}

TEST(Import, MistakesHaveTheRuntimesWords) {
  EXPECT_EQ(import_error("node { name: 'a b' op: 'NoOp' }"), "Node 'a b': Node name contains invalid characters");
  EXPECT_EQ(import_error(std::string(kP) + kP), "Node 'p' is not unique");
  EXPECT_EQ(import_error(cos("c", "gone")), "Node 'c': Unknown input node 'gone'");
  EXPECT_EQ(import_error("node { name: 'a' op: 'NoOp' input: '^gone' }"), "Node 'a': Unknown input node '^gone'");
  EXPECT_EQ(import_error(kP + cos("c", "p:1")), "Node 'c': Connecting to invalid output 1 of source node p which has 1 outputs.");
  EXPECT_EQ(import_error(kP + cos("c", "p", "DT_DOUBLE")), "Input 0 of node import/c was passed float from import/p:0 incompatible with expected double.");
  EXPECT_EQ(import_error(cos("a", "b") + cos("b", "a")), "2 nodes in a cycle");
  EXPECT_THAT(import_error("node { name: 'n' op: 'NoSuchOp' }"), HasSubstr("Op type not registered 'NoSuchOp' in binary running on "));
  EXPECT_EQ(import_error("node { name: 'a' op: 'TestNot' }"),
            "NodeDef expected inputs 'bool' do not match 0 inputs specified; Op<name=TestNot; signature=x:bool -> y:bool>; NodeDef: {{node import/a}}");
  EXPECT_EQ(import_error("versions { min_consumer: 99999 }"),
            "GraphDef min consumer version 99999 above current version 134 for TensorFlow 1.15.5.  Please upgrade TensorFlow.");
}

TEST(Import, MistakesOfAttributesHaveTheRuntimesWords) {
  EXPECT_EQ(import_error("node { name: 'n' op: 'TestSource' }"),
            "NodeDef missing attr 'dtype' from Op<name=TestSource; signature= -> output:dtype; attr=dtype:type; "
            "attr=shape:shape,default=<unknown>>; NodeDef: {{node import/n}}");
  EXPECT_EQ(import_error(kP + cos("c", "p", "DT_INT32")),
            "Value for attr 'T' of int32 is not in the list of allowed values: float, double\n\t; NodeDef: {{node import/c}}; "
            "Op<name=TestCos; signature=x:T -> y:T; attr=T:type,allowed=[DT_FLOAT, DT_DOUBLE]>");
  EXPECT_EQ(import_error("node { name: 'n' op: 'TestSource' attr { key: 'dtype' value { i: 3 } } }"),
            "AttrValue had value with type 'int' when 'type' expected\n\t for attr 'dtype'\n\t; NodeDef: {{node import/n}}; "
            "Op<name=TestSource; signature= -> output:dtype; attr=dtype:type; attr=shape:shape,default=<unknown>>");
  EXPECT_THAT(import_error("node { name: 'n' op: 'NoOp' attr { key: 'x' value { i: 3 } } }"), HasSubstr("NodeDef mentions attr 'x' not in Op<name=NoOp"));
}

TEST(Import, FailureForgetsNamesAndFunctions) {
  TestGraph g;
  const std::string function = "library { function { signature { name: 'F' } } } ";
  EXPECT_NE(import_error(g, function + kP + "node { name: 'q' op: 'NoSuchOp' }"), "");
  EXPECT_EQ(g.unique_full_name("import/p"), "import/p");
  EXPECT_FALSE(g.functions().contains("F"));
}

TEST(Import, InputsAreMapped) {
  TestGraph g;
  const Endpoint x = g.source(DType::kFloat32, {7});
  Node* control = g.make("NoOp", {});
  ImportOptions options{.prefix = "in", .input_map = {{"p:0", x}, {"gone:0", x}}, .control_input_map = {{"q", control}}};
  const std::string node = "node { name: 'c' op: 'TestCos' input: 'p' input: '^q' attr { key: 'T' value { type: DT_FLOAT } } }";
  const auto result = import_graph_def(def(node), options, &g);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->nodes[0]->input(0), x);
  EXPECT_EQ(result->nodes[0]->control_inputs()[0], control);
  EXPECT_EQ(result->nodes[0]->output_shape(0), Shape({7}));
  EXPECT_EQ(result->unused_input_map_keys, std::vector<std::string>{"gone:0"});
}

TEST(Import, NamesAreMadeUniqueWhereAsked) {
  TestGraph g;
  g.source(DType::kFloat32, {}, "p");
  EXPECT_EQ(import_error(g, kP, {.prefix = ""}), "Node name 'p' already exists in the Graph");
  const auto result = import_graph_def(def(kP + cos("c", "p")), {.prefix = "", .uniquify_names = true}, &g);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->nodes[0]->name(), "p_1");
  EXPECT_EQ(result->nodes[1]->input(0).node, result->nodes[0]);
}

TEST(Import, LoopsComeWithTheirBackEdges) {
  const std::string type = " attr { key: 'T' value { type: DT_FLOAT } } ";
  const std::string loop = kP + ("node { name: 'm' op: 'Merge' input: 'p' input: 'n' attr { key: 'N' value { i: 2 } }" + type + "} ") +
                           "node { name: 'n' op: 'NextIteration' input: 'm'" + type + "}";
  TestGraph g;
  const auto result = import_graph_def(def(loop), {.prefix = ""}, &g);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(g.find("m")->input(1).node, g.find("n"));
  tensorflow::GraphDef again;
  export_graph_def(g, {}, &again);
  EXPECT_EQ(again.node(1).input(1), "n");
  EXPECT_NE(import_error(g, loop + " node { name: 'x' op: 'NoSuchOp' }", {.prefix = "other"}), "");
}

TEST(Import, ColocationFollowsThePrefix) {
  TestGraph g;
  const std::string node = "node { name: 'q' op: 'NoOp' attr { key: '_class' value { list { s: 'loc:@p' } } } }";
  const auto result = import_graph_def(def(kP + node), {}, &g);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->nodes[1]->colocation_groups()[0], "import/p");
  EXPECT_EQ(import_error(node), "Node 'q' expects to be colocated with unknown node 'p'");
}

TEST(Export, WritesWhatIsThere) {
  TestGraph g;
  const Endpoint x = g.source(DType::kFloat32, {-1, 2}, "x");
  Node* second = g.make("NoOp", {}, {}, "b");
  Node* first = g.make("NoOp", {}, {}, "a");
  Node* c = g.make("TestCos", {x}, {}, "c");
  g.add_control_input(c, second);
  g.add_control_input(c, first);
  c->set_device("/device:CPU:0");
  tensorflow::GraphDef proto;
  export_graph_def(g, {.add_shapes = true}, &proto);
  EXPECT_EQ(proto.versions().producer(), 134);
  EXPECT_THAT(proto.node(3).input(), ::testing::ElementsAre("x", "^a", "^b"));
  EXPECT_EQ(proto.node(3).device(), "/device:CPU:0");
  EXPECT_EQ(proto.node(3).attr().at("_output_shapes").list().shape(0).dim(1).size(), 2);
  EXPECT_FALSE(proto.has_library());
  export_graph_def(g, {.from_version = 3}, &proto);
  EXPECT_EQ(proto.node_size(), 1);
}

TEST(AttrProto, ValuesSurvive) {
  for (const AttrValue& value :
       {AttrValue("s"), AttrValue(3), AttrValue(0.5f), AttrValue(true), AttrValue(DType::kInt32), AttrValue(Shape({2, -1})),
        AttrValue(Shape::unknown()), AttrValue(Tensor::vector({1, 2})), AttrValue(NameAttrList{"f", nullptr}), AttrValue(EmptyList{}),
        AttrValue(std::vector<std::string>{"a", "b"}), AttrValue(std::vector<DType>{DType::kFloat32}), AttrValue(AttrPlaceholder{"T"})}) {
    tensorflow::AttrValue proto;
    attr_to_proto(value, &proto);
    AttrValue again;
    ASSERT_TRUE(attr_from_proto(proto, &again).ok());
    EXPECT_EQ(again, value) << value.str();
  }
}

TEST(ReadGraphDef, BinaryTextAndNeither) {
  const std::string path = ::testing::TempDir() + "read_graph_def_test";
  const auto read = [&path](const std::string& content, tensorflow::GraphDef* proto) {
    std::ofstream(path, std::ios::binary) << content;
    return read_graph_def(path, proto);
  };
  tensorflow::GraphDef proto;
  ASSERT_TRUE(read(kP, &proto).ok());
  EXPECT_EQ(proto.node(0).name(), "p");
  ASSERT_TRUE(read(def(kP).SerializeAsString(), &proto).ok());
  EXPECT_EQ(proto.node(0).name(), "p");
  EXPECT_EQ(read("no graph", &proto).code(), StatusCode::kDataLoss);
  EXPECT_EQ(read_graph_def(path + "_absent", &proto).code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace reflow::graph
