#pragma once

// What functions of images share: checks, and pictures in batches. Not for users.

#include <functional>
#include <string>
#include <vector>

#include "reflow/client/size.h"
#include "reflow/client/tensor_like.h"

namespace reflow::client {

// Checks that an image has to pass: at once where it can be told, else by operations that run before it is used.
class ImageChecks {
 public:
  // Three dimensions or more, none of them empty. ValueError: "'image' must be at least three-dimensional.".
  void rank_3_or_more(const Output& image);
  // ValueError with `message`: it isn't so.
  void at_least(const Size& a, const Size& b, const std::string& message);   // a >= b
  void more_than(const Size& a, const Size& b, const std::string& message);  // a > b
  void equal(const Size& a, const Size& b, const std::string& message);
  // `image` after what has to be run.
  Output before(const Output& image) const;
  const std::vector<GraphElement>& operations() const { return operations_; }

 private:
  void require(const Output& condition, const std::string& message);
  std::vector<GraphElement> operations_;
};

// `image`, of three dimensions or more.
Output checked_image(const Output& image);
// The sizes of the dimensions of an image, `rank` of them.
std::vector<Size> image_dimensions(const Output& image, int rank);

// An image as a batch of one; a batch as it is. ValueError: "'image' must have either 3 or 4 dimensions.".
class ImageBatch {
 public:
  explicit ImageBatch(const Output& image);
  const Output& images() const { return images_; }
  // What the image was: `result`, or the only one in it.
  Output unbatched(const Output& result) const;

 private:
  Output images_;
  bool single_;
};

// `one` of an image (also of unknown rank), `many` of a batch. ValueError: "'image' must have either 3 or 4
// dimensions.".
Output of_image_rank(const Output& image, const std::function<Output()>& one, const std::function<Output()>& many);

}  // namespace reflow::client
