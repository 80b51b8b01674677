#include "pooling.h"

#include "reflow/op/indices.h"

namespace reflow::ops {

using namespace op;

PoolingAttrs PoolingAttrs::of(KernelInit& c, int rank) {
  PoolingAttrs a;
  a.rank = rank;
  a.channels_first = is_channels_first(c.attr_or<std::string>("data_format", "NHWC"));
  a.padding = padding_from(c.attr<std::string>("padding"));
  a.from_inputs = c.node().find_attr("ksize") == nullptr;
  if (a.from_inputs) return a;
  a.ksize = c.attr<std::vector<int64_t>>("ksize");
  a.strides = c.attr<std::vector<int64_t>>("strides");
  c.fail(a.check());
  return a;
}

Status PoolingAttrs::check() const {
  const size_t n = rank + 2;
  const ImageFormat format(channels_first, rank + 2);
  if (ksize.size() != n) return invalid_argument("Sliding window ksize field must specify {} dimensions", n);
  if (strides.size() != n) return invalid_argument("Sliding window stride field must specify {} dimensions", n);
  for (size_t i = 0; i < n; ++i) {
    if (ksize[i] <= 0) return invalid_argument("Sliding window ksize for dimension {} was zero.", i);
    if (strides[i] <= 0) return invalid_argument("Sliding window stride for dimension {} was zero.", i);
  }
  if (rank == 2 && (ksize[0] != 1 || strides[0] != 1)) {
    return unimplemented("Pooling is not yet supported on the batch dimension.");
  }
  if (rank == 3 && (ksize[0] != 1 || strides[0] != 1 || ksize[format.channels()] != 1 || strides[format.channels()] != 1)) {
    return unimplemented("Pooling is not yet supported on the batch nor channel dimension.");
  }
  return OkStatus();
}

StatusOr<PoolingAttrs> PoolingAttrs::with_inputs(KernelContext& c) const {
  if (!from_inputs) return *this;
  PoolingAttrs a = *this;
  const IndexReader ksize(c.input(c.num_inputs() - 2)), strides(c.input(c.num_inputs() - 1));
  for (int64_t i = 0; i < ksize.size(); ++i) a.ksize.push_back(ksize[i]);
  for (int64_t i = 0; i < strides.size(); ++i) a.strides.push_back(strides[i]);
  RETURN_IF_ERROR(a.check());
  return a;
}

StatusOr<Pooling> PoolingAttrs::sizes(const Shape& x) const {
  const ImageFormat format(channels_first, rank + 2);
  if (x.rank() != rank + 2) {
    if (rank == 3) return invalid_argument("tensor_in must be 5-dimensional");
    return invalid_argument("tensor_in_shape must have 2 spatial dimensions. {} {}", x.rank(), channels_first ? 1 : 0);
  }
  Pooling p;
  p.batch = x.dim(0);
  p.channels = x.dim(format.channels());
  for (int i = 0; i < rank; ++i) {
    const int at = format.spatial(i);
    p.dims[i] = {.in = x.dim(at), .kernel = ksize[at], .stride = strides[at]};
  }
  p.depth_window = ksize[format.channels()];
  const int64_t depth_stride = strides[format.channels()];
  if (p.depth_window > 1) {
    if (p.dims[0].kernel != 1 || p.dims[1].kernel != 1) {
      return unimplemented("MaxPooling supports exactly one of pooling across depth or pooling across width/height.");
    }
    if (p.channels % p.depth_window != 0) {
      return unimplemented("Depthwise max pooling requires the depth window to evenly divide the input depth");
    }
    if (p.depth_window != depth_stride) {
      return unimplemented("Depthwise max pooling requires the depth window to equal the depth stride");
    }
  }
  for (int i = 0; i < rank; ++i) RETURN_IF_ERROR(p.dims[i].fit(padding));
  return p;
}

Status check_pooled_shape(const Pooling& p, const ImageFormat& format, const Shape& dy, const char* name) {
  const int64_t places[] = {p.dims[0].out, p.dims[1].out, p.dims[2].out};
  const Shape pooled = format.shape(p.batch, places, p.out_channels());
  if (dy == pooled) return OkStatus();
  return invalid_argument("Expected {} shape to be {}, but got {}", name, pooled.str(), dy.str());
}

namespace {

// ksize and strides, *known false when they are inputs without a value.
Status window_lists(ShapeContext& c, std::vector<int64_t>* ksize, std::vector<int64_t>* strides, bool* known) {
  *known = true;
  if (c.node().find_attr("ksize") == nullptr) {
    const int n = c.num_inputs();
    RETURN_IF_ERROR(c.value_as_ints(n - 2, ksize, known));
    if (*known) RETURN_IF_ERROR(c.value_as_ints(n - 1, strides, known));
    return OkStatus();
  }
  ASSIGN_OR_RETURN(*ksize, c.attr<std::vector<int64_t>>("ksize"));
  ASSIGN_OR_RETURN(*strides, c.attr<std::vector<int64_t>>("strides"));
  return OkStatus();
}

Status set_pooled(ShapeContext& c, PoolingAttrs attrs) {
  const int rank = attrs.rank + 2;
  Shape x;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), rank, &x));
  bool known;
  RETURN_IF_ERROR(window_lists(c, &attrs.ksize, &attrs.strides, &known));
  if (!known) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  for (const auto* list : {&attrs.ksize, &attrs.strides}) {
    int64_t size;
    RETURN_IF_ERROR(c.with_value(static_cast<int64_t>(list->size()), rank, &size));
  }
  attrs.channels_first = is_channels_first(c.attr_or<std::string>("data_format", "NHWC"));
  ASSIGN_OR_RETURN(const std::string padding, c.attr<std::string>("padding"));
  attrs.padding = padding_from(padding);
  const ImageFormat format(attrs.channels_first, rank);
  int64_t places[3];
  if (c.concrete()) {
    RETURN_IF_ERROR(attrs.check());
    ASSIGN_OR_RETURN(const Pooling p, attrs.sizes(c.input(0)));
    for (int i = 0; i < 3; ++i) places[i] = p.dims[i].out;
    c.set_output(0, format.shape(p.batch, places, p.out_channels()));
    return OkStatus();
  }
  for (int i = 0; i < attrs.rank; ++i) {
    const int at = format.spatial(i);
    RETURN_IF_ERROR(window_places(x.dim(at), attrs.ksize[at], attrs.strides[at], 1, attrs.padding, 0, 0, &places[i]));
  }
  int64_t channels = x.dim(format.channels());
  const int64_t depth_window = attrs.ksize[format.channels()];
  if (depth_window != 1) {
    RETURN_IF_ERROR(window_places(channels, depth_window, attrs.strides[format.channels()], 1, attrs.padding, 0, 0, &channels));
  }
  c.set_output(0, format.shape(x.dim(0), places, channels));
  return OkStatus();
}

