#include "reflow/runtime/functions.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "reflow/autodiff/gradients.h"
#include "reflow/graph/function_library.h"
#include "reflow/op/cancellation.h"
#include "reflow/runtime/run_metadata.h"
#include "tensorflow/core/framework/function.pb.h"
#include "tests/kit/session_fixture.h"

namespace reflow::runtime {
namespace {

using graph::AttrMap;
using graph::Endpoint;
using graph::NameAttrList;
using graph::Node;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::Not;
using Types = std::vector<DType>;

constexpr char kType[] = "attr { key: 'T' value { type: DT_FLOAT } }";

// A function of floats: "a b" -> results "name=tensor", with these nodes.
std::string function(const std::string& name, std::vector<std::string> arguments, const std::string& result,
                     const std::string& nodes, const std::string& result_type = "DT_FLOAT") {
  std::string text = fmt::format("signature {{ name: '{}' output_arg {{ name: 'out' type: {} }}", name, result_type);
  for (const std::string& a : arguments) text += fmt::format(" input_arg {{ name: '{}' type: DT_FLOAT }}", a);
  return text + fmt::format("}} ret {{ key: 'out' value: '{}' }} {}", result, nodes);
}
std::string node_text(const std::string& name, const std::string& op, std::vector<std::string> inputs,
                      const std::string& attrs = kType) {
  std::string text = fmt::format("node_def {{ name: '{}' op: '{}' ", name, op);
  for (const std::string& input : inputs) text += fmt::format("input: '{}' ", input);
  return text + attrs + "}";
}

class FunctionsTest : public reflow::testing::SessionFixture {
 protected:
  void define(const std::string& text) {
    tensorflow::FunctionDef def;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &def)) << text;
    const Status status = graph_.functions().add(def);
    ASSERT_TRUE(status.ok()) << status;
  }
  void define_square() { define(function("Square2", {"x"}, "y:z:0", node_text("y", "Mul", {"x", "x"}))); }
  static NameAttrList named(const char* name) { return {name, nullptr}; }
  AttrMap call_attrs(const char* f, size_t inputs = 1) {
    return {{"f", named(f)}, {"Tin", Types(inputs, DType::kFloat32)}, {"Tout", Types{DType::kFloat32}}};
  }
  Endpoint call(const char* op_type, const char* f, std::vector<Endpoint> inputs) {
    const AttrMap attrs = call_attrs(f, inputs.size());
    return op(op_type, {std::move(inputs)}, attrs, "call");
  }
  // The ops that ran for `fetch`, which has to give `value`.
  std::vector<std::string> ops_of(Endpoint fetch, float value) {
    RunOptions options;
    options.trace = true;
    RunMetadata metadata;
    std::vector<Tensor> result;
    const Status status = try_run({fetch}, {}, {}, &result, options, &metadata);
    EXPECT_TRUE(status.ok()) << status;
    if (status.ok()) EXPECT_EQ(result[0].item<float>(), value);
    std::vector<std::string> ops;
    for (const NodeStats& node : metadata.nodes) ops.push_back(node.op);
    return ops;
  }
  float gradient(Endpoint y, Endpoint x, float at) {
    auto dx = autodiff::gradients(graph_, std::vector{y}, std::vector{x});
    EXPECT_TRUE(dx.ok()) << dx.status();
    return dx.ok() ? scalar((*dx)[0].values, {{x, Tensor::scalar(at)}}) : -12345;
  }
};

TEST_F(FunctionsTest, AreCalledByName) {
  define_square();
  EXPECT_EQ(scalar(op("Square2", {constant(3)})), 9);
}

TEST_F(FunctionsTest, AreCalledByPartitionedCall) {
  define_square();
  EXPECT_EQ(scalar(call("PartitionedCall", "Square2", {constant(4)})), 16);
  EXPECT_EQ(scalar(call("StatefulPartitionedCall", "Square2", {constant(5)})), 25);
}

TEST_F(FunctionsTest, AreCalledRemotelyOnThisProcess) {
  define_square();
  const auto remote = [&](const char* device) {
    return op("RemoteCall", {constant(Tensor::scalar(device)), std::vector<Endpoint>{constant(3)}}, call_attrs("Square2"));
  };
  EXPECT_EQ(scalar(remote("/job:localhost/replica:0/task:0/device:CPU:0")), 9);
  EXPECT_NE(error({remote("/job:worker/task:1/device:CPU:0")}).find("is not a device of this process"), std::string::npos);
}

