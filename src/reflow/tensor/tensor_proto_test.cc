#include "reflow/tensor/tensor_proto.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "reflow/tensor/checked_size.h"
#include "tensorflow/core/framework/tensor.pb.h"
#include "tensorflow/core/framework/tensor_shape.pb.h"

namespace reflow {
namespace {

using tensorflow::TensorProto;

std::string bytes_of(const Tensor& t, TensorForm form = TensorForm::kPython) {
  TensorProto proto;
  const Status status = tensor_to_proto(t, &proto, form);
  if (!status.ok()) return std::string(message_of(status));
  std::string hex;
  for (const char c : proto.SerializeAsString()) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

StatusOr<Tensor> parse(int dtype, std::vector<int64_t> dims, const std::function<void(TensorProto&)>& fill) {
  TensorProto proto;
  proto.set_dtype(static_cast<tensorflow::DataType>(dtype));
  for (const int64_t d : dims) proto.mutable_tensor_shape()->add_dim()->set_size(d);
  fill(proto);
  return tensor_from_proto(proto);
}

template <typename T>
Tensor three(int a, int b, int c) {
  return Tensor::vector<T>({T(a), T(b), T(c)});
}

// Expected bytes: tf.make_tensor_proto(...).SerializeToString() of TensorFlow 1.15.5.
TEST(TensorProto, ScalarsHaveOneValue) {
  EXPECT_EQ(bytes_of(Tensor::scalar(3.f)), "080112002a0400004040");
  EXPECT_EQ(bytes_of(Tensor::scalar(3.0)), "0802120032080000000000000840");
  EXPECT_EQ(bytes_of(Tensor::scalar(3)), "080312003a0103");
  EXPECT_EQ(bytes_of(Tensor::scalar<int64_t>(-3)), "08091200520afdffffffffffffffff01");
  EXPECT_EQ(bytes_of(Tensor::scalar<int8_t>(-3)), "080612003a0afdffffffffffffffff01");
  EXPECT_EQ(bytes_of(Tensor::scalar<uint32_t>(3)), "0816120082010103");
  EXPECT_EQ(bytes_of(Tensor::scalar<uint64_t>(3)), "081712008a010103");
  EXPECT_EQ(bytes_of(Tensor::scalar(Half(-3.f))), "081312006a03808403");
  EXPECT_EQ(bytes_of(Tensor::scalar(Bfloat16(-3.f))), "080e12006a03c08003");
  EXPECT_EQ(bytes_of(Tensor::scalar(std::complex<float>(3, 4))), "080812004a080000404000008040");
  EXPECT_EQ(bytes_of(Tensor::scalar(false)), "080a12005a0100");
  EXPECT_EQ(bytes_of(Tensor::scalar("a")), "08071200420161");
  EXPECT_EQ(bytes_of(Tensor::scalar(Qint32{3})), "080d12003a0103");
  EXPECT_EQ(bytes_of(Tensor::from<float>({1}, {1, 1})), "0801120812020801120208012a040000803f");
  EXPECT_EQ(bytes_of(Tensor::scalar(-0.f)), "080112002a0400000080");
}

TEST(TensorProto, ArraysOfMostNumberTypesAreContent) {
  EXPECT_EQ(bytes_of(three<float>(1, 2, 3)), "0801120412020803220c0000803f0000004000004040");
  EXPECT_EQ(bytes_of(three<uint8_t>(1, 2, 3)), "08041204120208032203010203");
  EXPECT_EQ(bytes_of(three<uint32_t>(1, 2, 3)), "0816120412020803220c010000000200000003000000");
  EXPECT_EQ(bytes_of(Tensor::vector<Qint16>({{1}, {2}})), "080f120412020802220401000200");
  EXPECT_EQ(bytes_of(Tensor::from<float>({1, 2, 3, 4}, {2, 2})),
            "08011208120208021202080222100000803f000000400000404000008040");
}

TEST(TensorProto, ArraysOfOtherTypesAreValues) {
  EXPECT_EQ(bytes_of(three<uint16_t>(1, 2, 3)), "08111204120208033a03010203");
  EXPECT_EQ(bytes_of(three<Half>(1, 2, 3)), "08131204120208036a088078808001808401");
  EXPECT_EQ(bytes_of(three<Bfloat16>(1, 2, 3)), "080e1204120208036a08807f808001c08001");
  EXPECT_EQ(bytes_of(Tensor::vector<bool>({true, false})), "080a1204120208025a020100");
  EXPECT_EQ(bytes_of(Tensor::vector<std::string>({"a", "bc"})), "080712041202080242016142026263");
  EXPECT_EQ(bytes_of(Tensor::vector<std::complex<double>>({{1, 0}, {0, 2}})),
            "08121204120208026220000000000000f03f000000000000000000000000000000000000000000000040");
}

TEST(TensorProto, EmptyArraysHaveNeither) {
  EXPECT_EQ(bytes_of(Tensor(DType::kFloat32, {0})), "080112021200");
  EXPECT_EQ(bytes_of(Tensor(DType::kString, {0})), "080712021200");
}

TEST(TensorProto, RepeatedValueIsWrittenOnce) {
  EXPECT_EQ(bytes_of(*repeated(Tensor::scalar(3.f), {500})), "08011205120308f4032a0400004040");
  EXPECT_EQ(bytes_of(*repeated(Tensor::scalar(3), {0})), "080312021200");
  EXPECT_EQ(bytes_of(*repeated(Tensor::scalar("x"), {3})), "0807120412020803420178");
  EXPECT_EQ(bytes_of(*repeated(Tensor::scalar(std::complex<float>(1, 2)), {3})), "08081204120208034a080000803f00000040");
}

TEST(TensorProto, IsWrittenInTheFormItWasReadIn) {
  const auto repeated_tail = parse(3, {4}, [](TensorProto& p) { p.add_int_val(1), p.add_int_val(2); });
  ASSERT_TRUE(repeated_tail.ok());
  EXPECT_EQ(repeated_tail->summarize(-1), "1 2 2 2");
  EXPECT_EQ(bytes_of(*repeated_tail), "08031204120208043a020102");
  const auto content = parse(4, {1}, [](TensorProto& p) { p.set_tensor_content("\x03"); });
  EXPECT_EQ(bytes_of(*content), "0804120412020801220103");
}

TEST(TensorProto, FormIsForgottenWhereElementsHaveChanged) {
  Tensor t = *repeated(Tensor::scalar<uint8_t>(3), {3});
  t.data<uint8_t>()[2] = 4;
  EXPECT_EQ(bytes_of(t), "08041204120208032203030304");
}

TEST(TensorProto, OtherForms) {
  EXPECT_EQ(bytes_of(three<uint8_t>(1, 2, 3), TensorForm::kFields), "08041204120208033a03010203");
  EXPECT_EQ(bytes_of(three<uint16_t>(1, 2, 3), TensorForm::kContent), "08111204120208032206010002000300");
  EXPECT_EQ(bytes_of(Tensor::vector<std::string>({"a", "bb"}), TensorForm::kContent), "080712041202080222050102616262");
  EXPECT_EQ(bytes_of(Tensor::vector<uint8_t>({1, 2, 2, 2, 2}), TensorForm::kCompressed), "08041204120208053a020102");
  EXPECT_EQ(bytes_of(three<uint8_t>(1, 2, 2), TensorForm::kCompressed), "08041204120208032203010202");
}

TEST(TensorProto, NoValuesAreZerosAndTooManyAreCut) {
  EXPECT_EQ(parse(1, {2}, [](TensorProto&) {})->summarize(), "0 0");
  EXPECT_EQ(parse(1, {1}, [](TensorProto& p) { p.add_float_val(1), p.add_float_val(2); })->summarize(), "1");
  const auto odd = parse(8, {2}, [](TensorProto& p) { for (const float v : {1.f, 2.f, 3.f}) p.add_scomplex_val(v); });
  EXPECT_EQ(odd->data<std::complex<float>>()[1], std::complex<float>(1, 2));
}

TEST(TensorProto, EveryPlainTypeSurvivesEveryForm) {
  for (int number = 1; number <= 23; ++number) {
    const DType type = DType(number);
    if (!is_plain(type)) continue;
    Tensor t(type, {2, 2});
    for (int64_t i = 0; i < t.size_bytes(); ++i) static_cast<char*>(t.raw_data())[i] = type == DType::kBool ? i % 2 : i + 1;
    for (const auto form : {TensorForm::kPython, TensorForm::kFields, TensorForm::kContent, TensorForm::kCompressed}) {
      TensorProto proto;
      ASSERT_TRUE(tensor_to_proto(t, &proto, form).ok());
      const auto again = tensor_from_proto(proto);
      ASSERT_TRUE(again.ok()) << again.status();
      EXPECT_EQ(std::memcmp(again->raw_data(), t.raw_data(), t.size_bytes()), 0) << dtype_name(type);
    }
  }
}

TEST(TensorProto, StringContent) {
  const auto good = parse(7, {2}, [](TensorProto& p) { p.set_tensor_content("\x01\x02" "abb"); });
  EXPECT_EQ(good->summarize(), "a bb");
  for (const char* bad : {"\x01\x02" "abbc", "\x01\x02" "ab", "\x01", "\xff\xff\xff\xff\xff\xff"}) {
    EXPECT_FALSE(parse(7, {2}, [&](TensorProto& p) { p.set_tensor_content(bad); }).ok()) << bad;
  }
}

TEST(TensorProto, ResourceHandles) {
  Tensor t = Tensor::scalar(ResourceHandle{"/device:CPU:0", "c", "v", "N10tensorflow3VarE", 7, nullptr});
  TensorProto proto;
  ASSERT_TRUE(tensor_to_proto(t, &proto).ok());
  EXPECT_EQ(proto.resource_handle_val(0).maybe_type_name(), "N10tensorflow3VarE");
  const auto handle = tensor_from_proto(proto)->item<ResourceHandle>();
  EXPECT_EQ(handle.device + handle.container + handle.name, "/device:CPU:0cv");
  EXPECT_EQ(handle.hash_code, 7u);
}

TEST(TensorProto, VariantsAreKeptAsTheyAreWritten) {
  const auto t = parse(21, {}, [](TensorProto& p) { p.add_variant_val()->set_type_name("tensorflow::TensorList"); });
  ASSERT_TRUE(t.ok());
  TensorProto proto;
  ASSERT_TRUE(tensor_to_proto(*t, &proto).ok());
  EXPECT_EQ(proto.variant_val(0).type_name(), "tensorflow::TensorList");
  EXPECT_EQ(bytes_of(Tensor::scalar(Variant::of("X", 1))), "Variant of type X cannot be serialized");
}

TEST(TensorProto, BadContentIsAnErrorBeforeMemoryIsTaken) {
  const auto content = [](TensorProto& p) { p.set_tensor_content("abc"); };
  EXPECT_EQ(message_of(parse(1, {2}, content).status()),
            "Cannot parse tensor from proto: dtype: DT_FLOAT, shape: [2]: tensor_content has 3 bytes");
  EXPECT_EQ(parse(1, {int64_t{1} << 40}, content).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(parse(7, {int64_t{1} << 61}, content).status().code(), StatusCode::kInvalidArgument);
}

TEST(TensorProto, BadShapesAndTypesAreErrors) {
  const auto nothing = [](TensorProto&) {};
  EXPECT_EQ(message_of(parse(1, {-1}, nothing).status()), "Shape [?] is not fully defined");
  EXPECT_EQ(message_of(parse(1, {int64_t{1} << 62, 4}, nothing).status()),
            "Shape [4611686018427387904,4] is too large (more than 2**63 - 1 entries)");
  EXPECT_EQ(parse(1, {int64_t{1} << 50}, nothing).status().code(), StatusCode::kResourceExhausted);
  for (const int type : {0, 24, 99, 101, 300, -1}) EXPECT_FALSE(parse(type, {1}, nothing).ok()) << type;
  EXPECT_FALSE(parse(1, std::vector<int64_t>(255, 1), nothing).ok());
  EXPECT_TRUE(parse(1, std::vector<int64_t>(254, 1), nothing).ok());
}

TEST(ShapeProto, RoundTrip) {
  for (const Shape& shape : {Shape{}, Shape{2, -1, 0}, Shape::unknown(), Shape{1, 2, 3, 4, 5, 6, 7}}) {
    tensorflow::TensorShapeProto proto;
    shape_to_proto(shape, &proto);
    EXPECT_EQ(*shape_from_proto(proto), shape) << shape.str();
  }
}

TEST(ShapeProto, Errors) {
  tensorflow::TensorShapeProto proto;
  proto.add_dim()->set_size(-2);
  EXPECT_EQ(message_of(shape_from_proto(proto).status()),
            "Shape [-2] has dimensions with values below -1 (where -1 means unknown)");
  proto.set_unknown_rank(true);
  EXPECT_EQ(message_of(shape_from_proto(proto).status()), "An unknown shape must not have any dimensions set.");
}

}  // namespace
}  // namespace reflow
