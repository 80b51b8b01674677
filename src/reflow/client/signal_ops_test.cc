// tf::signal: the graphs of TensorFlow 1.15, and what comes of them.

#include "reflow/client/signal_ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
namespace signal_ops = tf::signal;
using reflow::testing::expect_golden_graph;
using ::testing::ThrowsMessage;

namespace {

class Signals : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(Signals, MakeTensorFlowsGraph) {
  const tf::Output x = tf::placeholder(tf::float32, {2, 64}, {.name = "x"});
  const tf::Output one = tf::placeholder(tf::float32, {100}, {.name = "one"});
  const tf::Output loose = tf::placeholder(tf::float32, {.name = "loose"});
  const tf::Output z = tf::placeholder(tf::complex64, {2, 5, 9}, {.name = "z"});
  const tf::Output n = tf::placeholder(tf::int32, tf::Shape{}, {.name = "n"});
  signal_ops::hann_window(8), signal_ops::hann_window(n, {.periodic = false}), signal_ops::hamming_window(7);
  signal_ops::hamming_window(1, {.periodic = false, .dtype = tf::float64, .name = "w"});
  signal_ops::frame(x, 16, 8);
  signal_ops::frame(one, 16, 8, {.pad_end = true, .pad_value = 1., .name = "frames"});
  signal_ops::frame(loose, n, 4);
  signal_ops::frame(tf::placeholder(tf::float32, {4, 30, 2}), 10, 5, {.pad_end = true, .axis = 1});
  signal_ops::overlap_and_add(tf::placeholder(tf::float32, {2, 5, 8}), 4), signal_ops::overlap_and_add(loose, n);
  signal_ops::stft(x, 16, 8);
  signal_ops::stft(one, 16, 8, {.fft_length = 32, .window_fn = {}, .pad_end = true, .name = "spectrum"});
  signal_ops::inverse_stft(z, 16, 8);
  signal_ops::inverse_stft(z, 16, 8, {.fft_length = 16, .window_fn = signal_ops::inverse_stft_window_fn(8)});
  signal_ops::inverse_stft(z, 12, 6, {.window_fn = {}});
  signal_ops::linear_to_mel_weight_matrix();
  signal_ops::linear_to_mel_weight_matrix({.num_mel_bins = 5,
                                           .num_spectrogram_bins = 9,
                                           .sample_rate = 8000,
                                           .upper_edge_hertz = 3000.,
                                           .dtype = tf::float64,
                                           .name = "mel"});
  signal_ops::linear_to_mel_weight_matrix({.sample_rate = tf::constant(16000), .lower_edge_hertz = 0.});
  signal_ops::mfccs_from_log_mel_spectrograms(tf::placeholder(tf::float32, {2, 3, 8}));
  signal_ops::mfccs_from_log_mel_spectrograms(loose);
  for (int type = 1; type <= 3; ++type) {
    signal_ops::dct(x, type), signal_ops::idct(x, type);
    if (type > 1) signal_ops::dct(x, type, {.norm = "ortho"}), signal_ops::idct(x, type, {.norm = "ortho"});
  }
  signal_ops::dct(x, 2, {.n = 32}), signal_ops::dct(x, 2, {.n = 80, .name = "longer"});
  signal_ops::fftshift(x), signal_ops::fftshift(x, {.axes = 1});
  signal_ops::ifftshift(x, {.axes = {0, 1}, .name = "back"}), signal_ops::ifftshift(x, {.axes = -1});
  signal_ops::rfft(x), signal_ops::rfft(x, {.fft_length = {32}}), signal_ops::rfft2d(x, {.fft_length = {4, 8}});
  signal_ops::rfft2d(x, {.name = "two"}), signal_ops::rfft3d(tf::placeholder(tf::float32, {2, 3, 4}));
  signal_ops::irfft(z), signal_ops::irfft(z, {.fft_length = {7}}), signal_ops::irfft2d(z);
  signal_ops::irfft3d(z, {.fft_length = {2, 4, 8}}), signal_ops::fft(z), signal_ops::ifft3d(z);
  expect_golden_graph("signals", {.folder = "graphs"});
}

TEST_F(Signals, ComeBackFromTheirSpectra) {
  std::vector<float> wave(64);
  for (size_t i = 0; i < wave.size(); ++i) wave[i] = std::sin(0.3f * i) + 0.1f * i;
  const tf::Output x = tf::constant(wave);
  const tf::Output spectra = signal_ops::stft(x, 16, 8);
  const tf::Output back =
      signal_ops::inverse_stft(spectra, 16, 8, {.window_fn = signal_ops::inverse_stft_window_fn(8)});
  const tf::Tensor values = tf::Session().run(back);
  ASSERT_EQ(values.num_elements(), 64);
  for (int i = 8; i < 56; ++i) EXPECT_NEAR(values.data<float>()[i], wave[i], 1e-4) << i;
}

TEST_F(Signals, CosineTransformsUndoEachOther) {
  const tf::Output x = tf::constant({{1., 2., 4., -3., 0., 5.}});
  const tf::Output back = signal_ops::idct(signal_ops::dct(x, 2, {.norm = "ortho"}), 2, {.norm = "ortho"});
  const auto [wanted, found] = tf::Session().run<2>({x, back});
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(found.data<float>()[i], wanted.data<float>()[i], 1e-5) << i;
}

TEST_F(Signals, WhatDoesNotFitIsAnError) {
  EXPECT_THAT([] { signal_ops::dct({1., 2.}, 4); },
              ThrowsMessage<tf::ValueError>("Only Types I, II and III (I)DCT are supported."));
  EXPECT_THAT([] { signal_ops::hann_window(3, {.dtype = tf::int32}); },
              ThrowsMessage<tf::ValueError>("dtype must be a floating point type. Found <dtype: 'int32'>"));
  EXPECT_THAT([] { signal_ops::linear_to_mel_weight_matrix({.sample_rate = 4000}); },
              ThrowsMessage<tf::ValueError>("upper_edge_hertz must not be larger than the Nyquist frequency "
                                            "(sample_rate / 2). Got: 3800.0 for sample_rate: 4000"));
}

}  // namespace