TEST_F(FunctionsTest, CallOthers) {
  define_square();
  define(function("Fourth", {"x"}, "b:out:0", node_text("a", "Square2", {"x"}, "") + node_text("b", "Square2", {"a:out:0"}, "")));
  EXPECT_EQ(scalar(op("Fourth", {constant(2)})), 16);
}

TEST_F(FunctionsTest, TakeAttributes) {
  define("signature { name: 'Twice' input_arg { name: 'x' type_attr: 'T' } output_arg { name: 'y' type_attr: 'T' }"
         " attr { name: 'T' type: 'type' } } ret { key: 'y' value: 's:z:0' }" +
         node_text("s", "AddV2", {"x", "x"}, "attr { key: 'T' value { placeholder: 'T' } }"));
  EXPECT_EQ(scalar(op("Twice", {constant(3)})), 6);
  EXPECT_EQ(run({op("Twice", {constant(Tensor::scalar<int32_t>(4))})})[0].item<int32_t>(), 8);
}

TEST_F(FunctionsTest, HaveGradients) {
  define_square();
  const Endpoint x = placeholder(DType::kFloat32);
  EXPECT_EQ(gradient(op("Square2", {x}), x, 3), 6);
  EXPECT_EQ(gradient(call("PartitionedCall", "Square2", {x}), x, 5), 10);
}

TEST_F(FunctionsTest, HaveSecondGradients) {
  define(function("Cube", {"x"}, "z:z:0", node_text("y", "Mul", {"x", "x"}) + node_text("z", "Mul", {"y:z:0", "x"})));
  const Endpoint x = placeholder(DType::kFloat32), y = op("Cube", {x});
  const auto dx = *autodiff::gradients(graph_, std::vector{y}, std::vector{x});
  EXPECT_EQ(gradient(dx[0].values, x, 2), 12);
}

TEST_F(FunctionsTest, GradientIsAnOp) {
  define_square();
  const Endpoint dx = op("SymbolicGradient", {std::vector<Endpoint>{constant(3), constant(10)}},
                         {{"f", named("Square2")}, {"Tout", Types{DType::kFloat32}}});
  EXPECT_EQ(scalar(dx), 60);
}

TEST_F(FunctionsTest, FakeParametersHaveTheirShape) {
  const Endpoint fake = op("FakeParam", {}, {{"dtype", DType::kFloat32}, {"shape", Shape{2, -1}}});
  EXPECT_EQ(fake.shape(), (Shape{2, -1}));
}

TEST_F(FunctionsTest, UseTheGradientThatTheLibraryGives) {
  define_square();
  define(function("SquareGrad", {"x", "dy"}, "dy", ""));
  tensorflow::GradientDef def;
  def.set_function_name("Square2");
  def.set_gradient_func("SquareGrad");
  ASSERT_TRUE(graph_.functions().add_gradient(def).ok());
  const Endpoint x = placeholder(DType::kFloat32);
  EXPECT_EQ(gradient(op("Square2", {x}), x, 3), 1);
}

TEST_F(FunctionsTest, KeepSideEffectsInOrder) {
  define("signature { name: 'Bump' input_arg { name: 'v' type: DT_RESOURCE } output_arg { name: 'out' type: DT_FLOAT } }"
         " ret { key: 'out' value: 'c:output:0' }" +
         node_text("one", "Const", {}, "attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'value' value { tensor {"
                                       " dtype: DT_FLOAT tensor_shape {} float_val: 1 } } }") +
         node_text("c", "Const", {}, "attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'value' value { tensor {"
                                     " dtype: DT_FLOAT tensor_shape {} float_val: 5 } } }") +
         node_text("add", "AssignAddVariableOp", {"v", "one:output:0"}, "attr { key: 'dtype' value { type: DT_FLOAT } }"));
  const Endpoint v = op("VarHandleOp", {}, {{"dtype", DType::kFloat32}, {"shape", Shape{}}, {"shared_name", "v"}});
  run({}, {}, {node("AssignVariableOp", {v, constant(1)})});
  const Endpoint bumped = op("Bump", {v});
  Node* read = node("ReadVariableOp", {v}, {{"dtype", DType::kFloat32}}, "", {bumped.node});
  EXPECT_EQ(scalar(read->output(0)), 2);
  EXPECT_EQ(scalar(bumped), 5);
  EXPECT_EQ(scalar(op("ReadVariableOp", {v}, {{"dtype", DType::kFloat32}})), 3);
}

