// SampleDistortedBoundingBox: a random part of an image that has enough of one of its objects in it.

#include <algorithm>
#include <cmath>
#include <vector>

#include "reflow/op/distributions.h"
#include "reflow/op/op.h"
#include "reflow/op/run_check.h"

namespace reflow::ops {
namespace {

using namespace op;

struct Rectangle {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  float area() const { return x1 <= x0 || y1 <= y0 ? 0 : static_cast<float>(x1 - x0) * static_cast<float>(y1 - y0); }
  Rectangle intersected(const Rectangle& o) const {
    return {std::max(x0, o.x0), std::max(y0, o.y0), std::min(x1, o.x1), std::min(y1, o.y1)};
  }
};

// A rectangle of `aspect` (width by height) whose area is between parts of the image's; false: there is none.
bool random_crop(int width, int height, float least, float most, float aspect, PhiloxWords& words, Rectangle* crop) {
  if (most <= 0 || aspect <= 0 || width <= 0 || height <= 0 || least > most) return false;
  const float min_area = least * width * height, max_area = most * width * height;
  int h = static_cast<int>(std::lrint(std::sqrt(min_area / aspect)));
  int max_h = static_cast<int>(std::lrint(std::sqrt(max_area / aspect)));
  if (std::lrint(max_h * aspect) > width) {
    // max_h * aspect has to round to the width at most.
    max_h = static_cast<int>((width + 0.5 - 0.0000001f) / aspect);
  }
  max_h = std::min(max_h, height);
  h = std::min(h, max_h);
  if (h < max_h) h += static_cast<int>(words() % static_cast<uint32_t>(max_h - h + 1));
  int w = static_cast<int>(std::lrint(h * aspect));
  float area = static_cast<float>(w) * static_cast<float>(h);
  const auto resize = [&](int step) {
    h += step;
    w = static_cast<int>(std::lrint(h * aspect));
    area = static_cast<float>(w) * static_cast<float>(h);
  };
  if (area < min_area) resize(1);
  if (area > max_area) resize(-1);
  if (area < min_area || area > max_area || w > width || h > height || w <= 0 || h <= 0) return false;
  int y = 0, x = 0;
  if (h < height) y = static_cast<int>(words() % static_cast<uint32_t>(height - h));
  if (w < width) x = static_cast<int>(words() % static_cast<uint32_t>(width - w));
  *crop = {x, y, x + w, y + h};
  return true;
}

// Is enough of one of the objects within the crop?
bool covers(const Rectangle& crop, float least, const std::vector<Rectangle>& objects) {
  if (crop.area() < 1) return false;
  for (const Rectangle& object : objects) {
    if (object.area() >= 1 && crop.intersected(object).area() / object.area() >= least) return true;
  }
  return false;
}

template <typename T>
class SampleDistortedBoundingBox : public Kernel {
 public:
  explicit SampleDistortedBoundingBox(KernelInit& c)
      : covered_(c.attr_or<float>("min_object_covered", 0.1f)),
        aspects_(c.attr<std::vector<float>>("aspect_ratio_range")),
        areas_(c.attr<std::vector<float>>("area_range")),
        attempts_(c.attr<int64_t>("max_attempts")),
        whole_image_(c.attr<bool>("use_image_if_no_bounding_boxes")),
        stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")) {
    if (!(covered_ >= 0)) c.fail(invalid_argument("Min object covered must be non-negative: {}", covered_));
    check_range(c, aspects_, "Aspect ratio range", false);
    check_range(c, areas_, "Area range", true);
    if (attempts_ <= 0) c.fail(invalid_argument("Max attempts must be non-negative: {}", attempts_));
  }

  Status compute(KernelContext& c) override {
    const Tensor &size = c.input(0), &boxes = c.input(1);
    float covered = covered_;
    if (c.num_inputs() == 3) {
      covered = c.input(2).item<float>();
      if (!(covered >= 0)) return invalid_argument("Min object covered must be non-negative: {}", covered);
      if (covered > 1) return invalid_argument("min_object_covered must be <= 1.0, got: {}", covered);
    }
    const int64_t height64 = size.data<T>()[0], width64 = size.data<T>()[1];
    if (height64 < 0 || width64 < 0 || height64 > INT32_MAX || width64 > INT32_MAX) {
      return invalid_argument("Image size must be non-negative and fit in 32 bits, got {} by {}", height64, width64);
    }
    const int height = static_cast<int>(height64), width = static_cast<int>(width64);
    std::vector<Rectangle> objects;
    for (int64_t i = 0; i < boxes.num_elements() / 4; ++i) {
      const float* box = boxes.data<float>() + 4 * i;
      for (int k = 0; k < 4; ++k) {
        if (!(box[k] >= 0 && box[k] <= 1)) {
          return invalid_argument("All bounding box coordinates must be in [0.0, 1.0]: {}", box[k]);
        }
      }
      const auto scaled = [](float part, int size) {  // a size of 31 bits rounds up to 2^31
        return static_cast<int>(std::min<int64_t>(static_cast<int64_t>(part * static_cast<float>(size)), size));
      };
      objects.push_back({scaled(box[1], width), scaled(box[0], height), scaled(box[3], width), scaled(box[2], height)});
    }
    const Rectangle image{0, 0, width, height};
    if (objects.empty()) {
      if (!whole_image_) {
        return invalid_argument("No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you wish "
                                "to not provide any bounding boxes.");
      }
      objects.push_back(image);
    }
    PhiloxWords words(stream_.reserve(attempts_));
    Rectangle crop;
    bool found = false;
    for (int64_t i = 0; i < attempts_ && !found; ++i) {
      if (i % 65536 == 65535) RETURN_IF_ERROR(check_run(c.env()));
      const float aspect = unit_float(words()) * (aspects_[1] - aspects_[0]) + aspects_[0];
      found = random_crop(width, height, areas_[0], areas_[1], aspect, words, &crop) && covers(crop, covered, objects);
    }
    if (!found) crop = image;
    put(c, crop, height, width);
    return OkStatus();
  }

