#include "reflow/onednn/convolution.h"

#include <algorithm>
#include <atomic>
#include <dnnl.hpp>
#include <optional>
#include <unordered_map>
#include <vector>

#include "reflow/base/first_error.h"
#include "reflow/onednn/primitive_cache.h"
#include "reflow/onednn/single_threaded.h"
#include "reflow/onednn/strided_points.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::onednn {
namespace {

using dnnl::memory;

enum class Direction : uint8_t { kForward, kBackwardData, kBackwardFilter };

const dnnl::engine& cpu() {
  static const auto* engine = new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return *engine;
}

dnnl::stream& thread_stream() {
  thread_local dnnl::stream stream(cpu());
  return stream;
}

// What is needed to run one direction for one number of images: the filter lies as the primitive likes it best, images
// as TensorFlow has them.
struct Convolution {
  dnnl::primitive primitive;
  memory::desc image, result, filter, scratchpad;
  std::optional<dnnl::reorder> reorder;  // of the filter: into oneDNN's order, or back from it
  memory::desc plain_filter, reorder_scratchpad;
};

struct Key {
  ConvolutionSizes sizes;
  Direction direction;
  bool operator==(const Key&) const = default;
};

memory::dims dims_of(const int64_t* sizes, int rank) { return memory::dims(sizes, sizes + rank); }

memory::format_tag image_tag(int rank) {
  return rank == 1 ? memory::format_tag::nwc : rank == 2 ? memory::format_tag::nhwc : memory::format_tag::ndhwc;
}

memory::dims image_dims(int64_t batch, int64_t channels, const int64_t* spatial, int rank) {
  memory::dims dims{batch, channels};
  dims.insert(dims.end(), spatial, spatial + rank);
  return dims;
}

// The filter [kernel.., in, out] as oneDNN counts dimensions: out, in, kernel.
memory::desc plain_filter_desc(const ConvolutionSizes& s, const memory::dims& dims) {
  memory::dims strides(dims.size());
  strides[0] = 1;
  strides[1] = s.out_channels;
  int64_t stride = s.out_channels * s.in_channels;
  for (int i = s.rank - 1; i >= 0; --i) {
    strides[2 + i] = stride;
    stride *= s.kernel[i];
  }
  return memory::desc(dims, memory::data_type::f32, strides);
}

std::shared_ptr<const Convolution> make(const Key& key) {
  const SingleThreaded single_threaded;
  const ConvolutionSizes& s = key.sizes;
  const auto f32 = memory::data_type::f32;
  const memory::desc x(image_dims(s.batch, s.in_channels, s.in, s.rank), f32, image_tag(s.rank)),
      y(image_dims(s.batch, s.out_channels, s.out, s.rank), f32, image_tag(s.rank));
  memory::dims filter_dims{s.out_channels, s.in_channels};
  filter_dims.insert(filter_dims.end(), s.kernel, s.kernel + s.rank);
  const memory::desc any_filter(filter_dims, f32, memory::format_tag::any);
  memory::dims dilations(s.rank), after(s.rank);
  for (int i = 0; i < s.rank; ++i) {
    dilations[i] = s.dilation[i] - 1;  // oneDNN counts what lies between
    after[i] = (s.out[i] - 1) * s.stride[i] + (s.kernel[i] - 1) * s.dilation[i] + 1 - s.in[i] - s.padding[i];
  }
  const memory::dims strides = dims_of(s.stride, s.rank), before = dims_of(s.padding, s.rank);
  const auto algorithm = dnnl::algorithm::convolution_direct;
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);