TEST_F(FunctionsTest, IfTakesOneBranch) {
  define_square();
  define(function("Negate", {"x"}, "y:y:0", node_text("y", "Neg", {"x"})));
  const Endpoint cond = placeholder(DType::kBool), x = placeholder(DType::kFloat32);
  for (const char* type : {"If", "StatelessIf"}) {
    const Endpoint y = op(type, {cond, std::vector<Endpoint>{x}},
                          {{"then_branch", named("Square2")}, {"else_branch", named("Negate")}, {"Tout", Types{DType::kFloat32}}});
    EXPECT_EQ(scalar(y, {{cond, Tensor::scalar(true)}, {x, Tensor::scalar(3.f)}}), 9) << type;
    EXPECT_EQ(scalar(y, {{cond, Tensor::scalar(false)}, {x, Tensor::scalar(3.f)}}), -3) << type;
    const auto dx = autodiff::gradients(graph_, std::vector{y}, std::vector{x});
    ASSERT_TRUE(dx.ok()) << dx.status();
    EXPECT_EQ(scalar((*dx)[0].values, {{cond, Tensor::scalar(true)}, {x, Tensor::scalar(3.f)}}), 6) << type;
    EXPECT_EQ(scalar((*dx)[0].values, {{cond, Tensor::scalar(false)}, {x, Tensor::scalar(3.f)}}), -1) << type;
  }
}

TEST_F(FunctionsTest, CaseTakesTheLastBranchForWrongNumbers) {
  define_square();
  define(function("Negate", {"x"}, "y:y:0", node_text("y", "Neg", {"x"})));
  define(function("Same", {"x"}, "y:output:0", node_text("y", "Identity", {"x"})));
  const Endpoint index = placeholder(DType::kInt32, {});
  for (const bool lowered : {true, false}) {
    const AttrMap attrs{{"branches", std::vector<NameAttrList>{named("Square2"), named("Same"), named("Negate")}},
                        {"Tout", Types{DType::kFloat32}}, {"_lower_using_switch_merge", lowered}};
    const Endpoint y = op("Case", {index, std::vector<Endpoint>{constant(3)}}, attrs);
    EXPECT_EQ(scalar(y, {{index, Tensor::scalar<int32_t>(0)}}), 9);
    EXPECT_EQ(scalar(y, {{index, Tensor::scalar<int32_t>(1)}}), 3);
    EXPECT_EQ(scalar(y, {{index, Tensor::scalar<int32_t>(2)}}), -3);
    EXPECT_EQ(scalar(y, {{index, Tensor::scalar<int32_t>(-7)}}), -3);
  }
}

TEST_F(FunctionsTest, WhileCallsItsBodyUntilTheConditionFails) {
  define_square();
  const std::string limit = node_text("limit", "Const", {}, "attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: "
                                      "'value' value { tensor { dtype: DT_FLOAT tensor_shape {} float_val: 100 } } }");
  define(function("Small", {"x"}, "l:z:0", limit + node_text("l", "Less", {"x", "limit:output:0"}), "DT_BOOL"));
  for (const char* type : {"While", "StatelessWhile"}) {
    const Endpoint y = op(type, {std::vector<Endpoint>{constant(2)}}, {{"cond", named("Small")}, {"body", named("Square2")}});
    EXPECT_EQ(scalar(y), 256) << type;
  }
}

