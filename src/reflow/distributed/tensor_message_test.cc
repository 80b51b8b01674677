#include "reflow/distributed/tensor_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "reflow/distributed/message_payload.h"
#include "tensorflow/core/protobuf/worker.pb.h"

namespace reflow::distributed {
namespace {

std::string bytes_of(const Payload& payload) {
  std::string bytes;
  for (const Piece& piece : payload) bytes.append(static_cast<const char*>(piece.data), piece.size_bytes);
  return bytes;
}

// In pieces of `size` bytes, as a network delivers it.
Payload in_pieces(const std::string& bytes, size_t size) {
  Payload payload;
  for (size_t i = 0; i < bytes.size(); i += size) payload.push_back(piece_of(bytes.substr(i, size)));
  return payload;
}

Tensor large() {
  Tensor t(DType::kFloat32, {40, 50});
  for (int i = 0; i < t.num_elements(); ++i) t.data<float>()[i] = static_cast<float>(i);
  return t;
}

TEST(TensorMessage, LargeTensorsAreSentFromTheirOwnMemory) {
  const Tensor t = large();
  const Payload payload = *tensor_message(t, false);
  ASSERT_EQ(payload.size(), 2u);
  EXPECT_EQ(payload[1].data, t.raw_data());
}

TEST(TensorMessage, IsARecvTensorResponse) {
  for (const Tensor& t : {large(), Tensor::scalar(3.0f), Tensor::vector<int64_t>({1, 2})}) {
    tensorflow::RecvTensorResponse response;
    ASSERT_TRUE(response.ParseFromString(bytes_of(*tensor_message(t, true))));
    EXPECT_TRUE(response.is_dead());
    EXPECT_EQ(response.tensor().tensor_content().size(), static_cast<size_t>(t.size_bytes()));
    EXPECT_EQ(response.tensor().tensor_shape().dim_size(), t.rank());
  }
}

TEST(TensorMessage, ComesBackInWhateverPieces) {
  const std::string bytes = bytes_of(*tensor_message(large(), false));
  for (const size_t size : {1u, 7u, 1000u, 100000u}) {
    const ReceivedTensor received = *parse_tensor_message(in_pieces(bytes, size));
    EXPECT_FALSE(received.is_dead);
    ASSERT_EQ(received.tensor.shape(), (Shape{40, 50}));
    EXPECT_EQ(received.tensor.data<float>()[1999], 1999);
  }
}

TEST(TensorMessage, StringsAndScalarsComeBack) {
  const Tensor strings = Tensor::vector<std::string>({"a", std::string("b\0c", 3)});
  EXPECT_EQ(parse_tensor_message(*tensor_message(strings, false))->tensor.flat<std::string>()[1].size(), 3u);
  EXPECT_EQ(parse_tensor_message(*tensor_message(Tensor::scalar(true), false))->tensor.item<bool>(), true);
  EXPECT_TRUE(parse_tensor_message(*tensor_message(Tensor(), true))->is_dead);
}

TEST(TensorMessage, DamagedOnesAreErrors) {
  const std::string bytes = bytes_of(*tensor_message(large(), false));
  for (const size_t kept : {bytes.size() - 1, bytes.size() / 2, size_t{12}}) {
    EXPECT_FALSE(parse_tensor_message(in_pieces(bytes.substr(0, kept), 1000)).ok()) << kept;
  }
  tensorflow::RecvTensorResponse wrong_size;
  wrong_size.mutable_tensor()->set_dtype(tensorflow::DT_FLOAT);
  wrong_size.mutable_tensor()->mutable_tensor_shape()->add_dim()->set_size(1 << 30);
  wrong_size.mutable_tensor()->set_tensor_content("abcd");
  EXPECT_FALSE(parse_tensor_message({piece_of(wrong_size.SerializeAsString())}).ok());
}

}  // namespace
}  // namespace reflow::distributed