 private:
  static void check_range(KernelInit& c, std::vector<float>& range, const char* what, bool at_most_one) {
    if (range.size() != 2) {
      c.fail(invalid_argument("{} field must specify 2 dimensions", what));
      range = {1, 1};
    } else if (!(range[0] > 0) || !(range[1] > 0)) {
      c.fail(invalid_argument("{} must be non-negative: [{}, {}]", what, range[0], range[1]));
    } else if (at_most_one && (range[0] > 1 || range[1] > 1)) {
      c.fail(invalid_argument("{} must be less then or equal to 1.0: [{}, {}]", what, range[0], range[1]));
    }
  }

  static void put(KernelContext& c, const Rectangle& crop, int height, int width) {
    T *begin = c.output(0).data<T>(), *size = c.output(1).data<T>();
    begin[0] = static_cast<T>(crop.y0);
    begin[1] = static_cast<T>(crop.x0);
    begin[2] = T(0);
    size[0] = static_cast<T>(crop.y1 - crop.y0);
    size[1] = static_cast<T>(crop.x1 - crop.x0);
    size[2] = static_cast<T>(-1);
    float* box = c.output(2).data<float>();
    const float h = static_cast<float>(height), w = static_cast<float>(width);
    box[0] = static_cast<float>(crop.y0) / h;
    box[1] = static_cast<float>(crop.x0) / w;
    box[2] = static_cast<float>(crop.y1) / h;
    box[3] = static_cast<float>(crop.x1) / w;
  }

  const float covered_;
  std::vector<float> aspects_, areas_;
  const int64_t attempts_;
  const bool whole_image_;
  PhiloxStream stream_;
};

Status distorted_shape(ShapeContext& c) {
  const Shape &size = c.input(0), &boxes = c.input(1);
  if (c.concrete()) {
    if (size.rank() != 1) return invalid_argument("image_size must be 1-dimensional{}", size.str());
    if (size.dim(0) != 3) return invalid_argument("image_size must contain 3 elements{}", size.str());
    if (boxes.rank() != 3) {
      return invalid_argument("input boxes must be 3-dimensional [batch, num_boxes, coords]: {}", boxes.str());
    }
    if (boxes.dim(2) != 4) return invalid_argument("bounding boxes must have shape [4] as innermost dimension {}", boxes.str());
    if (c.num_inputs() == 3 && c.input(2).rank() != 0) {
      return invalid_argument("min_object_covered must be 0-D, got shape {}", c.input(2).str());
    }
  }
  Shape vector, matrix, scalar;
  RETURN_IF_ERROR(c.with_rank(size, 1, &vector));
  int64_t three, four;
  RETURN_IF_ERROR(c.with_value(vector.dim(0), 3, &three));
  RETURN_IF_ERROR(c.with_rank(boxes, 3, &matrix));
  RETURN_IF_ERROR(c.with_value(matrix.dim(2), 4, &four));
  if (c.num_inputs() == 3) RETURN_IF_ERROR(c.with_rank(c.input(2), 0, &scalar));
  c.set_output(0, {3});
  c.set_output(1, {3});
  c.set_output(2, {1, 1, 4});
  return OkStatus();
}

constexpr Types<uint8_t, int8_t, int16_t, int32_t, int64_t> kSizeTypes{};

REFLOW_OP("SampleDistortedBoundingBox")
    .input("image_size: T")
    .input("bounding_boxes: float")
    .output("begin: T")
    .output("size: T")
    .output("bboxes: float")
    .attr("T: {uint8, int8, int16, int32, int64}")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("min_object_covered: float = 0.1")
    .attr("aspect_ratio_range: list(float) = [0.75, 1.33]")
    .attr("area_range: list(float) = [0.05, 1]")
    .attr("max_attempts: int = 100")
    .attr("use_image_if_no_bounding_boxes: bool = false")
    .stateful()
    .doc("A random part of an image of image_size [height, width, channels], as begin and size for Slice and as a box: its aspect "
         "ratio and area are within the given ranges, and at least min_object_covered of one of bounding_boxes is in it. After "
         "max_attempts it is the whole image.")
    .shape(distorted_shape)
    .kernel<SampleDistortedBoundingBox>(kCpu, kSizeTypes)
    .not_differentiable();

REFLOW_OP("SampleDistortedBoundingBoxV2")
    .input("image_size: T")
    .input("bounding_boxes: float")
    .input("min_object_covered: float")
    .output("begin: T")
    .output("size: T")
    .output("bboxes: float")
    .attr("T: {uint8, int8, int16, int32, int64}")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("aspect_ratio_range: list(float) = [0.75, 1.33]")
    .attr("area_range: list(float) = [0.05, 1]")
    .attr("max_attempts: int = 100")
    .attr("use_image_if_no_bounding_boxes: bool = false")
    .stateful()
    .doc("As SampleDistortedBoundingBox, with min_object_covered as an input.")
    .shape(distorted_shape)
    .kernel<SampleDistortedBoundingBox>(kCpu, kSizeTypes)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
