#include "reflow/graph/op_def.h"

#include <gtest/gtest.h>

namespace reflow::graph {
namespace {

AttrDef attr(std::string_view spec) {
  AttrDef def;
  const Status status = parse_attr(spec, &def);
  EXPECT_TRUE(status.ok()) << status;
  return def;
}
std::string default_of(std::string_view spec) { return attr(spec).default_value.str(); }
bool is_rejected(std::string_view spec) {
  AttrDef def;
  return !parse_attr(spec, &def).ok();
}

TEST(ParseAttr, PlainKinds) {
  for (const char* kind : {"string", "int", "float", "bool", "type", "shape", "tensor", "func"}) {
    EXPECT_EQ(attr(std::string("a: ") + kind).type, kind);
    EXPECT_EQ(attr(std::string("a: list(") + kind + ")").type, std::string("list(") + kind + ")");
  }
}

TEST(ParseAttr, AllowedStrings) {
  const AttrDef def = attr("padding: {'SAME', \"VALID\"}");
  EXPECT_EQ(def.type, "string");
  EXPECT_EQ(def.allowed_strings, (std::vector<std::string>{"SAME", "VALID"}));
}

TEST(ParseAttr, AllowedTypesWithDefault) {
  const AttrDef def = attr("T: {half, float} = DT_FLOAT");
  EXPECT_EQ(def.type, "type");
  EXPECT_EQ(def.allowed_types, (std::vector<DType>{DType::kHalf, DType::kFloat32}));
  EXPECT_EQ(def.default_value, AttrValue(DType::kFloat32));
}

TEST(ParseAttr, ListOfAllowedTypes) {
  const AttrDef def = attr("T: list({int32, string}) >= 1 = [DT_INT32]");
  EXPECT_EQ(def.type, "list(type)");
  EXPECT_EQ(def.minimum, 1);
  EXPECT_EQ(def.allowed_types.size(), 2u);
  EXPECT_EQ(def.default_value, AttrValue(std::vector<DType>{DType::kInt32}));
}

TEST(ParseAttr, NamedSetsOfTypes) {
  EXPECT_EQ(attr("T: numbertype").allowed_types.size(), 17u);
  EXPECT_EQ(attr("T: realnumbertype").allowed_types.size(), 12u);
  EXPECT_EQ(attr("T: quantizedtype").allowed_types.size(), 5u);
}

TEST(ParseAttr, Minimum) {
  const AttrDef def = attr("N: int >= -3 = 4");
  EXPECT_TRUE(def.has_minimum);
  EXPECT_EQ(def.minimum, -3);
  EXPECT_EQ(def.default_value, AttrValue(4));
}

TEST(ParseAttr, DefaultsOfShapes) {
  EXPECT_EQ(default_of("s: shape = {}"), "[]");
  EXPECT_EQ(default_of("s: shape = { dim { size: 1 } dim { size: -1 } }"), "[1,?]");
  EXPECT_EQ(default_of("s: shape = { unknown_rank: true }"), "<unknown>");
  EXPECT_EQ(default_of("s: list(shape) = [{ dim { size: 2 } }, {}]"), "[[2], []]");
}

TEST(ParseAttr, DefaultsOfNumbersAndStrings) {
  EXPECT_EQ(default_of("f: float = 1e-07"), "1e-07");
  EXPECT_EQ(default_of("f: float = -inf"), "-inf");
  EXPECT_EQ(default_of("b: bool = true"), "true");
  EXPECT_EQ(default_of("l: list(int) = [1, 1]"), "[1, 1]");
  EXPECT_EQ(default_of("l: list(float) = []"), "[]");
  EXPECT_EQ(attr("s: string = 'a\\n\\'b'").default_value, AttrValue("a\n'b"));
}

TEST(ParseAttr, MistakesAreErrors) {
  for (const char* spec : {"", "a", "a:", "a: colour", "a: {", "a: {'x', float}", "a: list(int", "a: float >= 1", "a: int = x",
                           "a: int = 1 2", "a: bool = 1", "a: shape = {", "a: string = 'x"}) {
    EXPECT_TRUE(is_rejected(spec)) << spec;
  }
}

TEST(ParseArg, Forms) {
  const std::vector<AttrDef> attrs = {attr("T: type"), attr("N: int"), attr("L: list(type)")};
  const auto parse = [&](std::string_view spec) {
    ArgDef arg;
    EXPECT_TRUE(parse_arg(spec, attrs, &arg).ok()) << spec;
    return arg;
  };
  EXPECT_EQ(parse("x: float").type, DType::kFloat32);
  EXPECT_EQ(parse("x: T").type_attr, "T");
  EXPECT_EQ(parse("x: L").type_list_attr, "L");
  EXPECT_EQ(parse("x: N * T").number_attr, "N");
  EXPECT_EQ(parse("x: N*string").type, DType::kString);
  EXPECT_TRUE(parse("x: Ref(T)").is_ref);
  EXPECT_TRUE(parse("x: Ref(N * T)").is_ref);
  for (const char* spec : {"x", "x: U", "x: T * T", "x: N", "x: Ref(T", "x: T y"}) {
    ArgDef arg;
    EXPECT_FALSE(parse_arg(spec, attrs, &arg).ok()) << spec;
  }
}

TEST(AttrValue, IsPrintedAsByTheRuntime) {
  EXPECT_EQ(AttrValue("a\"b").str(), R"("a\"b")");
  EXPECT_EQ(AttrValue(0.1).str(), "0.1");
  EXPECT_EQ(AttrValue(DType::kFloat32).str(), "DT_FLOAT");
  EXPECT_EQ(AttrValue(std::vector<std::string>{"x", "y"}).str(), R"(["x", "y"])");
  EXPECT_EQ(AttrValue(std::vector<int64_t>(15, 7)).str(), "[7, 7, 7, 7, 7, ..., 7, 7, 7, 7, 7]");
}

TEST(AttrValue, TensorsAreComparedByValue) {
  EXPECT_EQ(AttrValue(Tensor::vector<float>({1, 2})), AttrValue(Tensor::vector<float>({1, 2})));
  EXPECT_FALSE(AttrValue(Tensor::vector<float>({1, 2})) == AttrValue(Tensor::vector<float>({1, 3})));
  EXPECT_FALSE(AttrValue(Tensor::vector<float>({1})) == AttrValue(Tensor::scalar(1.0f)));
  EXPECT_EQ(AttrValue(Tensor::vector<std::string>({"a"})), AttrValue(Tensor::vector<std::string>({"a"})));
}

}  // namespace
}  // namespace reflow::graph
