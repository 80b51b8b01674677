#pragma once

#include <optional>
#include <string>
#include <utility>

#include "reflow/layers/layer.h"

namespace reflow::layers {

// A layer without variables: a function, computed below a name of its own.
class StatelessLayer : public Layer {
 public:
  StatelessLayer(std::string base_name, const std::string& name, const std::optional<VariableScope>& scope = {})
      : Layer(std::move(base_name), LayerOptions{.name = name, .scope = scope}) {}
  // Of inputs of this rank, or of a higher one.
  Output operator()(const Output& inputs, int rank, bool or_more, const Activation& function) {
    check_rank(inputs.shape(), rank, or_more);
    Output outputs;
    run(inputs, [&] { outputs = function(inputs); });
    return outputs;
  }
};

}  // namespace reflow::layers
