#pragma once

// tf.image: what client/image_*.h do not have. What other headers have in namespace reflow by the names of this module.

#include "reflow/client/block_ops.h"
#include "reflow/client/image_boxes.h"
#include "reflow/client/image_codecs.h"
#include "reflow/client/image_colors.h"
#include "reflow/client/image_flips.h"
#include "reflow/client/image_quality.h"
#include "reflow/client/image_resizing.h"
#include "reflow/client/random_ops.h"

namespace reflow::image {

using reflow::extract_image_patches;
using reflow::random_crop;

inline Output extract_patches(const TensorLike& images, const std::vector<int64_t>& ksizes,
                              const std::vector<int64_t>& strides, const std::vector<int64_t>& rates,
                              const std::string& padding, const NameOptions& options = {}) {
  return reflow::extract_image_patches(images, ksizes, strides, rates, padding, options);
}

}  // namespace reflow::image
