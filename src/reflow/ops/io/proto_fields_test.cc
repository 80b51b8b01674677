// EncodeProto and DecodeProtoV2. python/tests/proto_fields_test.py has all types of fields.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/kit/op_runner.h"

namespace reflow::ops {
namespace {

using reflow::testing::OpRunner;
using Names = std::vector<std::string>;
using Types = std::vector<DType>;

TEST(ProtoFields, ThereAndBack) {
  OpRunner encode("EncodeProto",
                  {Tensor::from<int32_t>({1, 2}, {1, 2}), Tensor::from<int32_t>({7}, {1, 1}),
                   Tensor::from<int32_t>({1, 300}, {1, 2})},
                  {{"field_names", Names{"producer", "bad_consumers"}}, {"message_type", std::string("tensorflow.VersionDef")},
                   {"Tinput_types", Types{DType::kInt32, DType::kInt32}}});
  ASSERT_TRUE(encode.run().ok());
  EXPECT_EQ(encode.output().item<std::string>(), std::string("\x08\x07\x1a\x03\x01\xac\x02", 7));
  OpRunner decode("DecodeProtoV2", {encode.output()},
                  {{"field_names", Names{"bad_consumers", "min_consumer"}},
                   {"message_type", std::string("tensorflow.VersionDef")},
                   {"output_types", Types{DType::kInt64, DType::kInt32}}});
  ASSERT_TRUE(decode.run().ok());
  EXPECT_EQ(decode.output(0).shape(), Shape({1, 2}));
  EXPECT_EQ(decode.output(0).flat<int32_t>()[0], 2);
  EXPECT_EQ(decode.output(1).flat<int64_t>()[1], 300);
  EXPECT_EQ(decode.output(2).flat<int32_t>()[0], 0);
}

TEST(ProtoFields, EveryCutOfAMessageIsAnErrorOrAMessage) {
  const std::string message("\x08\x07\x1a\x03\x01\xac\x02", 7);
  for (size_t size = 0; size <= message.size(); ++size) {
    OpRunner decode("DecodeProtoV2", {Tensor::scalar(message.substr(0, size))},
                    {{"field_names", Names{"bad_consumers"}}, {"message_type", std::string("tensorflow.VersionDef")},
                     {"output_types", Types{DType::kInt32}}});
    const Status status = decode.run();
    if (!status.ok()) EXPECT_EQ(message_of(status).find("CountFields: Failed to consume entire buffer"), 0u) << size;
  }
}

}  // namespace
}  // namespace reflow::ops