  auto c = std::make_shared<Convolution>();
  c->plain_filter = plain_filter_desc(s, filter_dims);
  try {
    const dnnl::convolution_forward::primitive_desc forward(
        {key.direction == Direction::kForward ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training,
         algorithm, x, any_filter, y, strides, dilations, before, after},
        attr, cpu());
    if (key.direction == Direction::kForward) {
      c->primitive = dnnl::convolution_forward(forward);
      c->image = x, c->result = y, c->filter = forward.weights_desc(), c->scratchpad = forward.scratchpad_desc();
    } else if (key.direction == Direction::kBackwardData) {
      const dnnl::convolution_backward_data::primitive_desc backward(
          {algorithm, x, any_filter, y, strides, dilations, before, after}, attr, cpu(), forward);
      c->primitive = dnnl::convolution_backward_data(backward);
      c->image = y, c->result = x, c->filter = backward.weights_desc(), c->scratchpad = backward.scratchpad_desc();
    } else {
      const dnnl::convolution_backward_weights::primitive_desc backward(
          {algorithm, x, any_filter, y, strides, dilations, before, after}, attr, cpu(), forward);
      c->primitive = dnnl::convolution_backward_weights(backward);
      c->image = x, c->result = y, c->filter = backward.diff_weights_desc(), c->scratchpad = backward.scratchpad_desc();
    }
    if (c->filter != c->plain_filter) {
      const bool back = key.direction == Direction::kBackwardFilter;
      const dnnl::reorder::primitive_desc reorder(cpu(), back ? c->filter : c->plain_filter, cpu(),
                                                  back ? c->plain_filter : c->filter, attr);
      c->reorder = dnnl::reorder(reorder);
      c->reorder_scratchpad = reorder.scratchpad_desc();
    }
  } catch (const dnnl::error&) {
    return nullptr;
  }
  return c;
}

PrimitiveCache<Key, Convolution>& cache() {
  static auto* cache = new PrimitiveCache<Key, Convolution>(512);
  return *cache;
}

std::shared_ptr<const Convolution> convolution_for(ConvolutionSizes sizes, int64_t images, Direction direction) {
  sizes.batch = images;
  const Key key{sizes, direction};
  return cache().get(key, [&] { return make(key); });
}

memory at(const memory::desc& desc, const void* data) { return memory(desc, cpu(), const_cast<void*>(data)); }

StatusOr<Tensor> bytes(size_t size) {
  return allocate_tensor(DType::kUint8, Shape{static_cast<int64_t>(std::max<size_t>(size, 1))});
}

// The filter in oneDNN's order; `buffer` keeps it where that isn't the order that it has.
StatusOr<const float*> ordered_filter(const Convolution& c, const float* filter, Tensor* buffer) {
  if (!c.reorder) return filter;
  const SingleThreaded single_threaded;
  ASSIGN_OR_RETURN(*buffer, bytes(c.filter.get_size()));
  ASSIGN_OR_RETURN(const Tensor scratch, bytes(c.reorder_scratchpad.get_size()));
  c.reorder->execute(thread_stream(), {{DNNL_ARG_FROM, at(c.plain_filter, filter)},
                                       {DNNL_ARG_TO, at(c.filter, buffer->raw_data())},
                                       {DNNL_ARG_SCRATCHPAD, at(c.reorder_scratchpad, scratch.raw_data())}});
  return static_cast<const float*>(buffer->raw_data());
}

constexpr double kFlopsPerNs = 60;       // of one thread, about
constexpr double kPartNs = 250e3;        // what a part should take at least
constexpr int64_t kCachedFloats = 65536;  // of results that something is done with while they are in cache

double cost_of_image(const ConvolutionSizes& s) {
  double flops = 2.0 * s.in_channels * s.out_channels;
  for (int i = 0; i < s.rank; ++i) flops *= static_cast<double>(s.out[i]) * s.kernel[i];
  return flops / kFlopsPerNs;
}

// Images of a part: parts small enough for all threads to be busy to the end, large enough to be worth a call.
int64_t images_of_part(const ThreadPool& pool, const ConvolutionSizes& s) {
  const int threads = pool.num_threads();
  const double cost = std::max(cost_of_image(s), 1.0);
  if (threads == 1 || cost * s.batch < 16e3) return s.batch;
  const int64_t fair = (s.batch + threads - 1) / threads;
  return std::clamp<int64_t>(static_cast<int64_t>(kPartNs / cost) + 1, 1, fair);
}