// What a run of `fetch` consists of.
TEST_F(FunctionsTest, BecomeCondsAndLoopsOfTheirNodes) {
  define_square();
  const std::string limit = node_text("limit", "Const", {}, "attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: "
                                      "'value' value { tensor { dtype: DT_FLOAT tensor_shape {} float_val: 100 } } }");
  define(function("Small", {"x"}, "l:z:0", limit + node_text("l", "Less", {"x", "limit:output:0"}), "DT_BOOL"));
  const Endpoint two = op("PlaceholderWithDefault", {constant(2)}, {{"shape", Shape{}}});
  const Endpoint small = op("Less", {two, constant(3)});
  const AttrMap loop{{"cond", named("Small")}, {"body", named("Square2")}};
  const AttrMap branches{{"then_branch", named("Square2")}, {"else_branch", named("Square2")}, {"Tout", Types{DType::kFloat32}}};
  const auto kept = [](AttrMap attrs) {
    attrs.set("_lower_using_switch_merge", false);
    return attrs;
  };
  EXPECT_THAT(ops_of(op("While", {std::vector<Endpoint>{two}}, loop), 256), AllOf(Contains("Mul"), Not(Contains("While"))));
  EXPECT_THAT(ops_of(op("If", {small, std::vector<Endpoint>{two}}, branches), 4), AllOf(Contains("Mul"), Not(Contains("If"))));
  const AttrMap cases{{"branches", std::vector<NameAttrList>{named("Square2"), named("Square2"), named("Square2")}}, {"Tout", Types{DType::kFloat32}}};
  const Endpoint index = op("Cast", {small}, {{"DstT", DType::kInt32}});
  EXPECT_THAT(ops_of(op("Case", {index, std::vector<Endpoint>{two}}, cases), 4), AllOf(Contains("Mul"), Not(Contains("Case"))));
  EXPECT_THAT(ops_of(op("Case", {index, std::vector<Endpoint>{two}}, kept(cases)), 4), Contains("Case"));
  EXPECT_THAT(ops_of(op("While", {std::vector<Endpoint>{two}}, kept(loop)), 256), Contains("While"));
  EXPECT_THAT(ops_of(op("If", {small, std::vector<Endpoint>{two}}, kept(branches)), 4), Contains("If"));
}

// The functions that are called tell of their nodes too.
TEST_F(FunctionsTest, AreTraced) {
  define_square();
  AttrMap attrs = call_attrs("Square2");
  attrs.set("_noinline", true);
  const Endpoint x = op("PlaceholderWithDefault", {constant(3)}, {{"shape", Shape{}}});
  EXPECT_THAT(ops_of(op("PartitionedCall", {std::vector<Endpoint>{x}}, attrs), 9), IsSupersetOf({"PartitionedCall", "Mul"}));
}

TEST_F(FunctionsTest, SideEffectsOfTheBranchTakenAlone) {
  const auto adding = [&](const std::string& name, int amount) {
    define(fmt::format("signature {{ name: '{}' input_arg {{ name: 'v' type: DT_RESOURCE }} }}", name) +
           node_text("one", "Const", {}, fmt::format("attr {{ key: 'dtype' value {{ type: DT_FLOAT }} }} attr {{ key: 'value' value {{ "
                                                     "tensor {{ dtype: DT_FLOAT tensor_shape {{}} float_val: {} }} }} }}", amount)) +
           node_text("add", "AssignAddVariableOp", {"v", "one:output:0"}, "attr { key: 'dtype' value { type: DT_FLOAT } }"));
  };
  adding("AddOne", 1);
  adding("AddTen", 10);
  const Endpoint v = op("VarHandleOp", {}, {{"dtype", DType::kFloat32}, {"shape", Shape{}}, {"shared_name", "v"}});
  run({}, {}, {node("AssignVariableOp", {v, constant(0)})});
  const Endpoint cond = placeholder(DType::kBool, Shape{});
  Node* either = node("If", {cond, std::vector<Endpoint>{v}}, {{"then_branch", named("AddOne")}, {"else_branch", named("AddTen")}, {"Tout", Types{}}});
  Node* read = node("ReadVariableOp", {v}, {{"dtype", DType::kFloat32}}, "", {either});
  EXPECT_EQ(scalar(read->output(0), {{cond, Tensor::scalar(true)}}), 1);
  EXPECT_EQ(scalar(read->output(0), {{cond, Tensor::scalar(false)}}), 11);
}

TEST_F(FunctionsTest, EndWithTheRunThatCallsThem) {
  define_square();
  define(function("Always", {"x"}, "yes:output:0", node_text("yes", "Const", {}, "attr { key: 'dtype' value { type: DT_BOOL } } attr { key: 'value' "
                  "value { tensor { dtype: DT_BOOL tensor_shape {} bool_val: true } } }"), "DT_BOOL"));
  const Endpoint y = op("While", {std::vector<Endpoint>{constant(1)}},
                        {{"cond", named("Always")}, {"body", named("Square2")}, {"_lower_using_switch_merge", false}});
  op::CancellationManager caller;
  RunOptions options;
  options.cancellation = &caller;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    caller.cancel();
  });
  EXPECT_EQ(try_run({y}, {}, {}, nullptr, options).code(), StatusCode::kCancelled);
  canceller.join();
}

