// Values of TensorFlow 1.15.5.

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor numbers() { return Tensor::vector<float>({-1, 0, 0.1f, 0.52f, 3, 7}); }
Tensor low() { return Tensor::scalar(-0.5f); }
Tensor high() { return Tensor::scalar(4.0f); }

template <typename Q>
Tensor quantized(std::initializer_list<int64_t> values) {
  Tensor t(dtype_of<Q>, Shape{static_cast<int64_t>(values.size())});
  Q* to = t.data<Q>();
  for (const int64_t v : values) (to++)->value = static_cast<decltype(Q::value)>(v);
  return t;
}

graph::AttrMap quantize_to(DType type, const char* mode, const char* round_mode = "HALF_AWAY_FROM_ZERO") {
  return {{"T", type}, {"mode", std::string(mode)}, {"round_mode", std::string(round_mode)}};
}
graph::AttrMap in_mode(const char* mode) { return {{"mode", std::string(mode)}}; }

const OpCaseTest combined{{.op = "QuantizeV2",
                           .attrs = quantize_to(DType::kQuint8, "MIN_COMBINED"),
                           .inputs = {numbers(), low(), high()},
                           .outputs = {quantized<Quint8>({0, 28, 34, 58, 198, 255}), low(), high()},
                           .shapes = {"[2,3];[];[] -> in0;[];[]", "[2,3];[1];[] -> error: Shape must be rank 0 but is rank 1"},
                           .bad_inputs = {numbers(), high(), low()},
                           .error = "input_max_range must be larger than input_min_range."}};
const OpCaseTest first{{.op = "QuantizeV2",
                        .name = "MinFirst",
                        .attrs = quantize_to(DType::kQint8, "MIN_FIRST"),
                        .inputs = {numbers(), low(), high()},
                        .outputs = {quantized<Qint8>({-128, -100, -94, -71, 70, 127}), low(), high()}}};
const OpCaseTest scaled{{.op = "QuantizeV2",
                         .name = "Scaled",
                         .attrs = quantize_to(DType::kQint8, "SCALED", "HALF_TO_EVEN"),
                         .inputs = {numbers(), low(), high()},
                         .outputs = {quantized<Qint8>({-32, 0, 3, 17, 95, 127}), Tensor::scalar(-4.031496f), high()}}};
const OpCaseTest wide{{.op = "QuantizeV2",
                       .name = "Wide",
                       .attrs = quantize_to(DType::kQint32, "MIN_COMBINED"),
                       .inputs = {numbers(), low(), high()},
                       .outputs = {quantized<Qint32>({-2147483648, -1670265088, -1574821376, -1173957760, 1193046528, -2147483648}), low(), high()}}};
const OpCaseTest narrow_range{{.op = "QuantizeV2",
                               .name = "NarrowRange",
                               .attrs = quantize_to(DType::kQuint8, "MIN_COMBINED"),
                               .inputs = {numbers(), Tensor::scalar(0.0f), Tensor::scalar(0.0f)},
                               .outputs = {quantized<Quint8>({0, 0, 255, 255, 255, 255}), Tensor::scalar(0.0f), Tensor::scalar(0.01f)}}};

const OpCaseTest from_combined{{.op = "Dequantize",
                                .inputs = {quantized<Quint8>({0, 1, 128, 255}), low(), high()},
                                .outputs = {Tensor::vector<float>({-0.5f, -0.48235294f, 1.7588236f, 4})},
                                .shapes = {"[2,3];[];[] -> in0"}}};
const OpCaseTest from_first{{.op = "Dequantize",
                             .name = "MinFirst",
                             .attrs = in_mode("MIN_FIRST"),
                             .inputs = {quantized<Qint8>({-128, -1, 0, 127}), low(), high()},
                             .outputs = {Tensor::vector<float>({-0.49411774f, 1.7470589f, 1.7647059f, 4.0058823f})}}};
const OpCaseTest from_scaled{{.op = "Dequantize",
                              .name = "Scaled",
                              .attrs = in_mode("SCALED"),
                              .inputs = {quantized<Qint16>({-32768, 0, 7, 32767}), low(), high()},
                              .outputs = {Tensor::vector<float>({-4.0001221f, 0, 8.5451826e-04f, 4})}}};

}  // namespace
}  // namespace reflow::ops
