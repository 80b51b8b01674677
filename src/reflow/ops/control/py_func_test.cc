#include <gtest/gtest.h>

#include "reflow/op/host_functions.h"
#include "tests/kit/op_runner.h"

namespace reflow {
namespace {

using testing::OpRunner;

graph::AttrMap attrs_of(const std::string& token) {
  return {{"token", token}, {"Tin", std::vector<DType>{DType::kFloat32}}, {"Tout", std::vector<DType>{DType::kFloat32}}};
}

Status twice(std::span<const Tensor> inputs, std::vector<Tensor>* outputs) {
  outputs->push_back(Tensor::scalar(2 * inputs[0].item<float>()));
  return OkStatus();
}

TEST(PyFunc, GivesWhatTheFunctionMakes) {
  const std::string token = op::add_host_function(twice);
  for (const char* type : {"PyFunc", "PyFuncStateless", "EagerPyFunc"}) {
    OpRunner op(type, {Tensor::scalar(1.5f)}, attrs_of(token));
    ASSERT_TRUE(op.run().ok());
    EXPECT_EQ(op.output().item<float>(), 3);
  }
  op::remove_host_function(token);
}

TEST(PyFunc, ChecksTypesOfResults) {
  const std::string token = op::add_host_function([](std::span<const Tensor>, std::vector<Tensor>* outputs) {
    outputs->push_back(Tensor::scalar(1));
    return OkStatus();
  });
  OpRunner op("PyFunc", {Tensor::scalar(1.f)}, attrs_of(token));
  EXPECT_EQ(message_of(op.run()), "0-th value returned by " + token + " is int32, but expects float");
  op::remove_host_function(token);
}

TEST(PyFunc, FunctionHasToBeThere) {
  OpRunner op("PyFunc", {Tensor::scalar(1.f)}, attrs_of("gone"));
  EXPECT_EQ(message_of(op.run()), "callback gone is not found");
}

}  // namespace
}  // namespace reflow
