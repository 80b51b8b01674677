#include "tests/kit/npz.h"

#include <algorithm>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/kit/golden_file.h"

namespace reflow::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string npy(const std::string& descr, const std::string& order, const std::string& shape, const std::string& data) {
  const std::string header = "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  return std::string("\x93NUMPY\1\0", 8) + static_cast<char>(header.size()) + '\0' + header + data;
}

TEST(Npy, Matrix) {
  const Array a = parse_npy(npy("<i2", "False", "(2, 1)", std::string("\1\0\xff\xff", 4)));
  EXPECT_EQ(a.dtype, "int16");
  EXPECT_THAT(a.shape, ElementsAre(2, 1));
  EXPECT_THAT(a.values<int16_t>(), ElementsAre(1, -1));
}

TEST(Npy, Scalar) { EXPECT_THAT(parse_npy(npy("|b1", "False", "()", "\1")).values<bool>(), ElementsAre(true)); }

TEST(Npy, Empty) { EXPECT_EQ(parse_npy(npy("<c8", "False", "(0, 3)", "")).num_elements(), 0); }

TEST(Npy, TypeNames) {
  const std::string data(16, '\0');
  for (const auto& [descr, dtype] : std::map<std::string, std::string>{{"<f2", "float16"},
                                                                       {"<f8", "float64"},
                                                                       {"|u1", "uint8"},
                                                                       {"<u4", "uint32"},
                                                                       {"<c8", "complex64"},
                                                                       {"<c16", "complex128"}})
    EXPECT_EQ(parse_npy(npy(descr, "False", "(1,)", data)).dtype, dtype);
}

TEST(Npy, RefusesWhatItWouldMisread) {
  EXPECT_THROW(parse_npy(npy(">i4", "False", "(1,)", "abcd")), std::runtime_error);
  EXPECT_THROW(parse_npy(npy("<i4", "True", "(1, 1)", "abcd")), std::runtime_error);
  EXPECT_THROW(parse_npy(npy("<U1", "False", "(1,)", "abcd")), std::runtime_error);
  EXPECT_THROW(parse_npy(npy("<i4", "False", "(2,)", "abcd")), std::runtime_error);
}

TEST(Npy, ValuesOfAnotherSize) {
  EXPECT_THROW(parse_npy(npy("<i4", "False", "(1,)", "abcd")).values<double>(), std::runtime_error);
}

TEST(Npz, DeflatedMembers) {
  const Npz npz = read_golden_npz("tf-1.15/kernels/unary.npz");
  ASSERT_TRUE(npz.contains("float32"));
  EXPECT_EQ(npz.at("float32").dtype, "float32");
  EXPECT_EQ(npz.at("bfloat16").dtype, "uint16");
  EXPECT_EQ(npz.at("float32").shape.size(), 1u);
}

TEST(Npz, DamageIsAnError) {
  std::string file = read_golden("tf-1.15/kernels/sparse.npz");
  file[100] ^= 1;
  EXPECT_THROW(parse_npz(file), std::runtime_error);
  EXPECT_THROW(parse_npz(file.substr(0, file.size() / 2)), std::runtime_error);
  EXPECT_THROW(parse_npz(""), std::runtime_error);
}

TEST(ReferencedArray, AbsOfNegatives) {
  const Npz npz = read_golden_npz("tf-1.15/kernels/unary.npz");
  const auto cases = read_golden_json("tf-1.15/kernels/unary.json");
  const auto abs = std::find_if(cases.begin(), cases.end(), [](const auto& c) { return c["id"] == "Abs/4"; });
  ASSERT_NE(abs, cases.end());
  auto values = referenced_array(npz, (*abs)["in"][0]).values<int32_t>();
  ASSERT_EQ(values.size(), 5u);
  for (int32_t& value : values) value = std::abs(value);
  EXPECT_EQ(referenced_array(npz, (*abs)["out"][0]).values<int32_t>(), values);
}

TEST(ReferencedArray, Strings) {
  const auto plain = nlohmann::json::parse(R"(["string", [2], ["a", "bc"]])");
  EXPECT_THAT(referenced_array({}, plain).strings, ElementsAre("a", "bc"));
  const auto encoded = nlohmann::json::parse(R"(["string_base64", [1], ["/wAB"]])");
  EXPECT_THAT(referenced_array({}, encoded).strings, ElementsAre(std::string("\xff\0\1", 3)));
}

TEST(ReferencedArray, OutsideOfTheFile) {
  const Npz npz = {{"int8", {.dtype = "int8", .shape = {2}, .bytes = "ab", .strings = {}}}};
  EXPECT_THAT([&] { referenced_array(npz, nlohmann::json::parse(R"(["int8", [2], 1])")); },
              ThrowsMessage<std::runtime_error>(HasSubstr("truncated")));
  EXPECT_THROW(referenced_array(npz, nlohmann::json::parse(R"(["int64", [1], 0])")), std::runtime_error);
}

}  // namespace
}  // namespace reflow::testing