// The loop's value has another shape in each iteration.
TEST_F(FunctionsTest, WhileWithShapesThatGrow) {
  define(function("Few", {"x"}, "l:z:0", node_text("size", "Size", {"x"}, std::string(kType) + "attr { key: 'out_type' value { type: DT_INT32 } }") +
                  node_text("limit", "Const", {}, "attr { key: 'dtype' value { type: DT_INT32 } } attr { key: 'value' value { tensor { dtype: DT_INT32 tensor_shape {} int_val: 10 } } }") +
                  node_text("l", "Less", {"size:output:0", "limit:output:0"}, "attr { key: 'T' value { type: DT_INT32 } }"), "DT_BOOL"));
  define(function("Double", {"x"}, "c:output:0",
                  node_text("axis", "Const", {}, "attr { key: 'dtype' value { type: DT_INT32 } } attr { key: 'value' value { tensor { dtype: DT_INT32 tensor_shape {} int_val: 0 } } }") +
                  node_text("c", "ConcatV2", {"x", "x", "axis:output:0"}, std::string(kType) + "attr { key: 'N' value { i: 2 } } attr { key: 'Tidx' value { type: DT_INT32 } }")));
  const Endpoint x = op("PlaceholderWithDefault", {constant(Tensor::vector({1.f, 2.f, 3.f}))}, {{"shape", Shape{3}}});
  const Endpoint y = op("While", {std::vector<Endpoint>{x}}, {{"cond", named("Few")}, {"body", named("Double")}});
  EXPECT_EQ(run({y})[0].shape().str(), "[12]");
}

TEST_F(FunctionsTest, ForCountsAlong) {
  define("signature { name: 'AddIndex' input_arg { name: 'i' type: DT_INT32 } input_arg { name: 'x' type: DT_INT32 }"
         " output_arg { name: 'out' type: DT_INT32 } } ret { key: 'out' value: 's:z:0' }" +
         node_text("s", "AddV2", {"i", "x"}, "attr { key: 'T' value { type: DT_INT32 } }"));
  const auto number = [&](int32_t n) { return constant(Tensor::scalar(n)); };
  const auto sum = [&](int32_t start, int32_t limit, int32_t delta) {
    return op("For", {number(start), number(limit), number(delta), std::vector<Endpoint>{number(0)}}, {{"body", named("AddIndex")}});
  };
  EXPECT_EQ(run({sum(0, 5, 1)})[0].item<int32_t>(), 10);
  EXPECT_EQ(run({sum(5, 0, -2)})[0].item<int32_t>(), 9);
  EXPECT_NE(error({sum(0, 5, -1)}).find("bad iteration space"), std::string::npos);
}

TEST_F(FunctionsTest, MapDefunCallsItsFunctionForEachRow) {
  define_square();
  const AttrMap attrs = {{"output_types", Types{DType::kFloat32}}, {"output_shapes", std::vector<Shape>{Shape{}}}, {"f", named("Square2")}};
  const auto map = [&](Endpoint rows) { return op("MapDefun", {std::vector<Endpoint>{rows}, std::vector<Endpoint>{}}, attrs); };
  const Endpoint squares = map(constant(Tensor::vector<float>({1, 2, 3})));
  EXPECT_EQ(squares.shape().str(), "[3]");
  EXPECT_EQ(run({squares})[0].summarize(-1), "1 4 9");
  EXPECT_EQ(run({map(constant(Tensor(DType::kFloat32, Shape{0})))})[0].shape().str(), "[0]");
  const Endpoint unknown = placeholder(DType::kFloat32);
  EXPECT_NE(error({map(unknown)}, {{unknown, Tensor::scalar(2.f)}}).find("All inputs must have rank at least 1. Input 0 has a rank of 0."),
            std::string::npos);
}

