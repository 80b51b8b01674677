// Dimensions and vectors taken from one data format of images to another.

#include <algorithm>
#include <string>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

struct Formats {
  explicit Formats(KernelInit& c) : from(c.attr<std::string>("src_format")), to(c.attr<std::string>("dst_format")) {
    // Both name the same dimensions, each once.
    std::string a = from, b = to;
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    if (a != b || std::adjacent_find(a.begin(), a.end()) != a.end()) {
      c.fail(invalid_argument("{} is not a permutation of {}", to, from));
    } else if (from.size() != 4) {
      c.fail(invalid_argument("Source format must of length 4, received src_format = {}", from));
    }
  }
  int64_t place_of(size_t i) const { return static_cast<int64_t>(to.find(from[i])); }
  const std::string from, to;
};

template <typename T>
class DataFormatDimMap : public Kernel {
 public:
  explicit DataFormatDimMap(KernelInit& c) : formats_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    const auto rank = static_cast<int64_t>(formats_.from.size());
    for (int64_t i = 0; i < x.num_elements(); ++i) {
      const int64_t dim = x.data<T>()[i];
      // As in TensorFlow dimensions count from -rank to rank - 1; others have no place.
      if (dim < -rank || dim >= rank) return invalid_argument("Dimension {} is not in [{}, {})", dim, -rank, rank);
      c.output(0).data<T>()[i] = static_cast<T>(formats_.place_of(dim < 0 ? dim + rank : dim));
    }
    return OkStatus();
  }

 private:
  const Formats formats_;
};

template <typename T>
class DataFormatVecPermute : public Kernel {
 public:
  explicit DataFormatVecPermute(KernelInit& c) : formats_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    const int64_t width = x.rank() == 2 ? 2 : 1;
    T* y = c.output(0).data<T>();
    for (int64_t i = 0; i < 4; ++i) std::copy_n(x.data<T>() + i * width, width, y + formats_.place_of(i) * width);
    return OkStatus();
  }

 private:
  const Formats formats_;
};

Status vec_permute_shape(ShapeContext& c) {
  const Shape& x = c.input(0);
  if (c.concrete()) {
    if (x.rank() != 1 && x.rank() != 2) {
      return invalid_argument("input must be a vector or 2D tensor, but got shape {}", x.str());
    }
    if (x.rank() == 1 && x.dim(0) != 4) return invalid_argument("1D input must be of size 4, but got shape {}", x.str());
    if (x.rank() == 2 && x.dim(0) != 4) {
      return invalid_argument("First dimension of 2D input must be of size 4, but got shape {}", x.str());
    }
    if (x.rank() == 2 && x.dim(1) != 2) {
      return invalid_argument("Second dimension of 2D input must be of size 2, but got shape {}", x.str());
    }
  }
  c.set_output(0, x);
  return OkStatus();
}

REFLOW_OP("DataFormatDimMap")
    .input("x: T")
    .output("y: T")
    .attr("T: {int32, int64} = DT_INT32")
    .attr("src_format: string = 'NHWC'")
    .attr("dst_format: string = 'NCHW'")
    .doc("The indices that dimensions x of images in src_format have in dst_format.")
    .shape(unchanged_shape)
    .kernel<DataFormatDimMap>(kCpu, kIndexTypes);

REFLOW_OP("DataFormatVecPermute")
    .input("x: T")
    .output("y: T")
    .attr("T: {int32, int64} = DT_INT32")
    .attr("src_format: string = 'NHWC'")
    .attr("dst_format: string = 'NCHW'")
    .doc("The vector x (or the pairs [4, 2]) with one element for each dimension in src_format, in the order of dst_format.")
    .shape(vec_permute_shape)
    .kernel<DataFormatVecPermute>(kCpu, kIndexTypes);

}  // namespace
}  // namespace reflow::ops