Status check_lists(ShapeContext& c, const char* strides_owner, const char* ksize_owner, size_t n) {
  if (c.node().find_attr("ksize") == nullptr) return OkStatus();
  Shape x;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), static_cast<int>(n), &x));
  ASSIGN_OR_RETURN(const auto ksize, c.attr<std::vector<int64_t>>("ksize"));
  ASSIGN_OR_RETURN(const auto strides, c.attr<std::vector<int64_t>>("strides"));
  if (strides.size() != n) {
    return invalid_argument("{} the stride attribute to contain {} values, but got {}", strides_owner, n, strides.size());
  }
  if (ksize.size() != n) {
    return invalid_argument("{} the ksize attribute to contain {} values, but got {}", ksize_owner, n, ksize.size());
  }
  return OkStatus();
}

}  // namespace

Status max_pool_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_lists(c, "MaxPool requires", "MaxPool requires", 4));
  return set_pooled(c, {});
}

Status avg_pool_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_lists(c, "AvgPool requires", "AvgPool requires", 4));
  return set_pooled(c, {});
}

Status pool3d_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_lists(c, "Pool3D ops require", "Pool3D requires", 5));
  PoolingAttrs attrs;
  attrs.rank = 3;
  return set_pooled(c, attrs);
}

}  // namespace reflow::ops
