#include "reflow/client/image_sizes.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"

namespace reflow::client {

void ImageChecks::require(const Output& condition, const std::string& message) {
  operations_.push_back(Assert(condition, {message}));
}

void ImageChecks::rank_3_or_more(const Output& image) {
  const Shape& known = image.shape();
  if (known.known_rank() && known.rank() < 3) throw ValueError("'image' must be at least three-dimensional.");
  if (std::ranges::find(known, 0) != known.end()) {
    throw ValueError("all dims of 'image.shape' must be > 0: " + python_shape(known));
  }
  if (known.fully_defined()) return;
  const TensorList message = {"all dims of 'image.shape' must be > 0."};
  operations_.push_back(assert_positive(shape(image), {.data = message}));
  operations_.push_back(
      assert_greater_equal(rank(image), 3, {.message = "'image' must be at least three-dimensional."}));
}

void ImageChecks::at_least(const Size& a, const Size& b, const std::string& message) {
  if (a.known() && b.known()) {
    if (a.number() < b.number()) throw ValueError(message);
    return;
  }
  // A tensor compares itself with a number, whatever side that is on.
  require(a.known() ? compare("LessEqual", b.argument(), a.argument())
                    : compare("GreaterEqual", a.argument(), b.argument()),
          message);
}

void ImageChecks::more_than(const Size& a, const Size& b, const std::string& message) {
  if (a.known() && b.known()) {
    if (a.number() <= b.number()) throw ValueError(message);
    return;
  }
  require(a.known() ? compare("Less", b.argument(), a.argument()) : compare("Greater", a.argument(), b.argument()),
          message);
}

void ImageChecks::equal(const Size& a, const Size& b, const std::string& message) {
  if (a.known() && b.known()) {
    if (a.number() != b.number()) throw ValueError(message);
    return;
  }
  require(reflow::equal(a.argument(), b.argument()), message);
}

Output ImageChecks::before(const Output& image) const { return with_dependencies(operations_, image); }

Output checked_image(const Output& image) {
  ImageChecks checks;
  checks.rank_3_or_more(image);
  return checks.before(image);
}

std::vector<Size> image_dimensions(const Output& image, int rank) {
  const Shape& known = image.shape();
  if (known.known_rank() && known.rank() != rank) {
    throw ValueError("Shape " + python_shape(known) + " must have rank " + std::to_string(rank));
  }
  std::vector<Size> sizes;
  if (known.fully_defined()) {
    for (const int64_t size : known) sizes.push_back(size);
    return sizes;
  }
  const std::vector<Output> dynamic = unstack(shape(image), {.num = rank});
  for (int i = 0; i < rank; ++i) {
    const bool is_known = known.known_rank() && known.dim(i) >= 0;
    sizes.push_back(is_known ? Size(known.dim(i)) : Size(dynamic[i]));
  }
  return sizes;
}

ImageBatch::ImageBatch(const Output& image) : single_(image.shape().rank() != 4) {
  const int rank = image.shape().rank();
  if (rank >= 0 && rank != 3 && rank != 4) throw ValueError("'image' must have either 3 or 4 dimensions.");
  images_ = single_ ? expand_dims(image, 0) : image;
  if (rank < 0) images_.set_shape({-1, -1, -1, -1});
}

Output ImageBatch::unbatched(const Output& result) const {
  return single_ ? squeeze(result, std::vector<int>{0}) : result;
}

Output of_image_rank(const Output& image, const std::function<Output()>& one, const std::function<Output()>& many) {
  const int rank = image.shape().rank();
  if (rank == 3 || rank < 0) return one();
  if (rank == 4) return many();
  throw ValueError("'image' must have either 3 or 4 dimensions.");
}

}  // namespace reflow::client
