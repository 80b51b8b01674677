// Learns the slope of a line.

#include <reflow/reflow.h>

#include <cstdio>

namespace tf = reflow;

int main() {
  const auto x = tf::placeholder(tf::float32, {-1}, {.name = "x"});
  const auto slope = tf::get_variable("slope", {}, {.initializer = tf::zeros_initializer()});
  const auto loss = tf::reduce_mean(tf::square(slope * x - 3.0 * x));
  const auto train = tf::train::GradientDescentOptimizer(0.1).minimize(loss);

  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  for (int i = 0; i < 50; ++i) sess.run(train, {{x, tf::Tensor::from<float>({1, 2}, {2})}});
  std::printf("slope %.3f\n", sess.run(slope).item<float>());
  try {
    sess.run(loss);
  } catch (const tf::errors::InvalidArgumentError& error) {
    std::printf("%s\n", error.what());
  }
}
