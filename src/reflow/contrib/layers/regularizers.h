#pragma once

#include <string>
#include <vector>

#include "reflow/client/initializer.h"
#include "reflow/client/tensor_like.h"

namespace reflow::contrib::layers {

// Regularizers give the penalty for weights, a scalar. scale * sum(|w|), scale * sum(w^2) / 2. A scale of 0 gives no penalty. `scope` names the ops.
// ValueError: "Setting a scale less than 0 on a regularizer: ...".
Regularizer l1_regularizer(double scale, const std::string& scope = "");
Regularizer l2_regularizer(double scale, const std::string& scope = "");
Regularizer l1_regularizer(const Output& scale, const std::string& scope = "");
Regularizer l2_regularizer(const Output& scale, const std::string& scope = "");

struct L1L2Options {
  double scale_l1 = 1.0, scale_l2 = 1.0;
  std::string scope;
};
Regularizer l1_l2_regularizer(const L1L2Options& options = {});
// The sum of what the regularizers say; none where the list is empty.
Regularizer sum_regularizer(const std::vector<Regularizer>& regularizer_list, const std::string& scope = "");

// The sum of the penalties for `weights_list` (empty: the collection "weights"); it goes into the collection
// "regularization_losses". ValueError: "No weights to regularize.", or a penalty that isn't a scalar.
Output apply_regularization(const Regularizer& regularizer, const std::vector<TensorLike>& weights_list = {});

}  // namespace reflow::contrib::layers