TEST_F(FunctionsTest, ErrorsNameTheNodeWithin) {
  define(function("Bad", {"x"}, "y:product:0", node_text("y", "MatMul", {"x", "x"})));
  EXPECT_NE(error({op("Bad", {placeholder(DType::kFloat32)}, {}, "call")}, {}).find("placeholder"), std::string::npos);
  const Endpoint x = placeholder(DType::kFloat32);
  EXPECT_NE(error({op("Bad", {x}, {}, "call2")}, {{x, Tensor::from({1.f, 2.f}, {1, 2})}}).find("[[{{node call2/y}}]]"),
            std::string::npos);
}

TEST_F(FunctionsTest, ThoseThatCallThemselvesForEverAreErrors) {
  define("signature { name: 'Forever' input_arg { name: 'x' type: DT_FLOAT } output_arg { name: 'out' type: DT_FLOAT } }"
         " ret { key: 'out' value: 'x' }");
  graph_.functions().remove("Forever");
  tensorflow::FunctionDef def;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      function("Forever", {"x"}, "y:out:0", node_text("y", "Forever", {"x"}, "")), &def));
  ASSERT_TRUE(graph_.functions().add(def).ok());
  EXPECT_NE(error({op("Forever", {constant(1)})}).find("nested more than"), std::string::npos);
}

TEST_F(FunctionsTest, RecursionThatEndsWorks) {
  define_square();
  const std::string limit = node_text("limit", "Const", {}, "attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: "
                                      "'value' value { tensor { dtype: DT_FLOAT tensor_shape {} float_val: 100 } } }");
  const auto branch = [](const char* key, const char* name) {
    return fmt::format("attr {{ key: '{}' value {{ func {{ name: '{}' }} }} }}", key, name);
  };
  define(function("Same", {"x"}, "x", ""));
  define(function("Again", {"x"}, "g:out:0", node_text("s", "Square2", {"x"}, "") + node_text("g", "Grow", {"s:out:0"}, "")).replace(0, 0, ""));
  define(function("Grow", {"x"}, "i:output:0",
                  limit + node_text("l", "Less", {"x", "limit:output:0"}) +
                      node_text("i", "If", {"l:z:0", "x"},
                                branch("then_branch", "Again") + branch("else_branch", "Same") +
                                    "attr { key: 'Tcond' value { type: DT_BOOL } } attr { key: 'Tin' value { list { type: "
                                    "DT_FLOAT } } } attr { key: 'Tout' value { list { type: DT_FLOAT } } }")));
  EXPECT_EQ(scalar(op("Grow", {constant(3)})), 6561);
}

TEST_F(FunctionsTest, WrongCallsAreErrors) {
  define_square();
  EXPECT_NE(error({call("PartitionedCall", "Nowhere", {constant(1)})}).find("Function Nowhere is not defined."), std::string::npos);
  EXPECT_NE(error({call("PartitionedCall", "Square2", {constant(1), constant(2)})}).find("Expects 1 arguments, but 2 is provided"),
            std::string::npos);
  define("signature { name: 'NoNode' output_arg { name: 'out' type: DT_FLOAT } } ret { key: 'out' value: 'nothing:z:0' }");
  EXPECT_THAT([&] { op("NoNode", {}); }, ::testing::ThrowsMessage<std::runtime_error>(::testing::HasSubstr("nothing:z:0 is not found")));
}

TEST_F(FunctionsTest, BranchesMayWaitForOtherRuns) {
  const std::string types = "attr { key: 'component_types' value { list { type: DT_FLOAT } } }";
  define("signature { name: 'Take' input_arg { name: 'q' type: DT_RESOURCE } output_arg { name: 'out' type: DT_FLOAT } }"
         " ret { key: 'out' value: 'd:components:0' }" + node_text("d", "QueueDequeueV2", {"q"}, types));
  const Endpoint q = op("FIFOQueueV2", {}, {{"component_types", Types{DType::kFloat32}}, {"shapes", std::vector<Shape>{Shape{}}}});
  const Endpoint taken = op("If", {constant(Tensor::scalar(true)), std::vector<Endpoint>{q}},
                            {{"then_branch", named("Take")}, {"else_branch", named("Take")}, {"Tout", Types{DType::kFloat32}}});
  Node* put = node("QueueEnqueueV2", {q, std::vector<Endpoint>{constant(7)}});
  EXPECT_EQ(run({taken}, {}, {put})[0].item<float>(), 7);
  RunOptions options;
  options.timeout_ms = 50;
  EXPECT_EQ(try_run({taken}, {}, {}, nullptr, options).code(), StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace reflow::runtime