int64_t product(const int64_t* sizes, int rank) {
  int64_t n = 1;
  for (int i = 0; i < rank; ++i) n *= sizes[i];
  return n;
}

Status none(const ConvolutionSizes& s) {
  return unimplemented("oneDNN has no convolution of {} to {} channels for these sizes", s.in_channels, s.out_channels);
}

// Forward, and backward to the data: parts of the batch, which need nothing of each other.
Status by_parts(ThreadPool& pool, const ConvolutionSizes& s, Direction direction, const float* images,
                const float* filter, float* results, const ConvolutionEpilogue* after = nullptr) {
  const bool forward = direction == Direction::kForward;
  const int64_t x_size = product(s.in, s.rank) * s.in_channels, y_size = product(s.out, s.rank) * s.out_channels;
  const int64_t image_size = forward ? x_size : y_size, result_size = forward ? y_size : x_size;
  const int64_t fitting = after == nullptr ? s.batch : std::max<int64_t>(kCachedFloats / result_size, 1);
  const int64_t part = std::min(images_of_part(pool, s), fitting), parts = (s.batch + part - 1) / part;
  const int64_t last = s.batch - (parts - 1) * part;
  const auto whole = convolution_for(s, part, direction), rest = last == part ? whole : convolution_for(s, last, direction);
  if (whole == nullptr || rest == nullptr) return none(s);
  Tensor buffer, rest_buffer;
  ASSIGN_OR_RETURN(const float* ordered, ordered_filter(*whole, filter, &buffer));
  const float* rest_ordered = ordered;
  if (rest->filter != whole->filter) {
    ASSIGN_OR_RETURN(rest_ordered, ordered_filter(*rest, filter, &rest_buffer));
  }
  FirstError error;
  pool.parallel_for(parts, std::max(cost_of_image(s) * part, parts == 1 ? 0 : 2e4), [&](int64_t begin, int64_t end) {
    const SingleThreaded single_threaded;
    for (int64_t p = begin; p < end; ++p) {
      const Convolution& c = p == parts - 1 ? *rest : *whole;
      auto scratch = bytes(c.scratchpad.get_size());
      if (!scratch.ok()) return error.set(scratch.status());
      const float* from = images + p * part * image_size;
      float* to = results + p * part * result_size;
      c.primitive.execute(thread_stream(),
                          {{forward ? DNNL_ARG_SRC : DNNL_ARG_DIFF_DST, at(c.image, from)},
                           {DNNL_ARG_WEIGHTS, at(c.filter, p == parts - 1 ? rest_ordered : ordered)},
                           {forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_SRC, at(c.result, to)},
                           {DNNL_ARG_SCRATCHPAD, at(c.scratchpad, scratch->raw_data())}});
      if (after == nullptr) continue;
      const int64_t count = p == parts - 1 ? last : part;
      after->call(after->context, to, count * result_size / s.out_channels);
    }
  });
  return error.get();
}

}  // namespace

Status convolution(ThreadPool& pool, const ConvolutionSizes& sizes, const float* x, const float* filter, float* y,
                   const ConvolutionEpilogue* after) {
  if (are_strided_points(sizes)) {
    ASSIGN_OR_RETURN(const Tensor points, gathered_points(pool, sizes, x));
    return convolution(pool, dense_points(sizes), points.data<float>(), filter, y, after);
  }
  return by_parts(pool, sizes, Direction::kForward, x, filter, y, after);
}

Status convolution_backward_data(ThreadPool& pool, const ConvolutionSizes& sizes, const float* dy, const float* filter,
                                 float* dx) {
  if (are_strided_points(sizes)) {
    const ConvolutionSizes dense = dense_points(sizes);
    ASSIGN_OR_RETURN(Tensor points, allocate_tensor(DType::kFloat32, Shape{product(dense.in, dense.rank) * dense.batch,
                                                                           dense.in_channels}));
    RETURN_IF_ERROR(convolution_backward_data(pool, dense, dy, filter, points.data<float>()));
    scatter_points(pool, sizes, points.data<float>(), dx);
    return OkStatus();
  }
  return by_parts(pool, sizes, Direction::kBackwardData, dy, filter, dx);
}

