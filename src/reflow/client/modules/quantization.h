#pragma once

// tf.quantization. What other headers have in namespace reflow by the names of this module.

#include "reflow/client/quantization_ops.h"

namespace reflow::quantization {

using reflow::dequantize;
using reflow::fake_quant_with_min_max_args;
using reflow::fake_quant_with_min_max_args_gradient;
using reflow::fake_quant_with_min_max_vars;
using reflow::fake_quant_with_min_max_vars_gradient;
using reflow::fake_quant_with_min_max_vars_per_channel;
using reflow::fake_quant_with_min_max_vars_per_channel_gradient;
using reflow::quantize;
using reflow::quantized_concat;

}  // namespace reflow::quantization