// Each part gives a sum over its images; the sums are added in the order of the parts.
Status convolution_backward_filter(ThreadPool& pool, const ConvolutionSizes& s, const float* x, const float* dy,
                                   float* dfilter) {
  if (are_strided_points(s)) {
    ASSIGN_OR_RETURN(const Tensor points, gathered_points(pool, s, x));
    return convolution_backward_filter(pool, dense_points(s), points.data<float>(), dy, dfilter);
  }
  const int64_t x_size = product(s.in, s.rank) * s.in_channels, y_size = product(s.out, s.rank) * s.out_channels;
  const int64_t filter_size = product(s.kernel, s.rank) * s.in_channels * s.out_channels;
  // Few parts: each has a filter of its own to fill and to add.
  const int64_t fewest = (s.batch + 2 * pool.num_threads() - 1) / (2 * pool.num_threads());
  const int64_t part = std::max(images_of_part(pool, s), fewest), parts = (s.batch + part - 1) / part;
  const int64_t last = s.batch - (parts - 1) * part;
  const auto whole = convolution_for(s, part, Direction::kBackwardFilter),
             rest = last == part ? whole : convolution_for(s, last, Direction::kBackwardFilter);
  if (whole == nullptr || rest == nullptr) return none(s);
  Tensor sums;
  if (parts > 1) {
    ASSIGN_OR_RETURN(sums, allocate_tensor(DType::kFloat32, Shape{parts, filter_size}));
  }
  float* results = parts > 1 ? sums.data<float>() : dfilter;
  FirstError error;
  pool.parallel_for(parts, std::max(cost_of_image(s) * part, parts == 1 ? 0 : 2e4), [&](int64_t begin, int64_t end) {
    const SingleThreaded single_threaded;
    for (int64_t p = begin; p < end; ++p) {
      const Convolution& c = p == parts - 1 ? *rest : *whole;
      auto scratch = bytes(c.scratchpad.get_size());
      auto ordered = bytes(c.reorder ? c.filter.get_size() : 0);
      auto reorder_scratch = bytes(c.reorder ? c.reorder_scratchpad.get_size() : 0);
      if (!scratch.ok()) return error.set(scratch.status());
      if (!ordered.ok()) return error.set(ordered.status());
      if (!reorder_scratch.ok()) return error.set(reorder_scratch.status());
      float* plain = results + p * filter_size;
      void* own = c.reorder ? ordered->raw_data() : plain;
      c.primitive.execute(thread_stream(), {{DNNL_ARG_SRC, at(c.image, x + p * part * x_size)},
                                            {DNNL_ARG_DIFF_DST, at(c.result, dy + p * part * y_size)},
                                            {DNNL_ARG_DIFF_WEIGHTS, at(c.filter, own)},
                                            {DNNL_ARG_SCRATCHPAD, at(c.scratchpad, scratch->raw_data())}});
      if (!c.reorder) continue;
      c.reorder->execute(thread_stream(), {{DNNL_ARG_FROM, at(c.filter, own)},
                                           {DNNL_ARG_TO, at(c.plain_filter, plain)},
                                           {DNNL_ARG_SCRATCHPAD, at(c.reorder_scratchpad, reorder_scratch->raw_data())}});
    }
  });
  RETURN_IF_ERROR(error.get());
  if (parts == 1) return OkStatus();
  pool.parallel_for(filter_size, 0.3 * parts, [&](int64_t begin, int64_t end) {
    std::copy(results + begin, results + end, dfilter + begin);
    for (int64_t p = 1; p < parts; ++p) {
      const float* sum = results + p * filter_size;
      for (int64_t i = begin; i < end; ++i) dfilter[i] += sum[i];
    }
  });
  return OkStatus();
}

}  // namespace reflow::onednn
